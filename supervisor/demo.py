"""The demo: a visitor sets up a company with practice systems, matches, reviews and syncs, by the app's own pages."""

import os
import re
import secrets
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import msgspec
import requests
from sqlalchemy import select

from adapters.registry import BOOKS, STORES
from documents import Message
from models import Aligned, ItemMatch, ProofRow, StoreChannel, StoreConnection, StoredItem, db, end_reading
from supervisor import order_files
from supervisor.practice_books import (
    EXTRAS,
    PRACTICE,
    RATES,
    SHIPPING,
    STORE_KINDS,
    PracticeBooks,
    PracticeStore,
    shop_of,
)
from supervisor.serving import Supervisor
from supervisor.visitor import File, Page, Pair, Send, Visitor
from sync import proof_kept

NAME = "demo"
DAYS = 60
LONGEST_PAGE_S = 120
MOST_ROUNDS = 50
"""So many pages of contacts and products are decided, then the proof says what is missing."""


class Demo:
    """One run of it; the account that it makes has a password of its own."""

    def __init__(self, supervisor: Supervisor) -> None:
        self.supervisor = supervisor
        self.password = secrets.token_urlsafe(9)

    def play(self, orders: int, seed: int, pairs: Sequence[tuple[str, str]]) -> bool:
        """Run the whole demo, with a company for each pair of kinds of store and books; True when every difference is
        0.00 and every order has a named place in each."""
        from app import create_app
        from config import read_config
        from supervisor.__main__ import start

        self.supervisor.offer_practice(orders, seed)
        start(self.supervisor)
        os.environ.update(self.supervisor.environment)
        with create_app(read_config()).app_context():
            return self._play(pairs)

    def _play(self, pairs: Sequence[tuple[str, str]]) -> bool:
        begun = time.monotonic()
        shop = Shop(self.supervisor, Visitor(browser(self.supervisor.url)))
        shop.sign_up(self.password)
        proven = [self._carry(shop, store, books) for store, books in pairs]
        say(f"\nDone in {time.monotonic() - begun:.0f} s.")
        return all(proven)

    def _carry(self, shop: "Shop", store: str, books: str) -> bool:
        """All orders of the store of one kind into the books of another, and the proof."""
        label = f"{STORES[store].label} into {BOOKS[books].label}"
        say(f"\n{label}")
        is_new = store not in shop.stores
        shop.add_company(store, books)
        if is_new and not STORES[store].can_be_asked:
            [channel] = shop.channels()
            end_reading()
            say(f"A file is imported: {order_files.bring_in(shop, channel.id)}")
        shop.match(PRACTICE[books], shop_of(store))
        if STORES[store].aligns_numbers:
            shop.align()
        if BOOKS[books].reads_on_demand:
            shop.read_units()
        if STORES[store].matches_at_import:
            shop.decide()
        shop.sync()
        rows = shop.prove()
        print_proof(label, rows)
        good = is_good(rows)
        end_reading()
        return good


def say(text: str) -> None:
    """Tell whoever watches."""
    print(text, flush=True)


def browser(url: str) -> Send:
    """Asks as a browser does: with its cookies, and on to wherever it is sent."""
    session = requests.Session()
    session.trust_env = False

    def send(method: str, path: str, pairs: list[Pair]) -> tuple[int, str, str]:
        texts = [(name, value) for name, value in pairs if isinstance(value, str)]
        files = [(name, (value.name, value.content)) for name, value in pairs if isinstance(value, File)]
        answer = session.request(method, url + path, data=texts or None, files=files or None, timeout=LONGEST_PAGE_S)
        return answer.status_code, answer.url.removeprefix(url), answer.text

    return send


class Shop:
    """The companies of one shop, as their owner sees them; `profile` is the address of the one that is worked on, and
    `store` that of the store whose orders it takes."""

    def __init__(self, supervisor: Supervisor, owner: Visitor) -> None:
        self.supervisor, self.owner = supervisor, owner
        self.profile = self.store = ""
        self.stores: dict[str, str] = {}

    def submit(self, part: str, values: dict[str, object] | None = None, button: str | None = None) -> Page:
        """Press a button; RuntimeError with what the page says where it refuses."""
        page = self.owner.submit(part, values, button)
        if page.status >= 400:
            raise RuntimeError(f"{page.url} answered {page.status}: {complaints(page) or page.text[:500]}")
        return page

    # --- the companies ------------------------------------------------------------------------------------------

    def sign_up(self, password: str) -> None:
        """The owner's account."""
        self.owner.go("/")
        code = self.supervisor.environment["TILLBRIDGE_SETUP_CODE"]
        self.submit("/setup/owner", {"code": code, "name": NAME, "password": password})

    def add_company(self, store: str, books: str) -> None:
        """The first one by the wizard, with a store that can be asked; the others by + Add; then its settings."""
        start_date = (datetime.now(UTC) - timedelta(days=DAYS + 1)).date().isoformat()
        is_first, by_wizard = not self.profile, store if STORES[store].can_be_asked else STORE_KINDS[0]
        if is_first:
            self._set_up(by_wizard, books, start_date)
        if not is_first or store != by_wizard:
            self._add(store, books, start_date)
        self.owner.go(f"{self.profile}/settings")
        settings = {**PRACTICE[books].settings, **shop_of(store).settings}
        self.submit("general", {name: text for name, text in settings.items() if text is not None})
        self.owner.go(f"{self.profile}/settings/presets")
        self.submit("presets", EXTRAS)

    def _set_up(self, store: str, books: str, start_date: str) -> None:
        self.submit("/setup/practice", {"store": store, "books": books})
        say("Practice store and practice books are connected.")
        self._choose(store)
        self.owner.go("/setup")
        self.submit("/setup/profile", {"start_date": start_date})
        self.submit("/setup/flows")
        self.wait("/setup/lists")
        self.submit("/setup/lists")
        page = self.submit("/setup/defaults")
        self.profile = page.link("Products").split("/matching")[0]
        self.submit("/setup/matching")

    def _add(self, store: str, books: str, start_date: str) -> None:
        if store not in self.stores:
            self._connect(store)
        self._choose(store)
        self.owner.go("/profiles/new")
        self.submit("/profiles/new/practice", {"books": company_in(books, shop_of(store))})
        say("Further practice books are connected.")
        name = f"{STORES[store].label} in {BOOKS[books].label}"
        channels = [str(each.id) for each in self.channels()]
        end_reading()
        self.profile = self.submit("details", {"name": name, "start_date": start_date, "channels": channels}).url
        self.wait(self.profile)

    def _connect(self, store: str) -> None:
        if not STORES[store].can_be_asked:
            order_files.make_store(self)
            say("A store of files is made, with a channel.")
            return
        self.owner.go("/stores/new")
        self.submit("/stores/new/practice", {"store": store})
        say("A further practice store is connected.")

    def _choose(self, kind: str) -> None:
        """Work with this practice store; the first time its prefix is given to its orders' numbers."""
        is_new = kind not in self.stores
        if is_new:
            found = db.session.scalars(select(StoreConnection.id).where(StoreConnection.kind == kind)).one()
            end_reading()
            self.stores[kind] = f"/stores/{found}"
        self.store = self.stores[kind]
        if is_new and shop_of(kind).prefix:
            self.owner.go(self.store)
            self.submit("options", {"order_number_prefix": shop_of(kind).prefix})

    def channels(self) -> Sequence[StoreChannel]:
        """Of the store that is worked with."""
        query = select(StoreChannel).where(StoreChannel.store_id == int(self.store.rsplit("/", 1)[1]))
        return db.session.scalars(query.order_by(StoreChannel.id)).all()

    def wait(self, path: str) -> None:
        """Reload a page as long as it asks for that, and tell how far it is, at most every two seconds."""
        told_at = 0.0
        while 'http-equiv="refresh"' in self.owner.go(path).html:
            self.supervisor.keep_alive()
            if time.monotonic() - told_at > 2.0:
                told_at = time.monotonic()
                say(progress_of(self.owner.page))
            time.sleep(0.3)

    # --- matching -----------------------------------------------------------------------------------------------

    def match(self, books: PracticeBooks, shop: PracticeStore) -> None:
        """What the practice store sells has the codes of the practice books; a few products are left for you."""
        self._match_items()
        channels = self.channels()
        for number, channel in enumerate(channels):
            customers = {"": shop.customer} if shop.customer else books.customers_of(channel.kind)
            self._match_channel(channel, customers, has_shipping=number % 2 == 1 or len(channels) == 1)
        end_reading()
        if not shop.company:  # which has the store's own currency
            self._match_currencies()
        self._match_taxes(shop)

    def _match_items(self) -> None:
        rows = select(StoredItem.id, StoredItem.sku).join(ItemMatch, ItemMatch.item_id == StoredItem.id)
        mine = rows.where(ItemMatch.profile_id == self._profile_id)
        pairs = db.session.execute(mine.order_by(StoredItem.id)).all()
        end_reading()
        left, address = 0, f"{self.profile}/matching/items?show=all"
        forms = self._forms_of(address)
        for item_id, code in pairs:
            self.owner.page = forms[f"f-{item_id}"]
            left += self.owner.submit(f"f-{item_id}", {"code": code or ""}).status != 200
        say(f"Products: {len(pairs)}, matched: {len(pairs) - left}, left for you: {left}.")

    @property
    def _profile_id(self) -> int:
        return int(self.profile.rsplit("/", 1)[1])

    def _forms_of(self, address: str) -> dict[str, Page]:
        """The page on which each row's form stands, page after page."""
        found: dict[str, Page] = {}
        while True:
            page = self.owner.go(address)
            found |= {form.id: page for form in page.forms}
            if not any("Next page" in text for _, text in page.links):
                return found
            address = page.link("Next page")

    def _match_channel(self, channel: StoreChannel, customers: Mapping[str, str], *, has_shipping: bool) -> None:
        """Shipping is posted for a store's only channel and for every other one, and left out for the rest."""
        for currency, customer in customers.items():
            self.owner.go(f"{self.profile}/matching/customers")
            if currency:
                new = {"channel": channel.id, "part": currency, "customer": customer}
                self.submit("f-new", new)
            else:
                self.submit(f"f-{channel.id}-", {"customer": customer})
        if has_shipping:
            self.owner.go(f"{self.profile}/matching/shipping")
            self.submit(f"f-{channel.id}", {"on": True, "item": SHIPPING})

    def _match_currencies(self) -> None:
        """Those that orders have."""
        page = self.owner.go(f"{self.profile}/matching/currency")
        for currency, rate in RATES.items():
            if any(form.id == f"f-{currency}" for form in page.forms):
                self.owner.page = page
                self.submit(f"f-{currency}", {"code": currency, "rate": rate})

    def _match_taxes(self, shop: PracticeStore) -> None:
        page = self.owner.go(f"{self.profile}/matching/tax")
        rows = re.findall(r'id="row-(\w+)"[^>]*>\s*([^<]*)', page.html)
        for key, name in rows:
            self.owner.page = page
            self.submit(f"f-{key}", {"code": next(code for tax, code in shop.taxes.items() if tax in name)})
        say(f"Taxes matched: {len(rows)}.")

    def align(self) -> None:
        """Where the store's numbers are the books' own, both sides are read and confirmed before anything is sent."""
        page = f"{self.profile}/alignment"
        for kind in Aligned:
            self.owner.go(f"{page}?kind={kind}")
            self.submit(f"/{kind}/start", {"start": "store"})
        self.submit("/alignment/read")
        self.wait(page)
        for kind in Aligned:
            self.owner.go(f"{page}?kind={kind}")
            self.submit(f"/{kind}/confirm")
        self.wait(page)
        say("Numbers of both sides are aligned.")

    def read_units(self) -> None:
        """Books that tell the units of an item only when it is used are read again, now that it is known which are."""
        self.owner.go(self.profile)
        self.submit("/read/lists")
        self.wait(self.profile)

    def decide(self) -> None:
        """Where a store asks at each import: what the books have already is linked to it, all else is made there."""
        address, rounds = f"{self.profile}/matching/import", 0
        while any(form.id == "import" for form in self.owner.go(address).forms) and rounds < MOST_ROUNDS:
            self.submit("import", button="do=save")
            self.wait(address)
            rounds += 1
        say("Contacts and products of the orders have their places in the books.")

    # --- review, sync, proof ------------------------------------------------------------------------------------

    def sync(self) -> None:
        """All that is pending: the first page is looked at, the others are sent as they are."""
        self.owner.go(f"{self.profile}/invoices")
        page = self.submit("orders", {"all": True})
        has_more = any(field.name == "others" for field in page.form("drafts").fields)
        page = self.submit("drafts", {"others": True} if has_more else {}, button="do=sync")
        self.wait(page.url)
        say(f"Sync: {progress_of(self.owner.page)}")

    def prove(self) -> list[ProofRow]:
        """Press Read the books now, and wait for what they say."""
        self.owner.go(f"{self.profile}/proof")
        page = self.submit("/proof/read")
        self.wait(page.url)
        last = proof_kept.proofs_of(self._profile_id).last
        return list(proof_kept.totals(last.id)) if last else []


def company_in(books: str, shop: PracticeStore) -> str:
    """The choice of practice books: of QuickBooks the company that the store's orders go into."""
    return f"{books}:{shop.company}" if books == "quickbooks" and shop.company else books


def complaints(page: Page) -> str:
    """What the page says is wrong, at its fields and in its alerts."""
    said = re.findall(
        r'class="[^"]*(?:invalid-feedback|alert-danger|tb-problem)[^"]*"[^>]*>(.*?)</', page.html, re.DOTALL
    )
    return "; ".join(" ".join(re.sub(r"<[^>]*>", " ", each).split()) for each in said)


def progress_of(page: Page) -> str:
    """What its progress bar says."""
    bar = re.search(r"<progress[^>]*>", page.html)
    said = dict(re.findall(r'([\w-]+)="([^"]*)"', bar[0])) if bar else {}
    label, value, most = said.get("aria-label", "it is done"), said.get("value"), said.get("max")
    return label if value is None or " of " in label else f"{label}: {value} of {most}"


# --- the proof in words -----------------------------------------------------------------------------------------


def is_good(rows: Sequence[ProofRow]) -> bool:
    """Something was posted, and nothing differs."""
    return any(row.posted for row in rows) and all(row.is_proven for row in rows)


def print_proof(books: str, rows: Sequence[ProofRow]) -> None:
    """Per channel and currency: what the store sold, what was left out and why, and what the books say."""
    say(f"\nProof of {books}, per channel and currency")
    for row in rows:
        _print_row(row)
    total, posted = sum(row.orders for row in rows), sum(row.posted for row in rows)
    good = is_good(rows)
    say(f"\n{total} orders accounted for, {posted} posted. " + ("Every difference is 0.00." if good else "NOT PROVEN."))


def _print_row(row: ProofRow) -> None:
    say(f"\n  {row.channel.name}, {row.currency}: {row.orders} orders, {row.posted} posted")
    _amount("store total", row.store_total)
    _amount("not posted", -row.unposted)
    for reason in row.not_posted:
        more = " (and the like)" if reason["kinds"] != 1 and reason["message"]["values"] else ""
        say(f"        {reason['count']} x {told(reason['message'])}{more}")
    for cause, amount in sorted(row.amounts.items()):
        _amount(f"by rule: {cause.replace('_', ' ')}", amount)
    _amount("expected total", row.expected)
    _amount("books total read back", row.books_total)
    _amount("difference", row.difference)
    if row.faults:
        say(f"    ! {row.faults} documents are missing or differ")


def told(message: dict[str, object]) -> str:
    """A message as it is kept, in English."""
    return str(msgspec.convert(message, Message))


def _amount(what: str, amount: Decimal) -> None:
    say(f"    {what:<34}{amount:>16,.2f}")
