"""The parts that a C compiler makes, where there is one: nothing here is needed to run."""
