"""What can go wrong, as a tree; bad input is a `Finding` first and an error only at the edge.

ReconcilerError                 everything that a user may see, with a hint of what to do next
├── InputError                  a manifest, flag or file is wrong                                  exit 3
│   ├── JournalError            the journal cannot be opened or written
│   └── EditError               a manifest cannot be edited without touching more than was asked
├── InterruptedRunError         somebody asked to stop while changes were being made               exit 6
├── StalePlanError              a saved plan as a whole is stale, expired, edited or foreign       exit 5
├── ReadOnlyError               a reading command tried to write: a bug of ours, stopped in time   exit 1
└── PortalError                 the portal did not do what was asked                               exit 7
    ├── UnreachableError        no answer: connection, timeout, or a server error to the end
    ├── UnauthorizedError       401: the token is missing, wrong or expired
    ├── ForbiddenError          403: the token may not do this
    ├── NotFoundError           404: the thing asked for is not there
    ├── ConflictError           409: what was to be made is there already
    ├── RefusedError            any other 4xx: the portal understood and said no
    ├── NonsenseError           an answer that is not what the contract promises
    ├── MovingListError         a list kept changing while it was read
    └── UnknownOutcomeError     a write may or may not have taken effect
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum


class ExitCode(IntEnum):
    """What the command's exit says to a script.

    0  done, or nothing to do
    1  unexpected internal error
    2  differences
    3  invalid input
    4  refused
    5  the saved plan does not hold
    6  partly done
    7  the portal's state is unknown
    """

    OK = 0
    INTERNAL = 1
    DIFFERENCES = 2
    INVALID = 3
    REFUSED = 4
    STALE_PLAN = 5
    PARTLY = 6
    UNKNOWN_STATE = 7

    @classmethod
    def worst(cls, codes: Iterable[ExitCode]) -> ExitCode:
        """The one code to exit with where several hold: the first of 1 3 7 5 4 6 2."""
        held = set(codes)
        return next((code for code in PRECEDENCE if code in held), cls.OK)


PRECEDENCE = tuple(ExitCode(code) for code in (1, 3, 7, 5, 4, 6, 2))
"""Where several codes hold, the first of these counts."""


class ReconcilerError(Exception):
    """Something a user must know: what happened to which thing, and in `hint` what to do next."""

    exit_code = ExitCode.INTERNAL

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class InputError(ReconcilerError):
    """A manifest, flag or file is wrong."""

    exit_code = ExitCode.INVALID


class JournalError(InputError):
    """The journal cannot be opened or written, and nothing is changed that cannot be written down."""


class EditError(InputError):
    """A manifest cannot be edited without touching more than was asked; it is left as it is."""


class InterruptedRunError(ReconcilerError):
    """Somebody asked to stop while changes were being made."""

    exit_code = ExitCode.PARTLY


class StalePlanError(ReconcilerError):
    """A saved plan as a whole is stale, expired, edited or made for another portal."""

    exit_code = ExitCode.STALE_PLAN


class ReadOnlyError(ReconcilerError):
    """A client made for reading was asked to send something other than GET."""


class PortalError(ReconcilerError):
    """The portal did not do what was asked; `status` is its HTTP status, `trace` its correlation id."""

    exit_code = ExitCode.UNKNOWN_STATE

    def __init__(self, message: str, hint: str = "", *, status: int | None = None, trace: str = "") -> None:
        super().__init__(message, hint)
        self.status = status
        self.trace = trace


class UnreachableError(PortalError):
    """No answer: the connection failed, timed out, or the server kept failing to the last try."""


class UnauthorizedError(PortalError):
    """401: the token is missing, wrong or expired."""


class ForbiddenError(PortalError):
    """403: the token may not do this."""


class NotFoundError(PortalError):
    """404: the thing asked for is not there."""


class ConflictError(PortalError):
    """409: what was to be made is there already."""


class RefusedError(PortalError):
    """Any other 4xx: the portal understood the request and said no."""


class NonsenseError(PortalError):
    """An answer that is not what the contract promises."""


class MovingListError(PortalError):
    """A list kept changing while it was read, so that no complete picture could be had."""


class UnknownOutcomeError(PortalError):
    """A write was sent and its answer lost: it may or may not have taken effect."""
