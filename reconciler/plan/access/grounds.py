"""What access rests on, tie by tie: the line or rule that gives it, what else that says, and where it comes from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from reconciler.model.change import Cause, Ref, Subject
from reconciler.model.desired import Desired, DesiredDeveloper, DesiredMembership, DesiredRegistration, Rule
from reconciler.model.origin import Origin
from reconciler.model.provenance import Provenance
from reconciler.plan.access.rights import Person, Right, Tie

GroundKind = Literal["account", "membership", "role", "registration"]


@dataclass(frozen=True, slots=True)
class Ground:
    """One tie of a right. `cause` None: git does not list it, so nobody approved it there, and the rest is empty.

    `reason` is the line's own, or that of the person's entry that it stands in; `expires` is the day on which it ends
    at the latest, `reviewed` the last day on which somebody looked, `sponsor` the annotation of that name. The
    `provenance` is None until it is looked up, see `holders.traced`.
    """

    kind: GroundKind
    subject: Subject
    now: bool
    cause: Cause | None = None
    reason: str = ""
    expires: str = ""
    reviewed: str = ""
    sponsor: str = ""
    provenance: Provenance | None = None


@dataclass(frozen=True, slots=True)
class Grounded:
    """A right with what it rests on, in the order of the path: account, membership, role or registration."""

    right: Right
    grounds: tuple[Ground, ...]

    @property
    def since(self) -> str:
        """When the last of its grounds came onto the main line; "" where that is not known of each."""
        times = [ground.provenance.since if ground.provenance else "" for ground in self.grounds]
        return max(times) if times and all(times) else ""


class Grounds:
    """Looks up what lines say, by their place and by whom they are about."""

    def __init__(self, desired: Desired) -> None:
        self.developers = desired.developers
        self.lines: dict[tuple[Origin, str], DesiredDeveloper | DesiredMembership | DesiredRegistration] = {}
        self.lines |= {(line.origin, line.key): line for line in desired.developers.values()}
        self.lines |= {(line.origin, line.key): line for line in desired.memberships}
        self.lines |= {(line.origin, line.owner_key): line for line in desired.registrations}
        self.rules: dict[Origin, Rule] = {}
        for rule in desired.rules:
            places = (rule.origin, *(at for _, at in rule.teams), *(at for _, at in rule.apis))
            self.rules |= dict.fromkeys(places, rule)

    def grounded(self, right: Right, person: Person | None) -> Grounded:
        """The right with what it rests on."""
        owner = Ref(person.email, person.id) if person else None
        grounds = []
        if right.approval and owner and not right.leftover:  # which rests on no approval
            grounds.append(self._ground("account", Subject("developer", developer=owner), right.approval, person))
        ties = right.ties
        if right.team and person and ties:
            seat = Subject("membership", developer=owner, team=right.team)
            grounds.append(self._ground("membership", seat, ties[0], person))
            ties = ties[1:]
        for tie in ties:
            kind: GroundKind = "role" if right.role else "registration"
            grounds.append(self._ground(kind, _what(right, owner), tie, None if right.team else person))
        return Grounded(right, tuple(grounds))

    def _ground(self, kind: GroundKind, subject: Subject, tie: Tie, person: Person | None) -> Ground:
        cause = tie.git
        if cause is None:
            return Ground(kind, subject, tie.now)
        key = person.key if person else subject.team.name if subject.team else ""
        said = self._said(cause, key)
        return Ground(kind, subject, tie.now, cause, *said)

    def _said(self, cause: Cause, key: str) -> tuple[str, str, str, str]:
        """Reason, expires, reviewed, sponsor."""
        if cause.by == "rule":
            rule = self.rules.get(cause.origin) if cause.origin else None
            return _details(rule, None) if rule else ("", "", "", "")
        line = self.lines.get((cause.origin, key)) if cause.origin else None
        if line is None:
            return ("", "", "", "")
        return _details(line, self.developers.get(key))


def _details(
    line: DesiredDeveloper | DesiredMembership | DesiredRegistration | Rule, entry: DesiredDeveloper | None
) -> tuple[str, str, str, str]:
    own = entry if isinstance(line, DesiredDeveloper) or (not isinstance(line, Rule) and line.own) else None
    ends = filter(None, (line.expires, entry.expires if entry else None))
    looks = filter(None, (line.reviewed, own.reviewed if own else None))
    return (
        line.reason or (own.reason if own else None) or "",
        min(ends, default=""),
        max(looks, default=""),
        _sponsor(line.annotations) or (_sponsor(entry.annotations) if entry else ""),
    )


def _sponsor(annotations: Mapping[str, str]) -> str:
    return annotations.get("sponsor", "")


def _what(right: Right, owner: Ref | None) -> Subject:
    """A role, or a registration; of what a team gives, the team's."""
    whose = None if right.team else owner
    if right.role:
        role = Ref(right.role)
        return Subject("role", team=right.team, api=right.api, role=role, region=right.region)
    return Subject("registration", developer=whose, team=right.team, application=right.application, api=right.api)
