"""GitHub through its own command, gh, which the runner brings."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import urlsplit


def gh(*words: str) -> str:
    """What gh prints, asked about the repository that the job is for; it fails with its own words, in the log."""
    host = urlsplit(os.environ["GITHUB_SERVER_URL"]).netloc
    where = {"GH_HOST": host, "GH_REPO": f"{host}/{os.environ['GITHUB_REPOSITORY']}"}
    if host != "github.com":  # gh gives GH_TOKEN to no server of a company's own
        where["GH_ENTERPRISE_TOKEN"] = os.environ["GH_TOKEN"]
    return subprocess.run(
        ["gh", *words], env={**os.environ, **where}, check=True, stdout=subprocess.PIPE, text=True
    ).stdout


def asked(*words: str) -> Any:
    """What gh answers, as JSON."""
    return json.loads(gh(*words))


def marker(report: Path) -> str:
    """The hidden line by which a report is found again; it begins every report."""
    line, _, _ = report.read_text(encoding="utf-8").partition("\n")
    if not line.startswith("<!-- reconciler:"):
        stop(f"{report.name} has no marker by which it could be found again")
    return line


def stop(message: str) -> NoReturn:
    """End the step with an error that stands on the run's page."""
    print(f"::error::{message}", flush=True)
    raise SystemExit(3)
