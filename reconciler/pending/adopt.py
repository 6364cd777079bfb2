"""What the portal has otherwise than git, as what the manifests would have to say for it to be right."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from reconciler.model.change import Item, Plan, Subject
from reconciler.model.desired import Desired, OwnerName, Wanted
from reconciler.model.listing import Listing, NewMembership, NewPerson, NewRegistration
from reconciler.model.names import email_key
from reconciler.model.observed import Observed
from reconciler.model.origin import Origin
from reconciler.pending.names import api_named, matching_rules, rule_teams, unpublished
from reconciler.plan.index import Index
from reconciler.plan.names import membership_problem, owner_problem


@dataclass(frozen=True, slots=True)
class Stop:
    """A line whose access somebody stopped on the portal: it is to say so."""

    origin: Origin
    status: Wanted
    person: bool


@dataclass(frozen=True, slots=True)
class Adoptable:
    """An item with what the manifests have to say for it: a new listing, a stop, or nothing, for that `problem`."""

    subject: Subject
    says: str
    listing: Listing | None = None
    stop: Stop | None = None
    problem: str = ""


def adoptable(desired: Desired, observed: Observed, plan: Plan) -> tuple[Adoptable, ...]:
    """Everything in the plan that is unlisted or held, people first; it is git that would follow the portal."""
    seen = _Seen(desired, observed)
    found = [*(seen.unlisted(item) for item in plan.unlisted), *(seen.held(item) for item in plan.held)]
    return tuple(sorted(found, key=lambda each: not isinstance(each.listing, NewPerson)))


def not_adoptable(plan: Plan) -> Iterator[Adoptable]:
    """Access that git gives and the portal has not: nobody can tell whether it was taken away or never given."""
    for change in plan.changes:
        if change.effect == "grants" and change.cause.by == "entry":
            problem = "git gives it and the portal does not have it: `apply` gives it, or take the line out of git"
            yield Adoptable(change.subject, "not on the portal", problem=problem)


class _Seen:
    def __init__(self, desired: Desired, observed: Observed) -> None:
        self.desired = desired
        self.index = Index(observed, desired.policy.scope)
        self.registrations = {registration.id: registration for registration in observed.registrations}

    def unlisted(self, item: Item) -> Adoptable:
        listing, problem = self._listing(item.subject)
        problem = self._not_approved(item.subject) or problem
        return Adoptable(item.subject, "listed", None if problem else listing, problem=problem)

    def _not_approved(self, subject: Subject) -> str:
        """Nothing can be given to a person who is not approved, whatever is left of their access."""
        person = self.index.developers.get((subject.developer.id if subject.developer else None) or "")
        return f"the person is {person.status} on the portal" if person and person.status != "approved" else ""

    def _listing(self, subject: Subject) -> tuple[Listing | None, str]:
        if subject.kind == "registration":
            return self._registration(subject)
        email = subject.developer.name if subject.developer else ""
        owner = OwnerName("developer", email)
        problem = owner_problem(self.desired, self.index, owner, email_key(email)) if email else ""
        if subject.kind == "developer":
            return NewPerson(email, rule_teams(matching_rules(self.desired, email))), problem
        if subject.kind == "membership" and subject.team:
            team = subject.team.name
            return NewMembership(email, team), problem or membership_problem(self.desired, self.index, team)
        return None, "roles are listed by hand, under `roles` of the team's entry"

    def _registration(self, subject: Subject) -> tuple[Listing | None, str]:
        registration = self.registrations[subject.registration_id or ""]
        api = api_named(self.index, registration)
        team, email = subject.team.name if subject.team else "", subject.developer.name if subject.developer else ""
        owner = OwnerName("team", team) if team else OwnerName("developer", email)
        application = subject.application.name if subject.application else ""
        twins = [
            one
            for each in self.index.owners(owner, team or email_key(email))
            for one in self.index.owned(each)
            if one.name == application
        ]
        problem = owner_problem(self.desired, self.index, owner, team or email_key(email))
        problem = problem or unpublished(self.index, registration, api)
        if not problem and len(twins) > 1:
            problem = f"the owner has {len(twins)} applications of that name"
        return NewRegistration(owner, application, api, registration.api_version), problem

    def held(self, item: Item) -> Adoptable:
        """The line is to say what the portal says."""
        subject, origin = item.subject, item.cause.origin if item.cause else None
        status = self._status(subject)
        if origin is None or status is None:
            return Adoptable(subject, "stopped", problem="no line of the manifests is known for it")
        return Adoptable(subject, f"listed as {status}", stop=Stop(origin, status, subject.kind == "developer"))

    def _status(self, subject: Subject) -> Wanted | None:
        if subject.kind == "developer":
            person = self.index.developers.get((subject.developer.id if subject.developer else None) or "")
            found = person.status if person else None
        else:
            found = self.registrations[subject.registration_id or ""].status
        return found if found in ("revoked", "rejected") else None
