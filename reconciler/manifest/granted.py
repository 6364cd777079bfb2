"""What the manifests grant, from all sides and by rules, in the one form that policy.require is held against."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from reconciler.manifest.collect import Collected
from reconciler.model.desired import DesiredDeveloper, DesiredMembership, DesiredRegistration, Line, Rule
from reconciler.model.names import domain_of
from reconciler.model.origin import Origin
from reconciler.model.required import GrantKind


@dataclass(frozen=True, slots=True)
class Grant:
    """One thing that the manifests give. `domain` is None where no person's address is concerned.

    `entry` is the line that `reason` and `expires` (the day on which it ends at the latest) are expected at: of what
    stands in a person's own entry that entry's, of what a rule gives the rule's. `ascii` false: an address with other
    characters, which fits no pattern but *.
    """

    kind: GrantKind | None
    words: str
    origin: Origin
    entry: Origin
    domain: str | None = None
    ascii: bool = True
    team: str | None = None
    api: str | None = None
    reason: str | None = None
    expires: str | None = None


def granted(
    said: Collected,
    developers: Mapping[str, DesiredDeveloper],
    memberships: Iterable[DesiredMembership],
    registrations: Iterable[DesiredRegistration],
) -> Iterator[Grant]:
    """Everything given, lines that go unheard and those that take access away left out."""
    reading = _Reading(developers)
    yield from (reading.developer(each) for each in said.developers if not each.taken)
    yield from (reading.membership(each) for each in memberships if not each.expired)
    yield from (reading.registration(each) for each in registrations if not each.taking)
    yield from _teams(said)
    for rule in said.rules:
        yield from _by_rule(rule)


class _Reading:
    """Lines as grants; what a line in the person's own entry lacks, the entry may say."""

    def __init__(self, developers: Mapping[str, DesiredDeveloper]) -> None:
        self.developers = developers

    def developer(self, line: DesiredDeveloper) -> Grant:
        return self._grant("developers", line, line.email, line.email, line)

    def membership(self, line: DesiredMembership) -> Grant:
        person = self.developers.get(line.key)
        return self._grant("memberships", line, f"{line.email} in {line.team}", line.email, person, team=line.team)

    def registration(self, line: DesiredRegistration) -> Grant:
        person = self.developers.get(line.owner_key) if line.owner.type == "developer" else None
        email = line.owner.name if line.owner.type == "developer" else None
        words = f"{line.api} for {line.application!r} of {line.owner}"
        return self._grant("registrations", line, words, email, person, api=line.api.name)

    def _grant(
        self,
        kind: GrantKind,
        line: Line,
        words: str,
        email: str | None,
        person: DesiredDeveloper | None,
        *,
        team: str | None = None,
        api: str | None = None,
    ) -> Grant:
        own = person if isinstance(line, DesiredDeveloper) or line.own else None
        return Grant(
            kind,
            words,
            line.origin,
            own.origin if own else line.origin,
            domain=None if email is None else domain_of(email),
            ascii=email is None or email.isascii(),
            team=team,
            api=api,
            reason=line.reason or (own.reason if own else None),
            expires=min(filter(None, (line.expires, person.expires if person else None)), default=None),
        )


def _teams(said: Collected) -> Iterator[Grant]:
    """Teams that are defined, and their roles: no person's access yet, and what only some folders may give."""
    for team in said.teams:
        yield Grant(None, f"team {team.name}", team.origin, team.origin, team=team.name)
        for role in team.roles or ():
            words = f"{role.role} on {role.api} for team {team.name}"
            yield Grant(None, words, role.origin, role.origin, team=team.name, api=role.api.name)


def _by_rule(rule: Rule) -> Iterator[Grant]:
    def grant(kind: GrantKind, origin: Origin, *, team: str | None = None, api: str | None = None) -> Grant:
        what = team or api or "approval"
        return Grant(
            kind,
            f"rule {rule.name!r}: {what} for *@{rule.domain}",
            origin,
            rule.origin,
            domain=rule.domain,
            team=team,
            api=api,
            reason=rule.reason,
            expires=rule.expires,
        )

    if rule.approve:
        yield grant("developers", rule.origin)
    for name, origin in rule.teams:
        yield grant("memberships", origin, team=name)
    for named, origin in rule.apis:
        yield grant("registrations", origin, api=named.name)
