"""What every accounting adapter is: it declares, it translates, it decides nothing and saves nothing."""

import datetime as dt
from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from adapters.http import Http
from adapters.settings import Clock, Setting, utc_now
from documents import (
    N_,
    Action,
    Arithmetic,
    Company,
    Content,
    Limits,
    Lookup,
    ReferenceKind,
    ReferenceRow,
    Remote,
    Role,
)


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast the books may be asked: calls begun per second, and calls in flight at once."""

    per_second: float
    in_flight: int


@dataclass(frozen=True, slots=True)
class ReferencePage:
    """Some rows of one list; `total` where the books say how many there are."""

    rows: tuple[ReferenceRow, ...]
    total: int | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """A document to look for: our reference, and the days that it may carry; without a day, whatever day it has."""

    reference: str
    day: dt.date | None = None
    until: dt.date | None = None


class Books(ABC):
    """One company in an accounting system.

    Every method may call the other system and raises RemoteError; none keeps anything that must last.
    """

    kind: ClassVar[str]
    label: ClassVar[str]
    connection_settings: ClassVar[tuple[Setting, ...]]
    profile_settings: ClassVar[tuple[Setting, ...]]
    reference_kinds: ClassVar[tuple[ReferenceKind, ...]]
    arithmetic: ClassVar[Arithmetic]
    limits: ClassVar[Limits]
    pace: ClassVar[Pace]
    pace_ceiling: ClassVar[Pace]
    longest_s: ClassVar[float]
    """The longest that the server may still be working on a request whose answer was lost, in seconds."""
    has_idempotency_key: ClassVar[bool] = False
    payment_label: ClassVar[str] = N_("Account")
    """What the books call the account that receives a payment; translated where it is shown."""

    def __init__(
        self,
        settings: Mapping[str, str],
        secrets: Mapping[str, str],
        http: Http,
        clock: Clock = utc_now,
    ) -> None:
        """`clock` tells an aware now, for the life of tokens and templates."""
        self.settings, self.secrets, self.http, self.clock = settings, secrets, http, clock

    @abstractmethod
    def check(self) -> Company:
        """Ask which company our key opens."""

    @abstractmethod
    def reference_pages(self, kind: ReferenceKind) -> Iterator[ReferencePage]:
        """All rows of one list, page by page."""

    @abstractmethod
    def prepare(
        self, role: Role, action: Action, reference: str, content: Content | None, lookup: Lookup, remote: Remote | None
    ) -> bytes:
        """The exact bytes of the request. Same input, same bytes; stored before they are sent. May raise UnknownCode.

        `content` is None for void and restore; `remote` is the document that exists, None for create. It may read
        templates and the document's present state from the books, and writes nothing there."""

    @abstractmethod
    def send(self, role: Role, action: Action, payload: bytes, key: str) -> Remote:
        """One request, never repeated by itself; `key` is the same for the same payload, for systems that take one."""

    @abstractmethod
    def find(self, role: Role, wanted: Collection[Wanted]) -> dict[str, list[Remote]]:
        """Every document that carries one of our references, voided ones too: in bulk where that takes fewer calls.

        Answers for every reference asked for, with an empty list where the books hold none."""

    def find_by_number(self, role: Role, numbers: Collection[str]) -> dict[str, list[Remote]]:
        """Every document with one of these numbers, whoever made it; books that cannot be asked so find none.

        Answers for every number asked for, with an empty list where the books hold none."""
        return {number: [] for number in numbers}

    @abstractmethod
    def read(self, role: Role, remote_id: str) -> Remote | None:
        """One document as it is now; None where the books have it no more."""
