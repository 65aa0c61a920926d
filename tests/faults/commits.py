"""F9: a commit of ours that fails in the middle of a drain."""

import pytest
from sqlalchemy import Connection, event
from sqlalchemy.exc import OperationalError

from models import db
from tests.world import World


def drain_losing_a_commit(shop: World, place: int) -> None:
    """Drain until the commit at this place (1 = the first) fails, then again until all is quiet. A drain that makes
    fewer commits fails the test."""
    left = place

    def fail(_connection: Connection) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            raise OperationalError("COMMIT", {}, Exception("disk I/O error"))

    event.listen(db.engine, "commit", fail)
    try:
        with pytest.raises(OperationalError, match="disk I/O"):
            while shop.drain():
                pass
    finally:
        event.remove(db.engine, "commit", fail)
        db.session.remove()
    shop.clock.pass_by(shop.tools.timing.lease_s + 1)
    shop.run_until_quiet()
