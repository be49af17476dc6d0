"""What is frozen in the repository, and the scripts that made it.

``names.txt``, ``functions.txt``: from Python's library; ``opinions.txt``: written by hand;
``spoken_digits.npz``: spectrograms, with ``spoken_digits.txt``.
"""
