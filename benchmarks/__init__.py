"""One module per question; each prints a table. Run one with ``python -m benchmarks.<name>``."""
