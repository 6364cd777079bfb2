"""A story: a portal with its people, a workspace in git, and the command line between them, over real HTTP."""

from __future__ import annotations

import contextlib
import io
import json
import re
import textwrap
import unittest.mock
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from reconciler.cli.main import main
from reconciler.cli.runtime import Runtime
from reconciler.sandbox import Request, Response, Sandbox, Server
from tests.contract.published import published
from tests.contract.watch import Watch
from tests.scenarios.server import Command, in_process

TODAY = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
PORTAL = "acme-partners"
ID = re.compile("[0-9a-f-]{36}")
HEADER = f"portal: {{name: {PORTAL}, region: eu}}\n"


@dataclass(frozen=True)
class Ran:
    """What a command came to: exit code, stdout, stderr."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@dataclass
class Story:
    """`git(...)` writes the workspace, `plan`/`apply`/`drift` run the command, `portal` shows what the portal has."""

    folder: Path
    sandbox: Sandbox
    server: Server | Command
    watch: Watch
    """Holds what goes over the wire against the published OpenAPI file, if there is one: `run` tells."""
    now: datetime = TODAY
    environ: dict[str, str] = field(default_factory=dict)
    wrote: list[str] = field(default_factory=list)
    """What the last `apply` wrote, in order: the method and the path without ids, as in "PATCH developers"."""
    waited: list[float] = field(default_factory=list)
    """How long the command wanted to wait before it looked again; it never really waits."""

    def git(self, text: str = "", **files: str) -> None:
        """Replace the workspace: `text` is access.yaml with the portal's line in front; `files` are further ones."""
        for old in self.folder.rglob("*.yaml"):
            old.unlink()
        (self.folder / "access.yaml").write_text(HEADER + textwrap.dedent(text), encoding="utf-8")
        for name, more in files.items():
            path = self.folder / f"{name.replace('__', '/')}.yaml"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(textwrap.dedent(more), encoding="utf-8")

    def run(self, *arguments: str | Path, answers: str | None = None) -> Ran:
        """Run the command line in this process, as a script would: no terminal, the story's clock.

        With `answers` a person sits at a terminal and types that.
        """
        out, err = io.StringIO(), io.StringIO()
        environ = {"KONNECT_TOKEN": "kpat_story", "KONNECT_SERVER_URL": self.server.url, **self.environ}
        runtime = Runtime(
            now=lambda: self.now,
            environ=environ,
            is_terminal=lambda: answers is not None,
            wait=lambda _, seconds: self.waited.append(seconds) if seconds else None,
            new_id=lambda: "run-1",
        )
        with (
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
            unittest.mock.patch("sys.stdin", io.StringIO(answers)),
        ):
            code = main([str(argument) for argument in arguments], runtime)
        self.watch.tell()
        return Ran(code, out.getvalue(), err.getvalue())

    def plan(self, *more: str) -> dict[str, Any]:
        """The plan document."""
        ran = self.run("plan", str(self.folder), "--format", "json", *more)
        assert ran.code in (0, 2, 4), ran
        return ran.json

    def changes(self, *more: str) -> list[str]:
        """The plan's changes, each as one line: action, person or team, application, API."""
        return [in_words(change) for change in self.plan(*more)["changes"]]

    def listed(self, kind: str, *more: str) -> list[str]:
        """A list of the plan that is no changes (held, waiting, unlisted, …), each as one line: what it is about."""
        return [subject_in_words(item) for item in self.plan(*more)[kind]]

    def apply(self, *more: str, code: int = 0) -> dict[str, Any]:
        """Apply; the second time nothing is left to do, and nothing is written."""
        self.server.requests.clear()
        ran = self.run("apply", str(self.folder), "--yes", "--format", "json", *more)
        assert ran.code == code, ran
        self.wrote = [f"{method} {path_in_words(path)}" for method, path, _ in self.writes()]
        if code == 0:
            self.server.requests.clear()
            assert self.changes() == []
            again = self.run("apply", str(self.folder), "--yes", *more)
            assert again.code == 0, again
            assert self.writes() == []
        return ran.json

    def drift(self) -> tuple[int, dict[str, Any]]:
        """The exit code and the report of `drift`."""
        ran = self.run("drift", str(self.folder), "--format", "json")
        return ran.code, ran.json

    def writes(self) -> list[tuple[str, str, int]]:
        """Every request so far that was not a GET."""
        return [tuple(request) for request in self.server.requests if request[0] != "GET"]  # type: ignore[misc]

    @property
    def portal(self) -> dict[str, Any]:
        """The portal's whole access state, in words."""
        return self.sandbox.dump()[PORTAL]

    def since(self, before: dict[str, Any]) -> dict[str, str]:
        """Everything that differs from an earlier `portal`, as {what: "was → is"}; a side that is not there is ""."""
        old, new = facts(before), facts(self.portal)
        return {
            what: f"{old.get(what, '')} → {new.get(what, '')}".strip()
            for what in sorted(old | new)
            if old.get(what) != new.get(what)
        }

    def status(self, email: str) -> str:
        """A developer's status on the portal."""
        return self.portal["developers"][email]

    def members(self, team: str) -> list[str]:
        """The addresses in a team."""
        return self.portal["teams"][team]["members"]

    def registrations(self, owner: str, application: str) -> dict[str, str]:
        """An application's registrations: API → status. `owner` is an address or team:NAME."""
        found = [a for a in self.portal["applications"] if (a["owner"], a["name"]) == (owner, application)]
        assert len(found) == 1, found
        return found[0]["registrations"]

    def on_request(self, hook: Callable[[Request], Response | None]) -> Callable[[], None]:
        """Let something happen on the portal just before it handles a request; call what is returned to end that.

        A hook may answer in the portal's place. It needs the portal in this process: mark the test `in_process`.
        """
        return self.in_process.before(hook)

    @property
    def in_process(self) -> Server:
        """The server, for what cannot be done to a command: hooks, faults."""
        assert isinstance(self.server, Server), "mark this test with @pytest.mark.in_process"
        return self.server


def in_words(change: dict[str, Any]) -> str:
    """A change or item of a document as one short line, for comparing whole lists."""
    return " | ".join([change.get("action") or change["reason"], subject_in_words(change)])


def subject_in_words(item: dict[str, Any]) -> str:
    """What a change or item is about: person, team, application, role, API, as far as they apply."""
    subject = item["subject"]
    words = [subject[part]["name"] for part in ("developer", "team", "application", "role") if subject.get(part)]
    if subject.get("api"):
        api = subject["api"]
        words.append(" ".join(filter(None, [api["name"], api.get("version")])))
    return " | ".join(words)


def path_in_words(path: str) -> str:
    """The path below the portal without its ids: "teams/developers" for a membership."""
    return "/".join(part for part in path.removeprefix("/v3/portals/").split("/") if not ID.fullmatch(part))


def facts(portal: dict[str, Any]) -> dict[str, str]:
    """A portal's whole state as a flat table, so that what a run changed can be told line by line."""
    table = dict(portal["developers"])
    for name, team in portal["teams"].items():
        owning = "may own applications" if team["can_own_applications"] else "owns no applications"
        table[f"team {name}"] = f"{team['description'] or 'no description'}, {owning}"
        table |= {f"{member} in {name}": "member" for member in team["members"]}
        for role in team["roles"]:
            table[f"{name}: {' '.join(filter(None, role))}"] = "assigned"
    for number, application in enumerate(portal["applications"]):
        whose = f"{application['owner']} / {application['name']}"
        whose += f" #{number}" if whose in table else ""
        table[whose] = "application"
        table |= {f"{whose} / {api}": status for api, status in application["registrations"].items()}
    return table


def with_place(item: dict[str, Any]) -> str:
    """A change or item with the manifest line that asked for it: `access.yaml:4 …`."""
    cause = item["cause"]
    where = f"{Path(cause['file']).name}:{cause['line']} " if cause and cause["file"] else ""
    return where + in_words(item)


def in_lines(items: list[dict[str, Any]]) -> list[str]:
    """Changes or items of a document with their places, for comparing whole lists."""
    return [with_place(item) for item in items]


@contextlib.contextmanager
def story_on(seed: str | dict[str, Any], folder: Path, command: Command | None = None) -> Iterator[Story]:
    """A story on a portal seeded with that document: the form of a seed file, the portal being acme-partners.

    The portal is served in this process, or by the command if one is given.
    """
    document = yaml.safe_load(textwrap.dedent(seed)) if isinstance(seed, str) else seed
    watch = Watch(published())
    where = in_process if command is None else command.portal
    with where(lambda: TODAY, watch) as (sandbox, server):
        sandbox.load(document)
        yield Story(folder, sandbox, server, watch)
    watch.tell()
