"""Texts that are frozen in the repository, and the scripts that made those taken from Python."""
