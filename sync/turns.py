"""A turn: one drain's ownership of one company's books, for at most one slice of time."""

from collections.abc import Callable
from dataclasses import dataclass, field

from adapters.accounting.base import Books
from clock import Clock, Stamp, elapsed_s
from config import Timing
from models import BooksConnection, writing
from sync import connections, due, leases
from sync.ledger import Actor
from sync.tools import Tools


@dataclass(slots=True)
class Turn:
    """What a drain holds while it owns the books."""

    lease: leases.Lease
    books: Books
    in_flight: int
    longest_s: float
    tools: Tools
    must_stop: Callable[[], bool]
    has_failed: bool
    begun: Stamp = field(init=False)
    renewed: Stamp = field(init=False)
    is_paused: bool = False

    @property
    def timing(self) -> Timing:
        """The durations it lives by."""
        return self.tools.timing

    @property
    def clock(self) -> Clock:
        """The one clock."""
        return self.tools.clock

    def __post_init__(self) -> None:
        self.begun = self.renewed = self.clock.stamp()

    def may_go_on(self) -> bool:
        """Time is left, nobody asked us to stop, and the books want to hear from us."""
        spent = elapsed_s(self.begun, self.clock.stamp())
        return spent < self.timing.slice_s and self.may_send()

    def may_send(self) -> bool:
        """Nobody asked us to stop, and the books want to hear from us."""
        return not self.is_paused and not self.must_stop()

    def keep_lease(self) -> None:
        """Show that we are alive, now and then."""
        now = self.clock.stamp()
        if elapsed_s(self.renewed, now) > self.timing.lease_s / 4:
            self.renewed = now
            self.is_paused |= not self.lease.renew()

    @property
    def actor(self) -> Actor:
        """The drain, now."""
        return Actor("drain", self.clock.now())


def begin(lease: leases.Lease, books_id: int, tools: Tools, must_stop: Callable[[], bool]) -> Turn | None:
    """The turn that this lease gives; None while the books may not be asked. RemoteError without a sign-in."""
    with writing() as session:
        row = session.get_one(BooksConnection, books_id)
        if not due.may_be_asked(row, tools.clock.now()):
            return None
    books = connections.books_of(row, tools)
    longest_s = float(row.longest_s) if row.longest_s else books.longest_s * tools.time_scale
    return Turn(lease, books, row.in_flight, longest_s, tools, must_stop, row.failures > 0)
