"""What every part of sync works with, and the HTTP client that each connection gets."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from adapters.addresses import AddressRule
from adapters.http import Http, Pacer
from clock import Clock
from config import Timing
from models import is_in_transaction
from sync.vault import Vault


@dataclass(frozen=True, slots=True)
class Tools:
    """Made once by the app, handed to everything."""

    timing: Timing
    clock: Clock
    vault: Vault
    rule_of: Callable[[], AddressRule]
    time_scale: float = 1.0
    sleep: Callable[[float], None] = time.sleep


def refuse_open_transaction() -> None:
    """Called before every request: a transaction held open over a call would block everybody else."""
    if is_in_transaction():
        raise RuntimeError("a call to another system inside a database transaction")


def http_for(label: str, secrets: Mapping[str, str], tools: Tools, per_second: float, in_flight: int) -> Http:
    """A client of one connection, at its pace, that keeps its secrets out of every text."""
    return Http(
        label,
        rule=tools.rule_of(),
        before_call=refuse_open_transaction,
        pacer=Pacer(per_second),
        in_flight=in_flight,
        secrets=tuple(secrets.values()),
        sleep=lambda wait_s: tools.sleep(wait_s * tools.time_scale),
    )
