"""Who may do what, through which path: the portal's state, what changes come to, and what git lists, joined."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from reconciler.model.change import Change, Ref
from reconciler.model.desired import Desired
from reconciler.model.names import email_key
from reconciler.model.observed import Developer, Observed
from reconciler.plan.access.listed import Listed
from reconciler.plan.access.moved import Moved
from reconciler.plan.access.paths import Paths
from reconciler.plan.access.rights import Person, Right, Seat, Tie, in_order
from reconciler.plan.index import Index, ref
from reconciler.plan.people import Standing


@dataclass(frozen=True, slots=True)
class Sides:
    """What git says and what the portal had: all that effective access is worked out from, changes aside."""

    desired: Desired
    observed: Observed

    def access(self, changes: Iterable[Change] = ()) -> Access:
        """Effective access before and after these changes."""
        return Access(self.desired, self.observed, changes)


class Access:
    """Effective access on one portal. `changes` are those that are, or are to be, made to what was observed.

    Nothing is kept of a person once it is told; what teams give is kept, once a team. It says no more than was read:
    see `observed.read`, and which teams' roles were asked for.
    """

    def __init__(self, desired: Desired, observed: Observed, changes: Iterable[Change] = ()) -> None:
        self.index = Index(observed, desired.policy.scope)
        self.listed = Listed(desired, self.index)
        self.moved = Moved(changes)
        self._paths = Paths(self.index, self.listed, self.moved)
        self._of_teams: dict[Ref, tuple[Right, ...]] = {}

    def people(self) -> Iterator[Person]:
        """Every account, and everybody whom git lists and who has none, sorted by address, then by id."""
        accounts = [(email_key(found.email), found.id) for found in self.index.observed.developers]
        others = self.listed.without_account
        for key, id_ in sorted([*accounts, *((key, "") for key in others)]):
            yield self._person(self.index.developers[id_]) if id_ else self._stranger(key, others[key])

    def of(self, key: str) -> list[Person]:
        """The accounts of an address (as compared), else the person whom git lists under it, else nobody."""
        accounts = self.index.people(key)
        if accounts:
            return [self._person(account) for account in sorted(accounts, key=lambda account: account.id)]
        name = self.listed.without_account.get(key)
        return [self._stranger(key, name)] if name else []

    def seats(self, person: Person) -> list[Seat]:
        """The teams that the person is in, is to be in, or is listed in; sorted by name, then by id."""
        git = self.listed.seats(person.key, self._standing(person))
        joins = self.moved.joins.get(person.id or person.key, set())
        there: set[Ref] = set()
        if person.id:
            there = {ref(team) for team in self.index.teams_of(self.index.developers[person.id])}
        teams = there | joins | {team for name in git for team in self._teams_named(name)}
        return [
            Seat(
                team,
                Tie(
                    team in there,
                    team in joins or (team in there and (person.id, team.id) not in self.moved.leaves),
                    git.get(team.name),
                ),
            )
            for team in sorted(teams, key=lambda team: (team.name, team.id or ""))
        ]

    def rights(self, person: Person) -> Iterator[Right]:
        """What the person may do, is to be able to do, or is listed for; every path that leads there."""
        sign_in = Right("sign-in", approval=person.approval)
        if sign_in.then or sign_in.source:
            yield sign_in
        yield from self.own(person)
        for seat in self.seats(person):
            for right in self.team_rights(seat.team):
                given = right.for_member(person.approval, seat.tie)
                if given.now or given.then or given.source:
                    yield given

    def own(self, person: Person) -> list[Right]:
        """What the person may call, is to be able to call, or is listed for, through applications of their own."""
        owner = Ref(person.email, person.id)
        found = self._paths.calls(owner, "developer", self._standing(person))
        return sorted((replace(own, approval=person.approval) for own in found), key=in_order)

    def teams(self) -> list[Ref]:
        """Every team of the portal, and those that only git lists; sorted by name, then by id."""
        names = {team for name in self.listed.desired.teams for team in self._teams_named(name)}
        found = names | {ref(team) for team in self.index.observed.teams}
        return sorted(found, key=lambda team: (team.name, team.id or ""))

    def team_rights(self, team: Ref) -> tuple[Right, ...]:
        """What the team gives to its approved members: by its roles, and by the applications that it owns."""
        if team not in self._of_teams:
            self._of_teams[team] = tuple(
                sorted([*self._paths.roles(team), *self._paths.calls(team, "team")], key=in_order)
            )
        return self._of_teams[team]

    def _person(self, account: Developer) -> Person:
        then = self.moved.status(account)
        key = email_key(account.email)
        git = self.listed.approval(key, self.listed.people.of(account))
        approval = Tie(account.status == "approved", then == "approved", git)
        return Person(account.email, key, account.id, account.status, then, approval)

    def _stranger(self, key: str, name: str) -> Person:
        invited = key in self.moved.invited
        approval = Tie(now=False, then=invited, git=self.listed.approval(key, None))
        return Person(name, key, None, None, "approved" if invited else None, approval)

    def _standing(self, person: Person) -> Standing | None:
        return self.listed.people.standings[person.id] if person.id else None

    def _teams_named(self, name: str) -> list[Ref]:
        return [ref(team) for team in self.index.teams_named(name)] or [Ref(name)]
