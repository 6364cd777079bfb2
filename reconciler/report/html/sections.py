"""What stands on the page before any script runs: the heading, the numbers, and what stops the run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from reconciler.finding import Finding
from reconciler.report import titles
from reconciler.report.headline import headline
from reconciler.report.html.beside import adoption, compared, evidence, left_out, part, snapshot
from reconciler.report.html.chart import drift
from reconciler.report.html.markup import listed, shown, tag
from reconciler.report.layout import loose
from reconciler.report.model import Report
from reconciler.report.words import counted

_CARDS = {
    "removals": ("to REMOVE", "removes"),
    "grants": ("to grant", "grants"),
    "neither": ("other changes", ""),
    "residual": ("residual access", "removes"),
    "held": ("held", "warns"),
    "blocked": ("blocked", "warns"),
    "unlisted": ("unlisted", "warns"),
    "waiting": ("waiting", ""),
    "requests": ("requests", ""),
    "findings": ("findings", ""),
}
"""Numbers of the summary, what they count, and their colour, which repeats what the words say."""


def section(report: Report, number: int, heading: str, where: str = "") -> str:
    """One workspace; `heading` is plain text, and `where` tells its tables from those of others."""
    parts = [_head(report, number, heading), _alert(report), snapshot(report), _cards(report), *compared(report)]
    parts += [*adoption(report), *_attention(report), *left_out(report), drift(report, where), evidence(report)]
    inner = "".join([*parts, _tables(report)])
    return f'<section class="report" id="report-{number}" aria-labelledby="title-{number}">\n{inner}</section>\n'


def title(report: Report) -> str:
    """What a report is called, as plain text."""
    if report.plan:
        return f"{titles.REPORTS.get(report.command, 'Report on')} {report.plan.portal.name}"
    return f"{report.command.capitalize()} {', '.join(report.workspace)}".strip()


def _head(report: Report, number: int, heading: str) -> str:
    facts = "".join(f"<div><dt>{name}</dt><dd>{shown(value)}</dd></div>" for name, value in _facts(report) if value)
    summary = loose(headline(report))
    said = tag("p", shown(summary), class_="headline") if summary else ""
    return f'<h2 id="title-{number}">{shown(heading)}</h2>\n{said}\n<dl class="facts">{facts}</dl>\n'


def _facts(report: Report) -> Iterator[tuple[str, str]]:
    plan, policy = report.plan, report.policy_from
    yield "region", (plan.portal.region or "") if plan else ""
    yield "server", plan.portal.server if plan else ""
    yield titles.source_of(report.command), ", ".join(report.workspace)
    yield "commit", (report.commit or "")[:12]
    yield "policy of", f"{policy.ref} ({policy.commit[:12]})" if policy else ""
    yield "saved plan", report.saved_plan[:19]
    yield "only", ", ".join(plan.only) if plan else ""
    looked = (counted(kind, number) for kind, number in (plan.looked_at if plan else {}).items())
    yield "looked at", ", ".join(looked)
    yield "at", report.generated_at
    yield "exit code", str(int(report.exit_code))


def _alert(report: Report) -> str:
    if report.error:
        hint = f"<p>{shown(report.error.hint)}</p>" if report.error.hint else ""
        return (
            f'<div class="alert removes"><p><strong>FAILED</strong>: {shown(report.error.message)}</p>{hint}</div>\n'
        )
    found = report.plan.refusals if report.plan else ()
    told = [
        f"<strong>{shown(each.rule)}</strong>: {shown(each.message)}<br>number: {each.number:,}; "
        f"limit: {shown(each.limit)}<br>{shown(each.hint)}"
        for each in found
    ]
    if not told:
        return ""
    return (
        f'<div class="alert removes"><p><strong>{titles.refused(report.command)}</strong></p>{listed(told)}</div>\n'
    )


def _cards(report: Report) -> str:
    counts = Counter(report.summary)
    cards = [
        tag(
            "div",
            f"<dt>{word}</dt><dd>{counts[kind]:,}</dd>",
            class_=f"card {colour if counts[kind] else ''}".strip(),
        )
        for kind, (word, colour) in _CARDS.items()
        if counts[kind] or (report.judges and kind in ("removals", "grants"))
    ]
    return f'<dl class="cards">{"".join(cards)}</dl>\n' if report.plan and cards else ""


def _attention(report: Report) -> Iterator[str]:
    lifted = report.plan.lifted if report.plan else ()
    yield part(
        titles.LIFTED,
        [f"<strong>{shown(e.refusal.rule)}</strong>: {shown(e.refusal.message)}; {shown(e.reason)}" for e in lifted],
    )
    yield part(titles.DIAGNOSES, [_finding(found) for found in report.diagnoses])
    yield part("Findings", [_finding(found) for found in report.all_findings])


def _finding(found: Finding) -> str:
    place = f"<code>{shown(str(found.origin))}</code> " if found.origin else ""
    hint = f'<br><span class="faint">{shown(found.hint)}</span>' if found.hint else ""
    severity = tag("span", found.severity, class_=f"level {found.severity}")
    return f"{place}{severity} <strong>{shown(found.rule)}</strong>: {shown(found.message)}{hint}"


def _tables(report: Report) -> str:
    """Where the script puts its tables."""
    return '<div class="tables"></div>\n' if report.plan else ""
