"""Access with its provenance: 10,000 people in 200 files with a history of merges; git is asked once a file.

    python benchmarks/access                  200 files
    python benchmarks/access --files 20       fewer

Prints how often git was asked and how long it took, one file after the other and side by side, and the whole command
over a snapshot. Exits with 1 where git was asked more than once a file and a few times for all.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from time import perf_counter
from typing import Any

from reconciler.cli.main import main as reconciler
from reconciler.git import Git
from reconciler.history.trace import trace
from reconciler.model.observed import Developer, Membership, Observed, Portal, PortalSettings, Team
from reconciler.snapshot.document import to_document

PEOPLE = 10_000
FOR_ALL = 7
"""Calls of git however many files there are, `git status` for the commit among them."""
FILES = 200


def main() -> int:
    parser = argparse.ArgumentParser(prog="benchmarks/access", description=__doc__.split("\n", 1)[0])
    parser.add_argument("--files", type=int, default=FILES, metavar="N", help="manifests with people")
    files = parser.parse_args().files
    with tempfile.TemporaryDirectory() as temporary:
        top = Path(temporary)
        workspace = repository(top / "repo", files)
        asked: Counter[str] = Counter()
        count(asked)
        manifests = [str(path) for path in workspace.glob("people/*.yaml")]
        git = Git({"PATH": os.environ["PATH"]})
        print(f"{files} files, {PEOPLE:,} people, {commits(workspace)} commits, {os.cpu_count()} processors")
        for workers in (1, 8):
            asked.clear()
            clock = Clock()
            found = trace(git, str(workspace), manifests, workers=workers)
            assert found.everywhere is None, found.everywhere
            print(f"provenance, {workers} at once: {clock}; git asked {asked.total()} times: {told(asked)}")
        asked.clear()
        seen = snapshot(top / "portal.json", files)
        clock = Clock()
        code, document = access(workspace, seen)
        summary = json.loads(document)["summary"]
        print(f"the whole command:     {clock}; git asked {asked.total()} times, {summary['rights']:,} rights")
        once = asked["blame"] == files and asked.total() - asked["blame"] <= FOR_ALL
        return 0 if code == 0 and once and summary["unknown"] == 0 else 1


def repository(top: Path, files: int) -> Path:
    """A repository whose people came in by requests, one a file, and some of whom were moved and changed later."""
    workspace = top / "access"
    (workspace / "people").mkdir(parents=True)
    git(top, "init", "--quiet", "--initial-branch", "main")
    portal = "portal: {name: acme, region: eu}\nteams: [{name: partners}]\n"
    (workspace / "portal.yaml").write_text(portal, encoding="utf-8")
    commit(top, "start")
    for number in range(files):
        git(top, "checkout", "--quiet", "-b", f"f{number}")
        of_file = range(number, PEOPLE, files)
        lines = [
            f"  - {{email: p{n}@partner-{number}.example, teams: [partners], reason: PART-{n}}}\n" for n in of_file
        ]
        (workspace / "people" / f"f{number:03}.yaml").write_text("developers:\n" + "".join(lines), encoding="utf-8")
        commit(top, f"people of {number}")
        git(top, "checkout", "--quiet", "main")
        git(
            top,
            "merge",
            "--quiet",
            "--no-ff",
            "-m",
            f"Merge pull request #{number} from acme/f{number}",
            f"f{number}",
        )
    for number in range(0, files, 4):
        path = workspace / "people" / f"f{number:03}.yaml"
        head, *lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        path.write_text(head + "".join(lines[::-1]).replace("  - ", "    - "), encoding="utf-8")
        commit(top, f"turned around (#{files + number})")
    return workspace


def git(top: Path, *arguments: str) -> str:
    who = ("-c", "user.name=Jo", "-c", "user.email=jo@acme.example", "-c", "gc.auto=0")
    return subprocess.run(["git", *who, *arguments], cwd=top, capture_output=True, text=True, check=True).stdout


def commit(top: Path, message: str) -> None:
    git(top, "add", "--all")
    git(top, "commit", "--quiet", "--message", message)


def commits(workspace: Path) -> str:
    return git(workspace, "rev-list", "--count", "HEAD").strip()


def snapshot(file: Path, files: int) -> Path:
    """The portal as git says: everybody approved and in the team."""
    people = tuple(Developer(f"{n}", f"p{n}@partner-{n % files}.example", "approved") for n in range(PEOPLE))
    members = tuple(Membership("team", each.id) for each in people)
    seen = Observed(
        Portal("f32d905a-ed33-46a3-a093-d8f536af9a8a", "acme", "https://eu.api.konghq.com", "eu"),
        people,
        (Team("team", "partners"),),
        members,
        read=frozenset({"developers", "teams", "memberships", "roles", "applications", "registrations", "apis"}),
    )
    document = to_document(seen, PortalSettings(), (), taken_at="2026-11-23T12:00:00Z", tool_version="0")
    file.write_text(json.dumps(document), encoding="utf-8")
    return file


def access(workspace: Path, seen: Path) -> tuple[int, str]:
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(io.StringIO()):
        code = reconciler(["access", str(workspace), "--snapshot", str(seen), "--format", "json"])
    return code, out.getvalue()


class Clock:
    """Time since it was made: on the wall, of this process, and of the gits that it ran."""

    def __init__(self) -> None:
        self.began = perf_counter(), os.times()

    def __str__(self) -> str:
        wall, was = self.began
        now = os.times()
        own = now.user + now.system - was.user - was.system
        gits = now.children_user + now.children_system - was.children_user - was.children_system
        return f"{perf_counter() - wall:6.2f} s ({own:.2f} s own, {gits:.2f} s of git)"


def count(asked: Counter[str]) -> None:
    """Count what git is asked for, by its subcommand."""
    ask = Git._ask  # noqa: SLF001 - there is no other place that all calls pass

    def counting(self: Git, path: str, *arguments: str, **more: Any) -> bytes:
        asked[next(word for word in arguments if word in KNOWN)] += 1
        return ask(self, path, *arguments, **more)

    Git._ask = counting  # type: ignore[method-assign]  # noqa: SLF001 - as above


KNOWN = ("blame", "rev-parse", "rev-list", "cat-file", "status", "config", "ls-tree")


def told(asked: Counter[str]) -> str:
    return ", ".join(f"{name} {number}" for name, number in sorted(asked.items()))


if __name__ == "__main__":
    sys.exit(main())
