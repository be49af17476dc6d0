"""The engine against judges that know nothing of it: PyTorch, JAX, fractions, complex numbers."""
