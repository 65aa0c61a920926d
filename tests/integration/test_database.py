"""The database: reads cannot write, writers wait their turn, figures are exact, what must not exist is refused."""

import sqlite3
import threading
from datetime import UTC, date, datetime
from decimal import Decimal, Inexact
from enum import StrEnum

import pytest
import sqlalchemy as sa
from sqlalchemy import func, insert, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from app import create_app
from clock import SystemClock
from config import Config
from documents import Action, Role
from models import (
    Document,
    Operation,
    Profile,
    ProfileChannel,
    Run,
    RunKind,
    RunState,
    StoredItem,
    StoredOrder,
    db,
    end_reading,
    is_in_transaction,
    writing,
)
from models.base import Instant, Money, Price, Rate, journal_mode, needs_newer_sqlite, pysqlite3, words
from tests.world import World

D = Decimal
NOW = datetime(2026, 3, 16, 12, tzinfo=UTC)


def rename(world: World, name: str) -> None:
    with writing() as session:
        session.execute(update(Profile).where(Profile.id == world.profile_id).values(name=name))


def name_of(world: World) -> str:
    found = db.session.scalar(select(Profile.name).where(Profile.id == world.profile_id))
    end_reading()
    return found


# --- reading and writing ------------------------------------------------------------------------------------------


def test_what_is_not_inside_writing_cannot_write(shop: World):
    with pytest.raises(DBAPIError, match=r"(?i)read.?only"):
        db.session.execute(update(Profile).values(name="X"))
    db.session.rollback()
    with pytest.raises(DBAPIError, match=r"(?i)read.?only"):
        db.session.add(Run(kind=RunKind.ITEMS, target_id=1, not_before=NOW, created_at=NOW))
        db.session.flush()
    db.session.rollback()
    assert name_of(shop) == "Company"


def test_after_a_write_the_same_connection_reads_only_again(shop: World):
    for _ in range(3):
        rename(shop, "Written")
        with pytest.raises(DBAPIError, match=r"(?i)read.?only"):
            db.session.execute(update(Profile).values(name="X"))
        db.session.rollback()
    assert name_of(shop) == "Written"


def test_writing_commits_at_its_end_and_rolls_back_an_error(shop: World):
    rename(shop, "First")
    with pytest.raises(ZeroDivisionError), writing() as session:
        session.execute(update(Profile).values(name="Second"))
        raise ZeroDivisionError
    assert name_of(shop) == "First" and not is_in_transaction()


def test_a_write_is_not_cut_in_half(shop: World):
    with pytest.raises(RuntimeError, match="ended by its block"), writing() as session:
        session.execute(update(Profile).values(name="Half"))
        end_reading()
    with pytest.raises(RuntimeError, match="ended by its block"), writing():
        rename(shop, "Nested")
    assert name_of(shop) == "Company"


def test_many_writers_who_read_first_wait_for_each_other_and_lose_nothing(shop: World):
    troubles: list[BaseException] = []

    def count_up() -> None:
        with shop.app.app_context():
            try:
                for _ in range(12):
                    with writing() as session:
                        here = select(Profile.number_next).where(Profile.id == shop.profile_id).with_for_update()
                        number = session.scalar(here)
                        session.execute(update(Profile).values(number_next=number + 1))
            except BaseException as error:
                troubles.append(error)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=count_up) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert troubles == []
    assert db.session.scalar(select(Profile.number_next)) == 1 + 4 * 12
    end_reading()


def test_a_reader_sees_one_moment_and_stops_no_writer(shop: World):
    seen = []
    assert db.session.scalar(select(Profile.name)) == "Company"

    def write() -> None:
        with shop.app.app_context():
            rename(shop, "Written")
            db.session.remove()

    thread = threading.Thread(target=write)
    thread.start()
    thread.join(5)
    assert not thread.is_alive()
    seen.append(name_of(shop))
    assert name_of(shop) == "Written"


# --- exact columns ------------------------------------------------------------------------------------------------

TABLE = sa.Table(
    "exact_figures",
    sa.MetaData(),
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("money", Money),
    sa.Column("price", Price),
    sa.Column("rate", Rate),
    sa.Column("at", Instant),
)


@pytest.fixture
def figures(shop: World) -> World:
    with writing() as session:
        TABLE.create(session.connection())
    return shop


def keep(**values: object) -> None:
    with writing() as session:
        session.execute(insert(TABLE).values(**values))


@pytest.mark.parametrize(
    ("column", "smallest", "too_fine"),
    [("money", "0.0001", "0.00001"), ("price", "0.00000001", "0.000000001"), ("rate", "0.0000000001", "0.00000000001")],
)
def test_figures_come_back_as_they_were_and_are_never_rounded_in_silence(
    figures: World, column: str, smallest: str, too_fine: str
):
    for each in (smallest, f"-{smallest}", "12345678.9", "-0.5", "0"):
        keep(**{column: D(each)})
    found = [row for (row,) in db.session.execute(select(TABLE.c[column]).order_by(TABLE.c.id))]
    end_reading()
    assert found == [D(smallest), -D(smallest), D("12345678.9"), D("-0.5"), D(0)]
    for bad in (D(too_fine), D("1") + D(too_fine)):
        with pytest.raises((Inexact, sa.exc.StatementError)):
            keep(**{column: bad})


def test_sums_are_exact_in_sql(figures: World):
    for _ in range(10):
        keep(money=D("0.1"))
    keep(money=D("0.0001"))
    assert db.session.scalar(select(func.sum(TABLE.c.money))) == D("1.0001")
    assert db.session.scalar(select(func.max(TABLE.c.money)).where(TABLE.c.money < D("0.1"))) == D("0.0001")
    end_reading()


def test_a_float_is_no_amount(figures: World):
    with pytest.raises((TypeError, sa.exc.StatementError)):
        keep(money=0.1)


def test_moments_are_kept_in_utc_and_a_naive_one_is_refused(figures: World):
    kl = datetime.fromisoformat("2026-03-16T20:00:00+08:00")
    keep(at=kl)
    found = db.session.scalar(select(TABLE.c.at))
    end_reading()
    assert found == NOW and found.tzinfo is UTC
    with pytest.raises((ValueError, sa.exc.StatementError), match="without a time zone"):
        keep(at=datetime(2026, 3, 16, 12))


def test_an_enumeration_takes_its_words_and_no_others(shop: World):
    with writing() as session:
        session.add(Run(kind=RunKind.ITEMS, target_id=1, not_before=NOW, created_at=NOW))
    for statement in ("UPDATE runs SET state = 'sleeping'", "UPDATE runs SET kind = 'everything'"):
        with pytest.raises(IntegrityError), writing() as session:
            session.execute(text(statement))
    with pytest.raises((LookupError, sa.exc.StatementError)), writing() as session:
        session.execute(update(Run).values(state="sleeping"))

    class Long(StrEnum):
        WORD = "a-rather-long-word"

    assert words(Long).length >= len(Long.WORD)


# --- what must not exist ------------------------------------------------------------------------------------------


def document(world: World, **values: object) -> Document:
    usual = {"books_id": world.books_id, "profile_id": world.profile_id, "role": Role.SALE, "source": "s/1"}
    return Document(**(usual | {"content": "{}"} | values))


def operation(document_id: int, key: str, **values: object) -> Operation:
    usual = {"books_id": 1, "document_id": document_id, "action": Action.CREATE, "key": key, "not_before": NOW}
    return Operation(**(usual | values))


def refused(*rows: object) -> None:
    with pytest.raises(IntegrityError), writing() as session:
        for row in rows:
            session.add(row)
            session.flush()


def test_of_one_source_one_document_lives_and_generations_do_not_repeat(shop: World):
    refused(document(shop), document(shop, generation=2))
    refused(document(shop, is_live=False), document(shop, is_live=False))
    with writing() as session:
        session.add_all([document(shop, is_live=False), document(shop, generation=2), document(shop, source="s/2")])
        session.add(document(shop, role=Role.CUSTOMER))


def test_of_one_document_one_operation_is_open_and_no_key_is_used_twice(shop: World):
    with writing() as session:
        one = document(shop)
        session.add(one)
        session.flush()
        session.add_all([operation(one.id, "a"), operation(one.id, "b", is_open=False)])
    refused(operation(one.id, "c"))
    refused(operation(one.id, "a", is_open=False))


def test_a_company_gets_a_channel_once_whatever_the_profiles(shop: World):
    channel_id = db.session.scalar(select(ProfileChannel.channel_id).limit(1))
    end_reading()
    other = Profile(books_id=shop.books_id, name="Other", time_zone="UTC", start_date=date(2026, 1, 1))
    with writing() as session:
        session.add(other)
    refused(ProfileChannel(profile_id=other.id, channel_id=channel_id, books_id=shop.books_id))
    refused(ProfileChannel(profile_id=other.id, channel_id=channel_id, books_id=shop.books_id + 1))


def test_of_one_target_one_reading_is_active(shop: World):
    def run(state: RunState) -> Run:
        return Run(kind=RunKind.ITEMS, target_id=7, state=state, not_before=NOW, created_at=NOW)

    refused(run(RunState.QUEUED), run(RunState.RUNNING))
    with writing() as session:
        session.add_all([run(RunState.DONE), run(RunState.FAILED), run(RunState.QUEUED)])


def test_an_order_is_in_its_channel_once(shop: World):
    channel_id = db.session.scalar(select(ProfileChannel.channel_id).limit(1))
    end_reading()

    def order() -> StoredOrder:
        words_of_it = {"number": "1", "status": "shipped", "payment_status": "paid", "currency": "MYR", "is_open": True}
        return StoredOrder(
            channel_id=channel_id, external_id="T-1", total=D(1), raw="", raw_sha256="", pulled_at=NOW, **words_of_it
        )

    refused(order(), order())


def test_what_refers_to_nothing_is_refused(shop: World):
    refused(document(shop, profile_id=999))
    refused(operation(999, "a"))
    refused(StoredItem(store_id=999, external_id="X", name="X", seen_at=NOW))
    with pytest.raises(IntegrityError), writing() as session:
        session.execute(text("DELETE FROM books"))


def test_two_profiles_are_not_called_the_same(shop: World):
    refused(Profile(books_id=shop.books_id, name="Company", time_zone="UTC", start_date=date(2026, 1, 1)))


# --- SQLite -------------------------------------------------------------------------------------------------------


@pytest.fixture
def sqlite(shop: World) -> World:
    if db.engine.dialect.name != "sqlite":
        pytest.skip("of SQLite alone")
    return shop


@pytest.mark.usefixtures("sqlite")
def test_sqlite_is_set_to_lose_nothing():
    def pragma(name: str) -> object:
        found = db.session.execute(text(f"PRAGMA {name}")).scalar()
        end_reading()
        return found

    assert pragma("journal_mode") == journal_mode().lower()
    assert (pragma("synchronous"), pragma("foreign_keys"), pragma("busy_timeout")) == (2, 1, 10000)
    assert pragma("mmap_size") in (0, None)


@pytest.mark.usefixtures("sqlite")
def test_the_sqlite_that_is_used_has_no_wal_reset_bug():
    version = tuple(int(each) for each in db.session.execute(text("SELECT sqlite_version()")).scalar().split("."))
    end_reading()
    if pysqlite3 is not None or not needs_newer_sqlite():
        assert version >= (3, 51, 3) and journal_mode() == "WAL"
    else:
        assert journal_mode() == "DELETE"


def test_without_a_fixed_sqlite_the_rollback_journal_is_used(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 40, 1))
    monkeypatch.setattr("models.base.pysqlite3", None)
    assert journal_mode() == "DELETE"
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 51, 3))
    assert journal_mode() == "WAL"


def test_an_app_of_its_own_data_makes_its_key_beside_its_database(tmp_path):
    app = create_app(Config(tmp_path, f"sqlite:///{tmp_path / 'x.db'}", "unix:///none"), SystemClock())
    assert (tmp_path / "secret.key").exists() and app.extensions["tillbridge"].vault.newest
