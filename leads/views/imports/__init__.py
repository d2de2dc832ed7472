"""The import wizard: file, columns, check, import; each step is an address of its own."""
