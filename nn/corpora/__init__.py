"""What is frozen in the repository, and the scripts that made it.

``names.txt``: names of functions; ``spoken_digits.npz``: spectrograms, with ``spoken_digits.txt``.
"""
