"""Every format there is: the reports of all workspaces go in, one whole document comes out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from reconciler.report import as_json, github, gitlab, junit, sarif, text
from reconciler.report.html import render as html
from reconciler.report.markdown import render as markdown
from reconciler.report.model import Report


@dataclass(frozen=True, slots=True)
class Format:
    """How to write reports, which are at least one. `access`: it tells of effective access, see `Report.sides`."""

    render: Callable[[Sequence[Report]], str]
    access: bool = False


FORMATS: dict[str, Format] = {
    "text": Format(text.render_all),
    "json": Format(as_json.render_all),
    "markdown": Format(markdown.render, access=True),
    "html": Format(html.render, access=True),
    "sarif": Format(sarif.render),
    "junit": Format(junit.render),
    "github": Format(github.render, access=True),
    "gitlab": Format(gitlab.render),
}
