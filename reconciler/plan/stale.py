"""A saved plan, held against the portal as it is now: what still holds, what is so already, and what is stale."""

from __future__ import annotations

from dataclasses import dataclass, replace

from reconciler.model.change import Change, Outcome, Plan, Ref, Subject
from reconciler.model.desired import Scope
from reconciler.model.names import email_key
from reconciler.model.observed import Need, Observed
from reconciler.plan.index import Index
from reconciler.plan.now import NOW, Differs, words


@dataclass(frozen=True, slots=True)
class Recheck:
    """`plan` with the ids that have become known; `decided`: what is not to be tried any more, by position."""

    plan: Plan
    decided: dict[int, Outcome]

    @property
    def left(self) -> tuple[Change, ...]:
        """The changes that are to be tried."""
        return tuple(change for index, change in enumerate(self.plan.changes) if index not in self.decided)


def need_of_plan(plan: Plan) -> Need:
    """The lists in which that can be seen which the plan touches."""
    subjects = [change.subject for change in plan.changes]
    teams = {kind: {s.team.name for s in subjects if s.kind == kind and s.team} for kind in ("membership", "role")}
    return Need(
        developers=any(subject.developer for subject in subjects),
        team_list=any(subject.team for subject in subjects),
        memberships=bool(teams["membership"]),
        teams=tuple(sorted(teams["membership"])),
        roles_of=tuple(sorted(teams["role"])),
        registrations=any(subject.kind == "registration" for subject in subjects),
        apis=False,
    )


def recheck(plan: Plan, observed: Observed) -> Recheck:
    """Compare each change's `before` and `after` with what is there: never forced, and nothing done twice.

    What rests on a stale change is left to whoever carries the plan out: it is skipped as after any other failure.
    """
    index = Index(observed, Scope())
    changes = tuple(_with_ids(change, index) for change in plan.changes)
    decided: dict[int, Outcome] = {}
    for position, change in enumerate(changes):
        outcome = _decided(change, index, approves=_approves(plan, position))
        if outcome is not None:
            decided[position] = outcome
    return Recheck(replace(plan, changes=changes, looked_at=_looked_at(plan, observed)), decided)


def _decided(change: Change, index: Index, *, approves: bool) -> Outcome | None:
    """Why the change is not to be tried, or None: it holds as it was reviewed."""
    try:
        now = NOW[change.action](change, index)
        holds = now == change.before
        if holds and change.effect == "grants" and not approves:
            _must_be_approved(change.subject, index)
    except Differs as found:
        return Outcome(change, "stale", f"not tried: {found}")
    if holds:
        return None
    if now == change.after:
        return Outcome(change, "already")
    said = f"it was {words(change.before)} when the plan was made, and is {words(now)} now"
    return Outcome(change, "stale", f"not tried: {said}")


def _approves(plan: Plan, position: int) -> bool:
    """Whether the plan itself approves the person whom the change gives something."""
    actions = {plan.changes[needed].action for needed in plan.requires[position]}
    return not actions.isdisjoint({"approve-developer", "invite-developer"})


def _must_be_approved(subject: Subject, index: Index) -> None:
    """Access is granted to people who are approved, and to them alone (docs/manifest.md, "Meaning")."""
    if subject.kind == "developer" or subject.developer is None:
        return
    found = index.developers.get(subject.developer.id or "")
    if found is None or found.status != "approved":
        raise Differs(f"the developer is {found.status if found else 'not on the portal'} now")


def _with_ids(change: Change, index: Index) -> Change:
    """With the ids of a team or person that the plan was to make, and that somebody has made meanwhile."""
    subject = change.subject
    person, team = subject.developer, subject.team
    if team is not None and team.id is None and change.action != "create-team":
        found = index.teams_named(team.name)
        team = Ref(team.name, found[0].id) if len(found) == 1 else team
    if person is not None and person.id is None and change.action != "invite-developer":
        accounts = index.people(email_key(person.name))
        person = Ref(person.name, accounts[0].id) if len(accounts) == 1 else person
    if (person, team) == (subject.developer, subject.team):
        return change
    return replace(change, subject=replace(subject, developer=person, team=team))


def _looked_at(plan: Plan, observed: Observed) -> dict[str, int]:
    """What was read when the plan was made, and now: of what was asked for by filters then was more."""
    now = {kind: len(getattr(observed, kind)) for kind in sorted(observed.read)}
    return {kind: max(now.get(kind, 0), plan.looked_at.get(kind, 0)) for kind in sorted(now | plan.looked_at)}
