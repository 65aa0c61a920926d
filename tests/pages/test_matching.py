"""Manage Matching: every row is saved by itself, says why it is refused, and loses nothing that was typed."""

from collections.abc import Callable, Iterator
from decimal import Decimal

import pytest
from sqlalchemy import event, select, update

from documents import ChargeKind, OrderPayment, Tax
from models import (
    CurrencyMatch,
    CustomerMatch,
    ItemMatch,
    PaymentMatch,
    Preset,
    Profile,
    ShippingMatch,
    StoreChannel,
    StoreConnection,
    StoredItem,
    StoreWord,
    TaxMatch,
    db,
    end_reading,
    writing,
)
from sync import accounts, lists, profiles, search, store_words
from sync.match_rows import shipping
from sync.matching import MatchRefused
from tests.pages.conftest import PASSWORD, Person
from tests.unit.drafting_makers import make_charge, make_line, make_order
from tests.world import World

HTMX = {"HX-Request": "true", "Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def mei(owner: Person, world: World) -> Iterator[Person]:
    """The owner; nothing is matched."""
    with writing() as session:
        session.execute(update(ItemMatch).values(code=None, uom=None, is_matched=False))
    yield owner


def at(world: World, page: str) -> str:
    return f"/profiles/{world.profile_id}/matching/{page}"


def item_of(isku: str) -> StoredItem:
    return one(select(StoredItem).where(StoredItem.external_id == isku))


def one(query):
    found = db.session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    end_reading()
    return found


def match_of(isku: str) -> ItemMatch:
    return one(select(ItemMatch).where(ItemMatch.item_id == item_of(isku).id))


def channel() -> StoreChannel:
    return one(select(StoreChannel).where(StoreChannel.external_id == "11"))


def form_of(row: object) -> str:
    return f"f-{row}"


def note(*orders) -> None:
    """As the reading of orders keeps their words."""
    channel_id = channel().id
    with writing() as session:
        store_words.note(session, channel_id, orders)


def key_of(page, text: str) -> str:
    """The key of the row that is named so."""
    return page.html.split(f">{text}</")[0].rsplit('id="row-', 1)[1].split('"')[0]


# --- items ------------------------------------------------------------------------------------------------------


@pytest.mark.feature("M1")
def test_an_item_is_matched_by_its_row_and_one_comes_back_to_the_same_place(mei: Person, world: World):
    mug = item_of("MUG-01")
    page = mei.go(f"{at(world, 'items')}?show=all&q=mug")
    page = mei.submit(form_of(mug.id), {"code": "MUG-01", "uom": "PCS"})
    assert page.status == 200 and page.url == f"{at(world, 'items')}?show=all&q=mug"
    assert f"{mug.name} is matched." in page.text
    assert (match_of("MUG-01").code, match_of("MUG-01").uom, match_of("MUG-01").is_matched) == ("MUG-01", "PCS", True)


@pytest.mark.feature("M1")
def test_htmx_gets_the_row_alone_with_the_new_count(mei: Person, world: World):
    mug = item_of("MUG-01")
    before = lists.count(lists.unmatched(world.profile_id))
    end_reading()
    page = mei.go(at(world, "items"))
    fields = dict(page.form(form_of(mug.id)).pairs({"code": "MUG-01"}, None))
    answer = mei.client.post(at(world, "items"), data=fields, headers=HTMX)
    html = answer.get_data(as_text=True)
    assert answer.status_code == 200 and html.count("<tr") == 1
    assert html.lstrip().startswith(f'<tr><td id="row-{mug.id}"')
    assert f"{before - 1} unmatched" in html and 'hx-swap-oob="true"' in html and "Saved" in html


@pytest.mark.feature("M1")
@pytest.mark.parametrize(
    ("code", "uom", "sentence"),
    [("NOWHERE", "", "The books have no item NOWHERE."), ("MUG-01", "BARREL", "MUG-01 has no unit BARREL")],
)
def test_what_the_books_lack_is_refused_in_the_row_and_stays_typed(
    mei: Person, world: World, code: str, uom: str, sentence: str
):
    mug = item_of("MUG-01")
    mei.go(at(world, "items"))
    page = mei.submit(form_of(mug.id), {"code": code, "uom": uom})
    assert page.status == 422 and sentence in page.text
    fields = {each.name: each.value for each in page.form(form_of(mug.id)).fields}
    assert (fields["code"], fields["uom"]) == (code, uom)
    assert not match_of("MUG-01").is_matched


@pytest.mark.feature("M1")
def test_an_empty_code_unmatches_and_keeps_no_unit(mei: Person, world: World):
    mug = item_of("MUG-01")
    mei.go(f"{at(world, 'items')}?show=all")
    mei.submit(form_of(mug.id), {"code": "MUG-01", "uom": "PCS"})
    page = mei.submit(form_of(mug.id), {"code": "", "uom": "PCS"})
    assert "has no match any more" in page.text
    assert (match_of("MUG-01").code, match_of("MUG-01").uom, match_of("MUG-01").is_matched) == (None, None, False)


@pytest.mark.feature("M1")
def test_without_javascript_find_draws_the_choices_and_one_is_chosen(mei: Person, world: World):
    mug = item_of("MUG-01")
    mei.go(at(world, "items"))
    page = mei.submit(form_of(mug.id), {"code": "mug"}, button="find=code")
    choices = [each.value for each in page.form(form_of(mug.id)).fields if each.name == "chosen:code"]
    assert "MUG-01" in choices and not match_of("MUG-01").is_matched
    mei.submit(form_of(mug.id), {"chosen:code": "MUG-01"})
    assert match_of("MUG-01").code == "MUG-01"


@pytest.mark.feature("M1")
def test_the_filter_shows_matched_unmatched_or_all_products(mei: Person, world: World):
    mug = item_of("MUG-01")
    mei.go(at(world, "items"))
    mei.submit(form_of(mug.id), {"code": "MUG-01"})

    def has(show: str) -> bool:
        return f'id="row-{mug.id}"' in mei.go(f"{at(world, 'items')}?q=mug&show={show}").html

    assert (has("unmatched"), has("matched"), has("all")) == (False, True, True)
    assert f'id="row-{mug.id}"' not in mei.go(f"{at(world, 'items')}?q=xylophone&show=all").html


@pytest.mark.feature("M1")
def test_pages_of_all_products_hold_each_once_in_two_stores_with_and_without_words(mei: Person, world: World):
    ids = other_store(world, 70)
    with writing() as session:
        session.execute(update(ItemMatch).where(ItemMatch.item_id.in_(ids[::3])).values(is_matched=True))
    channel_id = one(select(StoreChannel.id).where(StoreChannel.external_id == "other"))
    expected = {"": set(ids), "q=gadget": set(ids), f"channel={channel_id}": set(ids)}
    expected[f"channel={channel_id}&show=unmatched"] = set(ids) - set(ids[::3])
    for asked, wanted in expected.items():
        seen = walked(mei, f"{at(world, 'items')}?{asked}" + ("" if "show" in asked else "&show=all"))
        assert len(seen) == len(set(seen)) and wanted <= set(seen)
        assert asked == "" or wanted == set(seen)


def other_store(world: World, count: int) -> list[int]:
    """A second store with a channel of the profile's, and the ids of so many gadgets in it."""
    with writing() as session:
        store = StoreConnection(kind="sitegiant", name="Other", per_second="2")
        session.add(store)
        session.flush()
        session.add(StoreChannel(store_id=store.id, external_id="other", name="Other shop", kind="webstore"))
        found = [
            StoredItem(
                store_id=store.id, external_id=f"G-{n}", sku=f"G{n}", name=f"gadget {n}", seen_at=world.clock.now()
            )
            for n in range(count)
        ]
        session.add_all(found)
        session.flush()
        search.index(session, f"store:{store.id}", {row.id: row.name for row in found})
        ids = [row.id for row in found]
    profile = one(select(Profile))
    channels = [each.id for each in db.session.scalars(select(StoreChannel))]
    profiles.change_profile(profile.id, profile.name, profile.time_zone, profile.start_date, channels)
    return ids


def walked(mei: Person, path: str) -> list[int]:
    """The ids of all rows, page by page."""
    page, seen = mei.go(path), []
    for _ in range(20):
        seen += [int(part.split('"')[0]) for part in page.html.split('<td id="row-')[1:]]
        following = [href for href, text in page.links if "Next page" in text]
        if not following:
            return seen
        page = mei.go(following[0])
    raise AssertionError("no last page")


@pytest.mark.feature("M1")
def test_a_full_page_of_matched_products_stays_below_60_kb(mei: Person, world: World):
    ids = other_store(world, 60)
    with writing() as session:
        session.execute(
            update(ItemMatch).where(ItemMatch.item_id.in_(ids)).values(is_matched=True, code="MUG-01", uom="PCS")
        )
        session.execute(update(StoredItem).values(name="不锈钢保温杯大容量运动水壶" * 10))
    page = mei.go(f"{at(world, 'items')}?show=matched&q=gadget")
    assert page.html.count("<td id=") == 30
    assert len(page.html.encode()) < 60_000


@pytest.mark.feature("M1")
@pytest.mark.parametrize("row", ["", "999999", "99999999999999999999", "x", "²"])
def test_a_product_that_is_not_the_profiles_is_not_there(mei: Person, world: World, row: str):
    page = mei.go(at(world, "items"))
    token = dict(page.form(form_of(item_of("MUG-01").id)).pairs({}, None))["csrf_token"]
    data = {"csrf_token": token, "row": row, "code": "MUG-01"}
    assert mei.client.post(at(world, "items"), data=data, headers=HTMX).status_code == 404


def test_nonsense_in_the_address_of_the_list_counts_as_not_said(mei: Person, world: World):
    page = mei.go(f"{at(world, 'items')}?show=x&channel=y&after=-{'9' * 30}")
    assert page.status == 200 and mei.go(f"{at(world, 'items')}?after={'9' * 30}").status == 200


@pytest.mark.feature("M1")
def test_a_link_that_names_a_product_shows_it_whatever_its_state(mei: Person, world: World):
    mug = item_of("MUG-01")
    mei.go(at(world, "items"))
    mei.submit(form_of(mug.id), {"code": "MUG-01"})
    assert f'id="row-{mug.id}"' not in mei.go(at(world, "items")).html
    assert f'id="row-{mug.id}"' in mei.go(f"{at(world, 'items')}?q=MUG-01").html


@pytest.mark.feature("M1")
def test_a_page_asks_as_many_queries_for_fifty_rows_as_for_one(mei: Person, world: World):
    ids = other_store(world, 60)
    with writing() as session:
        session.execute(update(ItemMatch).where(ItemMatch.item_id.in_(ids)).values(is_matched=True, code="MUG-01"))
    few, many = (queries_of(mei, f"{at(world, 'items')}?show=matched&q={words}") for words in ("gadget+7", "gadget"))
    assert few == many < 30


def queries_of(mei: Person, path: str) -> int:
    """How many statements a page sends."""
    sent: list[str] = []

    def note_it(_connection, _cursor, statement, *_rest) -> None:
        sent.append(statement)

    event.listen(db.engine, "before_cursor_execute", note_it)
    assert mei.go(path).status == 200
    event.remove(db.engine, "before_cursor_execute", note_it)
    return sum(each.startswith("SELECT") for each in sent)


# --- customers --------------------------------------------------------------------------------------------------


@pytest.mark.feature("M4")
def test_a_channel_has_its_customer_or_the_default_one_which_is_shown(mei: Person, world: World):
    page = mei.go(at(world, "customers"))
    assert "Default customer: 300-W0001" in page.text
    row = form_of(f"{channel().id}-")
    code = choice(mei, row, "customer")
    page = mei.submit(row, {"customer": code})
    kept = one(select(CustomerMatch))
    assert (kept.channel_id, kept.currency, kept.customer) == (channel().id, "", code)
    page = mei.submit(row, {"customer": "NOBODY"})
    assert page.status == 422 and "The books have no customer NOBODY." in page.text
    mei.submit(row, {"customer": ""})
    assert one(select(CustomerMatch)) is None


def choice(mei: Person, row: str, field: str) -> str:
    """The second code that Find offers."""
    page = mei.submit(row, {field: ""}, button=f"find={field}")
    return [each.value for each in page.form(row).fields if each.name == f"chosen:{field}"][1]


@pytest.mark.feature("M4")
def test_a_currency_of_a_channel_gets_a_customer_of_its_own_and_loses_it_again(mei: Person, world: World):
    mei.go(at(world, "customers"))
    code = choice(mei, "f-new", "customer")
    new = {"channel": channel().id, "customer": code}
    page = mei.submit("f-new", {**new, "part": "dollars"})
    assert page.status == 422 and "dollars is no currency" in page.text
    assert {"dollars", code} <= {each.value for each in page.form("f-new").fields}
    page = mei.submit("f-new", {**new, "part": "usd"})
    kept = one(select(CustomerMatch))
    assert (kept.channel_id, kept.currency, kept.customer) == (channel().id, "USD", code)
    page = mei.submit("f-new", {**new, "part": "USD"})
    assert page.status == 422 and "already" in page.text
    page = mei.submit(form_of(f"{channel().id}-USD"), button="remove")
    assert one(select(CustomerMatch)) is None and page.status == 200


@pytest.mark.feature("M4")
def test_a_row_that_somebody_removed_meanwhile_is_made_again_by_save(mei: Person, world: World):
    mei.go(at(world, "customers"))
    code = choice(mei, "f-new", "customer")
    mei.submit("f-new", {"channel": channel().id, "customer": code, "part": "USD"})
    other = Person(mei.send)
    other.go(at(world, "customers"))
    row = form_of(f"{channel().id}-USD")
    mei.submit(row, button="remove")
    page = other.submit(row, {"customer": "300-S0001"})
    assert page.status == 422 and "Somebody else has emptied this meanwhile." in page.text
    assert other.submit(row).status == 200
    assert one(select(CustomerMatch)).currency == "USD"


@pytest.mark.feature("M4")
def test_rows_are_saved_refused_and_removed_in_place(mei: Person, world: World):
    path = at(world, "customers")
    mei.go(path)
    code = choice(mei, "f-new", "customer")
    page = mei.submit("f-new", {"channel": channel().id, "customer": code, "part": "USD"})
    fields = dict(page.form(form_of(f"{channel().id}-USD")).pairs({}, None))

    def post(**more: str) -> tuple[int, str]:
        answer = mei.client.post(path, data={**fields, **more}, headers=HTMX)
        return answer.status_code, answer.get_data(as_text=True).strip()

    status, html = post()
    assert status == 200 and html.startswith("<tr>") and html.count("<tr>") == 1 and "Saved" in html
    status, html = post(customer="NOBODY")
    assert status == 422 and html.count("<tr>") == 1 and 'value="NOBODY"' in html and "have no customer" in html
    assert post(remove="yes") == (200, "") and one(select(CustomerMatch)) is None


# --- shipping ---------------------------------------------------------------------------------------------------


@pytest.mark.feature("M5")
def test_shipping_follows_the_preset_until_a_row_is_saved_and_again_after_it_is_removed(mei: Person, world: World):
    page = mei.go(at(world, "shipping"))
    row = form_of(channel().id)
    assert "follows the preset: shipping is posted" in page.text and "on, as SHIP" in page.text
    page = mei.submit(row, {"on": False, "item": "", "uom": "", "tax_code": ""})
    assert one(select(ShippingMatch)).is_on is False and "its own row: shipping is left out" in page.text
    mei.submit(row, button="remove")
    assert one(select(ShippingMatch)) is None


@pytest.mark.feature("M5")
def test_shipping_is_off_by_default(mei: Person, world: World):
    with writing() as session:
        session.execute(update(Preset).where(Preset.kind == ChargeKind.SHIPPING).values(is_on=False))
    page = mei.go(at(world, "shipping"))
    assert not any(each.is_on for each in page.form(form_of(channel().id)).fields if each.name == "on")
    assert "follows the preset: shipping is left out" in page.text


@pytest.mark.feature("M5")
@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"on": True, "item": ""}, "Choose the item that the shipping fee is posted as"),
        ({"on": True, "item": "NOPE"}, "The books have no item NOPE."),
        ({"on": True, "item": "SHIP", "uom": "BARREL"}, "SHIP has no unit BARREL"),
        ({"on": True, "item": "SHIP", "tax_code": "NOTAX"}, "The books have no tax code NOTAX."),
    ],
)
def test_a_shipping_row_that_could_not_be_posted_is_refused(
    mei: Person, world: World, values: dict[str, object], sentence: str
):
    mei.go(at(world, "shipping"))
    page = mei.submit(form_of(channel().id), {"uom": "", "tax_code": "", **values})
    assert page.status == 422 and sentence in page.text and one(select(ShippingMatch)) is None


@pytest.mark.feature("M5")
def test_shipping_that_the_statement_books_already_is_refused_at_save(mei: Person, world: World):
    profile = one(select(Profile))
    row = next(each for each in shipping.rows(profile) if each.channel.external_id == "11")
    values = {"on": "true", "item": "SHIP", "uom": "", "tax_code": ""}
    with pytest.raises(MatchRefused, match="booked twice"), writing() as session:
        shipping.save(session, profile, row, values, statement_books={ChargeKind.SHIPPING})
    assert one(select(ShippingMatch)) is None


# --- payment ----------------------------------------------------------------------------------------------------


@pytest.mark.feature("M6")
def test_payment_is_matched_per_channel_and_method_in_the_words_of_the_books(mei: Person, world: World):
    note(make_order(payments=(OrderPayment("1", "FPX", Decimal(10)),)))
    page = mei.go(at(world, "payment"))
    assert "Deposit To" in page.text
    name = channel().name
    for part, method in ((name, ""), (f"{name} FPX", "FPX")):
        row = form_of(key_of(mei.page, part))
        account = choice(mei, row, "account")
        mei.submit(row, {"account": account})
        assert one(select(PaymentMatch).where(PaymentMatch.method == method)).account == account
    page = mei.submit(row, {"account": "PETTY"})
    assert page.status == 422 and "The books have no account PETTY." in page.text
    mei.submit(row, {"account": ""})
    assert one(select(PaymentMatch).where(PaymentMatch.method == "FPX")) is None


@pytest.mark.feature("M6")
def test_a_method_that_no_order_has_named_yet_can_be_added(mei: Person, world: World):
    mei.go(at(world, "payment"))
    account = choice(mei, "f-new", "account")
    page = mei.submit("f-new", {"channel": channel().id, "part": "Boost <b>", "account": account})
    assert one(select(PaymentMatch)).method == "Boost <b>" and "Boost <b>" in page.text and "Boost <b>" not in page.html
    assert mei.submit("f-new", {"channel": channel().id, "part": "", "account": account}).status == 422


# --- currency ---------------------------------------------------------------------------------------------------


@pytest.mark.feature("M7")
def test_currencies_of_the_orders_are_matched_with_the_owners_rate_which_the_books_win_over(mei: Person, world: World):
    note(make_order(currency="USD"), make_order(currency="XYZ"))
    page = mei.go(at(world, "currency"))
    assert "invoices in XYZ wait" in page.text and "1 USD = " in page.text
    page = mei.submit("f-XYZ", {"code": "USD", "rate": "4.4215"})
    kept = one(select(CurrencyMatch))
    assert (kept.store_currency, kept.books_currency, kept.rate) == ("XYZ", "USD", Decimal("4.4215"))
    assert "it wins over yours" in page.text
    mei.submit("f-XYZ", button="remove")
    assert one(select(CurrencyMatch)) is None


@pytest.mark.feature("M7")
@pytest.mark.parametrize("rate", ["0", "-1", "4,42", "1e3", "NaN", "four", "1.12345678901", "12345678", "٣"])
def test_a_rate_that_is_none_is_refused_with_a_sentence_and_stays_typed(mei: Person, world: World, rate: str):
    note(make_order(currency="USD"))
    mei.go(at(world, "currency"))
    page = mei.submit("f-USD", {"code": "USD", "rate": rate})
    assert page.status == 422 and f"{rate} is no exchange rate" in page.text
    assert rate in {each.value for each in page.form("f-USD").fields} and one(select(CurrencyMatch)) is None


@pytest.mark.feature("M7")
def test_no_rate_is_kept_where_none_was_typed_and_the_books_own_currency_takes_none(mei: Person, world: World):
    note(make_order(currency="USD"), make_order(currency="MYR"))
    mei.go(at(world, "currency"))
    mei.submit("f-USD", {"code": "USD", "rate": ""})
    assert one(select(CurrencyMatch)).rate is None
    page = mei.submit("f-MYR", {"code": "MYR", "rate": "1"})
    assert page.status == 422 and "it needs no rate" in page.text
    page = mei.submit("f-USD", {"code": "QQQ", "rate": ""})
    assert page.status == 422 and "The books have no currency QQQ." in page.text


# --- tax --------------------------------------------------------------------------------------------------------


@pytest.mark.feature("M8")
def test_taxes_of_the_orders_are_matched_and_a_rate_that_differs_is_told(mei: Person, world: World):
    tax = Tax("777", "Luxury", Decimal("10"))
    note(make_order(make_line(tax=tax), charges=(make_charge("shipping", "5", tax=Tax(None, "Odd", Decimal("7.5"))),)))
    page = mei.go(at(world, "tax"))
    row = form_of(key_of(page, "Luxury 10 %"))
    page = mei.submit(row, {"code": "SV-6"})
    kept = one(select(TaxMatch).where(TaxMatch.store_tax_id == "777"))
    assert (kept.name, kept.rate, kept.code) == ("Luxury", Decimal(10), "SV-6")
    assert "In the books this code has 6 %, the store charges 10 %" in page.text
    page = mei.submit(row, {"code": "GST-99"})
    assert page.status == 422 and "The books have no tax code GST-99." in page.text
    odd = form_of(key_of(mei.page, "Odd 7.5 %"))
    mei.submit(odd, {"code": "SV-8"})
    assert one(select(TaxMatch).where(TaxMatch.name == "Odd")).store_tax_id == ""
    mei.submit(odd, {"code": ""})
    assert one(select(TaxMatch).where(TaxMatch.name == "Odd")) is None


@pytest.mark.feature("M8")
def test_a_tax_whose_rate_the_store_changed_keeps_one_code_for_its_id(mei: Person, world: World):
    note(*(make_order(make_line(tax=Tax("777", "Luxury", Decimal(rate)))) for rate in (5, 10)))
    page = mei.go(at(world, "tax"))
    for name, code in (("Luxury 5 %", "SV-6"), ("Luxury 10 %", "SV-8")):
        mei.submit(form_of(key_of(page, name)), {"code": code})
    assert [row.code for row in db.session.scalars(select(TaxMatch).where(TaxMatch.store_tax_id == "777"))] == ["SV-8"]


# --- what the orders name ---------------------------------------------------------------------------------------


@pytest.mark.feature("M7")
def test_reading_orders_keeps_each_word_once(world: World):
    world.pull(), world.pull()
    found = [(row.channel_id, row.kind, row.name) for row in db.session.scalars(select(StoreWord))]
    assert found and len(found) == len(set(found))


def test_words_that_no_table_could_keep_are_left_out_and_break_nothing(world: World):
    long, fine = "x" * 200, Decimal("0.12345678901")
    note(make_order(make_line(tax=Tax("1", long, Decimal(6)))), make_order(make_line(tax=Tax("2", "Fine", fine))))
    note(make_order(payments=(OrderPayment(None, long, Decimal(1)),)))
    assert [row.name for row in db.session.scalars(select(StoreWord))] == ["MYR"]


# --- whose ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", ["items", "customers", "shipping", "payment", "currency", "tax"])
def test_the_matching_of_another_profile_is_not_there(
    mei: Person, person: Callable[[], Person], world: World, page: str
):
    accounts.make_user("Tan", PASSWORD, [], world.clock.now())
    tan = person()
    tan.log_in("Tan")
    assert tan.go(at(world, page)).status == 404
    assert mei.go(at(world, page)).status == 200
