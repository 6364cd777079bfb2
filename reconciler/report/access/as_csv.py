"""Access for spreadsheets: one row a right, and no cell that a spreadsheet would run as a formula."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator

from reconciler.plan.access.grounds import Ground, Grounded
from reconciler.plan.access.holders import Holder
from reconciler.report.access.model import AccessReport
from reconciler.report.access.words import SHORT
from reconciler.report.escape import inert

COLUMNS = (
    *("person", "status", "can", "api", "version", "application", "team", "role", "region", "now", "source"),
    *(
        "leftover",
        "since",
        "lines",
        "commits",
        "approved_by",
        "requests",
        "reasons",
        "expires",
        "reviewed",
        "sponsor",
    ),
)
DUE_COLUMNS = (
    *("sponsor", "looked_at", "kind", "person", "team", "application", "api", "role", "line", "commit"),
    *("approved_by", "request", "reason", "expires"),
)
_JOIN = " | "

# NOTE: a cell that begins with one of these is a formula to Excel, LibreOffice or Sheets (OWASP, "CSV Injection"); so
# is what follows a character at which a spreadsheet of another country breaks the line into cells.
_FORMULA = re.compile(r"(^|[,;|\t])(\s*)(?=[=+\-@\uff1d\uff0b\uff0d\uff20])")


def cell(text: str) -> str:
    """The text as a cell that is only ever text: control characters written out, formulas kept from being one."""
    return _FORMULA.sub(r"\1\2'", inert(text))


def render(report: AccessReport) -> str:
    """The rows below a line of column names, everything in quotes, lines ending as RFC 4180 has it."""
    lines = _Lines()
    writer = csv.writer(lines, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    rows = _due(report) if report.review_before else _rows(report)
    writer.writerow(DUE_COLUMNS if report.review_before else COLUMNS)
    writer.writerows([cell(text) for text in row] for row in rows)
    return "".join(lines)


class _Lines(list[str]):
    """What `csv` may write to without a file."""

    def write(self, line: str) -> None:
        self.append(line)


def _rows(report: AccessReport) -> Iterator[list[str]]:
    for holder in report.people:
        for grounded in holder.rights:
            yield _row(holder, grounded)


def _row(holder: Holder, grounded: Grounded) -> list[str]:
    right, grounds = grounded.right, grounded.grounds
    found = [ground.provenance for ground in grounds]
    return [
        holder.name.name,
        (holder.person.now if holder.person else None) or "",
        right.can,
        right.api.name if right.api else "",
        (right.api.version if right.api else None) or "",
        right.application.name if right.application else "",
        right.team.name if right.team else "",
        right.role,
        right.region,
        _yes(right.now),
        right.source or "",
        _yes(right.leftover),
        grounded.since,
        _JOIN.join(map(_line, grounds)),
        _JOIN.join(map(_commit, grounds)),
        _JOIN.join(", ".join(each.approvers) if each else "" for each in found),
        _JOIN.join(each.request if each else "" for each in found),
        _JOIN.join(ground.reason for ground in grounds),
        min((ground.expires for ground in grounds if ground.expires), default=""),
        min((ground.reviewed for ground in grounds), default=""),
        next((ground.sponsor for ground in reversed(grounds) if ground.sponsor), ""),
    ]


def _due(report: AccessReport) -> Iterator[list[str]]:
    for sponsor in report.due:
        for due in sponsor.due:
            ground, subject = due.ground, due.ground.subject
            names = (subject.developer, subject.team, subject.application, subject.api, subject.role)
            found = ground.provenance
            yield [
                sponsor.name,
                due.looked,
                ground.kind,
                *(str(part) if part is subject.api and part else part.name if part else "" for part in names),
                _line(ground),
                _commit(ground),
                ", ".join(found.approvers) if found else "",
                found.request if found else "",
                ground.reason,
                ground.expires,
            ]


def _line(ground: Ground) -> str:
    origin = ground.cause.origin if ground.cause else None
    return f"{origin.file}:{origin.line}" if origin else ""


def _commit(ground: Ground) -> str:
    found = ground.provenance
    if found is None:
        return "not listed"
    return found.commit.id[:SHORT] if found.commit else found.state


def _yes(value: bool) -> str:
    return "yes" if value else "no"
