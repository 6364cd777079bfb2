"""Residual access: what still works, once the plan is done, for people who are not approved.

Konnect lets them go on using credentials that they have until each registration is revoked (contract 4).
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.model.change import ApiRef, Item, Ref, Subject
from reconciler.model.observed import Registration, Team
from reconciler.plan.after import After
from reconciler.plan.index import Index, ref
from reconciler.plan.people import People, Standing


def residual(index: Index, people: People, after: After) -> Iterator[Item]:
    """Approved registrations that outlive a person's approval, whoever listed them.

    Those of the person's own applications, and those of applications of teams that a person taken away belongs to,
    whose keys they may know. `after`: what the changes that are to be done come to.
    """
    for standing in people.standings.values():
        status = after.status(standing.developer)
        if status == "approved" or not index.developer_in_scope(standing.developer):
            continue
        for found in index.registrations(index.owned(standing.developer)):
            if found.status == "approved" and found.id not in after.ended:
                reason = f"works although its owner is {status}"
                yield _item(index, standing, found, reason)
        if standing.taken is not None:
            yield from _through_teams(index, standing, after.ended)


def _through_teams(index: Index, standing: Standing, ended: set[str]) -> Iterator[Item]:
    for team in index.teams_of(standing.developer):
        if not index.team_in_scope(team):
            continue
        for found in index.registrations(index.owned(team)):
            if found.status == "approved" and found.id not in ended:
                reason = f"a member of team {team.name} may know the credentials of its application"
                yield _item(index, standing, found, reason, team)


def _item(index: Index, standing: Standing, found: Registration, reason: str, team: Team | None = None) -> Item:
    application = index.applications[found.application_id]
    subject = Subject(
        "registration",
        developer=ref(standing.developer),
        team=ref(team) if team else None,
        application=Ref(application.name, application.id),
        api=ApiRef(found.api_name, found.api_version, found.api_id, found.entity_type),
        registration_id=found.id,
    )
    return Item(subject, reason, standing.taken, found.updated_at)
