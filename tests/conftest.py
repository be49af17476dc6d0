"""What all tests share."""

from hypothesis import settings

# The same examples in every run: a red test stays red until it is mended.
settings.register_profile("repeatable", deadline=None, derandomize=True, max_examples=200)
settings.load_profile("repeatable")
