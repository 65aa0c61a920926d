"""What every accounting adapter is: it declares, it translates, it decides nothing and saves nothing."""

import datetime as dt
from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
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
    Message,
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
    """A document to look for: our reference, and the days that it may carry; without a day, whatever day it has.

    `number` is the one that we gave it, None where the books number it; `sent_after` is a moment before which it was
    surely not made."""

    reference: str
    day: dt.date | None = None
    until: dt.date | None = None
    number: str | None = None
    sent_after: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Changes:
    """What changed in the books since a moment: documents as they are now, ids of those that are gone, and codes of
    customers that were made inactive (False) or active again (True). `until` is the moment to ask from next time."""

    until: dt.datetime
    documents: Sequence[tuple[Role, Remote]] = ()
    deleted: Collection[tuple[Role, str]] = frozenset()
    customers: Mapping[str, bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Grant:
    """What a sign-in gives. `lives_s` and `refresh_lives_s` are seconds from now; after `ends_s` a person must consent
    anew, None where the system does not say."""

    access_token: str
    refresh_token: str
    lives_s: float
    refresh_lives_s: float
    ends_s: float | None = None


class SignIn(ABC):
    """OAuth 2.0: a person lets us in at the other system. Every method but `address` calls it and raises RemoteError;
    a grant that is no longer taken is LoginRefused."""

    title: ClassVar[str]
    """As the system wants it called ("Connect with QuickBooks"), marked."""
    steps: ClassVar[tuple[str, ...]]
    """How the owner registers an app of their own there, marked; the address to come back to is shown beside them."""
    pasting: ClassVar[str]
    """How tokens are got where nobody can be sent back to this machine, marked."""
    register: ClassVar[str]
    """Where one opens an account there."""

    def __init__(self, settings: Mapping[str, str], secrets: Mapping[str, str], http: Http) -> None:
        self.settings, self.secrets, self.http = settings, secrets, http

    @classmethod
    def objection(cls, settings: Mapping[str, str], redirect_uri: str) -> Message | None:
        """Why the system would not send a person back to this address; None where it would."""
        return None

    @abstractmethod
    def address(self, state: str, redirect_uri: str) -> str:
        """Where the person goes to let us in."""

    @abstractmethod
    def redeem(self, code: str, redirect_uri: str) -> Grant:
        """The first tokens, for the code that the person came back with; a code works once."""

    @abstractmethod
    def renew(self, refresh_token: str) -> Grant:
        """New tokens; the refresh token in the answer replaces the one that was sent."""

    @abstractmethod
    def revoke(self, refresh_token: str) -> None:
        """The tokens are dead afterwards."""


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
    """True: the same key and bytes make one document, however often they are sent."""
    lists_documents: ClassVar[bool] = False
    """Whether `everything` can tell what others made."""
    payment_label: ClassVar[str] = N_("Account")
    """What the books call the account that receives a payment; translated where it is shown."""
    roles: ClassVar[frozenset[Role]] = frozenset({Role.SALE, Role.CUSTOMER})
    """What can be posted into these books."""
    sign_in: ClassVar[type[SignIn] | None] = None
    """How a person lets us in; None where a key is typed. Then `secrets` holds access_token and refresh_token too."""
    modes: ClassVar[tuple[tuple[str, str], ...]] = ()
    """Ways to connect that are listed under a tab each (P3), by the value of the setting `mode`; the labels marked."""
    tells_changes: ClassVar[bool] = False
    """True: `changes` tells what happened in the books since a moment."""
    update_restores: ClassVar[bool] = True
    """True: writing a voided document anew makes it active again; else it is restored first, then updated."""
    restores_customers: ClassVar[bool] = False
    """True: a customer that was made inactive is made active again by a restore."""
    reads_on_demand: ClassVar[frozenset[ReferenceKind]] = frozenset()
    """Lists whose rows lack details until `complete` reads them one by one, for the rows that are used."""
    name_replacements: ClassVar[Mapping[str, str]] = {}
    """Characters that a customer's name must not hold, and what stands for each."""
    due_by_terms_only: ClassVar[bool] = False
    """True: the books reckon the due date by terms, and take no other (S23)."""
    words: ClassVar[Mapping[ReferenceKind, str]] = {}
    """What the books call the rows of a list where that is not our usual word (a project is a class), marked."""
    timeout_step: ClassVar[str] = ""
    """What the owner can do where the books do not answer (P5), marked; empty: as for every system."""

    def __init__(
        self,
        settings: Mapping[str, str],
        secrets: Mapping[str, str],
        http: Http,
        clock: Clock = utc_now,
    ) -> None:
        """`clock` tells an aware now, for the life of tokens and templates."""
        self.settings, self.secrets, self.http, self.clock = settings, secrets, http, clock

    @classmethod
    def arithmetic_of(cls, facts: Mapping[str, str]) -> Arithmetic:
        """How this company's documents are computed, by the facts that `check` told."""
        return cls.arithmetic

    @classmethod
    def given(cls, facts: Mapping[str, str]) -> Mapping[str, str]:
        """Profile settings that the company itself decides, so that nobody chooses them (a zero-tax code of NON)."""
        return {}

    @classmethod
    def per_document(cls, facts: Mapping[str, str]) -> frozenset[ReferenceKind]:
        """Lists of which a document names one row for all its lines."""
        return frozenset()

    @abstractmethod
    def check(self) -> Company:
        """Ask which company our key opens. What it finds out about the way there goes into `Company.settings`."""

    @abstractmethod
    def reference_pages(self, kind: ReferenceKind) -> Iterator[ReferencePage]:
        """All rows of one list, page by page."""

    @abstractmethod
    def prepare(
        self, role: Role, action: Action, reference: str, content: Content | None, lookup: Lookup, remote: Remote | None
    ) -> bytes:
        """The exact bytes of the request. Same input, same bytes; stored before they are sent. May raise UnknownCode.

        `content` is None for a void, and for a restore where `update_restores` is False; `remote` is the document that
        exists, None for create. It may read templates and the document's present state from the books, and writes
        nothing there. A document that the tax office has validated is Refused for all but create."""

    @abstractmethod
    def send(self, role: Role, action: Action, payload: bytes, key: str) -> Remote:
        """One request, never repeated by itself; `key` is the same for the same payload, for systems that take one."""

    @abstractmethod
    def find(self, role: Role, wanted: Collection[Wanted]) -> dict[str, list[Remote]]:
        """Every document that carries one of our references, voided ones too: in bulk where that takes fewer calls.

        Answers for every reference asked for, with an empty list where the books hold none."""

    @classmethod
    def needs_number(cls, facts: Mapping[str, str]) -> bool:
        """True: the books give documents no number of their own, so that we must."""
        return False

    @classmethod
    def has_customer_currency(cls, facts: Mapping[str, str]) -> bool:
        """True: each customer has one currency, and documents of another are refused."""
        return False

    def complete(self, kind: ReferenceKind, rows: Sequence[ReferenceRow]) -> Iterable[ReferenceRow]:
        """The same rows with their details read, one by one; for the kinds of `reads_on_demand`."""
        return rows

    def changes(self, since: dt.datetime) -> Changes:
        """What changed since a moment; only where `tells_changes`. Raises Refused where that is too long ago."""
        raise NotImplementedError(f"{self.kind} tells no changes")

    def history(self, since: dt.date) -> Iterator[Sequence[tuple[Role, Remote]]]:
        """Every document that carries a reference of ours and a day from this one on, page by page; for the first look
        at books with an idempotency key, which are not asked before every send."""
        return iter(())

    def everything(self, since: dt.date) -> Iterator[Sequence[tuple[Role, Remote]]]:
        """Every sale and credit note with a day from this one on, whoever made it, page by page (SEN11). Where
        `lists_documents`."""
        raise NotImplementedError(f"{self.kind} does not list documents")

    def find_by_number(self, role: Role, numbers: Collection[str]) -> dict[str, list[Remote]]:
        """Every document with one of these numbers, whoever made it; books that cannot be asked so find none.

        Answers for every number asked for, with an empty list where the books hold none."""
        return {number: [] for number in numbers}

    @abstractmethod
    def read(self, role: Role, remote_id: str) -> Remote | None:
        """One document as it is now; None where the books have it no more."""
