"""A repository with its bare remote, and `gh` and `glab` that keep pull requests in a file, for stories in git."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reconciler.sandbox.people.story import read
from tests.scenarios.story import Story

GH = """\
import json, os, sys
path = os.environ["GH_STATE"]
state = json.load(open(path))
options = dict(each[2:].partition("=")[::2] for each in sys.argv[3:] if each.startswith("--"))
body = sys.stdin.read() if options.get("body-file") == "-" else ""
verb = sys.argv[2]
state["calls"].append(" ".join(sys.argv[1:]))
assert "KONNECT_TOKEN" not in os.environ
if verb == "list":
    print(json.dumps(state["requests"]))
elif verb == "create":
    number = len(state["requests"]) + 1
    made = {"number": number, "state": "OPEN", "headRefName": options["head"], "isCrossRepository": False}
    state["requests"].append({**made, "body": body, "title": options["title"]})
else:
    found = state["requests"][int(sys.argv[3]) - 1]
    found.update({"state": "CLOSED"} if verb == "close" else {"body": body, "title": options["title"]})
json.dump(state, open(path, "w"))
"""

GLAB = """\
import json, os, sys
path = os.environ["GH_STATE"]
state = json.load(open(path))
options = dict(each[2:].partition("=")[::2] for each in sys.argv[3:] if each.startswith("--"))
verb = sys.argv[2]
state["calls"].append(" ".join(sys.argv[1:]).partition(" --description")[0])
if verb == "list":
    print(json.dumps(state["requests"] if options["page"] == "1" else []))
elif verb == "create":
    made = {"iid": len(state["requests"]) + 1, "state": "opened", "source_branch": options["source-branch"]}
    made |= {"source_project_id": 1, "target_project_id": 1}
    state["requests"].append({**made, "description": options["description"], "title": options["title"]})
else:
    found = state["requests"][int(sys.argv[3]) - 1]
    said = {"description": options.get("description"), "title": options.get("title")}
    found.update({"state": "closed"} if verb == "close" else said)
json.dump(state, open(path, "w"))
"""


@dataclass
class Repository:
    """A clone in which the command runs, its bare remote, and the pull requests."""

    story: Story
    clone: Path
    remote: Path
    state: Path

    def git(self, *arguments: str, at: Path | None = None) -> str:
        ran = subprocess.run(["git", *arguments], cwd=at or self.clone, capture_output=True, text=True, env=self.env)
        assert ran.returncode == 0, ran
        return ran.stdout.strip()

    @property
    def env(self) -> dict[str, str]:
        return {"PATH": os.environ["PATH"], "HOME": str(self.clone.parent), "GIT_CONFIG_NOSYSTEM": "1"}

    def run(self, *more: str, code: int = 0) -> list[str]:
        """What became of each branch; then the same again, when nothing is left to do."""
        report = self.report(*more, code=code)
        if not more and code == 0:
            before = (self.refs(), self.requests())
            again = self.report()
            assert {each["became"] for each in again["branches"]} <= {"unchanged", "declined", "left"}
            assert (self.refs(), self.requests()) == before
        return [f"{each['became']} {each['name']} {each['requests']}" for each in report["branches"]]

    def report(self, *more: str, code: int = 0) -> Any:
        ran = self.story.run("pending", str(self.clone / "access"), "--branches", "--format", "json", *more)
        assert ran.code == code, ran
        assert self.story.writes() == []
        assert self.git("status", "--porcelain") == ""
        assert self.git("worktree", "list", "--porcelain").count("worktree ") == 1
        return ran.json

    def refs(self) -> str:
        return self.git("for-each-ref", "--format=%(refname) %(objectname)", at=self.remote)

    def requests(self) -> list[dict[str, Any]]:
        return json.loads(self.state.read_text())["requests"]

    def calls(self) -> list[str]:
        return json.loads(self.state.read_text())["calls"]

    def push(self, message: str) -> None:
        """Commit everything, and push it to main."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "-m", message)
        self.git("push", "--quiet", "origin", "HEAD:main")

    def close(self, branch: str, state: str = "CLOSED") -> None:
        """Close the branch's pull request, or say that it was merged."""
        kept = json.loads(self.state.read_text())
        for each in kept["requests"]:
            each["state"] = state if each["headRefName"] == branch else each["state"]
        self.state.write_text(json.dumps(kept))

    def diff(self, branch: str) -> str:
        """What the branch changes, line by line."""
        shown = self.git("diff", "main", branch, at=self.remote).splitlines()
        return "\n".join(line for line in shown if line[:1] in "+-" and line[:3] not in ("+++", "---"))

    def merge(self, branch: str, without: str = "") -> None:
        """Merge it, perhaps with a line of it deleted by the reviewer."""
        self.git("fetch", "--quiet", "origin")
        self.git("merge", "--quiet", "--no-ff", "-m", f"Merge {branch}", f"origin/{branch}")
        if without:
            file = self.clone / "access" / "people.yaml"
            file.write_text("".join(line for line in file.read_text().splitlines(True) if without not in line))
            self.git("commit", "--quiet", "-am", "not this one")
        self.git("push", "--quiet", "origin", "HEAD:main")
        self.git("push", "--quiet", "origin", f":{branch}")
        self.close(branch, "MERGED")


def repository_at(folder: Path, story: Story) -> Repository:
    """An empty clone of an empty bare repository, with the programs on the story's PATH."""
    clone, remote, state = folder / "clone", folder / "remote.git", folder / "gh.json"
    (folder / "bin").mkdir()
    for name, text in {"gh": GH, "glab": GLAB}.items():
        program = folder / "bin" / name
        program.write_text(f"#!{sys.executable}\n{text}")
        program.chmod(0o755)
    state.write_text(json.dumps({"requests": [], "calls": []}))
    made = Repository(story, clone, remote, state)
    clone.mkdir()
    made.git("init", "--quiet", "--bare", "-b", "main", str(remote), at=folder)
    made.git("init", "--quiet", "-b", "main")
    for key, value in {"user.name": "Kim", "user.email": "kim@acme.example"}.items():
        made.git("config", key, value)
    made.git("remote", "add", "origin", str(remote))
    story.environ = {**made.env, "PATH": f"{folder / 'bin'}:{os.environ['PATH']}", "GH_STATE": str(state)}
    story.folder = clone / "access"
    return made


def happens(story: Story, *moves: dict[str, Any]) -> None:
    """People act on the portal meanwhile."""
    read({"portal": "acme-partners", "story": list(moves)}).play(story.sandbox)
