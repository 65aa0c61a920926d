"""Reads an uploaded file to its end, or to the question that only a person can answer; nothing of it is applied."""

import datetime as dt
from collections.abc import Collection, Iterator, Sequence
from zoneinfo import ZoneInfo

from sqlalchemy import select, update

from adapters.registry import asked
from adapters.spreadsheets.codes import Trouble
from adapters.spreadsheets.dates import Calendar, DaysSeen
from adapters.spreadsheets.headers import usual_width
from adapters.spreadsheets.limits import FileRefused
from adapters.spreadsheets.order_cells import Terms
from adapters.spreadsheets.order_fields import ORDER_FIELDS, missing
from adapters.spreadsheets.order_rows import read_order
from adapters.spreadsheets.reading import Book, opened
from documents import N_, Channel, Message, say
from iso4217 import minor_digits
from models import Upload, UploadFile, UploadState, db, end_reading
from sync import ledger
from sync.connections import store_of
from sync.runs import Reading
from sync.uploads import staging
from sync.uploads.checking import Checker, Read
from sync.uploads.collector import rarely_collecting
from sync.uploads.evidence import Evidence
from sync.uploads.grouping import Groups
from sync.uploads.plans import Found, as_kept, find, unread
from sync.uploads.questions import Asks, ask_what_is_open
from sync.uploads.staging import Stage

AT_ONCE, BYTES_AT_ONCE = 1000, 4_000_000


def read_file(reading: Reading, upload_id: int) -> None:
    """Open the file, find its columns, read every order of it, and stage what is good."""
    upload = db.session.get(Upload, upload_id, populate_existing=True)
    if upload is None or upload.state is not UploadState.READING:
        return  # it was thrown away, or read by somebody else
    content, _store = db.session.get_one(UploadFile, upload_id).content, upload.channel.store
    try:
        with rarely_collecting(), opened(content) as book:
            found, groups = _gathered(reading, upload, book)
        with rarely_collecting():
            _stage(reading, upload, found, groups)
    except Asks as asks:
        _keep(reading, upload_id, UploadState.MAPPING, asks.found, asks.question)
    except FileRefused as error:
        _keep(reading, upload_id, UploadState.REFUSED, None, error.message)


def _keep(
    reading: Reading, upload_id: int, state: UploadState, found: Found | None, said: Message | None, **counts: int
) -> None:
    """How far it came; the run is done with it."""
    seen = {"plan": as_kept(found.plan), "look": as_kept(found.look)} if found else {}
    with reading.writing() as session:
        if state is not UploadState.CHECKED:
            staging.clear(session, upload_id)
        values = {"state": state, "trouble": ledger.as_json(said), **seen, **counts}
        session.execute(update(Upload).where(Upload.id == upload_id).values(values))
        reading.complete(session)


# --- the rows of each order -------------------------------------------------------------------------------------


def _gathered(reading: Reading, upload: Upload, book: Book) -> tuple[Found, Groups]:
    found = find(upload, book.sheets)
    end_reading()
    if lacking := missing(found.plan.columns):
        raise Asks(found, _lacking(lacking))
    if not found.is_sure:
        raise Asks(found, say(N_("The columns below are guessed by their names. Look at each, then read the file.")))
    sheet = book.sheets[found.place]
    width, days = usual_width(sheet.first, found.plan.header_row - 1), DaysSeen(_latest(reading).date())
    groups = Groups(found.plan, found.look.names, width, evidence=Evidence(days))
    for count in groups.gather(book.rows(found.place)):
        reading.progress("file", count, sheet.rows, count)
    groups.notes += [*groups.evidence.mixed_dates(groups.names), *(Trouble("W12", note) for note in book.notes)]
    if sheet.has_hidden:
        sentence = N_("The sheet has hidden rows or columns. They count like the others.")
        groups.notes.append(Trouble("W12", say(sentence)))
    groups.notes += _of_other_sheets(found, book)
    found.plan.is_1904 = book.is_1904
    ask_what_is_open(upload, found, groups)
    return found, groups


def _of_other_sheets(found: Found, book: Book) -> list[Trouble]:
    """What is not read now must not be forgotten."""
    sentence = N_(
        'The sheet "{sheet}" holds orders, too, and is not read with this one. Import this sheet first, then press'
        ' "Choose the columns anew" and look at the other sheet; or put all rows into one sheet.'
    )
    unread_here = [Trouble("FILE10", say(sentence, sheet=name)) for name in unread(found, book.sheets)]
    others = [each for place, each in enumerate(book.sheets) if place != found.place]
    return unread_here + [Trouble("W12", each.trouble) for each in others if each.trouble]


def _lacking(fields: Sequence[str]) -> Message:
    labels = {each.name: each.label for each in ORDER_FIELDS}
    return say(N_("Choose the column of: {fields}."), fields=", ".join(labels[each] for each in fields))


# --- each order -------------------------------------------------------------------------------------------------


def _stage(reading: Reading, upload: Upload, found: Found, groups: Groups) -> None:
    stage, terms = Stage(upload.id), terms_of(reading, upload, found, groups)
    with reading.writing() as session:
        staging.clear(session, upload.id)
    checker = Checker(upload.channel, terms.is_own)
    stage.show(sorted(groups.shown.items()))
    stage.tell(groups.notes)
    stage.tell(groups.troubles, list(groups.stray.items()))
    stage.errors += groups.untold
    stage.tell(_same_file_elsewhere(upload))
    before = staging.words_before(groups.used_names(), terms)
    ids = [each for each in groups.orders if _is_mine(found.plan.words, groups, each)]
    if len(ids) < len(groups.orders):
        sentence = N_("{count} orders of other channels are left out.")
        stage.tell([Trouble("W04", say(sentence, count=len(groups.orders) - len(ids)))])
    done = 0
    for several in _parts(groups, ids):
        for rows, order, troubles in checker.checked(_orders(groups, several, terms)):
            stage.tell(troubles, rows)
            if order is None:
                stage.bad_orders += 1
            else:
                stage.add(order, groups.used_cells(rows), before)
        with reading.writing() as session:
            stage.write(session)
            reading.note(session, "check", done, len(ids), done)
        done += len(several)
        reading.go_on()
    with reading.writing() as session:
        stage.write(session)
    if not stage.orders and not stage.errors:
        raise FileRefused(say(N_("The file has no orders below its header in row {row}."), row=found.plan.header_row))
    counts = {"row_count": groups.row_count, "order_count": stage.orders, "bad_orders": stage.bad_orders}
    _keep(
        reading,
        upload.id,
        UploadState.CHECKED,
        found,
        None,
        errors=stage.errors,
        warnings=stage.warnings,
        **counts,
    )


def terms_of(reading: Reading, upload: Upload, found: Found, groups: Groups) -> Terms:
    """What holds for the whole file. A shop of ours is told apart by channel, for their orders may share numbers."""
    row, plan, evidence = upload.channel, found.plan, groups.evidence
    shop_id, is_own = store_of(row.store, reading.tools).shop_id, row.store.kind not in asked()
    return Terms(
        columns=plan.columns,
        names=groups.names,
        store=row.store.kind,
        shop_id=f"{shop_id}.{row.external_id}" if is_own else shop_id,
        channel=Channel(row.external_id, row.name, row.kind, row.currency),
        calendar=_calendar(reading, found, groups),
        digits_of=minor_digits,
        prices_include_tax=plan.prices_include_tax,
        is_own=is_own,
        decimal_comma=evidence.decimal_comma(plan),
    )


def _calendar(reading: Reading, found: Found, groups: Groups) -> Calendar:
    plan, seen = found.plan, groups.evidence
    return Calendar(ZoneInfo(plan.zone), seen.day_first(plan), plan.is_1904, seen.year_first(plan), _latest(reading))


def _latest(reading: Reading) -> dt.datetime:
    """A day more than now: clocks differ, and somewhere it is tomorrow already."""
    return reading.tools.clock.now() + dt.timedelta(days=1)


def _is_mine(words: Collection[str] | None, groups: Groups, order_id: str) -> bool:
    return words is None or groups.words.get(order_id, "") in words


def _parts(groups: Groups, ids: Sequence[str]) -> Iterator[list[str]]:
    """So many orders as are held at once."""
    part: list[str] = []
    size = 0
    for each in ids:
        part.append(each)
        size += groups.size_of(each)
        if len(part) >= AT_ONCE or size >= BYTES_AT_ONCE:
            yield part
            part, size = [], 0
    if part:
        yield part


def _orders(groups: Groups, ids: Sequence[str], terms: Terms) -> list[Read]:
    found: list[Read] = []
    for each in ids:
        rows = groups.rows_of(each)
        order, troubles = read_order(rows, terms)
        found.append((rows, None if each in groups.bad else order, troubles))
    return found


def _same_file_elsewhere(upload: Upload) -> list[Trouble]:
    query = select(Upload).where(
        Upload.sha256 == upload.sha256, Upload.channel_id != upload.channel_id, Upload.state == UploadState.DONE
    )
    other = db.session.scalars(query.order_by(Upload.id.desc())).first()
    end_reading()
    if other is None:
        return []
    sentence = N_("The same file was imported into {channel} as upload {number}: its orders may be there twice now.")
    return [Trouble("W12", say(sentence, channel=other.channel.name, number=other.id))]
