"""Signing in and out, one's own account, and who else may come in."""

from flask import Blueprint, abort, current_app, g, make_response, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import HiddenField, PasswordField, SelectField, StringField
from wtforms.validators import InputRequired, Length

from blueprints.asking import tools
from blueprints.browsers import known_as
from blueprints.guard import public, say_done, theme_cookie
from blueprints.kept import own_path, read_kept
from blueprints.languages import LANGUAGES
from blueprints.rendering import told
from sync import accounts
from sync.tries import TooManyTries

bp = Blueprint("account", __name__)
PASSWORD_HINT = _l("At least %(least)s characters; 15 or more are better.", least=accounts.SHORTEST_PASSWORD)


class LogInForm(FlaskForm):
    """Name and password; `kept` is a form that was typed before the sign-in ended."""

    name = StringField(_l("Name"), [InputRequired(), Length(max=80)])
    password = PasswordField(_l("Password"), [InputRequired(), Length(max=accounts.LONGEST_PASSWORD)])
    kept = HiddenField()


class PasswordForm(FlaskForm):
    """A new password, by somebody who knows the old one."""

    old = PasswordField(_l("Present password"), [InputRequired(), Length(max=accounts.LONGEST_PASSWORD)])
    password = PasswordField(
        _l("New password"), [InputRequired(), Length(max=accounts.LONGEST_PASSWORD)], description=PASSWORD_HINT
    )


class LanguageForm(FlaskForm):
    """The language of all pages."""

    language = SelectField(_l("Language"), choices=[("", _l("As the browser asks")), *LANGUAGES.items()])


# --- signing in -------------------------------------------------------------------------------------------------


@bp.route("/login", methods=["GET", "POST"])
@public
def log_in() -> Response | str | tuple[str, int]:
    """Name and password; then back to where one was."""
    if not accounts.has_owner():
        return redirect(url_for("setup.owner"), 303)
    form = LogInForm()
    goes_to = own_path(request.args.get("next"))
    if not form.validate_on_submit():
        page = render_template("account/log_in.html", form=form, kept=form.kept.data or "", next=goes_to)
        return (page, 422) if form.is_submitted() else page
    try:
        token = accounts.sign_in(form.name.data, form.password.data, *_browser(), now=tools().clock.now())
    except accounts.WrongPassword:
        form.password.errors = [_("Name and password do not belong together.")]
        return render_template("account/log_in.html", form=form, kept=form.kept.data or "", next=goes_to), 422
    except TooManyTries as error:
        form.password.errors = [_("Too many wrong tries. Wait %(count)s seconds.", count=error.wait_s)]
        return render_template("account/log_in.html", form=form, kept=form.kept.data or "", next=goes_to), 429
    before = session.get("user")
    user_id = remember(token)
    kept = read_kept(form.kept.data or "") if before in (None, user_id) else None
    if kept:
        return render_template("account/resume.html", path=kept[0], fields=kept[1])
    return redirect(goes_to or url_for("home.home"), 303)


def remember(token: str) -> int:
    """A session of its own for every sign-in; whose it is."""
    session.clear()
    g.pop("csrf_token", None)  # Flask-WTF keeps it for the rest of the request, and it was the old session's
    session["sign_in"] = token
    signed_in = accounts.signed_in(token, tools().clock.now())
    assert signed_in is not None
    session["user"] = signed_in.user_id
    return signed_in.user_id


def _browser() -> tuple[str, str]:
    return request.remote_addr or "", request.user_agent.string


@bp.post("/logout")
def log_out() -> Response:
    """End this sign-in."""
    accounts.sign_out(g.sign_in.id, g.user.id)
    session.clear()
    return redirect(url_for(".log_in"), 303)


# --- one's own account ------------------------------------------------------------------------------------------


@bp.get("/account")
def mine() -> str:
    """Password, language, and where one is signed in."""
    return _mine(PasswordForm(formdata=None))


def _mine(form: PasswordForm) -> str:
    language = LanguageForm(formdata=None, language=g.user.language)
    places = accounts.sign_ins_of(g.user.id, tools().clock.now())
    return render_template("account/mine.html", form=form, language=language, places=places, browser=known_as)


@bp.post("/account/password")
def change_password() -> Response | tuple[str, int]:
    """A new password; every other browser is signed out."""
    form = PasswordForm()
    if not form.validate_on_submit():
        return _mine(form), 422
    try:
        accounts.prove(g.user.name, form.old.data, request.remote_addr or "", tools().clock.now())
        accounts.change_password(g.user.id, form.password.data)
    except accounts.WrongPassword:
        form.old.errors = [_("This is not your present password.")]
        return _mine(form), 422
    except TooManyTries as error:
        form.old.errors = [_("Too many wrong tries. Wait %(count)s seconds.", count=error.wait_s)]
        return _mine(form), 429
    except accounts.AccountRefused as error:
        form.password.errors = [told(error.message)]
        return _mine(form), 422
    remember(accounts.enter(g.user.id, request.user_agent.string, tools().clock.now()))
    say_done(_("Your password is changed. Every other browser was logged out."))
    return redirect(url_for(".mine"), 303)


@bp.post("/account/language")
def speak() -> Response:
    """The language of all pages."""
    form = LanguageForm()
    if form.validate_on_submit():
        accounts.speak(g.user.id, form.language.data)
    return redirect(url_for(".mine"), 303)


@bp.post("/account/sign-ins/<int:sign_in_id>/end")
def end(sign_in_id: int) -> Response:
    """Log out another browser of one's own."""
    if sign_in_id not in {each.id for each in accounts.sign_ins_of(g.user.id, tools().clock.now())}:
        abort(404)
    accounts.sign_out(sign_in_id, g.user.id)
    return redirect(url_for(".mine"), 303)


@bp.post("/account/theme")
@public
def theme() -> Response:
    """Light or dark, in this browser."""
    answer = make_response(redirect(own_path(request.form.get("back")) or "/", 303))
    chosen = "dark" if request.form.get("theme") == "dark" else "light"
    is_secure = current_app.config["SESSION_COOKIE_SECURE"]
    name = theme_cookie(current_app)
    answer.set_cookie(name, chosen, max_age=365 * 86400, samesite="Lax", httponly=True, secure=is_secure)
    return answer
