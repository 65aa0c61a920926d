"""What a person does with an upload: hands a file in, says which column is what, proceeds, throws it away."""

import hashlib
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Select, delete, select, update
from sqlalchemy.orm import Session

from adapters.spreadsheets.kinds import ENDINGS, ending_of
from adapters.spreadsheets.limits import MOST_BYTES
from documents import N_, Message, say
from models import FileLayout, Run, RunKind, RunState, Upload, UploadFile, UploadState, writing
from sync.uploads import plans, staging
from sync.uploads.plans import Plan, as_kept

LONGEST_FILE_NAME = 200


class UploadRefused(Exception):
    """The file, or what was said of it, cannot be taken; `known` is the upload that it is already."""

    def __init__(self, message: Message, known: int | None = None) -> None:
        super().__init__(str(message))
        self.message, self.known = message, known


class Handed(NamedTuple):
    """The upload of a file, and whether it was handed in before and still waits."""

    upload_id: int
    is_new: bool


def hand_in(channel_id: int, name: str, content: bytes, by: str, now: datetime) -> Handed:
    """Keep a file to be read. One that waits already is not kept twice; one that was imported is told (FILE07)."""
    name = name.replace("\\", "/").rsplit("/", 1)[-1].strip()[-LONGEST_FILE_NAME:] or "file"
    _check(name, content)
    digest = hashlib.sha256(content).hexdigest()
    with writing() as session:
        known = _same_file(session, channel_id, digest)
        if known is not None and known.state is UploadState.DONE:
            raise UploadRefused(_imported(known), known.id)
        if known is not None:
            return Handed(known.id, is_new=False)
        made = Upload(channel_id=channel_id, file_name=name, sha256=digest, size=len(content))
        made.uploaded_by, made.uploaded_at = by, now
        session.add(made)
        session.flush()
        session.add(UploadFile(upload_id=made.id, content=content))
        return Handed(made.id, is_new=True)


def _check(name: str, content: bytes) -> None:
    if not content:
        raise UploadRefused(say(N_("The file is empty. Export it again.")))
    if len(content) > MOST_BYTES:
        raise UploadRefused(say(N_("The file is larger than {most} MB. Export a shorter period."), most=20))
    if ending_of(name) == "zip":
        raise UploadRefused(say(N_("This is a zip file. Unpack it, and upload the spreadsheet that is inside.")))
    if ending_of(name) not in ENDINGS:
        raise UploadRefused(say(N_("Upload a file that ends in {endings}."), endings=", ".join(ENDINGS)))


def _same_file(session: Session, channel_id: int, digest: str) -> Upload | None:
    query = select(Upload).where(Upload.channel_id == channel_id, Upload.sha256 == digest)
    return session.scalars(query.order_by(Upload.id.desc())).first()


def _imported(known: Upload) -> Message:
    sentence = N_("The same file was imported on {day} as upload {number}. Nothing is changed by it.")
    return say(sentence, day=f"{known.applied_at:%Y-%m-%d}", number=known.id)


# --- mapping ----------------------------------------------------------------------------------------------------


def look_again(upload_id: int, sheet: str, header_row: int) -> None:
    """Look at another sheet, or take another row for the header."""
    with writing() as session:
        upload = _open(session, upload_id)
        plan = plans.plan_of(upload)
        plan.sheet, plan.header_row = sheet, header_row
        plan.columns, plan.why, plan.is_chosen, plan.words, plan.asked = {}, {}, False, None, []
        upload.plan, upload.state, upload.trouble = as_kept(plan), UploadState.READING, None


def choose(upload_id: int, chosen: Plan, now: datetime, seen: str | None = None) -> None:
    """The mapping as a person says it is; it is remembered for files of this store with these headers.

    `seen` is what the person's page showed (`plans.seen`)."""
    with writing() as session:
        upload = _open(session, upload_id)
        _refuse_stale(upload, seen, N_("The file was read anew meanwhile. Look at its columns again."))
        look = plans.look_of(upload)
        names = look.names
        if any(not 0 <= place < len(names) for place in chosen.columns.values()):
            raise UploadRefused(say(N_("The file was read anew meanwhile. Look at its columns again.")))
        chosen.is_chosen = chosen.is_zone_known = True
        chosen.asked = look.words if chosen.words is not None else []
        chosen.imported = plans.plan_of(upload).imported
        upload.plan, upload.state, upload.trouble = as_kept(chosen), UploadState.READING, None
        _remember(session, upload, chosen, names, now)


def map_again(upload_id: int) -> None:
    """Back to the mapping, from a file that was checked or imported: reading it again adds nothing twice."""
    with writing() as session:
        upload = _open(session, upload_id)
        if upload.state is UploadState.DONE:
            plan = plans.plan_of(upload)
            plan.imported = sorted({*plan.imported, plan.sheet})
            upload.plan = as_kept(plan)
        upload.state, upload.applied_to = UploadState.MAPPING, 0
        staging.clear(session, upload_id)


def _remember(session: Session, upload: Upload, plan: Plan, names: list[str], now: datetime) -> None:
    kept = plans.to_remember(plan, names)
    if kept is None:
        return
    key = {"store_id": upload.channel.store_id, "header_key": plans.header_key(names)}
    row = session.query(FileLayout).filter_by(**key).one_or_none() or FileLayout(**key)
    row.plan, row.used_at = plans.layout_as_kept(kept), now
    session.add(row)


def _open(session: Session, upload_id: int) -> Upload:
    """An upload that a person may still decide about; nobody is at work on it."""
    upload = session.get_one(Upload, upload_id, populate_existing=True)
    if upload.state in (UploadState.READING, UploadState.APPLYING) and not _has_failed(session, upload):
        raise UploadRefused(say(N_("The file is being read just now. Wait until it is done.")))
    return upload


def _refuse_stale(upload: Upload, seen: str | None, sentence: str) -> None:
    """A page of another reading, perhaps in another tab, decides nothing about this one."""
    if seen is not None and seen != plans.seen(upload):
        raise UploadRefused(say(sentence))


def _has_failed(session: Session, upload: Upload) -> bool:
    """Whether the work on it stopped, and goes on only if somebody presses."""
    kind = RunKind.APPLY if upload.state is UploadState.APPLYING else RunKind.FILE
    query = select(Run.state).where(Run.kind == kind, Run.target_id == upload.id)
    return session.scalar(query.order_by(Run.id.desc()).limit(1)) is RunState.FAILED


# --- proceed and discard ----------------------------------------------------------------------------------------


def proceed(upload_id: int, leave_out: bool, by: str, seen: str | None = None) -> None:
    """Let the staged orders in. Where there are errors, only if the person says that those orders are left out.

    `seen` is what the person's page showed (`plans.seen`)."""
    with writing() as session:
        upload = session.get_one(Upload, upload_id, populate_existing=True)
        if upload.state is not UploadState.CHECKED:
            raise UploadRefused(say(N_("The file was decided about already.")))
        _refuse_stale(upload, seen, N_("The file was read anew meanwhile. Look at what was found in it, then proceed."))
        if upload.errors and not leave_out:
            sentence = N_(
                "The file has {count} errors. Mend them and upload it again, or tick that their orders stay out."
            )
            raise UploadRefused(say(sentence, count=upload.errors))
        if not upload.order_count:
            raise UploadRefused(say(N_("There is no order without an error in the file.")))
        upload.state, upload.applied_by = UploadState.APPLYING, by
        upload.applied_to = upload.new_orders = upload.changed_orders = upload.same_orders = 0


def discard(upload_id: int) -> None:
    """Throw a file away, with all that was read of it; orders that were imported stay."""
    with writing() as session:
        upload = session.get(Upload, upload_id, populate_existing=True)
        if upload is None:
            return
        if upload.state is UploadState.APPLYING and not _has_failed(session, upload):
            raise UploadRefused(say(N_("Its orders are being imported just now. Wait until it is done.")))
        staging.clear(session, upload_id)
        kinds = (RunKind.FILE, RunKind.APPLY)
        mine = update(Run).where(Run.kind.in_(kinds), Run.target_id == upload_id)
        active = Run.state.in_((RunState.QUEUED, RunState.RUNNING))
        session.execute(mine.where(active).values(state=RunState.DONE, lease_token=None))
        session.execute(delete(UploadFile).where(UploadFile.upload_id == upload_id))
        session.execute(delete(Upload).where(Upload.id == upload_id))


def in_state(state: UploadState) -> Select[int]:
    """The uploads that stand so."""
    return select(Upload.id).where(Upload.state == state).order_by(Upload.id)
