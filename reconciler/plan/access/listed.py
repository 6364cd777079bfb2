"""What git lists, by the names that it uses: the line or rule behind an approval, membership, role or registration.

A line that is expired or takes away lists nothing. A name that is ambiguous on the portal lists whatever it may mean.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property

from reconciler.model.change import ApiRef, Cause, Ref
from reconciler.model.desired import ApiName, Desired, DesiredRegistration, DesiredRole
from reconciler.model.names import email_key
from reconciler.model.observed import OwnerType
from reconciler.plan.draft import Draft, by_entry, by_rule
from reconciler.plan.index import Index
from reconciler.plan.people import People, Standing


class Listed:
    """Look-ups over one `Desired`; rules list what they give to the people whom they match."""

    def __init__(self, desired: Desired, index: Index) -> None:
        self.desired = desired
        self.index = index
        self.people = People(desired, index, Draft())
        self._seats: dict[str, dict[str, Cause]] = defaultdict(dict)
        for line in desired.memberships:
            if not line.expired:
                self._seats[line.key][line.team] = by_entry(line)
        self._registrations: dict[tuple[OwnerType, str], list[DesiredRegistration]] = defaultdict(list)
        for found in desired.registrations:
            if not found.taking:
                self._registrations[found.owner.type, found.owner_key].append(found)

    @cached_property
    def without_account(self) -> dict[str, str]:
        """Addresses by key of people whom git lists and the portal does not know."""
        names = {key: entry.email for key, entry in self.desired.developers.items() if not entry.taken}
        names |= {line.key: line.email for line in self.desired.memberships if line.key not in names}
        for kind, key in self._registrations:
            if kind == "developer" and key not in names:
                names[key] = self._registrations[kind, key][0].owner.name
        return {key: name for key, name in names.items() if not self.index.people(key)}

    def approval(self, key: str, standing: Standing | None) -> Cause | None:
        """Who lists the person as approved."""
        entry = self.desired.developers.get(key) if standing is None else standing.entry
        if entry is not None:
            return None if entry.taken else by_entry(entry)
        approving = (rule for rule in (standing.rules if standing else ()) if rule.approve)
        return next((by_rule(rule) for rule in approving), None)

    def seats(self, key: str, standing: Standing | None) -> dict[str, Cause]:
        """The teams in which git lists the person, by name."""
        found = dict(self._seats.get(key, ()))
        for rule in standing.rules if standing and standing.granted else ():
            for team, origin in rule.teams:
                found.setdefault(team, Cause("rule", by_rule(rule).text, origin))
        return found

    def registrations(self, kind: OwnerType, key: str) -> list[DesiredRegistration]:
        """What git lists for the applications of that owner."""
        return self._registrations.get((kind, key), [])

    def by_rules(self, standing: Standing | None) -> Iterator[tuple[ApiName, Cause]]:
        """The APIs that rules give to whatever application of the person asks for them."""
        for rule in standing.rules if standing and standing.granted else ():
            for name, origin in rule.apis:
                yield name, Cause("rule", by_rule(rule).text, origin)

    def roles(self, team: str) -> Iterator[tuple[DesiredRole, str]]:
        """The roles that git lists for the team, each with its region."""
        entry = self.desired.teams.get(team)
        for role in (entry.roles if entry else None) or ():
            yield role, role.region or self.index.observed.portal.region or ""


def covers(name: ApiName, api: ApiRef) -> bool:
    """Whether git may mean that API."""
    return name.covers(api.name, api.version, api.entity_type == "api_package")


def named(name: ApiName) -> ApiRef:
    """An API that only git knows."""
    return ApiRef(name.name, name.version, None, "api_package" if name.package else "api")


def key_of(owner: Ref, kind: OwnerType) -> str:
    """How git's lines name that owner."""
    return email_key(owner.name) if kind == "developer" else owner.name
