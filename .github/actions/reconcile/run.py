"""Run one command of reconciler; leave its reports in a folder, and say where and how it ended.

COMMAND, PATHS (one a line, globs are expanded) and ARGUMENTS (one a line) say what to run; GIVEN_TOKEN and
GIVEN_PLAN_KEY are secrets or empty; REVIEWED is not empty where `reviewed.py` has fetched a plan.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

REPORTS = {"json": "report.json", "markdown": "report.md", "html": "report.html", "sarif": "report.sarif"}
REPORTS["junit"] = "report.xml"


def command_line(env: Mapping[str, str], folder: Path) -> list[str]:
    """What is run: the command, its workspaces, its reports, and what the workflow adds."""
    command, paths = env["COMMAND"], workspaces(env)
    words = ["reconciler", command, *paths, "--format=github"]
    words += [f"--report={name}={folder / file}" for name, file in REPORTS.items()]
    if command == "plan" and len(paths) == 1:
        words.append(f"--out={folder / 'plan.json'}")
    if command == "apply":
        words += ["--yes", f"--journal={folder / 'journal.jsonl'}"]
        words += [f"--reviewed={Path(env['RUNNER_TEMP']) / 'reviewed' / 'plan.json'}"] if env["REVIEWED"] else []
    return words + lines(env["ARGUMENTS"])


def workspaces(env: Mapping[str, str]) -> list[str]:
    """The workspaces, sorted where a glob finds several; one that finds none stays, so that its name is told."""
    return [path for line in lines(env["PATHS"]) for path in found(line) or [line]]


def found(glob: str) -> list[str]:
    """The files and folders that a glob finds; none for a plain path."""
    return sorted(map(str, Path().glob(glob))) if "*" in glob else []


def lines(text: str) -> list[str]:
    """The lines that say something."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def environment(env: Mapping[str, str]) -> dict[str, str]:
    """The command's environment: secrets under their names, and none that is empty."""
    given = {"KONNECT_TOKEN": env["GIVEN_TOKEN"], "RECONCILER_PLAN_KEY": env["GIVEN_PLAN_KEY"]}
    kept = {name: value for name, value in env.items() if not name.startswith("GIVEN_")}
    return kept | {name: value for name, value in given.items() if value}


def without_report(env: Mapping[str, str], code: int) -> str:
    """What is shown of a run that came to no report, so that an earlier one is not taken for its."""
    paths = ",".join(quote(path, safe="/._") for path in workspaces(env))
    job = f"{env['GITHUB_SERVER_URL']}/{env['GITHUB_REPOSITORY']}/actions/runs/{env['GITHUB_RUN_ID']}"
    marker = f"<!-- reconciler:{env['COMMAND']}:{paths} -->"
    return f"{marker}\n\n**{env['COMMAND']} came to no report** (exit code {code}): [the log]({job}) tells why.\n"


def main() -> None:
    """Run, and tell what came of it; whatever that is, the step succeeds: `judge.sh` fails when all is kept.

    The command itself writes its other outputs and its summary (docs/reports.md, GitHub).
    """
    env = os.environ
    folder = Path(tempfile.mkdtemp(prefix="reconciler-reports-", dir=env["RUNNER_TEMP"]))
    code = subprocess.run(command_line(env, folder), env=environment(env), check=False).returncode
    artifact = env["ARTIFACT"] or f"reconciler-{env['COMMAND']}"
    append(env["GITHUB_OUTPUT"], f"exit_code={code}\nfolder={folder}\nartifact={artifact}\n")
    shown = folder / REPORTS["markdown"]
    if not shown.is_file():
        shown.write_text(without_report(env, code), encoding="utf-8")
        append(env["GITHUB_STEP_SUMMARY"], without_report(env, code))


def append(file: str, text: str) -> None:
    """Add to one of the files in which GitHub takes what a step has to say."""
    with Path(file).open("a", encoding="utf-8") as opened:
        opened.write(text)


if __name__ == "__main__":
    main()
