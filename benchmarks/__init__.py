"""Measured claims: each script says what it compares and prints ratios of one run."""
