"""What can go wrong at another system, told apart by whether anything was created there.

The posting ledger decides by these classes and nothing else (`docs/architecture.md`, outcome table)."""

from documents import N_, Message, ReferenceKind, say


class RemoteError(Exception):
    """A call to another system failed. `message` is for people, `cause` for the log, `next_step` tells what to do."""

    next_step = N_("Try again later.")
    permanent = False
    """True: trying again cannot help until a person changed something."""

    def __init__(self, message: Message, cause: str = "") -> None:
        super().__init__(str(message))
        self.message = message
        self.cause = cause


class NothingCreated(RemoteError):
    """The other system surely did nothing."""


class NotSent(NothingCreated):
    """No byte of the request left: refused, no such host, connect time-out, TLS handshake, forbidden address."""

    next_step = N_("Check that the other system is on and can be reached; we try again by ourselves.")


class TooLate(NotSent):
    """Our own right to send ran out before the bytes left (a stopped process, a lost lease)."""


class TooFast(NothingCreated):
    """The other system asks us to slow down; `wait_s` is how long, None where it did not say."""

    next_step = N_("Nothing to do: we slow down and go on by ourselves.")

    def __init__(self, message: Message, cause: str = "", wait_s: float | None = None) -> None:
        super().__init__(message, cause)
        self.wait_s = wait_s


class LoginRefused(NothingCreated):
    """The other system refused our key (after one renewal of the token)."""

    next_step = N_("Open the company profile, choose Accounting Settings, and enter a new key.")
    permanent = True


class TokenRefused(NothingCreated):
    """The access token is no longer taken: a new one is got with the refresh token, then it goes on by itself."""

    next_step = N_("Nothing to do: the sign-in is renewed by itself.")


class ChangedMeanwhile(NothingCreated):
    """The document changed in the books since it was read; it is read again and the request made anew."""

    next_step = N_("Nothing to do: we read it again and go on by ourselves.")


class NotAllowed(NothingCreated):
    """The key works, but its user may not do this."""

    next_step = N_("Give the key's user the permission in the other system, then sync again.")
    permanent = True


class Refused(NothingCreated):
    """The other system read the request and refused it; `message` carries its reason."""

    next_step = N_("Mend what the reason names, then sync again.")
    permanent = True


class Gone(Refused):
    """What was to be changed stands in the books no more: somebody deleted it there."""


class OutcomeUnknown(RemoteError):
    """The request may have left and its answer is lost or unreadable: only a look-up may decide."""

    next_step = N_("Nothing to do: we look it up and go on by ourselves.")


class UnknownCode(Exception):
    """A document names a code that the books' list does not hold (any more)."""

    def __init__(self, kind: ReferenceKind, code: str) -> None:
        self.message = say(N_("The books have no {kind} {code}."), kind=kind.value.replace("_", " "), code=code)
        super().__init__(str(self.message))
        self.kind, self.code = kind, code
