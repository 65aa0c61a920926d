"""Two hundred damaged files: of each it is known what must come, a sentence or errors; none raises or gets in."""

import time

import msgspec
import pytest

from documents import Message
from models import Run, RunKind, RunState, StoredOrder, Upload, UploadState, db, end_reading
from sync.uploads import asking
from tests.damaged import COUNT, HOWS, Comes, Damaged, damaged_files
from tests.sheets import own_channel, troubles_of, upload_of
from tests.world import World

LONGEST_S = 60.0


@pytest.fixture
def database_kind() -> str:
    """What is wrong with a file is the same for every database."""
    return "sqlite"


def check(world: World, channel_id: int, file: Damaged) -> None:
    """One file, read as an owner would have it read."""
    try:
        handed = asking.hand_in(channel_id, file.name, file.content, "Mei", world.clock.now())
    except asking.UploadRefused as error:
        assert Comes.REFUSED in file.comes and str(error.message).endswith("."), file.how
        return
    begun = time.monotonic()
    world.read(RunKind.FILE, handed.upload_id)
    assert time.monotonic() - begun < LONGEST_S, file.how
    upload = upload_of(handed.upload_id)
    [run] = db.session.query(Run).filter_by(kind=RunKind.FILE, target_id=upload.id).all()
    end_reading()
    assert run.state is RunState.DONE and run.trouble is None, f"{file.how}: {run.trouble}"
    came = what_came(upload, file)
    assert came in file.comes, f"{file.how}: {came}"
    asking.discard(upload.id)


def what_came(upload: Upload, file: Damaged) -> Comes:
    """What a person is told; each with its sentences."""
    told = troubles_of(upload.id)
    sentences = [
        str(msgspec.convert(each, Message)) for each in [upload.trouble, *(row.message for row in told)] if each
    ]
    assert all(each.endswith(".") and "Error" not in each for each in sentences), f"{file.how}: {sentences}"
    if upload.state in (UploadState.REFUSED, UploadState.MAPPING):
        assert upload.trouble and not told, file.how
        return Comes.REFUSED if upload.state is UploadState.REFUSED else Comes.ASKED
    assert upload.state is UploadState.CHECKED, f"{file.how}: {upload.state}"
    if upload.errors:
        assert any(each.is_error for each in told), file.how
        assert upload.order_count + upload.bad_orders <= file.orders, file.how
        return Comes.ERRORS
    assert not told and upload.order_count == file.orders, f"{file.how}: {sentences}"
    return Comes.CLEAN


@pytest.mark.feature("P6")
@pytest.mark.slow
@pytest.mark.sample
def test_a_file_damaged_in_each_way_gives_a_sentence(shop: World):
    channel = own_channel(shop)
    for file in damaged_files(len(HOWS)):
        check(shop, channel.id, file)
    assert db.session.query(StoredOrder).count() == 0
    end_reading()


@pytest.mark.feature("P6")
@pytest.mark.slow
@pytest.mark.timeout(900)
def test_two_hundred_damaged_files_give_a_sentence_each(shop: World):
    channel = own_channel(shop)
    assert COUNT >= 200
    for file in damaged_files():
        check(shop, channel.id, file)
    assert db.session.query(StoredOrder).count() == 0
    end_reading()
