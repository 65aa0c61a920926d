"""Pages: each a few lines that call sync."""

import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path

from flask import Flask, current_app, g, has_request_context, request, url_for
from flask_babel import Babel, get_locale
from htmx_flask import Htmx

from blueprints import (
    account,
    adding,
    aligning,
    already,
    channels,
    company,
    consenting,
    deciding,
    exchange,
    exchange_files,
    guard,
    health,
    help,
    home,
    hooks,
    importing,
    invoices,
    matching,
    numbers,
    picks,
    presets,
    problems,
    profiles,
    proof,
    readiness,
    rendering,
    review,
    runs,
    settings,
    setup,
    setup_defaults,
    setup_profile,
    store_keys,
    stores,
    tasks,
    uploads,
    users,
)
from blueprints.languages import LANGUAGES
from config import Config
from sync.vault import Vault

PAGES = (
    account,
    aligning,
    already,
    adding,
    channels,
    company,
    consenting,
    deciding,
    exchange,
    exchange_files,
    health,
    help,
    home,
    hooks,
    importing,
    invoices,
    matching,
    picks,
    presets,
    profiles,
    proof,
    readiness,
    review,
    runs,
    settings,
    setup,
    setup_defaults,
    setup_profile,
    store_keys,
    stores,
    tasks,
    uploads,
    users,
)


def install(app: Flask, config: Config, vault: Vault) -> None:
    """All pages, their guard, their language."""
    app.config.update(SEND_FILE_MAX_AGE_DEFAULT=365 * 86400, BABEL_TRANSLATION_DIRECTORIES="translations")
    Babel(app, locale_selector=_language)
    Htmx(app)
    guard.install(app, config, vault)
    numbers.install(app)
    rendering.install(app)
    problems.install(app)
    app.extensions["tillbridge-static"] = _static(Path(app.static_folder or "static"))
    app.context_processor(_look)
    for blueprint in dict.fromkeys(page.bp for page in PAGES):  # some share one
        app.register_blueprint(blueprint)


def _language() -> str | None:
    """The person's own, else the best of what the browser asks for."""
    if not has_request_context():
        return None
    user = g.get("user")
    return (user.language if user else "") or request.accept_languages.best_match(LANGUAGES)


def _look() -> dict[str, object]:
    """Language and theme of the page: the theme chosen in this browser, else as its system has it."""
    asked = request.headers.get("Sec-CH-Prefers-Color-Scheme", "").strip('"')
    theme = request.cookies.get(guard.theme_cookie(current_app)) or asked
    return {
        "page_language": str(get_locale() or "en"),
        "page_theme": "dark" if theme == "dark" else "light",
        "static": current_app.extensions["tillbridge-static"],
    }


def _static(folder: Path) -> Callable[[str], str]:
    """Addresses of static files that change with their content, so that browsers may keep them for a year."""

    @cache
    def address(name: str) -> str:
        version = hashlib.sha256((folder / name).read_bytes()).hexdigest()[:10]
        return url_for("static", filename=name, v=version)

    return address
