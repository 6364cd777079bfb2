"""Every format in which access is told."""

from __future__ import annotations

from collections.abc import Callable

from reconciler.report.access import as_csv, as_html, as_json, as_text
from reconciler.report.access.model import AccessReport

ACCESS_FORMATS: dict[str, Callable[[AccessReport], str]] = {
    "text": as_text.render,
    "json": as_json.render,
    "csv": as_csv.render,
    "html": as_html.render,
}
