"""Two hundred damaged files: each is answered by a sentence, or by errors in its rows; none raises or gets in."""

import time

import pytest

from models import Run, RunKind, RunState, StoredOrder, UploadState, db, end_reading
from sync.uploads import asking
from tests.damaged import COUNT, HOWS, Damaged, damaged_files
from tests.sheets import own_channel, troubles_of, upload_of
from tests.world import World

LONGEST_S = 60.0
ANSWERED = (UploadState.REFUSED, UploadState.MAPPING, UploadState.CHECKED)


@pytest.fixture
def database_kind() -> str:
    """What is wrong with a file is the same for every database."""
    return "sqlite"


def check(world: World, channel_id: int, file: Damaged) -> None:
    """One file, read as an owner would have it read."""
    try:
        handed = asking.hand_in(channel_id, file.name, file.content, "Mei", world.clock.now())
    except asking.UploadRefused as error:
        assert str(error.message).endswith("."), file.how
        return
    begun = time.monotonic()
    world.read(RunKind.FILE, handed.upload_id)
    assert time.monotonic() - begun < LONGEST_S, file.how
    upload = upload_of(handed.upload_id)
    assert upload.state in ANSWERED, f"{file.how}: {upload.state}"
    [run] = db.session.query(Run).filter_by(kind=RunKind.FILE, target_id=upload.id).all()
    end_reading()
    assert run.state is RunState.DONE and run.trouble is None, f"{file.how}: {run.trouble}"
    if upload.state is UploadState.REFUSED:
        assert upload.trouble and "Error" not in str(upload.trouble["template"]), file.how
    for each in troubles_of(upload.id):
        assert each.message["template"], file.how
    asking.discard(upload.id)


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
