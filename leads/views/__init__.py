"""Pages about people: leads, phone book, numbers, imports."""
