"""The nouns of effective access: a person, what they may do, and what that rests on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from reconciler.model.change import ApiRef, Cause, Ref
from reconciler.model.observed import Status

Can = Literal["sign-in", "see", "register", "hold", "call"]
"""What somebody may do, in the order in which it is told: `see` an API's documentation (role API Viewer), `register`
an application for it (role API Consumer), `hold` a role that is neither, `call` it through an application whose
registration is approved. Roles count on a portal with RBAC; without it everybody approved sees what is published.
"""

Source = Literal["git", "portal", "both"]
"""Where access is: listed in git and not on the portal (yet), on the portal and not listed, or both."""

ROLES: dict[str, Can] = {"API Viewer": "see", "API Consumer": "register"}
"""What the roles of Konnect's portals let a team's members do (contract 1.2, 5)."""

SATISFIES: dict[Can, tuple[Can, ...]] = {"see": ("see", "register")}
"""What else lets somebody do the same: an API Consumer sees the API as well."""


@dataclass(frozen=True, slots=True)
class Tie:
    """One thing that access rests on: an approval, a membership, a role or a registration.

    `now`: the portal has it; `then`: it has it once the changes are made; `git`: the line or rule that lists it.
    """

    now: bool = False
    then: bool = False
    git: Cause | None = None

    @property
    def source(self) -> Source | None:
        """Where it is; None where it is neither listed nor there."""
        return source_of(listed=self.git is not None, there=self.now)


def source_of(*, listed: bool, there: bool) -> Source | None:
    """Where access is."""
    if there:
        return "both" if listed else "portal"
    return "git" if listed else None


@dataclass(frozen=True, slots=True)
class Person:
    """An account of the portal, or somebody whom git lists and who has none: `id`, `now` and `then` are None.

    `key` is the address as compared; `now` and `then` are the status; `approval` is the tie that it makes.
    """

    email: str
    key: str
    id: str | None
    now: Status | None
    then: Status | None
    approval: Tie


@dataclass(frozen=True, slots=True)
class Seat:
    """A person's membership of a team. `team.id` is None where the portal lacks the team."""

    team: Ref
    tie: Tie


@dataclass(frozen=True, slots=True)
class Right:
    """One thing that somebody may do, by one path: the ties that it rests on must all hold.

    `api` is None for `sign-in` alone. `application` is what calls. `team` is the path, None for what is the person's
    own. `role` is the role's name as the portal has it, in `region`. `ties` are, in order: the membership, if there
    is a team, then the role or registration. A right of a team itself has no membership and no approval.
    """

    can: Can
    api: ApiRef | None = None
    application: Ref | None = None
    team: Ref | None = None
    role: str = ""
    region: str = ""
    approval: Tie | None = None
    ties: tuple[Tie, ...] = ()

    def for_member(self, approval: Tie, seat: Tie) -> Right:
        """A team's right as that of a person in the team."""
        ties = (seat, *self.ties)
        return Right(self.can, self.api, self.application, self.team, self.role, self.region, approval, ties)

    @property
    def now(self) -> bool:
        """Whether it holds on the portal now."""
        return all(tie.now for tie in self._needs)

    @property
    def then(self) -> bool:
        """Whether it holds once the changes are made."""
        return all(tie.then for tie in self._needs)

    @property
    def source(self) -> Source | None:
        """Where the path is, the person's approval aside, which `sign-in` tells; None: neither listed nor there."""
        ties = self.ties or self._needs
        return source_of(listed=all(tie.git for tie in ties), there=self.now)

    @property
    def lines(self) -> tuple[Cause, ...]:
        """The manifest lines and rules that list it, from the approval to the last tie."""
        ties = (*((self.approval,) if self.approval else ()), *self.ties)
        return tuple(tie.git for tie in ties if tie.git)

    @property
    def leftover(self) -> bool:
        """Whether it is there only because credentials outlive an approval (contract 4): residual access."""
        return self._outlives and self.now and self.approval is not None and not self.approval.now

    @property
    def lingers(self) -> bool:
        """Whether it ends and may be used on: the team's application keeps its credentials, which the person knew."""
        return self.can == "call" and self.team is not None and not self.then and self.ties[-1].then

    @property
    def _outlives(self) -> bool:
        """Konnect lets an application of one's own call on, whatever becomes of its owner's approval (contract 4)."""
        return self.can == "call" and self.team is None

    @property
    def _needs(self) -> tuple[Tie, ...]:
        return self.ties if self.approval is None or self._outlives else (self.approval, *self.ties)


def in_order(right: Right) -> tuple[str, ...]:
    """By API, then by team and application, by name and by id; the order does not depend on the portal's lists."""
    api, things = right.api, (right.team, right.application)
    named = (api.name, api.version or "", api.id or "") if api else ("", "", "")
    return (
        *named,
        *(part or "" for thing in things if thing for part in (thing.name, thing.id)),
        right.can,
        right.role,
    )
