"""From what git says and what the portal has to a plan: the whole walk of the pure core on one page."""

from __future__ import annotations

from collections.abc import Mapping

from reconciler.finding import Finding
from reconciler.model.change import Plan
from reconciler.model.desired import Desired
from reconciler.model.observed import Observed
from reconciler.plan.draft import Draft
from reconciler.plan.guard import lift, refusals
from reconciler.plan.index import Index
from reconciler.plan.memberships import Memberships
from reconciler.plan.order import dependencies, in_order, items_in_order
from reconciler.plan.people import People
from reconciler.plan.registrations import Registrations
from reconciler.plan.residual import residual
from reconciler.plan.teams import Teams


def make_plan(
    desired: Desired,
    observed: Observed,
    *,
    allow: Mapping[str, str] | None = None,
    findings: tuple[Finding, ...] = (),
) -> Plan:
    """Everything that has to change for the portal to be as git says, in order, and everything worth seeing.

    `allow` lifts refusals for this run: rule → reason. `findings` are those of the manifests, carried along.
    The same inputs give the same plan, whatever the order in which the portal listed things.
    """
    index, draft = Index(observed, desired.policy.scope), Draft()
    people = People(desired, index, draft)
    Teams(desired, index, draft).decide()
    Memberships(desired, index, people, draft).decide()
    registrations = Registrations(desired, index, people, draft)
    registrations.decide()
    draft.residual.extend(residual(index, people, registrations.ended))
    changes = in_order(draft.changes)
    after, requires = dependencies(changes)
    refused, lifted = lift(list(refusals(desired, index, people, changes)), desired, allow or {})
    return Plan(
        portal=observed.portal,
        changes=changes,
        after=after,
        requires=requires,
        held=items_in_order(draft.held),
        waiting=items_in_order(draft.waiting),
        blocked=items_in_order(draft.blocked),
        unlisted=items_in_order(draft.unlisted),
        requests=items_in_order(draft.requests),
        residual=items_in_order(draft.residual),
        findings=findings,
        refusals=refused,
        lifted=lifted,
        looked_at={kind: len(getattr(observed, kind)) for kind in sorted(observed.read)},
    )
