"""A portal as it was at a moment, kept in a file: its state and its settings."""

from __future__ import annotations

from dataclasses import dataclass

from reconciler.model.observed import Observed, PortalSettings


@dataclass(frozen=True, slots=True)
class SnapshotSource:
    """Which snapshot a report rests on. `taken_at`: ISO-8601 in UTC, ending in Z; `digest` of its whole content."""

    taken_at: str
    digest: str


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything that was there. `packages`: the names of API packages that were asked for; they are in no list."""

    observed: Observed
    settings: PortalSettings
    packages: tuple[str, ...]
    source: SnapshotSource
