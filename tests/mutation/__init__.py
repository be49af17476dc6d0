"""Does the suite notice? Mutants of every derivative rule, and the tests that kill them."""
