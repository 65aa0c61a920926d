"""Ends a process that stood still while it had the right to send.

Between the last check of a claim and the first byte there is always a moment. A process that is stopped, or a machine
that sleeps, in that moment could send hours later what somebody else has sent meanwhile. So while requests are on
their way, a timer of the kernel ends the process unless it is fed; it counts while the process is stopped and while
the machine sleeps, and a fatal signal ends a stopped process too (Linux: timer_create(2), signal(7)). What had been
claimed becomes unknown and is looked up. Elsewhere than on Linux the check alone must do (README, Limits)."""

import ctypes
import signal
import sys
from types import TracebackType

CLOCK_BOOTTIME = 7
SIGEV_SIGNAL = 0


class _SigEvent(ctypes.Structure):
    _fields_ = (
        ("value", ctypes.c_void_p),
        ("signo", ctypes.c_int),
        ("notify", ctypes.c_int),
        ("pad", ctypes.c_byte * 48),
    )


class _TimeSpec(ctypes.Structure):
    _fields_ = (("seconds", ctypes.c_long), ("nanoseconds", ctypes.c_long))


class _TimerSpec(ctypes.Structure):
    _fields_ = (("interval", _TimeSpec), ("value", _TimeSpec))


class Watchdog:
    """A context: fed at least every `patience_s` seconds, or the process ends at once."""

    def __init__(self, patience_s: float) -> None:
        self.patience_s = patience_s
        self._timer: ctypes.c_void_p | None = None

    def __enter__(self) -> "Watchdog":
        if sys.platform == "linux":
            self._timer = _new_timer()
            self.feed()
        return self

    def feed(self) -> None:
        """We are alive."""
        self._set(self.patience_s)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._timer is not None:
            _libc().timer_delete(self._timer)
            self._timer = None

    def _set(self, seconds: float) -> None:
        if self._timer is None:
            return
        whole = int(seconds)
        spec = _TimerSpec(_TimeSpec(0, 0), _TimeSpec(whole, int((seconds - whole) * 1e9)))
        if _libc().timer_settime(self._timer, 0, ctypes.byref(spec), None):
            raise OSError(ctypes.get_errno(), "timer_settime")


def _new_timer() -> ctypes.c_void_p:
    """Its signal is one that nobody handles: the default is to end the process."""
    timer = ctypes.c_void_p()
    event = _SigEvent(None, int(signal.SIGRTMAX) - 3, SIGEV_SIGNAL)
    if _libc().timer_create(CLOCK_BOOTTIME, ctypes.byref(event), ctypes.byref(timer)):
        raise OSError(ctypes.get_errno(), "timer_create")
    return timer


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL("librt.so.1" if not hasattr(ctypes.CDLL(None), "timer_create") else None, use_errno=True)
