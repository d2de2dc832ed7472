"""Days and times as on every other page; figures grouped as they are read in India: 1,00,000."""

NUMBER_GROUPING = (3, 2, 0)
DATE_FORMAT = "j M Y"
DATETIME_FORMAT = "j M Y, H:i"
TIME_FORMAT = "H:i"
