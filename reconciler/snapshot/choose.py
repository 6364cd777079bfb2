"""Which of the snapshots that were given is of a workspace's portal."""

from __future__ import annotations

from collections.abc import Sequence

from reconciler.errors import InputError
from reconciler.model.desired import PortalRef
from reconciler.model.snapshot import Snapshot
from reconciler.secret import visible


def chosen(snapshots: Sequence[Snapshot], portal: PortalRef) -> Snapshot:
    """The newest one of that portal. Raises InputError, naming what there is, where there is none."""
    fitting = [one for one in snapshots if _is_of(one, portal)]
    if fitting:
        return max(fitting, key=lambda one: one.source.taken_at)
    named = " and ".join(filter(None, (portal.name, portal.id, f"region {portal.region}" if portal.region else "")))
    region = f" --region {visible(portal.region)}" if portal.region else ""
    others = ", ".join(sorted({_named(one) for one in snapshots}))
    raise InputError(
        f"no snapshot is of the workspace's portal {visible(named)} ({portal.origin}): there is {others}",
        f"take one of it: `reconciler dump --snapshot FILE --portal NAME{region}`",
    )


def _is_of(snapshot: Snapshot, portal: PortalRef) -> bool:
    """What both say must be the same: id, name, region; a portal that is named by its id alone may have any name."""
    seen = snapshot.observed.portal
    pairs = ((portal.id, seen.id), (portal.name, seen.name), (portal.region, seen.region))
    return all(wanted is None or found is None or wanted == found for wanted, found in pairs)


def _named(snapshot: Snapshot) -> str:
    seen = snapshot.observed.portal
    region = f", region {seen.region}" if seen.region else ""
    return visible(f"{seen.name} ({seen.id}{region})")
