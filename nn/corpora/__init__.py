"""Texts that are frozen in the repository: ``names.txt``, and the script that made it."""
