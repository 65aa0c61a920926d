"""The demo: practice systems connected, a profile set up, orders pulled, drafted, synced by the real jobs, proven."""

import os
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from flask import Flask
from sqlalchemy import func, select

import jobs
from documents import ChargeKind
from models import (
    CurrencyMatch,
    CustomerMatch,
    ItemMatch,
    Preset,
    Profile,
    Run,
    RunKind,
    RunState,
    ShippingMatch,
    StoreChannel,
    StoredItem,
    StoredOrder,
    Task,
    TaxMatch,
    db,
    end_reading,
    writing,
)
from supervisor.serving import Supervisor
from sync import connections, lists, matching, profiles, proof, pulling, runs, syncing

IN_FLIGHT = 4
PER_SECOND = 400.0
DAYS = 60
TAXES = (("901", "SST", "6", "SV-6"), ("902", "Service Tax", "8", "SV-8"), ("909", "Zero rated", "0", "ZR"))
SETTINGS = {
    "default_customer": "300-W0001",
    "terms": "30",
    "document_date": "ordered",
    "description_prefill": "Online sales",
    "zero_tax_code": "NT",
    "rounding_item": "RND",
}
CUSTOMERS = {
    "shopee": {"": "300-S0001"},
    "lazada": {"": "300-L0001"},
    "tiktok": {"": "300-T0001"},
    "webstore": {"": "300-W0001", "SGD": "300-W0002", "USD": "300-W0003"},
    "openapi": {"": "300-P0001"},
}
"""Customers of the practice books, by channel kind and currency."""
PRESETS = {ChargeKind.SELLER_DISCOUNT: "DISC", ChargeKind.SHIPPING_DISCOUNT: "SHIP"}


def play(supervisor: Supervisor, orders: int, seed: int, practice_folder: Path) -> bool:
    """Run the whole demo; True when every difference is 0.00 and every order has a named place."""
    from app import create_app
    from config import read_config
    from supervisor.__main__ import start

    options = ("--port", "0", "--orders", str(orders), "--seed", str(seed), "--per-second", "500", "--in-flight", "8")
    systems = supervisor.start_practice(practice_folder, *options)
    address = systems["control"]["url"].split("/")[2]
    supervisor.environment["TILLBRIDGE_PRACTICE"] = address
    start(supervisor)
    os.environ.update(supervisor.environment)
    app = create_app(read_config())
    with app.app_context():
        return _play(app, supervisor, systems)


def _play(app: Flask, supervisor: Supervisor, systems: dict[str, dict[str, str]]) -> bool:
    begun = time.monotonic()
    profile = _set_up(supervisor, systems)
    _pull_orders(supervisor, profile)
    _sync(supervisor, profile)
    books = connections.books_of(profile.books, jobs.tools())
    rows = proof.prove(profile, books)
    _print_proof(rows)
    _say(f"Done in {time.monotonic() - begun:.0f} s.")
    return bool(rows) and all(row.is_proven for row in rows)


def _say(text: str) -> None:
    print(text, flush=True)


# --- setting up, as an owner would ------------------------------------------------------------------------------


def _set_up(supervisor: Supervisor, systems: dict[str, dict[str, str]]) -> Profile:
    tools = jobs.tools()
    store = connections.connect_store("sitegiant", "Practice SiteGiant", systems["sitegiant"], tools, PER_SECOND)
    channels = pulling.pull_channels(store.id, tools)
    _say(f"Store connected: {len(channels)} channels ({', '.join(channel.name for channel in channels)}).")
    books = connections.connect_books("qne", "Practice QNE", systems["qne"], tools, PER_SECOND, IN_FLIGHT)
    _say(f"Books connected: {books.company_name}.")
    start_date = (datetime.now(UTC) - timedelta(days=DAYS + 1)).date()
    ids = [channel.id for channel in channels]
    profile = profiles.make_profile(books.id, "Practice company", "Asia/Kuala_Lumpur", start_date, ids)
    _read(supervisor, [(RunKind.REFERENCE, books.id), (RunKind.ITEMS, store.id)])
    _settle_settings(profile)
    _match(profile, channels)
    return profile


def _settle_settings(profile: Profile) -> None:
    presets = [Preset(profile_id=profile.id, kind=kind, is_on=True, item=item) for kind, item in PRESETS.items()]
    problems = profiles.save_settings(profile.id, SETTINGS, presets)
    if problems:
        raise RuntimeError("; ".join(str(problem.message) for problem in problems))


def _match(profile: Profile, channels: list[StoreChannel]) -> None:
    query = select(StoredItem.id, StoredItem.external_id).join(ItemMatch, ItemMatch.item_id == StoredItem.id)
    pairs = [(row.id, row.external_id) for row in db.session.execute(query.where(ItemMatch.profile_id == profile.id))]
    end_reading()
    with writing() as session:
        matched = matching.match_by_code(session, profile.id, pairs, datetime.now(UTC))
        for number, channel in enumerate(channels):
            key = {"profile_id": profile.id, "channel_id": channel.id}
            for currency, customer in CUSTOMERS[channel.kind].items():
                matching.save_row(session, CustomerMatch, {**key, "currency": currency}, {"customer": customer})
            if number % 2:  # shipping is posted for every other channel, left out for the rest
                matching.save_row(session, ShippingMatch, key, {"is_on": True, "item": "SHIP"})
        for tax_id, name, rate, code in TAXES:
            tax = {"profile_id": profile.id, "store_tax_id": tax_id, "name": name, "rate": Decimal(rate)}
            matching.save_row(session, TaxMatch, tax, {"code": code})
        matching.save_row(
            session,
            CurrencyMatch,
            {"profile_id": profile.id, "store_currency": "USD"},
            {"books_currency": "USD", "rate": Decimal("4.20")},
        )
    _say(f"Products: {len(pairs)}, matched: {matched}, left for you: {len(pairs) - matched}.")


# --- the real jobs ----------------------------------------------------------------------------------------------


def _read(supervisor: Supervisor, wanted: list[tuple[RunKind, int]]) -> None:
    """Ask for readings, ring, and show their progress until they are done."""
    ids = [runs.request(kind, target_id, datetime.now(UTC)) for kind, target_id in wanted]
    for run_id in ids:
        jobs.ring_run(run_id)

    def are_done() -> str | None:
        query = select(Run).where(Run.id.in_(ids)).order_by(Run.id)
        found = list(db.session.scalars(query.execution_options(populate_existing=True)))
        end_reading()
        failed = [run for run in found if run.state is RunState.FAILED]
        if failed:
            raise RuntimeError(f"reading failed: {failed[0].kind} {failed[0].trouble}")
        if all(run.state is RunState.DONE for run in found):
            return None
        return "Reading: " + ", ".join(f"{run.kind} {run.rows} rows" for run in found)

    _wait(supervisor, are_done)


def _pull_orders(supervisor: Supervisor, profile: Profile) -> None:
    channels = [channel.id for channel in profiles.channels_of(profile.id)]
    end_reading()
    _read(supervisor, [(RunKind.ORDERS, channel_id) for channel_id in channels])
    count = db.session.scalar(select(func.count(StoredOrder.id)))
    end_reading()
    _say(f"Orders pulled: {count}.")


def _sync(supervisor: Supervisor, profile: Profile) -> None:
    ids = lists.pending_ids(profile.id)
    end_reading()
    task_id = syncing.press_sync(profile.id, ids, "demo", datetime.now(UTC))
    jobs.ring_task(task_id)

    def is_done() -> str | None:
        task = db.session.get_one(Task, task_id, populate_existing=True)
        end_reading()
        if not task.is_active:
            return None
        return f"Sync: {task.posted} of {task.total} posted, {task.left} left pending, {task.failed} failed"

    _wait(supervisor, is_done)


def _wait(supervisor: Supervisor, look: Callable[[], str | None]) -> None:
    """Print progress, at most every two seconds, until there is nothing more to say."""
    told_at = 0.0
    while (progress := look()) is not None:
        supervisor.keep_alive()
        if time.monotonic() - told_at > 2.0:
            told_at = time.monotonic()
            _say(progress)
        time.sleep(0.2)


# --- the proof in words -----------------------------------------------------------------------------------------


def _print_proof(rows: list[proof.Row]) -> None:
    _say("\nProof, per channel and currency")
    for row in rows:
        _say(f"\n  {row.channel}, {row.currency}: {row.orders} orders, {row.posted} posted")
        _amount("store total", row.store_total)
        _amount("not posted", -row.unposted)
        for why, count in row.not_posted.most_common():
            _say(f"        {count} x {why}")
        for cause, amount in sorted(row.causes.items()):
            _amount(f"by rule: {cause.replace('_', ' ')}", amount)
        _amount("expected total", row.expected)
        _amount("books total read back", row.books_total)
        _amount("difference", row.difference)
        for line in row.missing:
            _say(f"    ! {line}")
    good = all(row.is_proven for row in rows)
    total, posted = sum(row.orders for row in rows), sum(row.posted for row in rows)
    _say(
        f"\n{total} orders accounted for, {posted} posted. " + ("Every difference is 0.00." if good else "NOT PROVEN.")
    )


def _amount(what: str, amount: Decimal) -> None:
    _say(f"    {what:<34}{amount:>16,.2f}")
