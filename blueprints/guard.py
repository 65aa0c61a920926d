"""Who may ask for what: hosts, cross-site requests, CSRF, signing in, and the headers of every answer.

Source: security.md (OWASP ASVS 5.0)."""

import hashlib
import hmac
from collections.abc import Callable
from typing import TypeVar
from urllib.parse import urlsplit

from flask import Flask, Response, abort, current_app, flash, g, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError, CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Response as AnyResponse

from blueprints.kept import kept_form, read_kept
from blueprints.rendering import wants_fragment
from config import Config
from models import Profile, db
from sync import accounts
from sync.vault import Vault

csrf = CSRFProtect()
View = TypeVar("View", bound=Callable[..., object])
SAFE = {"GET", "HEAD", "OPTIONS"}
MOST_BYTES, MOST_TEXT, MOST_PARTS = 20_000_000, 1_000_000, 20_000
"""Of a request, of the fields of its form without files, and how many those may be."""
COOKIE, HOST_ONLY = "tillbridge", "__Host-"
"""By https, browsers take a cookie whose name begins so from this very host alone."""
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; object-src 'none'"
)
HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Accept-CH": "Sec-CH-Prefers-Color-Scheme",
}


def public(view: View) -> View:
    """Mark a view that nobody needs to be signed in for."""
    view.is_public = True  # type: ignore[attr-defined]
    return view


def machines(view: View) -> View:
    """Mark a view that other systems ask, not people: it has no log-in and no token, and believes signatures alone."""
    view.is_for_machines = True  # type: ignore[attr-defined]
    return view


def owners(view: View) -> View:
    """Mark a view that is for the owner; for others it is not there."""
    view.is_for_owner = True  # type: ignore[attr-defined]
    return view


def install(app: Flask, config: Config, vault: Vault) -> None:
    """Guard every route of the app."""
    keys = [hmac.new(key, b"cookies", hashlib.sha256).hexdigest() for key in vault.keys.values()]
    app.config.update(
        SECRET_KEY=keys[0],
        SECRET_KEY_FALLBACKS=keys[1:],
        SESSION_COOKIE_NAME=f"{HOST_ONLY}{COOKIE}" if config.is_https else COOKIE,
        SESSION_COOKIE_SECURE=config.is_https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_CHECK_DEFAULT=False,
        WTF_CSRF_SSL_STRICT=config.is_https,
        TRUSTED_HOSTS=list(config.hosts),
        MAX_CONTENT_LENGTH=MOST_BYTES,
        MAX_FORM_MEMORY_SIZE=MOST_TEXT,
        MAX_FORM_PARTS=MOST_PARTS,
    )
    if config.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=config.proxies, x_proto=config.proxies)  # type: ignore[method-assign]
    csrf.init_app(app)
    app.before_request(_check)
    app.after_request(_protect)
    app.register_error_handler(CSRFError, _forgot_form)


def theme_cookie(app: Flask) -> str:
    """The cookie of light or dark."""
    return f"{HOST_ONLY}theme" if app.config["SESSION_COOKIE_SECURE"] else "theme"


# --- before -----------------------------------------------------------------------------------------------------


def _check() -> AnyResponse | str | tuple[str, int] | None:
    """Host, site, token, person: in this order; None where the request may go on."""
    request.host  # noqa: B018  (raises SecurityError for a host that is not ours)
    if request.mimetype == "application/x-www-form-urlencoded":  # read whole; Werkzeug bounds multipart forms alone
        request.max_content_length = MOST_TEXT
    view = current_app.view_functions.get(request.endpoint or "")
    if getattr(view, "is_for_machines", False):  # before anything reads its body, which is signed as it is
        g.user, g.sign_in = None, None
        return None
    _refuse_no_text()
    if request.endpoint == "static":
        return None
    if view is None:  # no such page; who asks is still greeted by name
        _who()
        return None
    if request.method not in SAFE:
        _refuse_other_sites()
        csrf.protect()
    _who()
    if getattr(view, "is_public", False):
        return None
    if g.user is None:
        return _to_sign_in()
    if getattr(view, "is_for_owner", False) and not g.user.is_owner:
        abort(404)
    return None


def _refuse_no_text() -> None:
    """No text that a person types holds a NUL, and PostgreSQL keeps none."""
    pairs = request.values.items(multi=True)
    if "\0" in request.path or any("\0" in name or "\0" in text for name, text in pairs):
        abort(400)


def _refuse_other_sites() -> None:
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        if site not in ("same-origin", "none"):
            abort(403)
        return
    origin = request.headers.get("Origin")
    if origin is not None and urlsplit(origin).netloc != request.host:
        abort(403)


def _who() -> None:
    """The person whose browser this is; apart from the session, so that a page of what went wrong needs no database."""
    g.user, g.sign_in = None, None
    token = session.get("sign_in")
    if token:
        tools = current_app.extensions["tillbridge"]
        g.sign_in = accounts.signed_in(token, tools.clock.now())
        g.user = g.sign_in.user if g.sign_in else None
    if g.user:
        db.session.expunge(g.user)


def _to_sign_in() -> AnyResponse | tuple[str, int, dict[str, str]]:
    """Log in first. What was typed is kept in the page and offered to be sent after."""
    if not accounts.has_owner():
        return redirect(url_for("setup.owner"), 303)
    if request.method not in SAFE:
        return _sign_in_and_keep()
    if not wants_fragment():
        return redirect(url_for("account.log_in", next=request.full_path.rstrip("?")), 303)
    back = urlsplit(request.headers.get("HX-Current-URL", "")).path or "/"
    return current_app.response_class(status=401, headers={"HX-Redirect": url_for("account.log_in", next=back)})


def _sign_in_and_keep() -> tuple[str, int, dict[str, str]]:
    from blueprints.account import LogInForm  # the page needs its form, the form this module

    page = render_template("account/log_in.html", form=LogInForm(formdata=None), kept=kept_form(), next="")
    return page, 401, {"HX-Retarget": "body", "HX-Reswap": "innerHTML"}  # in place of the whole page for htmx, too


def _forgot_form(_error: CSRFError) -> tuple[str, int]:
    """The page was older than the browser's session: the same fields, with a token of now, to be sent by a person.

    Only for a request that the browser itself says comes from our own pages."""
    _who()
    kept = read_kept(kept_form()) if request.headers.get("Sec-Fetch-Site") == "same-origin" else None
    if kept is None:
        what = _("The page was open for too long, or it came from elsewhere. Go back, reload it, and try again.")
        return render_template("problem.html", title=_("This form is too old"), what=what), 400
    return render_template("account/resume.html", path=kept[0], fields=kept[1]), 400


# --- what is somebody's -----------------------------------------------------------------------------------------


def profile_of(profile_id: int) -> Profile:
    """A profile that the signed-in person may see; 404 for every other."""
    profile = db.session.get(Profile, profile_id, populate_existing=True)
    if profile is None or not accounts.may_see(g.user, profile_id):
        abort(404)
    return profile


def say_done(text: str) -> None:
    """Tell the person, on the next page, what was done."""
    flash(text, "success")


# --- after ------------------------------------------------------------------------------------------------------


def _protect(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if current_app.config["SESSION_COOKIE_SECURE"]:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    if request.endpoint != "static" or response.status_code >= 400:
        response.headers.setdefault("Cache-Control", "no-store")
        response.vary.update(["HX-Request", "HX-Request-Type", "HX-Boosted", "Cookie"])
    return response
