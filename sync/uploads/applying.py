"""After Proceed: the staged orders become orders, step by step; who is killed goes on where the last step ended."""

from collections.abc import Sequence

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from adapters.registry import asked
from adapters.stores.base import ItemPage, PulledOrder
from documents import StoreItem
from models import StoreChannel, Upload, UploadPack, UploadState, db, end_reading
from sync import catalogue, kept_orders
from sync.runs import Reading
from sync.uploads import packs, staging
from sync.uploads.collector import rarely_collecting
from sync.uploads.known import Known

LONGEST_NAME = 500


def apply_file(reading: Reading, upload_id: int) -> None:
    """Keep every order of a file that a person said Proceed to; each of them once, however often this is begun."""
    upload = db.session.get(Upload, upload_id, populate_existing=True)
    if upload is None or upload.state is not UploadState.APPLYING:
        return
    with rarely_collecting():
        _apply(reading, upload)
    with reading.writing() as session:
        staging.forget_orders(session, upload_id)
        done = {"state": UploadState.DONE, "applied_at": reading.tools.clock.now()}
        session.execute(update(Upload).where(Upload.id == upload_id).values(done))
        reading.complete(session)


def _apply(reading: Reading, upload: Upload) -> None:
    after, done = upload.applied_to, upload.new_orders + upload.changed_orders + upload.same_orders
    channel, named = upload.channel, set[str]()
    is_own = channel.store.kind not in asked()
    while pack := _next(upload.id, after):
        orders = packs.unpacked(pack.orders)
        after, done = pack.id, done + len(orders)
        with reading.writing() as session:
            now = reading.tools.clock.now()
            taken = orders if is_own else _not_told_by_the_store(session, channel, orders)
            kept = kept_orders.keep_orders(session, channel.id, taken, (), now)
            if is_own:
                catalogue.keep_items(session, channel.store_id, _products(orders, named), now)
            _count(session, upload.id, after, kept, len(orders))
            reading.note(session, "apply", done, upload.order_count, done)
        reading.go_on()


def _count(session: Session, upload_id: int, after: int, kept: kept_orders.Kept, orders: int) -> None:
    counts = {
        Upload.new_orders: kept.new,
        Upload.changed_orders: kept.changed,
        Upload.same_orders: orders - kept.new - kept.changed,
    }
    added = {column.key: column + count for column, count in counts.items()}
    session.execute(update(Upload).where(Upload.id == upload_id).values(applied_to=after, **added))


def _next(upload_id: int, after: int) -> UploadPack | None:
    query = select(UploadPack).where(UploadPack.upload_id == upload_id, UploadPack.id > after)
    found = db.session.scalars(query.order_by(UploadPack.id).limit(1)).first()
    end_reading()
    return found


def _not_told_by_the_store(session: Session, channel: StoreChannel, orders: Sequence[PulledOrder]) -> list[PulledOrder]:
    """What the store itself has told is truer than a file: such an order stays as it is. So does one that came into
    another channel, or by another id, since the file was checked."""
    known = Known.of(session, channel, [each.order for each in orders])
    return [each for each in orders if each.order.order_id not in known.told and not known.is_another(each.order)]


def _products(orders: Sequence[PulledOrder], known: set[str]) -> ItemPage:
    """The products that these orders name and no orders before: the catalogue of a store that has no other."""
    lines = (line for each in orders for line in each.order.lines)
    named = {line.sku: line.name for line in lines if line.sku and line.sku not in known}
    known.update(named)
    return ItemPage(tuple(StoreItem(sku, sku, (name or sku)[:LONGEST_NAME]) for sku, name in named.items()))
