"""Reads an uploaded file to its end, or to the question that only a person can answer; nothing of it is applied."""

import datetime as dt
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy import select, update

from adapters.registry import STORES, asked
from adapters.spreadsheets.codes import Trouble
from adapters.spreadsheets.dates import Calendar, DaysSeen
from adapters.spreadsheets.headers import usual_width
from adapters.spreadsheets.limits import FileRefused
from adapters.spreadsheets.order_cells import Terms
from adapters.spreadsheets.order_fields import ORDER_FIELDS, missing
from adapters.spreadsheets.order_rows import read_order
from adapters.spreadsheets.order_words import is_marketplace, means
from adapters.spreadsheets.reading import Book, Row, opened
from documents import N_, Channel, Message, Order, say
from iso4217 import minor_digits
from models import StoreChannel, Upload, UploadFile, UploadState, db, end_reading
from sync import ledger
from sync.connections import store_of
from sync.runs import Reading
from sync.uploads import staging
from sync.uploads.collector import rarely_collecting
from sync.uploads.evidence import Evidence
from sync.uploads.grouping import MOST_WORDS, Groups
from sync.uploads.known import Known
from sync.uploads.plans import Found, as_kept, find, unread
from sync.uploads.staging import Stage

AT_ONCE, BYTES_AT_ONCE = 1000, 4_000_000


class Asks(Exception):
    """A person must say something first; what was seen is in `found`."""

    def __init__(self, found: Found, question: Message) -> None:
        super().__init__()
        self.found, self.question = found, question


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
    _ask_what_is_open(upload, found, groups)
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


def _ask_what_is_open(upload: Upload, found: Found, groups: Groups) -> None:
    """Which of several channels this one is, and how days are written, where the file does not show it."""
    words, evidence, plan = sorted(set(groups.words.values())), groups.evidence, found.plan
    found.look.words = words[:MOST_WORDS] if len(words) > 1 else []
    found.look.asks_day_first = evidence.asks_day_first(plan)
    found.look.asks_year_first = evidence.may_begin_with_year()
    found.look.asks_decimal_comma = evidence.asks_decimal_comma(plan)
    if evidence.may_begin_with_year() and plan.year_first is None:
        sentence = N_("Dates like 03/04/05 may begin with the day, the month, or the year. Say which, below.")
        raise Asks(found, say(sentence))
    if evidence.asks_day_first(plan):
        sentence = N_("Dates like 03/04/2026 may be 3 April or March 4. Say which, below.")
        raise Asks(found, say(sentence))
    if evidence.asks_decimal_comma(plan):
        sentence = N_("Amounts like 1,250 or 1.250 may be 1250 or one and a quarter. Say which, below.")
        raise Asks(found, say(sentence))
    if not plan.is_zone_known:
        sentence = N_(
            "No company profile takes this channel yet. Say below in which time zone the dates of the file are."
        )
        raise Asks(found, say(sentence))
    if words and not (plan.words is not None and set(words) <= set(plan.asked)):
        _find_words(upload.channel, found, words)


def _find_words(channel: StoreChannel, found: Found, words: list[str]) -> None:
    """Which words mean this channel, where they say so; one that may or may not mean it is asked about."""
    plan, others = found.plan, _others(channel)
    meant = {word: _is_meant(word, channel, others) for word in words}
    mine = [word for word in words if meant[word]]
    is_alone = len(words) == 1 and channel.store.kind not in asked() and not _names_any(words[0], others)
    if words == [""] or is_alone or (mine and None not in meant.values()):
        plan.words, plan.asked = mine or words, words
        return
    if len(words) > MOST_WORDS:
        found.look.words, plan.words = [], None
        sentence = N_("The column of the channel holds more than {most} different words. Choose another one, or none.")
        raise Asks(found, say(sentence, most=MOST_WORDS))
    found.look.words, plan.words = words, plan.words or mine or None
    sentence = N_("The file names other channels than {channel}. Say below which of them it is.")
    raise Asks(found, say(sentence, channel=channel.name))


def _is_meant(word: str, channel: StoreChannel, others: Sequence[StoreChannel]) -> bool | None:
    """By its name, else as the store's only channel of a marketplace; None where nobody can say."""
    if means(word, channel.name, ""):
        return True
    is_theirs = any(means(word, each.name, "") for each in others)
    if not is_theirs and means(word, "", channel.kind):
        return None if _names_any(word, others) else True
    is_own_sale = not word and channel.store.kind in asked()  # in an export, a sale of no marketplace
    return False if _names_any(word, others) or is_marketplace(word) or is_own_sale else None


def _names_any(word: str, channels: Sequence[StoreChannel]) -> bool:
    return any(means(word, each.name, each.kind) for each in channels)


def _others(channel: StoreChannel) -> Sequence[StoreChannel]:
    query = select(StoreChannel).where(StoreChannel.store_id == channel.store_id, StoreChannel.id != channel.id)
    found = db.session.scalars(query).all()
    end_reading()
    return found


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


Read = tuple[list[Row], Order | None, list[Trouble]]


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


@dataclass(frozen=True, slots=True)
class Checker:
    """What only the orders that are here already can tell."""

    channel: StoreChannel
    is_own: bool

    def checked(self, found: list[Read]) -> list[Read]:
        """In a store that we ask, an order must come by its own id: else it would be there twice. In each, one that
        lost lines since an earlier file is told: a file may be cut in the middle of it."""
        orders = [order for _, order, _ in found if order]
        lines = Known.lines(db.session(), self.channel.id, orders)
        found = [_shorter(each, lines) for each in found]
        if not self.is_own:
            known = Known.of(db.session(), self.channel, orders)
            found = [self._told(each, known) for each in found]
        end_reading()
        return found

    def _told(self, read: Read, known: Known) -> Read:
        rows, order, troubles = read
        message = self._wrong(rows[0][0], order, known) if order else None
        if order is None or message is None:
            return read
        return rows, None, [*troubles, Trouble("ROW14", message, rows[0][0], None, order.order_id)]

    def _wrong(self, row: int, order: Order, known: Known) -> Message | None:
        store = STORES[self.channel.store.kind]
        if store.order_ids and not re.fullmatch(store.order_ids, order.order_id, re.ASCII):
            return say(
                N_("Row {row}: {id} is no id that {store} gives an order."),
                row=row,
                id=order.order_id,
                store=store.label,
            )
        if order.order_id in known.elsewhere:
            sentence = N_("Row {row}: order {number} is here already, in the channel {channel} of this store.")
            return say(sentence, row=row, number=order.number, channel=known.elsewhere[order.order_id])
        if not known.is_another(order):
            return None
        sentence = N_("Row {row}: order {number} is here already, with the id {own} that its store gave it.")
        return say(sentence, row=row, number=order.number, own=known.by_number[order.number])


def _shorter(read: Read, lines: dict[str, int]) -> Read:
    rows, order, troubles = read
    if order is None or len(order.lines) >= lines.get(order.order_id, 0):
        return read
    sentence = N_("Row {row}: order {number} has {count} lines in this file; an earlier file told {before}.")
    counts = {"count": len(order.lines), "before": lines[order.order_id]}
    message = say(sentence, row=rows[0][0], number=order.number, **counts)
    return rows, order, [*troubles, Trouble("W14", message, rows[0][0], None, order.order_id)]


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
