"""Pages about sends."""
