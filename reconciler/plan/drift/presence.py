"""What a portal has, as subjects: all access that works as far as the portal's own lists say."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.model.change import ApiRef, Ref, Subject
from reconciler.model.desired import Scope
from reconciler.model.observed import Observed
from reconciler.plan.index import Index, membership, person, ref, registration_subject


def presence(observed: Observed) -> Iterator[Subject]:
    """People and registrations that are approved, memberships, roles, and teams."""
    index = Index(observed, Scope())
    yield from (person(one) for one in observed.developers if one.status == "approved")
    yield from (Subject("team", team=ref(one)) for one in observed.teams)
    for found in observed.memberships:
        developer, team = index.developers.get(found.developer_id), index.teams.get(found.team_id)
        if developer and team:
            yield membership(developer, team)
    for registration in observed.registrations:
        if registration.status == "approved":
            yield registration_subject(index, registration)
    for role in observed.roles:
        api, owner = index.apis.get(role.api_id), index.teams.get(role.team_id)
        if owner:
            named = (
                ApiRef(api.name, api.version, api.id, api.entity_type) if api else ApiRef(role.api_id, id=role.api_id)
            )
            yield Subject("role", team=ref(owner), api=named, role=Ref(role.name, role.id), region=role.region)
