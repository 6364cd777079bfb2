"""Who has access on one portal, by whose approval; and what of it is due for review. Facts, for every format."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from reconciler.finding import Finding
from reconciler.model.observed import Portal
from reconciler.model.snapshot import SnapshotSource
from reconciler.plan.access.grounds import Ground
from reconciler.plan.access.holders import Holder
from reconciler.plan.access.review import Sponsor, due_before


@dataclass(frozen=True, slots=True)
class AccessReport:
    """What `access` came to over the workspace at `path`, with `files` manifests of that `digest` and `commit`.

    `only`, `explain` (a person's address) and `review_before` (a day in ISO form) are what was asked, "" where it was
    not. `findings` are those of the manifests. `snapshot`: what was looked at in the portal's place.
    """

    portal: Portal
    holders: tuple[Holder, ...]
    path: str
    files: int
    digest: str
    commit: str | None
    tool_version: str
    generated_at: str
    findings: tuple[Finding, ...] = ()
    snapshot: SnapshotSource | None = None
    only: tuple[str, ...] = ()
    explain: str = ""
    review_before: str = ""

    @property
    def people(self) -> tuple[Holder, ...]:
        """Those that are persons."""
        return tuple(holder for holder in self.holders if holder.person)

    @property
    def teams(self) -> tuple[Holder, ...]:
        """Those that are teams, with what they give to their members."""
        return tuple(holder for holder in self.holders if not holder.person)

    @property
    def due(self) -> tuple[Sponsor, ...]:
        """What nobody looked at since that day, by sponsor; nothing where it was not asked."""
        return due_before(self.holders, self.review_before) if self.review_before else ()

    @property
    def unknown(self) -> tuple[str, ...]:
        """Why the provenance of lines is unknown, each reason once."""
        whys = (each.provenance.why for each in self._grounds() if each.provenance)
        return tuple(dict.fromkeys(why for why in whys if why))

    @property
    def summary(self) -> dict[str, int]:
        """How many there are of each; grounds are counted once, however many rights rest on them."""
        grounds = {(each.kind, each.subject): each for each in self._grounds() if each.now}.values()
        return {
            "people": len(self.people),
            "teams": len(self.teams),
            "rights": sum(each.right.now for holder in self.people for each in holder.rights),
            "unlisted": sum(each.cause is None for each in grounds),
            "uncommitted": sum(bool(each.provenance and each.provenance.state == "uncommitted") for each in grounds),
            "unknown": sum(bool(each.provenance and each.provenance.state == "unknown") for each in grounds),
            "leftover": sum(each.right.leftover for holder in self.people for each in holder.rights),
            "due": sum(len(sponsor.due) for sponsor in self.due),
        }

    def _grounds(self) -> Iterator[Ground]:
        return (ground for holder in self.holders for each in holder.rights for ground in each.grounds)
