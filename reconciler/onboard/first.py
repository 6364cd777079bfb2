"""The first adoption: a portal written down as a workspace."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from reconciler.errors import InputError
from reconciler.finding import Finding
from reconciler.manifest.dump.layout import SPLITS, written
from reconciler.manifest.dump.transcript import transcribe
from reconciler.model.observed import Observed
from reconciler.settings import Connection


def as_workspace(
    observed: Observed, connection: Connection, split: str, region: str | None = None
) -> tuple[dict[str, str], tuple[Finding, ...]]:
    """The texts of a workspace that says what the portal has, by their paths in it; and what they leave out.

    `region` is the one that was said: roles without a region of their own are in it, wherever the server is.
    """
    portal: dict[str, Any] = {"name": observed.portal.name}
    konnect = connection.server == f"https://{connection.region}.api.konghq.com"
    if region or konnect:
        portal["region"] = region or connection.region
    if not konnect and not connection.embedded and connection.server.startswith("https://"):
        portal["server"] = connection.server
    said = transcribe(observed)
    return written(SPLITS[split](portal, said), said.findings), said.findings


def must_be_free(folder: str) -> None:
    """Raises InputError for a folder that has anything in it, or a path that is no folder."""
    path = Path(folder)
    try:
        if path.is_dir() and next(path.iterdir(), None) is None:
            return
    except OSError as error:
        raise InputError(f"{folder} cannot be read: {error.strerror}", "check its permissions") from error
    if path.exists():
        raise InputError(
            f"{folder} is there already, and is not an empty folder", "name a new folder: nothing is overwritten"
        )


def save_workspace(folder: str, texts: Mapping[str, str]) -> None:
    """Write the files into the folder, which is made. Raises InputError where that cannot be done."""
    try:
        for name, text in texts.items():
            path = Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputError(f"{error.filename} cannot be written: {error.strerror}", "check its permissions") from error
