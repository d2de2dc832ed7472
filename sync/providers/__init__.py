"""The providers of this house. A new one is one file here and one line in PROVIDERS."""
