"""Every format there is: a report goes in, one whole document comes out."""

from __future__ import annotations

from collections.abc import Callable

from reconciler.report import as_json, text
from reconciler.report.model import Report

FORMATS: dict[str, Callable[[Report], str]] = {
    "text": text.render,
    "json": as_json.render,
}
