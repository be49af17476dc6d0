"""Compiled programs against the same models in NumPy by hand, PyTorch, JAX, and run eagerly.

``python -m tests.benchmarks.compiled`` prints the table. Each workload is a file: the model in
scalars, then the same in NumPy, PyTorch and JAX, side by side.
"""
