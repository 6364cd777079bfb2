"""A real repository for tests: commits by whom and when one likes, branches, merges as forges make them."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from textwrap import dedent

FIRST = datetime(2026, 3, 1, 12, tzinfo=UTC)


@dataclass
class Repository:
    """A repository whose clock moves on by a day a commit, unless `day` is set."""

    top: Path
    day: datetime = FIRST

    def git(self, *arguments: str, by: str = "Ada") -> str:
        who = {"NAME": by, "EMAIL": f"{by.lower()}@acme.example", "DATE": self.day.isoformat()}
        env = {f"GIT_{role}_{part}": value for role in ("AUTHOR", "COMMITTER") for part, value in who.items()}
        ran = subprocess.run(
            ["git", "-c", "init.defaultBranch=main", "-c", "protocol.file.allow=always", *arguments],
            cwd=self.top,
            env={"PATH": "/usr/bin:/bin:/usr/local/bin", "HOME": str(self.top.parent), **env},
            capture_output=True,
            text=True,
            check=True,
        )
        return ran.stdout.strip()

    def init(self) -> Repository:
        self.top.mkdir(parents=True, exist_ok=True)
        self.git("init", "--quiet")
        return self

    def write(self, name: str, text: str) -> Path:
        path = self.top / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text), encoding="utf-8")
        return path

    def commit(self, message: str, *, by: str = "Ada", **files: str) -> str:
        """Commit everything there is, with these files written first (`a__b` is a/b.yaml); its id."""
        for name, text in files.items():
            self.write(f"{name.replace('__', '/')}.yaml", text)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", message, by=by)
        self.day += timedelta(days=1)
        return self.git("rev-parse", "HEAD")

    def branch(self, name: str) -> None:
        self.git("checkout", "--quiet", "-b", name)

    def merge(self, name: str, message: str, *, by: str) -> str:
        """Merge the branch into main with a merge commit, as by the button of a forge."""
        self.git("checkout", "--quiet", "main")
        self.git("merge", "--quiet", "--no-ff", "--message", message, name, by=by)
        self.day += timedelta(days=1)
        return self.git("rev-parse", "HEAD")
