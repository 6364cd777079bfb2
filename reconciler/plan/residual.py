"""Residual access: what still works for a person whose access git takes away, through applications of their teams."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.model.change import ApiRef, Item, Ref, Subject
from reconciler.plan.index import Index, ref
from reconciler.plan.people import People


def residual(index: Index, people: People, ended: set[str]) -> Iterator[Item]:
    """Approved registrations of team-owned applications whose keys someone taken away may know.

    `ended` are the ids of registrations that this plan takes approval from; the rest goes on for the team's sake.
    """
    for standing in people.standings.values():
        if standing.taken is None:
            continue
        for team in index.teams_of(standing.developer):
            if not index.team_in_scope(team):
                continue
            for application in index.owned(team):
                for found in index.registrations([application]):
                    if found.status != "approved" or found.id in ended:
                        continue
                    subject = Subject(
                        "registration",
                        developer=ref(standing.developer),
                        team=ref(team),
                        application=Ref(application.name, application.id),
                        api=ApiRef(found.api_name, found.api_version, found.api_id, found.entity_type),
                        registration_id=found.id,
                    )
                    reason = f"a member of team {team.name} may know the credentials of its application"
                    yield Item(subject, reason, standing.taken, found.updated_at)
