"""The requests of a portal that git does not answer, each with what is known of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from reconciler.model.change import Item
from reconciler.model.desired import Desired, OwnerName, Unlisted
from reconciler.model.names import domain_of, email_key
from reconciler.model.observed import Developer, Observed, Registration
from reconciler.model.request import Request
from reconciler.pending.names import api_named, matching_rules, rule_teams, unpublished
from reconciler.pending.suspicion import Known, of_application, of_person
from reconciler.plan.index import Index
from reconciler.plan.make import make_plan
from reconciler.plan.names import owner_problem


def asking(desired: Desired) -> Desired:
    """The workspace without its policy for what is unlisted: who asks is told even where unlisted access is not."""
    return replace(desired, policy=replace(desired.policy, unlisted=Unlisted()))


def pending(desired: Desired, observed: Observed) -> tuple[Request, ...]:
    """Who waits for a decision, people and their applications together, by domain; in scope only.

    What git answers is not here: the next apply approves or rejects it.
    """
    desired = asking(desired)
    return tuple(_Asked(desired, observed).requests(make_plan(desired, observed).requests))


class _Asked:
    def __init__(self, desired: Desired, observed: Observed) -> None:
        self.desired = desired
        self.index = Index(observed, desired.policy.scope)
        self.known = Known.of(desired, observed)
        self.registered = {registration.id: registration for registration in observed.registrations}
        self.owned = Counter((application.owner_id, application.name) for application in observed.applications)

    def requests(self, items: Iterable[Item]) -> list[Request]:
        makers = {"developer": self._person, "registration": self._registration}
        return sorted((makers[item.subject.kind](item) for item in items), key=_order)

    def _person(self, item: Item) -> Request:
        person = self.index.developers[_id(item)]
        return Request(
            item.subject,
            since=item.since,
            full_name=person.full_name,
            domain=domain_of(person.email),
            teams=rule_teams(matching_rules(self.desired, person.email)),
            suspicions=of_person(person, self.known),
            obstacle=self._address_problem(person),
        )

    def _registration(self, item: Item) -> Request:
        registration = self.registered[item.subject.registration_id or ""]
        owner = self.index.owner_of(registration)
        person = owner if isinstance(owner, Developer) else None
        application = item.subject.application.name if item.subject.application else ""
        theirs = of_person(person, self.known) if person and person.status == "pending" else ()
        api = api_named(self.index, registration)
        return Request(
            item.subject,
            since=item.since,
            full_name=person.full_name if person else "",
            domain=domain_of(person.email) if person else "",
            api=api,
            suspicions=(*theirs, *of_application(application)),
            obstacle=self._owner_obstacle(item)
            or unpublished(self.index, registration, api)
            or self._twins(registration),
        )

    def _owner_obstacle(self, item: Item) -> str:
        if item.subject.team:
            owner = OwnerName("team", item.subject.team.name)
            return owner_problem(self.desired, self.index, owner, owner.name)
        person = self.index.developers[_id(item)]
        if person.status in ("revoked", "rejected"):
            return f"the owner is {person.status} on the portal"
        return self._address_problem(person)

    def _address_problem(self, person: Developer) -> str:
        owner = OwnerName("developer", person.email)
        return owner_problem(self.desired, self.index, owner, email_key(person.email))

    def _twins(self, registration: Registration) -> str:
        application = self.index.applications[registration.application_id]
        number = self.owned[application.owner_id, application.name]
        return f"the owner has {number} applications of that name" if number > 1 else ""


def _id(item: Item) -> str:
    return (item.subject.developer.id if item.subject.developer else None) or ""


def _order(request: Request) -> tuple[object, ...]:
    """By domain, then person or team, the person's own request first."""
    subject = request.subject
    team, application = subject.team, subject.application
    return (
        request.domain,
        email_key(request.email) or (team.name if team else ""),
        subject.kind != "developer",
        application.name if application else "",
        str(subject.api or ""),
        subject.registration_id or "",
    )
