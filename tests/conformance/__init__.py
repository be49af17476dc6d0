"""A test suite that teaches: eleven stages for anybody's ``Value``. See README.md."""
