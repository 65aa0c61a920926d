"""The fields of a company profile, the same when it is made and when it is changed (P1, P8)."""

from zoneinfo import available_timezones

from flask_babel import lazy_gettext as _l
from wtforms import DateField, SelectMultipleField, StringField
from wtforms.validators import DataRequired, InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from blueprints.rendering import told
from blueprints.shared_forms import SharedForm
from models import StoreChannel
from sync import glance
from sync.profiles import ProfileRefused

USUAL_ZONE = "Asia/Kuala_Lumpur"
PLACES = ("Africa/", "America/", "Antarctica/", "Asia/", "Atlantic/", "Australia/", "Europe/", "Indian/", "Pacific/")


def trimmed(text: str | None) -> str:
    """Without blanks around it."""
    return (text or "").strip()


class ProfileForm(SharedForm):
    """Name, time zone, start date and channels."""

    ASKED = ("name", "time_zone", "start_date", "channels")
    name = StringField(_l("Company profile name"), [DataRequired(), Length(max=200)], filters=[trimmed])
    time_zone = StringField(
        _l("Account time zone"),
        [InputRequired(), Length(max=60)],
        filters=[trimmed],
        description=_l("Days begin and end in this zone. Type a part of the name of your city."),
        render_kw={"list": "zones", "autocomplete": "off"},
    )
    start_date = DateField(
        _l("Start date"),
        [InputRequired()],
        description=_l("The start of the integration: no order that is older is posted."),
    )
    channels = SelectMultipleField(
        _l("Tick the channels whose orders are posted into these books"),
        coerce=int,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )

    def offer(self) -> "ProfileForm":
        """With the channels of every store to choose from."""
        self.channels.choices = [(each.id, _label(each)) for each in glance.all_channels()]
        return self

    def refuse(self, error: ProfileRefused) -> None:
        """Show why the profile cannot be kept, where it was typed."""
        self[error.field].errors = [told(each) for each in error.messages]


def _label(channel: StoreChannel) -> str:
    return f"{channel.name} ({channel.store.name})"


def zones() -> list[str]:
    """The time zones that are named after a place."""
    return sorted(each for each in available_timezones() if each.startswith(PLACES))
