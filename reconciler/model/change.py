"""What is to be done about the difference between git and the portal, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from reconciler.finding import Finding
from reconciler.model.observed import EntityType, OwnerType, Portal
from reconciler.model.origin import Origin

Action = Literal[
    "revoke-registration",
    "reject-registration",
    "revoke-developer",
    "reject-developer",
    "remove-member",
    "remove-role",
    "create-team",
    "update-team",
    "assign-role",
    "approve-developer",
    "invite-developer",
    "add-member",
    "approve-registration",
    "create-registration",
]
"""Every action, in the order in which one person's or team's changes are made (docs/manifest.md, "Order")."""

Effect = Literal["grants", "removes", "neither"]
Kind = Literal["developer", "team", "membership", "role", "registration"]


@dataclass(frozen=True, slots=True)
class Ref:
    """A thing by the name people use and by its id; `id` None: it is not on the portal yet, or not known."""

    name: str
    id: str | None = None


@dataclass(frozen=True, slots=True)
class ApiRef:
    """An API or API package by name, version (None: it has none, or not known) and id."""

    name: str
    version: str | None = None
    id: str | None = None
    entity_type: EntityType = "api"

    def __str__(self) -> str:
        label = f"{self.name} {self.version}" if self.version else self.name
        return f"package {label}" if self.entity_type == "api_package" else label


@dataclass(frozen=True, slots=True)
class Subject:
    """What a change or item is about, in words and ids; the parts that do not apply are None.

    `developer.name` is the e-mail address. For a registration, `developer` or `team` is the application's owner.
    `role` names the role; its id is that of the assignment.
    """

    kind: Kind
    developer: Ref | None = None
    team: Ref | None = None
    application: Ref | None = None
    api: ApiRef | None = None
    registration_id: str | None = None
    role: Ref | None = None
    region: str | None = None

    @property
    def owner_type(self) -> OwnerType:
        """Whose lane this belongs to: the person's, if one is concerned, else the team's."""
        return "developer" if self.developer else "team"


@dataclass(frozen=True, slots=True)
class Cause:
    """Who asked for it: a manifest line (`entry`), a standing rule, or a policy; `text` says it in words."""

    by: Literal["entry", "rule", "policy"]
    text: str
    origin: Origin | None = None


Facts = dict[str, str | bool | None]
"""A thing's managed fields before or after a change; None in its place means that the thing is not there."""


@dataclass(frozen=True, slots=True)
class Change:
    """One write: `before` as observed, `after` as git says. `effect` tells whether access is given or taken."""

    action: Action
    subject: Subject
    before: Facts | None
    after: Facts | None
    effect: Effect
    cause: Cause

    @property
    def key(self) -> tuple[str, ...]:
        """What tells this change from every other of a plan, and is the same in the next plan for the same thing."""
        s = self.subject
        parts = (s.developer, s.team, s.application, s.api, s.role)
        return (self.action, *(p.id or p.name if p else "" for p in parts), s.region or "")


@dataclass(frozen=True, slots=True)
class Item:
    """Something that is not a change but must be seen: held, waiting, blocked, unlisted, requested, residual.

    `since`: when the portal last changed it, ISO-8601, or "" where the portal does not say.
    """

    subject: Subject
    reason: str
    cause: Cause | None = None
    since: str = ""


LIFTABLE = (
    "removals.developers",
    "removals.memberships",
    "removals.registrations",
    "removals.roles",
    "removals.team",
    "grants",
    "grants.rule",
    "invites",
    "protected",
    "never-empty",
)
"""The refusals that may be lifted, by review or for one run."""

UNLIFTABLE = ("empty-workspace", "second-person")
"""Those that nothing lifts."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A limit that the plan breaks: `number` things where `limit` are allowed (a sentence), and the way out."""

    rule: str
    message: str
    number: int
    limit: str
    hint: str

    @property
    def liftable(self) -> bool:
        """Whether review or a flag may lift it."""
        return self.rule in LIFTABLE


@dataclass(frozen=True, slots=True)
class Lifted:
    """A refusal that was lifted for this run, by whom (a flag or a line of policy.allow) and why."""

    refusal: Refusal
    reason: str
    origin: Origin | None = None


Because = Literal["not-selected", "not-reviewed"]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A change that git asks for and that this run leaves: `--only` does not name it, or nobody reviewed it."""

    change: Change
    because: Because


@dataclass(frozen=True, slots=True)
class Since:
    """The commit since which a plan looks at what changed, as the user named it; and at how many people and teams."""

    ref: str
    commit: str
    people: int
    teams: int

    def __str__(self) -> str:
        people = f"{self.people:,} {'person' if self.people == 1 else 'people'}"
        return f"{people} and {self.teams:,} team{'' if self.teams == 1 else 's'}"


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that git and the portal disagree on, in order.

    `changes` are in the order of execution. `after[i]` are the indices of changes that must have been tried
    before change i; `requires[i]` of those that must have succeeded. `looked_at` counts what was read, by kind.
    `changed_since`: that of the portal only a part was looked at; None: all that planning needs. `only`: what the run
    was narrowed to. `not_needed`: what a reviewed plan has, and is not to be done any more.
    """

    portal: Portal
    changes: tuple[Change, ...] = ()
    after: tuple[tuple[int, ...], ...] = ()
    requires: tuple[tuple[int, ...], ...] = ()
    held: tuple[Item, ...] = ()
    waiting: tuple[Item, ...] = ()
    blocked: tuple[Item, ...] = ()
    unlisted: tuple[Item, ...] = ()
    requests: tuple[Item, ...] = ()
    residual: tuple[Item, ...] = ()
    findings: tuple[Finding, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    lifted: tuple[Lifted, ...] = ()
    looked_at: dict[str, int] = field(default_factory=dict)
    only: tuple[str, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    not_needed: tuple[Change, ...] = ()
    changed_since: Since | None = None

    def count(self, effect: Effect) -> int:
        """How many changes have that effect."""
        return sum(change.effect == effect for change in self.changes)


Result = Literal["done", "already", "failed", "skipped", "stale", "unknown", "not-kept"]
MADE: tuple[Result, ...] = ("done", "already")
NOT_MADE: tuple[Result, ...] = ("failed", "skipped", "stale", "unknown", "not-kept")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one change: `already` as wanted when the write arrived, `skipped` because of `detail`.

    `stale`: the portal is not as the saved plan says any more, and the change was not written. `unknown`: the answer
    was lost, and nobody could look what came of it. `not-kept`: the portal said that it was done, and `detail` is
    what was there instead when it was read back. `extra` marks a write that no plan had foreseen: a registration
    approved while its owner was being revoked.
    """

    change: Change
    result: Result
    detail: str = ""
    status: int | None = None
    trace: str = ""
    extra: bool = False
