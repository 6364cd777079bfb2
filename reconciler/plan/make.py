"""From what git says and what the portal has to a plan: the whole walk of the pure core on one page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.finding import Finding
from reconciler.model.change import Plan
from reconciler.model.desired import Desired
from reconciler.model.observed import Observed
from reconciler.plan.after import After
from reconciler.plan.document_fields import ITEM_LISTS
from reconciler.plan.draft import Draft
from reconciler.plan.guard import lift, refusals
from reconciler.plan.index import Index
from reconciler.plan.memberships import Memberships
from reconciler.plan.narrow import EVERYTHING, Narrowing, must_be_known, narrow, not_needed
from reconciler.plan.order import dependencies, in_order, items_in_order
from reconciler.plan.people import People
from reconciler.plan.registrations import Registrations
from reconciler.plan.residual import residual
from reconciler.plan.second_person import flagged, own_grants, second_person, unknown_author
from reconciler.plan.teams import Teams


def make_plan(
    desired: Desired,
    observed: Observed,
    *,
    allow: Mapping[str, str] | None = None,
    findings: tuple[Finding, ...] = (),
    narrowing: Narrowing = EVERYTHING,
    authors: tuple[str, ...] | None = (),
) -> Plan:
    """Everything that has to change for the portal to be as git says, in order, and everything worth seeing.

    `allow` lifts refusals for this run: rule → reason. `findings` are those of the manifests, carried along.
    `narrowing` leaves out a part, and what is left is judged as it is. `authors` are the addresses or logins of
    whoever authored the change; None: it is none, and git is only looked at. The same inputs give the same plan,
    whatever the order in which the portal listed things. Raises InputError where `narrowing` names what nobody knows.
    """
    index, draft = Index(observed, desired.policy.scope), Draft()
    people = People(desired, index, draft)
    Teams(desired, index, draft).decide()
    Memberships(desired, index, people, draft).decide()
    Registrations(desired, index, people, draft).decide()
    everything = in_order(draft.changes)
    changes, left_out = narrow(everything, dependencies(everything)[1], narrowing)
    draft.residual.extend(residual(index, people, After(changes)))
    must_be_known(narrowing.only, desired, draft.subjects())
    after, requires = dependencies(changes)
    own = own_grants(desired, changes, filter(narrowing.about, draft.waiting), authors or ())
    found = [*second_person(desired, own), *refusals(desired, index, changes, narrowed=bool(left_out))]
    refused, lifted = lift(found, desired, allow or {})
    lists: dict[str, Any] = {
        kind: items_in_order(filter(narrowing.about, getattr(draft, kind))) for kind in ITEM_LISTS
    }
    return Plan(
        portal=observed.portal,
        changes=changes,
        after=after,
        requires=requires,
        **lists,
        findings=(*findings, *flagged(own), *unknown_author(desired, changes, authors)),
        refusals=refused,
        lifted=lifted,
        looked_at={kind: len(getattr(observed, kind)) for kind in sorted(observed.read)},
        only=narrowing.only,
        left_out=left_out,
        not_needed=not_needed(everything, narrowing),
    )
