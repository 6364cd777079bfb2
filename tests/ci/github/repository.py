"""The company's repository on GitHub, with the workflows of the examples and a portal."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

from tests.ci.github.runner import ROOT, GitHub, Job
from tests.scenarios.story import HEADER, Story

WORKFLOWS = ROOT / "examples" / "github"
SEED = """
    apis: [{name: payments}]
    portals:
      - name: acme-partners
        developers:
          - {email: ada@partner.example, status: pending}
          - {email: bob@partner.example, status: approved}
        teams:
          - {name: partners, members: [bob@partner.example]}
"""
BEFORE = HEADER + "developers:\n  - {email: bob@partner.example, teams: [partners]}\n"
AFTER = BEFORE + "  - {email: ada@partner.example, teams: [partners]}\n"
CAROL = AFTER + "  - {email: carol@partner.example, teams: [partners]}\n"
HUMAN = {"user": {"login": "jo"}, "head": {"repo": {"full_name": "acme/portal"}}}
FORK = {"user": {"login": "eve"}, "head": {"repo": {"full_name": "eve/portal"}}}


class Repository:
    """The company's repository on GitHub, its portal, and the pull request under way."""

    def __init__(self, story: Story, folder: Path) -> None:
        self.story, self.folder = story, folder / "origin"
        environ = {"KONNECT_SERVER_URL": story.server.url}
        secrets = {"KONNECT_TOKEN": "kpat_story", "KONNECT_TOKEN_READ": "kpat_story"}
        self.hub = GitHub(self.folder, folder / "github", environ, secrets)
        (self.folder / "access").mkdir(parents=True)
        self.git("init", "-q", "-b", "main")
        self.commit(BEFORE)

    def git(self, *words: str) -> str:
        who = ["-c", "user.name=Jo", "-c", "user.email=jo@acme.example"]
        done = subprocess.run(["git", *who, *words], cwd=self.folder, check=True, capture_output=True, text=True)
        return done.stdout.strip()

    def commit(self, access: str) -> str:
        """The workspace says that from now on; the commit's id."""
        (self.folder / "access" / "access.yaml").write_text(access, encoding="utf-8")
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", "access")
        return self.git("rev-parse", "HEAD")

    def pull_request(self, access: str, job: str = "plan", who: dict[str, Any] = HUMAN) -> Job | None:
        """Somebody proposes that on a branch; its job runs on the merge commit, as GitHub makes it."""
        self.git("checkout", "-q", "-B", "change", "main")
        head = self.commit(access)
        self.git("checkout", "-q", "-B", "merged", "main")
        self.git("merge", "-q", "--no-ff", "-m", "merge", "change")
        pull = {**who, "number": 7}
        commit = self.git("rev-parse", "HEAD")
        ran = self.hub.run(WORKFLOWS / "portal-plan.yml", job, "pull_request", commit, pull_request=pull)
        known = self.hub.hub
        status = "failure" if ran is None or ran.failed else "success"
        run = {"id": self.hub.number, "file": "portal-plan.yml", "event": "pull_request"}
        known["runs"].append(run | {"head_sha": head, "status": status})
        self.hub.hub = known
        return ran

    def planned(self, access: str = AFTER, **more: Any) -> Job:
        """The same, where the job's condition holds."""
        ran = self.pull_request(access, **more)
        assert ran is not None
        return ran

    def merge(self) -> Job:
        """The pull request is merged, and main's job runs."""
        head = self.git("rev-parse", "change")
        self.git("checkout", "-q", "main")
        self.git("merge", "-q", "--squash", "change")
        self.git("commit", "-q", "-m", "squashed")
        commit = self.git("rev-parse", "HEAD")
        known = self.hub.hub
        pull = {"number": 7, "merged_at": "2026-11-23", "merge_commit_sha": commit, "head": {"sha": head}}
        known["pulls"].append(pull)
        self.hub.hub = known
        return self.on_main("portal-apply.yml", "apply", "push")

    def on_main(self, workflow: str, job: str, event: str) -> Job:
        """A job on the newest commit of main."""
        self.git("checkout", "-q", "main")
        ran = self.hub.run(WORKFLOWS / workflow, job, event, self.git("rev-parse", "HEAD"))
        assert ran is not None
        return ran

    def drift(self) -> Job:
        return self.on_main("portal-drift.yml", "drift", "schedule")
