"""What a run left as it is, and what it took into git: each list under the heading that every format gives it."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.model.adoption import Adopted, Adoption
from reconciler.model.change import Change, Plan
from reconciler.report.titles import ADOPTED, LEFT_OUT, NOT_ADOPTED, NOT_NEEDED


def left_out(plan: Plan) -> Iterator[tuple[str, tuple[Change, ...]]]:
    """What git asks for and this run leaves; and what was reviewed and is not to be done any more."""
    for because, title in LEFT_OUT.items():
        changes = tuple(each.change for each in plan.left_out if each.because == because)
        if changes:
            yield title, changes
    if plan.not_needed:
        yield NOT_NEEDED, plan.not_needed


def adopted(found: Adoption | None) -> Iterator[tuple[str, tuple[Adopted, ...]]]:
    """What git says now, or would say, of clicks past it; and what it cannot say."""
    items = found.items if found else ()
    done, left = (tuple(item for item in items if bool(item.problem) == problem) for problem in (False, True))
    if found and done:
        yield ADOPTED[found.written], done
    if left:
        yield NOT_ADOPTED, left
