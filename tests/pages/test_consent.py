"""Books whose system is let in by a person (OAuth 2.0): the way there and back, reconnected, disconnected (P4)."""

from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from adapters.accounting.base import Grant, SignIn
from adapters.accounting.quickbooks.oauth import QuickBooksSignIn
from adapters.errors import LoginRefused, NotSent
from adapters.registry import BOOKS
from adapters.settings import Setting
from documents import Company, say
from models import BooksConnection, BooksTokens, ConnectionStatus, Consent, Profile, ProfileChannel, Secret, db, writing
from sync import accounts, profiles, vault
from tests.integration.test_toy_books import Notebook
from tests.pages.conftest import PASSWORD, Person, person_of
from tests.pages.test_profiles import all_of, visit_as_member
from tests.world import World

KEYS = {"client_id": "app-1", "client_secret": "hush-hush"}


class Gate(SignIn):
    """Gives tokens for the code `good`, once."""

    title, register = "Connect with Tollbook", "https://tollbook.example/register"
    steps, pasting = ("Make an app.", "Copy its keys."), "Paste a token from the playground."
    redeemed: list[tuple[str, str]] = []
    revoked: list[str] = []
    is_down = False

    @classmethod
    def objection(cls, settings, redirect_uri):
        return say("Not to this address.") if settings["client_id"] == "strict" else None

    def address(self, state, redirect_uri):
        return "https://tollbook.example/agree?" + urlencode({"state": state, "redirect_uri": redirect_uri})

    def redeem(self, code, redirect_uri):
        if code != "good" or code in [each for each, _ in self.redeemed]:
            raise LoginRefused(say("This code was used or is unknown."))
        self.redeemed.append((code, redirect_uri))
        return Grant("access-1", f"refresh-{self.secrets['client_secret']}", 3600, 8_640_000)

    def renew(self, refresh_token):
        return Grant("access-2", "refresh-2", 3600, 8_640_000)

    def revoke(self, refresh_token):
        if self.is_down:
            raise NotSent(say("Tollbook does not answer."))
        self.revoked.append(refresh_token)


class Tollbook(Notebook):
    """The notebook behind a gate: the company is chosen there."""

    kind, label = "tollbook", "Tollbook"
    connection_settings = (
        Setting("client_id", "Client ID", required=True),
        Setting("client_secret", "Client Secret", secret=True, required=True),
        Setting("realm_id", "Company ID"),
        Setting("refresh_token", "Refresh token", secret=True),
        Setting("base_url", "Address"),
    )
    sign_in = Gate

    def check(self):
        realm = self.settings["realm_id"]
        return Company(realm, f"Company {realm}", "MYR", "MY")


@pytest.fixture
def toll(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    monkeypatch.setitem(BOOKS, "tollbook", Tollbook)
    Gate.redeemed, Gate.revoked, Gate.is_down = [], [], False
    yield world


def begin(owner: Person, address: str = "/connect/tollbook", **keys: str) -> SimpleNamespace:
    """Enter the keys; what the link to the other system holds."""
    owner.go(address)
    page = owner.submit("consent", {**KEYS, **keys} if "books" not in address else keys)
    asked = parse_qs(urlsplit(page.link("Go on to Tollbook")).query)
    return SimpleNamespace(page=page, **{name: values[0] for name, values in asked.items()})


def come_back(owner: Person, **given: str) -> None:
    owner.go("/connect/callback?" + urlencode(given))


def connect(owner: Person, realm: str = "R-7") -> int:
    """The whole way; the connection's id."""
    Gate.redeemed.clear()
    come_back(owner, state=begin(owner).state, code="good", realmId=realm)
    owner.submit("confirm")
    [row] = all_of(db.select(BooksConnection).where(BooksConnection.kind == "tollbook"))
    return row.id


def with_profile(world: World, books_id: int) -> int:
    with writing() as session:
        session.execute(db.delete(ProfileChannel))
    return profiles.make_profile(books_id, "Toll", "Asia/Kuala_Lumpur", world.clock.now().date(), []).id


def secrets(world: World, books_id: int) -> dict[str, str]:
    found = vault.secrets_of(world.tools.vault, "books", books_id)
    db.session.rollback()
    return found


@pytest.mark.feature("P4")
def test_a_company_is_connected_by_a_persons_consent(owner: Person, toll: World):
    owner.go("/profiles/new")
    page = owner.follow("Connect Tollbook")
    assert page.url == "/connect/tollbook" and "Make an app." in page.text and "Open one at Tollbook" in page.text
    assert "http://localhost/connect/callback" in page.html
    way = begin(owner)
    assert way.redirect_uri == "http://localhost/connect/callback"
    assert KEYS["client_secret"] not in way.page.html
    assert all("connect" not in each.action for each in owner.page.forms), "a plain link, no form"
    come_back(owner, state=way.state, code="good", realmId="R-7")
    assert "R-7" in owner.page.text and Gate.redeemed == [], "nothing is taken before the person confirms"
    page = owner.submit("confirm")
    assert "Connected to Company R-7." in page.text and page.url.startswith("/profiles/new/books/")
    [row] = all_of(db.select(BooksConnection).where(BooksConnection.kind == "tollbook"))
    assert row.company_key == "R-7" and Gate.redeemed == [("good", way.redirect_uri)]
    assert secrets(toll, row.id)["refresh_token"] == "refresh-hush-hush"
    assert all_of(db.select(Consent)) == [] and all_of(db.select(Secret).where(Secret.owner == "consents")) == []


@pytest.mark.feature("P4", "P7")
def test_in_the_wizard_the_way_leads_there_and_back_to_the_next_step(owner: Person, toll: World):
    with writing() as session:
        session.execute(db.delete(ProfileChannel))
        for table in ("item_matches", "tax_matches", "presets", "profiles"):
            session.execute(db.text(f"DELETE FROM {table}"))
    owner.go("/setup/books?kind=tollbook")
    page = owner.follow("Connect with Tollbook")
    assert page.url == "/connect/tollbook"
    connect(owner)
    assert owner.page.url == "/setup/profile"


@pytest.mark.feature("P4")
@pytest.mark.parametrize(
    ("error", "said"),
    [("access_denied", "You did not agree there"), ("invalid_scope", "may not do"), ("<script>", "did not let us in")],
)
def test_a_refusal_there_is_told_kindly_and_leads_back(owner: Person, toll: World, error: str, said: str):
    come_back(owner, state=begin(owner).state, error=error)
    assert owner.page.status == 422 and said in owner.page.text and "<script>" not in owner.page.html
    assert owner.follow("Back").url == "/connect/tollbook"


@pytest.mark.parametrize("state", ["", "made-up"])
def test_a_state_that_nobody_began_is_refused(owner: Person, toll: World, state: str):
    come_back(owner, state=state, code="good", realmId="R-7")
    assert owner.page.status == 422 and "is too old, or was begun elsewhere" in owner.page.text
    assert all(each.id != "confirm" for each in owner.page.forms)


def test_a_state_is_good_for_ten_minutes(owner: Person, toll: World):
    way = begin(owner)
    toll.clock.pass_by(601)
    come_back(owner, state=way.state, code="good", realmId="R-7")
    assert owner.page.status == 422 and "is too old" in owner.page.text


def test_a_state_works_once_and_so_does_its_code(owner: Person, toll: World):
    way = begin(owner)
    come_back(owner, state=way.state, code="good", realmId="R-7")
    confirm = owner.page
    owner.submit("confirm")
    owner.page = confirm
    page = owner.submit("confirm")
    assert page.status == 422 and "was used" in page.text
    come_back(owner, state=begin(owner).state, code="good", realmId="R-7")
    page = owner.submit("confirm")
    assert page.status == 422 and "This code was used" in page.text and len(Gate.redeemed) == 1


def test_what_another_browser_began_is_not_completed_here(owner: Person, toll: World):
    way = begin(owner)
    elsewhere = person_of(toll)
    elsewhere.log_in("Mei")
    come_back(elsewhere, state=way.state, code="good", realmId="R-7")
    assert elsewhere.page.status == 422 and "was begun elsewhere" in elsewhere.page.text
    come_back(owner, state=way.state, code="good", realmId="R-7")
    own = next(each for each in owner.page.forms if each.id == "confirm")
    elsewhere.go("/connect/tollbook")
    token = next(each.value for each in elsewhere.page.form("consent").fields if each.name == "csrf_token")
    pairs = [(name, value) for name, value in own.pairs({}, None) if name != "csrf_token"]
    status, _, html = elsewhere.send("POST", "/connect/complete", [*pairs, ("csrf_token", token)])
    assert status == 422 and "was begun elsewhere" in html and Gate.redeemed == []


def test_nobody_but_the_owner_finds_these_pages(owner: Person, toll: World, person):
    tan = visit_as_member(toll, person, toll.profile_id)
    books_id = connect(owner)
    for path in ("tollbook", "callback", f"books/{books_id}", f"books/{books_id}/disconnect"):
        assert tan.go(f"/connect/{path}").status == 404
    assert owner.go("/connect/qne").status == owner.go(f"/connect/books/{toll.books_id}").status == 404


def test_who_comes_back_after_the_log_in_ended_is_asked_to_log_in_and_to_begin_anew(owner: Person, toll: World):
    way = begin(owner)
    for row in accounts.sign_ins_of(1, toll.clock.now()):
        accounts.sign_out(row.id, row.user_id)
    come_back(owner, state=way.state, code="good", realmId="R-7")
    assert owner.page.url.startswith("/login")
    page = owner.submit("/login", {"name": "Mei", "password": PASSWORD})
    assert page.status == 422 and "begun elsewhere" in page.text


def secrets_of_consents() -> dict[int, str]:
    return {row.owner_id: row.field for row in all_of(db.select(Secret).where(Secret.owner == "consents"))}


def test_keys_that_wait_for_a_consent_go_when_it_ended_with_the_log_in(owner: Person, toll: World):
    begin(owner)
    [left] = all_of(db.select(Consent))
    with writing() as session:
        session.execute(db.delete(Consent))
        vault.keep(session, toll.tools.vault, "consents", left.id + 7, {"client_secret": "of another"})
    begin(owner)
    [row] = all_of(db.select(Consent))
    assert secrets_of_consents() == {row.id: "client_secret"}


def test_a_consent_takes_no_key_of_one_before_it_that_had_its_number(owner: Person, toll: World):
    books_id = connect(owner)
    begin(owner, f"/connect/books/{books_id}", client_secret="old-hush")
    with writing() as session:
        session.execute(db.delete(Consent))
    Gate.redeemed.clear()
    come_back(owner, state=begin(owner, f"/connect/books/{books_id}").state, code="good", realmId="R-7")
    owner.submit("confirm")
    assert secrets(toll, books_id)["refresh_token"] == "refresh-hush-hush"


def test_the_address_to_come_back_to_follows_no_forwarded_header(owner: Person, toll: World):
    headers = {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https", "Sec-Fetch-Site": "same-origin"}
    answer = owner.client.get("/connect/tollbook", headers=headers).get_data(as_text=True)
    assert "http://localhost/connect/callback" in answer and "evil.example" not in answer


def test_what_the_other_system_would_not_come_back_to_is_told_before(owner: Person, toll: World):
    owner.go("/connect/tollbook")
    page = owner.submit("consent", {**KEYS, "client_id": "strict"})
    assert page.status == 422 and "Not to this address." in page.text and all_of(db.select(Consent)) == []


@pytest.mark.feature("P4")
@pytest.mark.parametrize(
    ("environment", "uri", "is_fine"),
    [
        ("production", "https://till.example/connect/callback", True),
        ("production", "http://till.example/connect/callback", False),
        ("production", "https://192.168.1.5/connect/callback", False),
        ("production", "http://localhost:8000/connect/callback", False),
        ("development", "http://localhost:8000/connect/callback", True),
    ],
)
def test_production_keys_of_intuit_need_https_and_a_name(environment: str, uri: str, is_fine: bool):
    found = QuickBooksSignIn.objection({"environment": environment, "base_url": ""}, uri)
    assert (found is None) == is_fine
    assert QuickBooksSignIn.objection({"environment": "production", "base_url": "http://127.0.0.1:9"}, uri) is None


@pytest.mark.feature("P4")
def test_what_the_address_lacks_is_told_before_anything_is_typed(owner: Person, toll: World):
    page = owner.go("/connect/quickbooks")
    assert "https addresses with a name only" in page.text and "Redirect URIs" in page.text


@pytest.mark.feature("P4")
def test_a_pasted_token_connects_where_nobody_can_be_sent_back(owner: Person, toll: World):
    owner.go("/connect/tollbook")
    page = owner.follow("Paste a token")
    assert page.url == "/profiles/new/tollbook" and "from the playground" in page.text
    page = owner.submit("connect", {**KEYS, "realm_id": "R-7", "refresh_token": "pasted-1"})
    assert "Connected to Company R-7." in page.text


# --- an existing connection -------------------------------------------------------------------------------------


@pytest.mark.feature("P4")
def test_the_same_company_is_let_in_again_and_another_is_refused(owner: Person, toll: World):
    books_id = connect(owner)
    profile_id = with_profile(toll, books_id)
    Gate.redeemed.clear()
    owner.go(f"/profiles/{profile_id}/settings/accounting")
    page = owner.follow("Connect with Tollbook")
    assert page.url == f"/connect/books/{books_id}" and "Company R-7" in page.text
    come_back(owner, state=begin(owner, page.url).state, code="good", realmId="R-8")
    page = owner.submit("confirm")
    assert page.status == 422 and "belongs to Company R-7" in page.text
    Gate.redeemed.clear()
    come_back(owner, state=begin(owner, f"/connect/books/{books_id}").state, code="good", realmId="R-7")
    page = owner.submit("confirm")
    assert page.url == f"/profiles/{profile_id}/settings/accounting" and "Connected to Company R-7." in page.text


def test_a_kept_key_of_the_app_is_not_sent_to_another_address(owner: Person, toll: World):
    books_id = connect(owner)
    owner.go(f"/connect/books/{books_id}")
    page = owner.submit("consent", {"base_url": "https://evil.example"})
    assert page.status == 422 and "Enter the key again" in page.text


@pytest.mark.feature("P4")
def test_disconnecting_revokes_and_forgets_the_tokens_and_keeps_the_rest(owner: Person, toll: World):
    books_id = connect(owner)
    profile_id = with_profile(toll, books_id)
    owner.go(f"/profiles/{profile_id}/settings/accounting")
    page = owner.follow("Disconnect")
    assert "Disconnect Company R-7?" in page.text and Gate.revoked == []
    page = owner.submit("disconnect")
    assert "Company R-7 is disconnected." in page.text and Gate.revoked == ["refresh-hush-hush"]
    assert secrets(toll, books_id) == {"client_secret": "hush-hush"} and all_of(db.select(BooksTokens)) == []
    [row] = all_of(db.select(BooksConnection).where(BooksConnection.id == books_id))
    assert row.status is ConnectionStatus.INACTIVE and db.session.get(Profile, profile_id)


def test_what_cannot_be_revoked_stays_connected(owner: Person, toll: World):
    books_id = connect(owner)
    Gate.is_down = True
    owner.go(f"/connect/books/{books_id}/disconnect")
    page = owner.submit("disconnect")
    assert "Tollbook does not answer. It is still connected." in page.text
    assert "refresh_token" in secrets(toll, books_id)


@pytest.mark.feature("P4")
@pytest.mark.parametrize(("days", "is_told"), [(15, False), (13, True)])
def test_the_end_of_a_consent_is_told_two_weeks_before(owner: Person, toll: World, days: int, is_told: bool):
    profile_id = with_profile(toll, connect(owner))
    ends_at = toll.clock.now() + timedelta(days=days)
    with writing() as session:
        session.execute(db.update(BooksTokens).values(ends_at=ends_at))
    for path in ("/", "/profiles", f"/profiles/{profile_id}", f"/profiles/{profile_id}/settings/accounting"):
        assert ("Sign in again by" in owner.go(path).text) == is_told, path
