"""The numbers that the engine must reach, measured: ``python -m tests.benchmarks``."""
