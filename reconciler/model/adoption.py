"""What was done on the portal outside git, and is taken into the manifests."""

from __future__ import annotations

from dataclasses import dataclass

from reconciler.model.change import Subject
from reconciler.model.request import Patch


@dataclass(frozen=True, slots=True)
class Adopted:
    """One thing that the portal has otherwise than git: `file` says it now; "" if none does, for that `problem`."""

    subject: Subject
    says: str
    file: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Adoption:
    """Everything that could be adopted; `written` is false where the changes are only shown."""

    items: tuple[Adopted, ...]
    patches: tuple[Patch, ...] = ()
    written: bool = False
