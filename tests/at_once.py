"""Several people at the same moment, each in a thread with a session of its own."""

import threading
from collections.abc import Callable
from contextvars import Context

from models import db
from tests.world import World


def at_once(world: World, *deeds: Callable[[], object]) -> list[object]:
    """Do these at once; what each returned or raised, in their order."""
    gate = threading.Barrier(len(deeds))
    ends: list[object] = [None] * len(deeds)

    def do(place: int, deed: Callable[[], object]) -> None:
        with world.app.app_context():
            try:
                gate.wait(30)
                ends[place] = deed()
            except Exception as error:
                ends[place] = error
            finally:
                db.session.remove()

    threads = [threading.Thread(target=Context().run, args=(do, place, deed)) for place, deed in enumerate(deeds)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return ends
