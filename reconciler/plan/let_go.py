"""What git listed at another commit and lists no more, and what happens to it: deleting a line takes nothing away
by itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from reconciler.model.change import ApiRef, Plan, Ref, Subject
from reconciler.model.desired import ApiName, Desired, DesiredRegistration, DesiredTeam
from reconciler.model.drift import Fate, LetGo
from reconciler.model.names import any_match, domain_of, email_match
from reconciler.model.observed import Observed
from reconciler.model.origin import Origin
from reconciler.plan.drift.match import Lookup
from reconciler.plan.drift.presence import presence

_KINDS = {
    "developer": "developers",
    "membership": "memberships",
    "registration": "registrations",
    "role": "roles",
}
"""A subject's kind → the key of `policy.unlisted`, and the list of the portal."""

_TO_TAKE = {
    "developer": "an entry under `developers` with `status: revoked`",
    "membership": "its line with an `expires` that is past",
    "registration": "its line with `status: revoked`",
    "role": "`policy.unlisted.roles: remove`",
}

_EXACT = {
    "membership": ", which takes from people and teams that git lists alone",
    "registration": ", which takes from owners that git lists alone",
}
"""Why `exact` does not take it away."""


def let_go(base: Desired, now: Desired, plan: Plan, observed: Observed) -> tuple[LetGo, ...]:
    """Every line of `base` that `now` has not, in the order of kinds and then of the base's files."""
    fates = _Fates(now, plan, observed)
    gone = _gone(base, now, observed.portal.region)
    return tuple(LetGo(subject, was, origin, *fates.of(subject)) for subject, was, origin in gone)


def _gone(base: Desired, now: Desired, region: str | None) -> Iterator[tuple[Subject, str, Origin]]:
    """Lines that are gone: what they were about, what they said, where they stood."""
    for entry in base.developers.values():
        if entry.key not in now.developers:
            said = f"expired on {entry.expires}" if entry.expired else entry.status
            yield Subject("developer", developer=Ref(entry.email)), said, entry.origin
    for name, team in base.teams.items():
        if name not in now.teams:
            yield Subject("team", team=Ref(name)), "listed", team.origin
        yield from _roles_gone(team, now.teams.get(name), region)
    yield from _memberships_gone(base, now)
    yield from _registrations_gone(base, now)


def _memberships_gone(base: Desired, now: Desired) -> Iterator[tuple[Subject, str, Origin]]:
    listed = {(line.key, line.team) for line in now.memberships}
    for line in base.memberships:
        if (line.key, line.team) not in listed and not _taken(now, line.key):
            subject = Subject("membership", developer=Ref(line.email), team=Ref(line.team))
            yield subject, f"expired on {line.expires}" if line.expired else "listed", line.origin


def _registrations_gone(base: Desired, now: Desired) -> Iterator[tuple[Subject, str, Origin]]:
    listed: dict[tuple[str, str, str], list[ApiName]] = defaultdict(list)
    for line in now.registrations:
        listed[_application(line)].append(line.api)
    for line in base.registrations:
        still = any(_overlap(api, line.api) for api in listed.get(_application(line), ()))
        if not still and not (line.owner.type == "developer" and _taken(now, line.owner_key)):
            said = f"expired on {line.expires}" if line.expired else line.status
            yield _registration(line), said, line.origin


def _roles_gone(
    was: DesiredTeam, is_: DesiredTeam | None, region: str | None
) -> Iterator[tuple[Subject, str, Origin]]:
    kept = {(role.role, role.api, role.region) for role in (is_.roles if is_ else None) or ()}
    for role in was.roles or ():
        if (role.role, role.api, role.region) not in kept:
            where = role.region or region
            subject = Subject("role", team=Ref(was.name), api=_api(role.api), role=Ref(role.role), region=where)
            yield subject, "listed", role.origin


def _taken(now: Desired, key: str) -> bool:
    """Whether the person's own entry takes everything from them, so that no line of theirs counts any more."""
    return key in now.developers and now.developers[key].taken


def _application(line: DesiredRegistration) -> tuple[str, str, str]:
    return line.owner.type, line.owner_key, line.application


def _overlap(one: ApiName, other: ApiName) -> bool:
    return one.covers(other.name, other.version, other.package) or other.covers(one.name, one.version, one.package)


def _registration(line: DesiredRegistration) -> Subject:
    person = line.owner.type == "developer"
    return Subject(
        "registration",
        developer=Ref(line.owner.name) if person else None,
        team=None if person else Ref(line.owner.name),
        application=Ref(line.application),
        api=_api(line.api),
    )


def _api(name: ApiName) -> ApiRef:
    return ApiRef(name.name, name.version, entity_type="api_package" if name.package else "api")


class _Fates:
    """What becomes of access that git has let go: taken by a change, shown as unlisted, kept, or not there."""

    def __init__(self, now: Desired, plan: Plan, observed: Observed) -> None:
        self.now, self.observed = now, observed
        self._taken = Lookup((change.subject, change) for change in plan.changes if change.effect == "removes")
        self._unlisted = Lookup((item.subject, item) for item in plan.unlisted)
        self._there = Lookup((subject, subject) for subject in presence(observed))

    def of(self, subject: Subject) -> tuple[Fate, str]:
        """Its fate, and that in words with the way out."""
        kind = _KINDS.get(subject.kind)
        if kind is None:
            if not self._there.any(subject):
                return "absent", "the portal has no such team"
            return "stays", "the team stays: leaving it out deletes nothing, and git manages it no more"
        changes = self._taken.any(subject)
        if changes:
            return "taken", f"access is taken away: {changes[0].cause.text}"
        setting = getattr(self.now.policy.unlisted, kind)
        if kind not in self.observed.read:
            return "stays", f"access stays, if the portal has it: {self._why_kept(subject, setting)}"
        if self._unlisted.any(subject):
            why = f"unlisted is {setting}{_EXACT.get(subject.kind, '') if setting == 'exact' else ''}"
            return "stays", f"access stays: {why}; to take it away write {_TO_TAKE[subject.kind]}"
        if not self._there.any(subject):
            return "absent", "the portal does not have it"
        return "stays", f"access stays: {self._why_kept(subject, setting)}"

    def _why_kept(self, subject: Subject, setting: str) -> str:
        scope, person = self.now.policy.scope, subject.developer.name if subject.developer else ""
        inside = (
            (not person or email_match(scope.developers, person))
            and (subject.team is None or any_match(scope.teams, subject.team.name))
            and (subject.api is None or any_match(scope.apis, subject.api.name))
        )
        if not inside:
            return "it is outside of policy.scope"
        if setting == "ignore":
            return f"unlisted is ignore, so that nothing shows it; to take it away write {_TO_TAKE[subject.kind]}"
        if person and any(rule.domain == domain_of(person) for rule in self.now.rules):
            return "a rule gives it"
        if subject.kind == "role":
            return "git does not manage the roles of the team any more"
        return "another entry that cannot be told may mean it"
