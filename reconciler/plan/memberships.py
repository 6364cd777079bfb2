"""Memberships: who is in which team, by entry, by rule, or not by git at all."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.model.change import Cause, Item, Ref, Subject
from reconciler.model.desired import Desired, DesiredMembership, OwnerName, Rule
from reconciler.model.names import email_key
from reconciler.model.observed import Developer, Team
from reconciler.model.origin import Origin
from reconciler.plan.draft import Draft, by_entry, by_policy, by_rule, shown
from reconciler.plan.index import Index, membership
from reconciler.plan.names import membership_problem, owner_problem
from reconciler.plan.people import People, Standing

Pair = tuple[str, str]


class Memberships:
    """One pass over what git lists, what rules give, what is taken away, and then what is left over."""

    def __init__(self, desired: Desired, index: Index, people: People, draft: Draft) -> None:
        self.desired = desired
        self.index = index
        self.people = people
        self.draft = draft
        self.settled: set[Pair] = set()
        """Pairs (developer id, team id) that git has spoken about, either way."""
        self.removed: set[Pair] = set()
        self.kept_people = {s.developer.id for s in people.standings.values() if s.ambiguous}
        self.kept_teams: set[str] = set()
        self._granted: set[tuple[str, str]] = set()
        self._explicit = {(line.key, line.team) for line in desired.memberships}
        self._blocked_by_rule: set[tuple[str, str]] = set()

    def decide(self) -> None:
        """Add every change and item about memberships to the draft."""
        for name in self.desired.teams:
            candidates = self.index.teams_named(name)
            if len(candidates) > 1:
                self.kept_teams.update(team.id for team in candidates)
        for line in self.desired.memberships:
            if line.expired:
                self._expire(line)
            else:
                self._grant_listed(line)
        for standing in self.people.standings.values():
            self._by_rules(standing)
            self._cascade(standing)
        for found in self.index.observed.memberships:
            pair = (found.developer_id, found.team_id)
            if pair not in self.settled and self.index.membership_in_scope(found):
                self._left_over(self.index.developers[found.developer_id], self.index.teams[found.team_id])

    def _expire(self, line: DesiredMembership) -> None:
        """An expired line takes the membership of every account and team that it may mean."""
        for developer, team in self._present(line):
            self.settled.add((developer.id, team.id))
            if team.synchronised:
                reason = membership_problem(self.desired, self.index, team.name)
                self.draft.blocked.append(Item(membership(developer, team), reason, by_entry(line)))
            else:
                self._remove(developer, team, by_entry(line))

    def _present(self, line: DesiredMembership) -> Iterator[tuple[Developer, Team]]:
        for developer in self.index.people(line.key):
            for team in self.index.teams_named(line.team):
                if (developer.id, team.id) in self.index.pairs:
                    yield developer, team

    def _grant_listed(self, line: DesiredMembership) -> None:
        accounts, teams = self.index.people(line.key), self.index.teams_named(line.team)
        owner = OwnerName("developer", line.email)
        problem = membership_problem(self.desired, self.index, line.team) or owner_problem(
            self.desired, self.index, owner, line.key
        )
        if problem:
            self.kept_people.update(account.id for account in accounts)
            if len(teams) > 1:
                self.kept_teams.update(team.id for team in teams)
            self.draft.blocked.append(Item(_named(line), problem, by_entry(line)))
        elif accounts:
            self._grant(self.people.of(accounts[0]), line.team, by_entry(line), waits=True)
        elif line.key in self.people.invited:
            invited = Ref(self.desired.developers[line.key].email)
            subject = Subject("membership", developer=invited, team=self._team_ref(line.team))
            self.draft.change("add-member", subject, None, {"member": True}, by_entry(line))
        else:
            self.draft.waiting.append(Item(_named(line), "has not signed up yet", by_entry(line)))

    def _grant(self, standing: Standing, name: str, cause: Cause, *, waits: bool) -> None:
        """Put a person into a team that exists or that this plan creates; `waits`: say so if it cannot be yet."""
        developer, team = standing.developer, self._team_ref(name)
        pair = (developer.id, team.id or "")
        if pair in self.index.pairs:
            self.settled.add(pair)
            return
        subject = Subject("membership", developer=Ref(developer.email, developer.id), team=team)
        if not standing.granted:
            if waits:
                self.draft.waiting.append(Item(subject, f"the person {standing.why}", cause))
        elif (developer.id, name) not in self._granted:
            self._granted.add((developer.id, name))
            self.draft.change("add-member", subject, None, {"member": True}, cause)

    def _by_rules(self, standing: Standing) -> None:
        if not standing.granted:
            return
        for rule in standing.rules:
            for name, origin in rule.teams:
                self._by_rule(standing, rule, name, origin)

    def _by_rule(self, standing: Standing, rule: Rule, name: str, origin: Origin) -> None:
        if (email_key(standing.developer.email), name) in self._explicit:
            return
        cause = Cause("rule", by_rule(rule).text, origin)
        problem = membership_problem(self.desired, self.index, name)
        if not problem:
            self._grant(standing, name, cause, waits=False)
            return
        self.kept_people.add(standing.developer.id)
        self.kept_teams.update(team.id for team in self.index.teams_named(name))
        if (rule.name, name) not in self._blocked_by_rule:
            self._blocked_by_rule.add((rule.name, name))
            self.draft.blocked.append(Item(Subject("team", team=Ref(name)), problem, cause))

    def _cascade(self, standing: Standing) -> None:
        """Who is or becomes revoked or rejected because git took their access leaves every team in scope."""
        if standing.taken is None or standing.after not in ("revoked", "rejected"):
            return
        for team in self.index.teams_of(standing.developer):
            if self.index.team_in_scope(team) and not team.synchronised:
                self._remove(standing.developer, team, standing.taken)

    def _left_over(self, developer: Developer, team: Team) -> None:
        if developer.id in self.kept_people or team.id in self.kept_teams:
            return
        policy = self.desired.policy
        setting = policy.unlisted.memberships
        git_is_the_list = self.people.of(developer).entry is not None or (
            team.name in self.desired.teams and self.desired.teams[team.name].gives_members
        )
        if setting == "remove" or (setting == "exact" and git_is_the_list):
            self._remove(developer, team, by_policy(policy, "memberships"))
        elif shown(policy.unlisted, "memberships"):
            item = Item(membership(developer, team), "member on the portal, not listed in git")
            self.draft.unlisted.append(item)

    def _remove(self, developer: Developer, team: Team, cause: Cause) -> None:
        pair = (developer.id, team.id)
        if pair in self.removed:
            return
        self.removed.add(pair)
        self.settled.add(pair)
        self.draft.change("remove-member", membership(developer, team), {"member": True}, None, cause)

    def _team_ref(self, name: str) -> Ref:
        teams = self.index.teams_named(name)
        return Ref(name, teams[0].id if teams else None)


def _named(line: DesiredMembership) -> Subject:
    return Subject("membership", developer=Ref(line.email), team=Ref(line.team))
