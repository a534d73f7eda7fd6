"""Decisions only: no await, no clock, no input or output, no randomness. Data and ``now`` in, data out."""
