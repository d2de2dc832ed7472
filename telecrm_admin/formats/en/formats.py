"""Days and times in the admin are written as on every other page: 21 Nov 2026, 17:44."""

DATE_FORMAT = "j M Y"
DATETIME_FORMAT = "j M Y, H:i"
TIME_FORMAT = "H:i"
