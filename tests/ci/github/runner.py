"""A runner: it does a job's steps as GitHub's does, with environment files, contexts and conditions.

GitHub's own actions are played: checkout clones the story's repository, upload-artifact keeps a folder, setup-python
does nothing. Ours is run step by step, from its action.yml.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import yaml

from tests.ci.github import gh
from tests.ci.github.expressions import filled, holds

ROOT = Path(__file__).parents[3]
ACTION = ROOT / ".github" / "actions" / "reconcile"
OURS = "acme/reconciler/.github/actions/reconcile@"
BIN = Path(sys.executable).parent


@dataclass
class Job:
    """What a job came to."""

    failed: bool = False
    log: str = ""
    summary: str = ""
    ran: list[str] = field(default_factory=list)
    """The names of the steps that ran, those of our action among them."""
    outputs: dict[str, str] = field(default_factory=dict)
    """Those of our action, when it last ran, and the job's own."""


@dataclass
class GitHub:
    """A repository on GitHub: `origin` is its clone, `hub` what gh knows, `environ` what a runner finds besides."""

    origin: Path
    folder: Path
    environ: dict[str, str] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)
    number: int = 0

    def __post_init__(self) -> None:
        (self.folder / "bin").mkdir(parents=True)
        shim = self.folder / "bin" / "gh"
        shim.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{gh.__file__}" "$@"\n', encoding="utf-8")
        shim.chmod(0o755)
        self.hub = gh.EMPTY

    @property
    def hub(self) -> Any:
        """What gh knows now."""
        return json.loads((self.folder / "hub.json").read_text(encoding="utf-8"))

    @hub.setter
    def hub(self, known: Mapping[str, Any]) -> None:
        (self.folder / "hub.json").write_text(json.dumps(known), encoding="utf-8")

    def run(self, workflow: Path, job: str, event: str, commit: str, **more: Any) -> Job | None:
        """Run a job of a workflow on a commit; None where its condition does not hold.

        `more` is the event's payload, and of the contexts those that other jobs make: `matrix`, `strategy`.
        """
        self.number += 1
        definition = yaml.safe_load(workflow.read_text(encoding="utf-8"))["jobs"][job]
        context = {"event_name": event, "sha": commit, "repository": "acme/portal", "token": "ghs_job", "event": more}
        contexts = {**more, "github": context, "secrets": self.secrets, "steps": {}}
        if not holds(definition.get("if", "true"), contexts, self.folder, failed=False):
            return None
        came_to = Runner(self, contexts, self.folder / f"run-{self.number}").job(definition["steps"])
        said = definition.get("outputs", {}).items()
        return replace(came_to, outputs=came_to.outputs | {name: filled(value, contexts) for name, value in said})


class Runner:
    """One job's machine."""

    def __init__(self, hub: GitHub, contexts: dict[str, Any], folder: Path) -> None:
        self.hub, self.contexts, self.folder = hub, contexts, folder
        self.workspace, self.temp = folder / "work", folder / "temp"
        self.temp.mkdir(parents=True)
        self.came_to = Job()
        self.of_defaults = {"github": contexts["github"]}
        """The contexts that an input's default may use."""

    def job(self, steps: list[dict[str, Any]]) -> Job:
        """Every step in turn, as far as its condition holds."""
        for step in steps:
            self.step(step, self.contexts)
        return self.came_to

    def step(self, step: dict[str, Any], contexts: dict[str, Any], inside: Path | None = None) -> None:
        """One step of a job, or of the action that is `inside` that folder."""
        if not holds(step.get("if", "true"), contexts, self.workspace, failed=self.came_to.failed):
            return
        given = {name: filled(value, contexts) for name, value in step.get("with", {}).items()}
        uses = step.get("uses", "")
        if uses.startswith(OURS):
            self.action(given)
        elif uses:
            self.played(uses.partition("@")[0], given)
        else:
            self.shell(step, contexts, inside)
        self.came_to.ran.append(step.get("name", uses.partition("@")[0]))

    def action(self, given: dict[str, str]) -> None:
        """Our action: its inputs, its steps, its outputs."""
        definition = yaml.safe_load((ACTION / "action.yml").read_text(encoding="utf-8"))
        assert set(given) <= set(definition["inputs"]), "an input that the action does not have"
        inputs: dict[str, str] = {}
        for name, about in definition["inputs"].items():
            assert name in given or not about.get("required")
            inputs[name] = given.get(name, filled(about.get("default", ""), self.of_defaults))
        contexts = {**self.contexts, "inputs": inputs, "steps": {}}
        for step in definition["runs"]["steps"]:
            self.step(step, contexts, ACTION)
        self.came_to.outputs = {
            name: filled(about["value"], contexts) for name, about in definition["outputs"].items()
        }

    def played(self, name: str, given: dict[str, str]) -> None:
        """An action of GitHub's own."""
        if name == "actions/checkout":
            depth = given.get("fetch-depth", "1")
            assert given["persist-credentials"] == "false"
            subprocess.run(
                ["git", "clone", "-q", f"--depth={depth}", f"file://{self.hub.origin}", self.workspace], check=True
            )
        elif name == "actions/upload-artifact":
            kept = self.folder / "artifacts" / given["name"]
            assert not kept.exists(), "two artifacts of one name in one run"
            shutil.copytree(given["path"], kept)
            known = self.hub.hub
            known["artifacts"].setdefault(str(self.hub.number), {})[given["name"]] = str(kept)
            self.hub.hub = known
        else:
            assert name == "actions/setup-python"

    def shell(self, step: dict[str, Any], contexts: dict[str, Any], inside: Path | None) -> None:
        """A step that runs a script: with a file for its outputs and one for its summary."""
        assert step["shell"] == "bash"
        assert "${{" not in step["run"], "an expression in a script is an injection"
        if step.get("name") == "Install reconciler":
            return  # tried in a test of its own
        output, summary = self.temp / "output", self.temp / "summary"
        for file in (output, summary):
            file.write_text("", encoding="utf-8")
        told = {name: filled(value, contexts) for name, value in step.get("env", {}).items()}
        environ = {
            **self.hub.environ,
            **told,
            "PATH": f"{self.hub.folder / 'bin'}:{BIN}:{os.environ['PATH']}",
            "HOME": str(self.folder),
            "CI": "true",
            "FAKE_GH": str(self.hub.folder / "hub.json"),
            "GITHUB_ACTIONS": "true",
            "GITHUB_ACTION_PATH": str(inside),
            "GITHUB_ACTOR": "jo",
            "GITHUB_OUTPUT": str(output),
            "GITHUB_REPOSITORY": contexts["github"]["repository"],
            "GITHUB_RUN_ID": str(self.hub.number),
            "GITHUB_SERVER_URL": "https://github.com",
            "GITHUB_SHA": contexts["github"]["sha"],
            "GITHUB_STEP_SUMMARY": str(summary),
            "GITHUB_TRIGGERING_ACTOR": "jo",
            "GITHUB_WORKSPACE": str(self.workspace),
            "RUNNER_TEMP": str(self.temp),
        }
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
            cwd=self.workspace,
            env=environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=120,
        )
        self.came_to.log += done.stdout
        self.came_to.summary += summary.read_text(encoding="utf-8")
        self.came_to.failed = self.came_to.failed or done.returncode != 0
        if "id" in step:
            lines = output.read_text(encoding="utf-8").splitlines()
            contexts["steps"][step["id"]] = {"outputs": dict(line.split("=", 1) for line in lines)}
