"""Hindi figures are grouped as they are read in India: 1,00,000."""

NUMBER_GROUPING = (3, 2, 0)
