"""The whole page: styles, script and data in one file, under a policy that lets nothing else in."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any

from reconciler.report.html.markup import island, listed, shown, tag
from reconciler.report.html.matrix import Matrix
from reconciler.report.html.rows import changes, points
from reconciler.report.html.sections import section, title
from reconciler.report.model import Report

SCRIPTS = ("table.js", "matrix.js", "page.js")


def render(reports: Sequence[Report]) -> str:
    """One page over all workspaces."""
    style, script = _file("page.css"), "".join(_file(name) for name in SCRIPTS)
    policy = (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; base-uri 'none'; "
        "form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
    )
    name = (
        title(reports[0])
        if len(reports) == 1
        else f"{reports[0].command.capitalize()} of {len(reports):,} workspaces"
    )
    headings = ["Summary"] if len(reports) == 1 else [title(report) for report in reports]
    links = [tag("a", shown(heading), href=f"#report-{number}") for number, heading in enumerate(headings)]
    where = [f", report {number + 1}" for number in range(len(reports))] if len(reports) > 1 else [""]
    parts = map(section, reports, range(len(reports)), headings, where)
    nav = f'<nav aria-label="Workspaces">{listed(links)}</nav>\n' if len(reports) > 1 else ""
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n<meta name="color-scheme" content="light dark">\n'
        f"<title>{shown(name)}</title>\n<style>{style}</style>\n</head>\n<body>\n"
        '<a class="skip" href="#main">Skip to the report</a>\n'
        f'<header><p class="brand">reconciler</p><h1>{shown(name)}</h1></header>\n{nav}<main id="main">\n'
        f"{''.join(parts)}</main>\n"
        '<noscript><p class="alert warns">The tables of changes and of access need JavaScript; '
        "<code>--format json</code> has all of it.</p></noscript>\n"
        f"{island([_data(report) for report in reports])}<script>{script}</script>\n</body>\n</html>\n"
    )


def _data(report: Report) -> dict[str, Any]:
    access = report.access
    return {
        "changes": [*changes(report)],
        "points": [*points(report)],
        "access": Matrix(access).data() if access else None,
        "applied": bool(report.outcomes),
    }


@cache
def _file(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"
