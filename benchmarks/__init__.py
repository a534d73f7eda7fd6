"""Benchmarks: one module per question, each printing a table. Run one with ``python -m benchmarks.<name>``."""
