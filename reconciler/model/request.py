"""Someone who waits for a decision on the portal: the person, or the application that asks for an API."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from reconciler.model.change import Subject
from reconciler.model.desired import ApiName


@dataclass(frozen=True, slots=True)
class Suspicion:
    """Why a request deserves a second look: a stable name of the check, and what it saw."""

    rule: str
    message: str


@dataclass(frozen=True, slots=True)
class Request:
    """One request that git does not answer.

    `subject` is a developer or a registration. `since` (ISO-8601 in UTC, or "") is when the person signed up or the
    application asked. `domain` is that of the person or owner, "" for a team's application. `teams`: where the rules
    would put the person. `api`: how a manifest names what is asked for. `obstacle`: why no manifest can list it, or
    "". `into`: the file that would list it, "" where that is not known.
    """

    subject: Subject
    since: str = ""
    full_name: str = ""
    domain: str = ""
    teams: tuple[str, ...] = ()
    api: ApiName | None = None
    suspicions: tuple[Suspicion, ...] = ()
    obstacle: str = ""
    into: str = ""

    @property
    def email(self) -> str:
        """The address of the person, or of the application's owner; "" for a team's."""
        return self.subject.developer.name if self.subject.developer else ""

    @property
    def listable(self) -> bool:
        """Whether it may be listed without anybody naming it."""
        return not self.obstacle and not self.suspicions


Decision = Literal["undecided", "listed", "rejected", "left-out"]
"""What `pending --write` did: an entry that approves, one that rejects, or nothing; without it all are undecided."""


@dataclass(frozen=True, slots=True)
class Patch:
    """What was, or would be, changed in one manifest: a unified diff."""

    file: str
    diff: str


Became = Literal["opened", "updated", "unchanged", "closed", "declined", "left", "refused"]
"""What `pending --branches` did: `declined` were the requests before, `left` is what somebody else has pushed to."""


@dataclass(frozen=True, slots=True)
class Branch:
    """A branch with its pull request, and what became of it; `detail` says why, where there is something to say."""

    name: str
    became: Became
    requests: int
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """The requests with what was decided of each, in one order, and the changes to manifests that this made.

    `written` is false where the changes are only shown.
    """

    requests: tuple[Request, ...]
    decisions: tuple[Decision, ...] = ()
    patches: tuple[Patch, ...] = ()
    written: bool = False
    branches: tuple[Branch, ...] = ()

    @property
    def decided(self) -> tuple[tuple[Request, Decision], ...]:
        """Each request with its decision."""
        nothing: tuple[Decision, ...] = tuple("undecided" for _ in self.requests)
        return tuple(zip(self.requests, self.decisions or nothing, strict=True))
