"""What is examined, and the form of a check."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from reconciler.errors import ForbiddenError
from reconciler.finding import Severity
from reconciler.model.desired import Desired
from reconciler.model.observed import Observed, PortalSettings


@dataclass(frozen=True, slots=True)
class Case:
    """Git beside the portal. `observed` is None where the lists could not be read."""

    desired: Desired
    settings: PortalSettings
    observed: Observed | None
    unreadable: Mapping[str, ForbiddenError]


@dataclass(frozen=True, slots=True)
class Check:
    """One row: what it finds, how bad that is, why it works against git, and the remedy.

    `find` gives a sentence for each thing found, in a stable order.
    """

    rule: str
    severity: Severity
    why: str
    remedy: str
    find: Callable[[Case], Iterator[str]]
