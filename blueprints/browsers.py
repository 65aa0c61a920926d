"""What a browser says of itself, as people know it."""

from flask_babel import gettext as _

BROWSERS = {"Edg": "Edge", "OPR/": "Opera", "Firefox/": "Firefox", "Chrome/": "Chrome", "Safari/": "Safari"}
SYSTEMS = {
    "Android": "Android",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Windows": "Windows",
    "Mac OS": "macOS",
    "Linux": "Linux",
}
"""By a part of the User-Agent header. The first that is found counts: Edge calls itself Chrome and Safari, too."""


def known_as(agent: str) -> str:
    """'Chrome, Windows'; one that is not known by its own words."""
    browser, system = (
        next((name for part, name in names.items() if part in agent), "") for names in (BROWSERS, SYSTEMS)
    )
    if not browser:
        return agent[:60] or _("An unknown browser")
    return f"{browser}, {system}" if system else browser
