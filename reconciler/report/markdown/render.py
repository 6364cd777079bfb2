"""The whole comment: a row for each section, in the order in which a reviewer needs them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from urllib.parse import quote

from reconciler.report.markdown import beside, body, requests, top
from reconciler.report.markdown.page import LIMIT, Section, fit
from reconciler.report.model import Report

PARTS: tuple[Callable[[Report], Iterator[Section]], ...] = (
    top.header,
    top.failure,
    beside.compared,
    top.refusals,
    partial(body.findings, errors=True),
    body.diagnoses,
    requests.requests,
    requests.files,
    top.lifted,
    body.applied,
    body.removals,
    partial(body.items, "residual", 3),
    body.effective,
    body.left_out,
    body.grants,
    partial(body.items, "held", 5),
    partial(body.items, "blocked", 5),
    partial(body.items, "unlisted", 7),
    partial(body.items, "waiting", 7),
    partial(body.items, "requests", 8),
    partial(body.findings, errors=False),
    body.every_change,
    body.looked_at,
)

DRIFT: tuple[Callable[[Report], Iterator[Section]], ...] = (
    top.header,
    top.failure,
    beside.compared,
    top.refusals,
    partial(body.findings, errors=True),
    requests.adoption,
    requests.files,
    top.lifted,
    beside.drift,
    body.left_out,
    partial(body.findings, errors=False),
    body.looked_at,
)
"""The same for drift, which is told by class."""


def render(reports: Sequence[Report], limit: int = LIMIT) -> str:
    """One comment over all workspaces, within the limit: of too much, what matters least is cut, and counted."""
    sections = [Section(0, marker(reports))]
    for report in reports:
        sections += [section for part in (DRIFT if report.drift else PARTS) for section in part(report)]
    return fit(sections, _pointer(reports), limit)


def marker(reports: Sequence[Report]) -> str:
    """What tells this comment from others, and is the same the next time: for a comment that is edited in place."""
    paths = ",".join(quote(path, safe="/._", errors="replace") for report in reports for path in report.workspace)
    return f"<!-- reconciler:{reports[0].command}:{paths} -->"


def _pointer(reports: Sequence[Report]) -> str:
    job = reports[0].checkout.job
    where = f"[the job]({job}) and its artifacts have" if job else "the job's artifacts have"
    return f"{where} all of it (`--report json=FILE`)"
