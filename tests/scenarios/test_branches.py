"""`pending --branches`: one pull request a domain or API, kept as the portal is, with git and `gh` alone.

A real bare repository is pushed to; `gh` is a program on the PATH that keeps pull requests in a file, and writes down
how it was called.
"""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
import textwrap
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from reconciler.sandbox.people.story import read
from tests.scenarios.conftest import Start
from tests.scenarios.story import HEADER, Story

pytestmark = pytest.mark.in_process

SEED = """
    apis: [{name: payments}, {name: orders}]
    portals:
      - name: acme-partners
        developers:
          - {email: ada@partner.example, full_name: Ada, status: approved}
          - {email: bob@partner.example, full_name: Bob, status: pending}
          - {email: cy@other.example, full_name: Cy, status: pending}
          - {email: spam@gmail.com, full_name: Best Offers, status: pending}
        applications:
          - name: Shop
            owner: ada@partner.example
            registrations: [{api: payments, status: pending}, {api: orders, status: pending}]
    """
ACCESS = "developers:\n  - ada@partner.example   # since 2019\n"
PAYMENTS = "apis:\n  - name: payments\n    applications: []\n"
EXAMPLES = Path(__file__).parents[2] / "examples"
DOMAIN = "reconciler/requests/domain/partner.example"
OTHER = "reconciler/requests/domain/other.example"
API = "reconciler/requests/api/payments"

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
    made = {"number": number, "state": "OPEN", "headRefName": options["head"]}
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


@pytest.fixture
def repository(portal: Start, tmp_path: Path) -> Repository:
    """A workspace on the branch main of a bare repository, and a clone of it."""
    story = portal(SEED)
    clone, remote, state = tmp_path / "clone", tmp_path / "remote.git", tmp_path / "gh.json"
    (tmp_path / "bin").mkdir()
    for name, text in {"gh": GH, "glab": GLAB}.items():
        program = tmp_path / "bin" / name
        program.write_text(f"#!{sys.executable}\n{text}")
        program.chmod(0o755)
    state.write_text(json.dumps({"requests": [], "calls": []}))
    made = Repository(story, clone, remote, state)
    (clone / "access").mkdir(parents=True)
    made.git("init", "--quiet", "--bare", "-b", "main", str(remote), at=tmp_path)
    made.git("init", "--quiet", "-b", "main")
    for key, value in {"user.name": "Kim", "user.email": "kim@acme.example"}.items():
        made.git("config", key, value)
    (clone / "access" / "people.yaml").write_text(HEADER + ACCESS)
    (clone / "access" / "payments.yaml").write_text(PAYMENTS)
    made.git("remote", "add", "origin", str(remote))
    made.git("add", "--all")
    made.git("commit", "--quiet", "-m", "The first of us")
    made.git("push", "--quiet", "origin", "main")
    story.environ = {**made.env, "PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}", "GH_STATE": str(state)}
    story.folder = clone / "access"
    return made


def happens(story: Story, *moves: dict[str, Any]) -> None:
    """People act on the portal meanwhile."""
    read({"portal": "acme-partners", "story": list(moves)}).play(story.sandbox)


def test_each_domain_and_each_api_with_an_owner_gets_a_pull_request(repository: Repository) -> None:
    """On a branch of its own, from the base; what is suspicious is in none; nothing of the clone changes."""
    assert repository.run("--dry-run") == [f"opened {API} 1", f"opened {OTHER} 1", f"opened {DOMAIN} 2"]
    assert repository.requests() == []
    assert repository.run() == [f"opened {API} 1", f"opened {OTHER} 1", f"opened {DOMAIN} 2"]
    assert [(each["headRefName"], each["title"]) for each in repository.requests()] == [
        (API, "Access requests: api payments (1)"),
        (OTHER, "Access requests: domain other.example (1)"),
        (DOMAIN, "Access requests: domain partner.example (2)"),
    ]
    assert repository.diff(API) == (
        '-    applications: []\n+    applications:\n+      - {owner: "ada@partner.example", name: "Shop"}'
    )
    assert repository.diff(DOMAIN) == textwrap.dedent(
        """\
        -  - ada@partner.example   # since 2019
        +  - email: ada@partner.example   # since 2019
        +    applications:
        +      - name: "Shop"
        +        apis: [orders]
        +  - "bob@partner.example\""""
    )
    assert next(call for call in repository.calls() if "create" in call) == (
        f"pr create --head={API} --base=main --title=Access requests: api payments (1) --body-file=-"
    )
    body = repository.requests()[2]["body"]
    assert body.startswith("<!-- reconciler:requests:")
    assert "- `bob@partner.example` (`Bob`) asks to be approved, since `2026-01-01`\n" in body
    assert "  - in `access/people.yaml`" in body


def test_they_are_kept_as_the_portal_is(repository: Repository) -> None:
    """New requests come in, and when the last is withdrawn or answered the pull request is closed."""
    repository.run()
    happens(
        repository.story,
        {"sign-up": {"email": "dora@partner.example", "full_name": "Dora"}},
        {"verify": "dora@partner.example"},
        {"approve": "cy@other.example"},
    )
    assert repository.run() == [f"unchanged {API} 1", f"updated {DOMAIN} 3", f"closed {OTHER} 0"]
    assert repository.diff(DOMAIN).endswith('+  - "bob@partner.example"\n+  - "dora@partner.example"')
    assert repository.requests()[2]["title"] == "Access requests: domain partner.example (3)"
    assert OTHER not in repository.refs()


def test_what_was_declined_is_not_asked_again(repository: Repository) -> None:
    """Closed without merging: only who comes later is asked for."""
    repository.run()
    repository.close(DOMAIN)
    assert f"declined {DOMAIN} 2" in repository.run()
    happens(
        repository.story,
        {"sign-up": {"email": "dora@partner.example", "full_name": "Dora"}},
        {"verify": "dora@partner.example"},
    )
    assert f"opened {DOMAIN} 1" in repository.run()
    assert repository.diff(DOMAIN) == '+  - "dora@partner.example"'


def test_an_entry_that_the_reviewer_deleted_stays_deleted(repository: Repository) -> None:
    """Merging is the approval, of what is left."""
    repository.run()
    repository.merge(DOMAIN, without="bob@")
    repository.merge(API)
    assert repository.run() == [f"updated {OTHER} 1", f"declined {DOMAIN} 1"]  # the base has moved
    repository.story.apply()
    repository.story.server.requests.clear()
    assert repository.story.status("bob@partner.example") == "pending"
    assert repository.story.registrations("ada@partner.example", "Shop") == {
        "payments": "approved",
        "orders": "approved",
    }


def test_a_branch_that_somebody_pushed_to_is_left(repository: Repository) -> None:
    """A reviewer's work is not overwritten."""
    repository.run()
    repository.git("fetch", "--quiet", "origin", DOMAIN)
    repository.git("checkout", "--quiet", "-b", "mine", "FETCH_HEAD")
    (repository.clone / "access" / "people.yaml").write_text(HEADER + ACCESS)
    repository.git("commit", "--quiet", "-am", "nobody")
    repository.git("push", "--quiet", "origin", f"HEAD:{DOMAIN}")
    repository.git("checkout", "--quiet", "main")
    before = repository.refs()
    assert f"left {DOMAIN} 2" in repository.run()
    assert repository.refs() == before


def test_what_the_policy_does_not_let_in_is_told(repository: Repository) -> None:
    """No branch is made of it; `--reason` gives what is required."""
    with (repository.clone / "access" / "people.yaml").open("a") as file:
        file.write("policy: {require: {reason: [{name: why, of: [developers], outside: [partner.example]}]}}\n")
    repository.git("commit", "--quiet", "-am", "a policy")
    repository.git("push", "--quiet", "origin", "main")
    assert f"refused {OTHER} 1" in repository.run(code=3)
    assert f"opened {OTHER} 1" in repository.run("--reason", "OPS-1")


def test_what_goes_wrong_is_told(repository: Repository) -> None:
    """A base that is not there, no `gh`, flags that do not go together."""
    report = repository.report("--base", "nowhere", code=3)
    assert report["error"]["message"].startswith("git fetch: ")
    repository.story.environ["PATH"] = os.environ["PATH"]
    report = repository.report("--forge", "gitlab", code=3)
    assert report["error"]["message"].startswith("`glab` cannot be run")
    ran = repository.story.run("pending", str(repository.clone / "access"), "--branches", "--write")
    assert (ran.code, "leave out --write" in ran.err) == (3, True)


def test_the_jobs_of_the_examples_do_that(repository: Repository) -> None:
    """What they call is what the command takes; GitLab is asked by `glab`."""
    job = yaml.safe_load((EXAMPLES / "github-requests" / "portal-requests.yml").read_text())["jobs"]["requests"]
    given = job["steps"][-1]["with"]
    assert [given["command"], given["paths"], given["arguments"]] == ["pending", "access", "--branches"]
    job = yaml.safe_load((EXAMPLES / "gitlab-requests" / "requests.yml").read_text())["requests"]
    program, command, path, *flags = shlex.split(job["script"][-1].replace("$CI_DEFAULT_BRANCH", "main"))
    assert (program, command, path, flags[0]) == ("reconciler", "pending", "access", "--branches")
    assert repository.run(*flags[1:]) == [f"opened {API} 1", f"opened {OTHER} 1", f"opened {DOMAIN} 2"]
    happens(repository.story, {"approve": "cy@other.example"}, {"approve": "bob@partner.example"})
    assert repository.run(*flags[1:]) == [f"unchanged {API} 1", f"updated {DOMAIN} 1", f"closed {OTHER} 0"]
    assert repository.run(*flags[1:]) == [f"unchanged {API} 1", f"unchanged {DOMAIN} 1"]
    assert [call for call in repository.calls() if "list" not in call] == [
        f"mr create --source-branch={branch} --target-branch=main --title=Access requests: {title}"
        for branch, title in {
            API: "api payments (1)",
            OTHER: "domain other.example (1)",
            DOMAIN: "domain partner.example (2)",
        }.items()
    ] + ["mr update 3 --title=Access requests: domain partner.example (1)", "mr close 2"]
