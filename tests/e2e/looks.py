"""How the browser is started, and the four looks every page is seen in."""

QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
LOOKS = [(size, theme) for size in ((1440, 900), (390, 844)) for theme in ("light", "dark")]
