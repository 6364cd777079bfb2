"""Making a thing exactly once: POST, and where the answer is lost or says 409, look before doing anything else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, Protocol

from reconciler.errors import ConflictError, PortalError, UnknownOutcomeError
from reconciler.model.observed import Status
from reconciler.portal.http import Reply, Session
from reconciler.portal.parse import is_id
from reconciler.secret import visible

POSTS = 3
"""How often a creation is sent in all while its outcome stays unknown and the thing is not there."""
LOOKS = (0.5, 2.0)
"""Seconds before each look for a thing that may have been made: reads may lag behind writes (contract 4)."""


@dataclass(frozen=True, slots=True)
class Written:
    """What became of a write: done, or already as wanted.

    `status` is the HTTP status and `trace` the correlation id of the last answer, if it had one; `id` is that of
    the thing made or found, where the portal told it.
    """

    result: Literal["done", "already"]
    status: int | None = None
    trace: str = ""
    id: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """A thing that was read back; `wrong` says why it is not as wanted, "" that it is."""

    id: str | None
    wrong: str = ""


class Look(Protocol):
    """Reads a thing back, None if it is not there; `taken`: the portal has said 409, so something is there."""

    def __call__(self, *, taken: bool) -> Found | None:
        """Look once."""


def create(
    session: Session, path: str, body: Mapping[str, object], look: Look, what: str, *, adopt: bool = True
) -> Written:
    """POST, and know what came of it; sent again only when `look` has not found the thing.

    `adopt`: what was there before will do, if it is as wanted. Raises ConflictError if it will not,
    UnknownOutcomeError if looking fails or the last POST's outcome stays unknown, else as `Session.request`.
    """
    unknown: UnknownOutcomeError | None = None
    for _ in range(POSTS):
        try:
            reply = session.request("POST", path, body=body)
        except UnknownOutcomeError as error:
            unknown = error
            found = _look_again(session, look, unknown)
            if found is not None:
                return _as_wanted(Written("done", error.status, error.trace), found, what, error)
        except ConflictError as error:
            if not adopt and unknown is None:
                raise
            found = look(taken=True)
            if found is None:
                raise
            written = Written("already" if unknown is None else "done", error.status, error.trace)
            return _as_wanted(written, found, what, error)
        else:
            return Written("done", reply.status, reply.trace, id_in(reply))
    assert unknown is not None  # noqa: S101 # every other way leaves the loop
    raise unknown


def _look_again(session: Session, look: Look, unknown: UnknownOutcomeError) -> Found | None:
    """Look more than once, for what was made may not show at once; if looking fails, the outcome stays unknown."""
    try:
        for wait in LOOKS:
            session.pause(wait)
            found = look(taken=False)
            if found is not None:
                return found
    except PortalError as error:
        raise unknown from error
    return None


def _as_wanted(written: Written, found: Found, what: str, error: PortalError) -> Written:
    if not found.wrong:
        return replace(written, id=found.id)
    hint = "run plan again: it shows what is there now"
    text = f"{visible(what)} is there already, {found.wrong}"
    raise ConflictError(text, hint, status=error.status, trace=error.trace) from error


def unless_wanted(status: Status, *wanted: Status) -> str:
    """Why a thing in that status is not as wanted, or ""."""
    return "" if status in wanted else f"with the status {status}"


def id_in(reply: Reply) -> str | None:
    """The id of the thing that the answer describes, if it describes one."""
    found: Any = reply.body.get("id") if isinstance(reply.body, dict) else None
    return found if isinstance(found, str) and is_id(found) else None
