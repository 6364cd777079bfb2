"""What a person asked for while their access was being taken away, and was given: it is taken away too."""

from __future__ import annotations

from collections.abc import Collection

from reconciler.apply.writes import Writes
from reconciler.model.change import ApiRef, Cause, Change, Ref, Subject
from reconciler.model.observed import Application, Registration

CAUSE = Cause("policy", "approved while the person's access was being taken away")


def asked_meanwhile(portal: Writes, portal_id: str, change: Change, ended: Collection[str]) -> list[Change]:
    """The registrations that are approved although this change took their owner's access away; none for others.

    Until the status fell the person could ask again. The portal's filter is not trusted with other people's access:
    only applications that say themselves that they are this person's are touched (docs/manifest.md, "Taking away is
    complete"). `ended`: the registrations that this run has ended. Raises PortalError.
    """
    developer = change.subject.developer
    fell = change.action in ("revoke-developer", "reject-developer") and change.effect == "removes"
    if not fell or developer is None or developer.id is None:
        return []
    found = portal.registrations(portal_id, developer_id=developer.id, status="approved")
    new = [registration for registration in found if registration.id not in ended]
    listed = portal.applications(portal_id, developer_id=developer.id) if new else ()
    owned = {a.id: a for a in listed if a.owner_type == "developer" and a.owner_id == developer.id}
    return [_end(developer, owned[each.application_id], each) for each in new if each.application_id in owned]


def _end(developer: Ref, application: Application, found: Registration) -> Change:
    subject = Subject(
        "registration",
        developer=developer,
        application=Ref(application.name, application.id),
        api=ApiRef(found.api_name, found.api_version, found.api_id, found.entity_type),
        registration_id=found.id,
    )
    return Change("revoke-registration", subject, {"status": "approved"}, {"status": "revoked"}, "removes", CAUSE)
