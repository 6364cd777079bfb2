"""What there is: from the portal, or from a snapshot of it, with the settings that explain it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from reconciler.errors import InputError
from reconciler.finding import Finding
from reconciler.model.change import Plan
from reconciler.model.desired import Desired, PortalRef
from reconciler.model.observed import Need, Observed, Part, Portal, PortalSettings
from reconciler.model.origin import Origin
from reconciler.model.snapshot import Snapshot, SnapshotSource
from reconciler.plan.drift.classify import extra_kinds
from reconciler.plan.need import need_of
from reconciler.plan.saved import same_portal
from reconciler.settings import Connection
from reconciler.snapshot.choose import chosen
from reconciler.snapshot.document import to_document

TYPE_CHECKING = False
if TYPE_CHECKING:  # start-up: `validate` must not import what speaks HTTP
    from reconciler.portal.client import Reader

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Survey:
    """What is on the portal; `snapshot` says which snapshot it is from, None: from the portal itself."""

    observed: Observed
    settings: PortalSettings
    snapshot: SnapshotSource | None = None
    packages: frozenset[str] = frozenset()
    """The names of the packages that a snapshot tells of; of the portal itself all that git has are asked for."""

    def untold(self, desired: Desired) -> tuple[Finding, ...]:
        """A warning for each package that git names and the snapshot does not tell of."""
        if self.snapshot is None:
            return ()
        return tuple(
            Finding(
                "snapshot-package",
                "warning",
                f"the snapshot does not tell whether the portal publishes package {name}",
                f"take it anew with `--package {name}`",
            )
            for name in need_of(desired).packages
            if name not in self.packages
        )


def found_portal(named: PortalRef, reader: Reader, connection: Connection) -> tuple[Portal, PortalSettings]:
    """The portal that git means, with the settings that come along in the same answer."""
    found, settings = reader.portal_and_settings(name=named.name, id=named.id)
    return Portal(found.id, found.name, connection.known_as, connection.region), settings


def survey_portal(
    desired: Desired,
    reader: Reader,
    connection: Connection,
    *,
    need: Need | None = None,
    part: Part | None = None,
    made_for: Portal | None = None,
    progress: Progress | None = None,
) -> Survey:
    """What the workspace needs to see, or what `need` says; of a `part` alone, if there is one.

    Raises PortalError where that cannot be known in full; StalePlanError where it is not the portal that a plan was
    `made_for`.
    """
    from reconciler.portal.observe import observe
    from reconciler.portal.part import observe_part

    portal, settings = found_portal(desired.portal, reader, connection)
    if made_for is not None:
        same_portal(made_for, portal)
    if part is not None:
        seen = observe_part(reader, portal, need or need_of(desired), part, counted=True, progress=progress)
        return Survey(seen, settings)
    return Survey(observe(reader, portal, need or need_of(desired), progress=progress), settings)


def explained(survey: Survey, plan: Plan, reader: Reader) -> Survey:
    """With the settings that may explain the extra access of the plan; what the token may not read stays None.

    Requests, only where there is such access and nothing known explains it: one for the identity providers, and one
    a hundred publications.
    """
    from reconciler.portal.examine import providers_of, self_approving_of

    settings, portal, extra = survey.settings, survey.observed.portal, extra_kinds(plan)
    if "developer" in extra and not settings.auto_approve_developers:
        settings = replace(settings, providers=providers_of(reader, portal))
    if "registration" in extra and not settings.auto_approve_applications:
        settings = replace(settings, self_approving=self_approving_of(reader, portal))
    return replace(survey, settings=settings)


def survey_snapshot(desired: Desired, snapshots: Sequence[Snapshot]) -> Survey:
    """What the newest snapshot of the workspace's portal tells. Raises InputError where none is of it."""
    one = chosen(snapshots, desired.portal)
    return Survey(one.observed, one.settings, one.source, frozenset(one.packages))


def take_snapshot(
    named: PortalRef,
    reader: Reader,
    connection: Connection,
    *,
    packages: Sequence[str],
    taken_at: str,
    tool_version: str,
    progress: Progress | None = None,
) -> tuple[Observed, dict[str, Any]]:
    """The whole portal, and that as a snapshot's document. Raises PortalError where it cannot be seen in full.

    Of packages those are asked for that are named here, or that somebody has registered for: no list has their names.
    """
    from reconciler.portal.examine import settings_of

    portal, _ = found_portal(named, reader, connection)
    seen, asked_for = everything(portal, reader, packages, progress=progress)
    settings = settings_of(reader, portal)
    return seen, to_document(seen, settings, asked_for, taken_at=taken_at, tool_version=tool_version)


def everything(
    portal: Portal, reader: Reader, packages: Sequence[str] = (), *, progress: Progress | None = None
) -> tuple[Observed, tuple[str, ...]]:
    """Every list of the portal, and the names of the packages that were asked for: those named here, and those that
    somebody has registered for, since no list has their names. Raises PortalError where it cannot be seen in full.
    """
    from reconciler.portal.observe import observe

    seen = observe(reader, portal, Need(all_roles=True, packages=tuple(packages)), progress=progress)
    used = {one.api_name for one in seen.registrations if one.entity_type == "api_package"} - set(packages)
    if used:
        names = tuple(sorted(used))
        more = Need(
            developers=False, team_list=False, memberships=False, registrations=False, apis=False, packages=names
        )
        seen = replace(seen, apis=(*seen.apis, *observe(reader, portal, more).apis))
    return seen, (*packages, *used)


def named_portal(text: str, region: str | None, origin: Origin) -> PortalRef:
    """A portal as a flag names it: by its id, if it is a UUID, else by its name."""
    if not text:
        raise InputError("--portal names no portal", "give its name or its id")
    is_id = len(text) == 36 and all(c in "0123456789abcdefABCDEF-" for c in text)
    return PortalRef(None if is_id else text, text if is_id else None, region, None, origin)
