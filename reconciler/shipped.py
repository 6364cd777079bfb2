"""Files that come with the program: in the package when installed, beside it in a checkout or an editable install."""

from __future__ import annotations

from pathlib import Path

from reconciler.errors import ReconcilerError

_PACKAGE = Path(__file__).resolve().parent
_PLACES = (_PACKAGE, _PACKAGE.parent)


def shipped_text(name: str) -> str:
    """The text of a file, such as `schemas/manifest.schema.json` or `examples/github/portal-plan.yml`."""
    for place in _PLACES:
        try:
            return (place / name).read_text(encoding="utf-8")
        except FileNotFoundError:
            continue
    raise ReconcilerError(f"this installation lacks its file {name}", "install reconciler again")


def schema_text(name: str) -> str:
    """The text of `schemas/NAME`, such as `manifest.schema.json`."""
    return shipped_text(f"schemas/{name}")
