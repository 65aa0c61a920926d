"""A fenced lease on a row: one process owns it at a time, and who was overtaken cannot write on."""

import uuid
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from clock import Clock, elapsed_s
from models import writing


@dataclass(slots=True)
class Lease:
    """The right to work on one row until it is released, or silent for `lease_s` seconds."""

    model: Any
    row_id: int
    token: str
    lease_s: float
    clock: Clock

    def renew(self) -> bool:
        """Say that we are alive; False when somebody else took over."""
        with writing() as session:
            return self.hold(session)

    def hold(self, session: Session) -> bool:
        """The same inside a transaction of the caller, who must write nothing when it is False."""
        return self._write(session, lease_stamp=self.clock.stamp())

    def release(self) -> None:
        """Give it back; harmless when it is ours no more."""
        with writing() as session:
            self._write(session, lease_token=None, lease_stamp=None)

    def _write(self, session: Session, **values: object) -> bool:
        ours = update(self.model).where(self.model.id == self.row_id, self.model.lease_token == self.token)
        return bool(session.execute(ours.values(**values)).rowcount == 1)  # type: ignore[attr-defined]


def take(model: Any, row_id: int, lease_s: float, clock: Clock) -> Lease | None:
    """Own the row by compare-and-set; None while another owner is alive. The old owner's token is void from now on."""
    now, token = clock.stamp(), str(uuid.uuid4())
    with writing() as session:
        found = session.execute(select(model.lease_token, model.lease_stamp).where(model.id == row_id)).one_or_none()
        if found is None or (found.lease_token and elapsed_s(found.lease_stamp, now) < lease_s):
            return None
        same = model.lease_token.is_not_distinct_from(found.lease_token)
        taken = session.execute(
            update(model).where(model.id == row_id, same).values(lease_token=token, lease_stamp=now)
        )
        return Lease(model, row_id, token, lease_s, clock) if taken.rowcount == 1 else None  # type: ignore[attr-defined]
