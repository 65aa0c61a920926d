"""A clock that tests move: time that passes moves both hands, a changed setting only the wall clock."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from clock import Stamp


class FakeClock:
    """Starts now, stands still until moved; `follower` is called whenever time passes."""

    def __init__(self) -> None:
        self.passed_s = 0.0
        self.follower: Callable[[], None] = lambda: None
        self.wall, self.tick, self.boot = datetime.now(UTC), 1000.0, "testboot"

    def now(self) -> datetime:
        """The wall clock."""
        return self.wall

    def stamp(self) -> Stamp:
        """Both."""
        return Stamp(self.wall, self.boot, self.tick)

    def pass_by(self, seconds: float) -> None:
        """Time really passes."""
        self.wall += timedelta(seconds=seconds)
        self.tick += seconds
        self.passed_s += seconds
        self.follower()

    def set_wall(self, seconds: float) -> None:
        """Somebody sets the wall clock forward or back; no time passes."""
        self.wall += timedelta(seconds=seconds)

    def reboot(self) -> None:
        """The machine started again."""
        self.boot, self.tick = self.boot + "x", 1.0
