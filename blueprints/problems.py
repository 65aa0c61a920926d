"""Pages of what went wrong: what happened, why, what to do; a bug shows a reference number and nothing else."""

import logging
import secrets

from flask import Flask, render_template, request
from flask_babel import gettext as _
from werkzeug.exceptions import HTTPException, SecurityError

from adapters.errors import RemoteError
from blueprints.rendering import told
from models import abandon
from sync import explained

log = logging.getLogger(__name__)


def install(app: Flask) -> None:
    """Every answer that is no page of its own."""
    app.register_error_handler(SecurityError, _unknown_host)
    app.register_error_handler(HTTPException, _known)
    app.register_error_handler(RemoteError, _remote)
    app.register_error_handler(Exception, _bug)


def _unknown_host(_error: SecurityError) -> tuple[str, int, dict[str, str]]:
    """Asked for by a name that was not set: no page, for a page would repeat it in its links."""
    said = _("Tillbridge does not answer to this name. Whoever runs it can add it: ./run --names")
    return said, 400, {"Content-Type": "text/plain; charset=utf-8"}


def _known(error: HTTPException) -> tuple[str, int]:
    status = error.code or 500
    title, what = _sentences(status)
    return render_template("problem.html", title=title, what=what), status


def _sentences(status: int) -> tuple[str, str]:
    if status == 404:
        return _("There is no such page"), _("It may have been removed, or it belongs to somebody else.")
    if status == 403:
        return _("Not from here"), _("The request came from another site, so nothing was done.")
    if status == 405:
        return _("Not like this"), _("This page cannot be asked for in this way. Nothing was done.")
    if status == 413:
        return _("Too large"), _("More was sent than this page takes. Nothing was done.")
    return _("This could not be understood"), _("Nothing was done. Go back and try again.")


def _remote(error: RemoteError) -> tuple[str, int]:
    """Another system refused or did not answer, where a page had to ask it."""
    log.warning("%s (%s)", error.message, error.cause)
    abandon()
    title, what = _("The other system did not do it"), f"{told(error.message)} {told(error.next_step)}"
    return render_template("problem.html", title=title, what=what, about=explained.about_error(error)), 502


def _bug(error: Exception) -> tuple[str, int]:
    reference = secrets.token_hex(4)
    log.exception("page %s failed, reference %s", request.endpoint, reference, exc_info=error)
    abandon()
    what = _("Something went wrong on our side; nothing was half done. The log has it under %(ref)s.", ref=reference)
    return render_template("problem.html", title=_("That was our mistake"), what=what), 500
