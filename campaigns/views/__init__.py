"""Pages of campaigns and agents."""
