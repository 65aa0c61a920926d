"""Who else may come in, and what they see."""

from flask import Blueprint, g, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import BooleanField, PasswordField, SelectMultipleField, StringField
from wtforms.validators import InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from blueprints.account import PASSWORD_HINT
from blueprints.asking import tools
from blueprints.guard import owners, say_done
from blueprints.rendering import told
from models import User, db
from sync import accounts

bp = Blueprint("users", __name__)


class UserForm(FlaskForm):
    """Somebody who may come in, and what they see."""

    name = StringField(_l("Name"), [InputRequired(), Length(max=80)])
    password = PasswordField(
        _l("Password"), [InputRequired(), Length(max=accounts.LONGEST_PASSWORD)], description=PASSWORD_HINT
    )
    profiles = SelectMultipleField(
        _l("Company profiles"), coerce=int, widget=ListWidget(prefix_label=False), option_widget=CheckboxInput()
    )


class MemberForm(FlaskForm):
    """What somebody may see."""

    is_active = BooleanField(_l("May log in"))
    profiles = SelectMultipleField(
        _l("Company profiles"), coerce=int, widget=ListWidget(prefix_label=False), option_widget=CheckboxInput()
    )


@bp.route("/users", methods=["GET", "POST"])
@owners
def index() -> Response | str | tuple[str, int]:
    """Everybody who may come in; + Add."""
    form = UserForm()
    form.profiles.choices = _choices()
    if form.is_submitted():
        if not form.validate():
            return _users(form), 422
        try:
            accounts.make_user(form.name.data, form.password.data, form.profiles.data, tools().clock.now())
        except accounts.AccountRefused as error:
            form[error.field].errors = [told(error.message)]
            return _users(form), 422
        say_done(_("%(name)s may log in now.", name=form.name.data))
        return redirect(url_for(".index"), 303)
    return _users(form)


def _users(form: UserForm) -> str:
    people = db.session.scalars(db.select(User).order_by(User.name)).all()
    return render_template("users/index.html", form=form, people=people)


def _choices() -> list[tuple[int, str]]:
    return [(each.id, each.name) for each in accounts.profiles_of(g.user)]


@bp.route("/users/<int:user_id>", methods=["GET", "POST"])
@owners
def show(user_id: int) -> Response | str | tuple[str, int]:
    """What one person may see."""
    person = db.get_or_404(User, user_id)
    mine = [each.id for each in accounts.profiles_of(person)]
    form = MemberForm(data={"is_active": person.is_active, "profiles": mine})
    form.profiles.choices = _choices()
    if not form.validate_on_submit():
        page = render_template("users/show.html", form=form, person=person)
        return (page, 422) if form.is_submitted() else page
    accounts.change_user(user_id, form.is_active.data, form.profiles.data)
    say_done(_("Saved."))
    return redirect(url_for(".index"), 303)
