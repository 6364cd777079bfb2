"""Every format there is: the reports of all workspaces go in, one whole document comes out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module

TYPE_CHECKING = False
if TYPE_CHECKING:  # start-up: a format is imported when it is written
    from reconciler.report.model import Report


@dataclass(frozen=True, slots=True)
class Format:
    """How to write reports. `access`: it tells of effective access, see `Report.sides`."""

    module: str
    function: str = "render"
    access: bool = False

    def render(self, reports: Sequence[Report]) -> str:
        """The document of these reports, which are at least one."""
        document: str = getattr(import_module(f"reconciler.report.{self.module}"), self.function)(reports)
        return document


FORMATS = {
    "text": Format("text", "render_all"),
    "json": Format("as_json", "render_all"),
    "markdown": Format("markdown.render", access=True),
    "html": Format("html.render", access=True),
    "sarif": Format("sarif"),
    "junit": Format("junit"),
    "github": Format("github", access=True),
    "gitlab": Format("gitlab"),
}
