"""The token is nowhere: in no stream, file, log line or argument that a command leaves, whatever the portal does."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import click
import pytest

from reconciler.cli import main as cli
from reconciler.sandbox import Request, Response
from tests.scenarios.conftest import Start
from tests.scenarios.story import Story
from tests.scenarios.test_command_line import GIT, SEED, TOKEN, problem
from tests.scenarios.test_read_only import OFFLINE, READING, THE_PORTAL_ITSELF

pytestmark = pytest.mark.in_process

ROOT = Path(__file__).parents[2]
MARK = "kpat_MARKEDTOKENthatMustBeNowhere0123456789"
assert MARK != TOKEN

VERBOSE = """
import logging, sys
logging.basicConfig(level=0, stream=sys.stderr)
import reconciler.portal.http
from reconciler.cli.main import main
from reconciler.cli.runtime import Runtime
reconciler.portal.http.BACKOFF = 0.0
sys.exit(main(runtime=Runtime(wait=lambda *_: None)))
"""
"""The command with everything said that can be made to be said: every logger's every line, and Python's own."""

COMMANDS: dict[str, Callable[[Path, Path], list[str | Path]]] = {
    **READING,
    "validate": lambda folder, new: ["validate", folder],
    "plan": lambda folder, new: ["plan", folder, "--out", "plan.json"],
    "apply": lambda folder, new: ["apply", folder, "--yes", "--journal", "journal.jsonl"],
}
"""Every command that is given a token, or could be, with what it is called with."""
COMMANDS = {name: arguments for name, arguments in COMMANDS.items() if name in cli.COMMANDS}


def every_format(name: str) -> dict[str, str]:
    """The files for all the formats in which a command also writes its document."""
    command = cli.cli.get_command(click.Context(cli.cli), name)
    assert command is not None
    options = {name: option for option in command.params for name in option.opts}
    formats = options["--format"].type if "--report" in options else click.Choice([])
    assert isinstance(formats, click.Choice)
    return {each: f"report.{each}" for each in formats.choices}


REVIEWED = ("--reviewed", "plan.json")
KEY = "KEYthatSignsPlansAndMustBeNowhere0123456789"


def test_no_command_is_left_out() -> None:
    """A new command is tried below, or does not speak to the portal."""
    assert set(cli.COMMANDS) <= {*COMMANDS, *OFFLINE, *THE_PORTAL_ITSELF}


Answer = Callable[[Request], Response | None]


def echo(status: int, content_type: str = "application/problem+json") -> Answer:
    """A portal that sends back what it was sent, in every place where it can."""

    def answer(request: Request) -> Response:
        sent = request.headers["authorization"]
        body = {
            "status": status,
            "title": sent,
            "detail": sent,
            "instance": sent,
            "message": sent,
            "invalid_parameters": [{"field": sent, "reason": sent}],
            "id": sent,
            "name": sent,
            "data": [{"id": sent, "name": sent, "email": sent, "status": sent}],
            "meta": {"page": {"number": 1, "size": 100, "total": 1}},
        }
        headers = {"X-Request-Id": sent, "Location": f"https://{MARK}.example/{MARK}", "Retry-After": "soon"}
        return Response.json(status, body, headers=headers, content_type=content_type)

    return answer


def on_writes(answer: Answer) -> Answer:
    return lambda request: None if request.method == "GET" else answer(request)


def html(request: Request) -> Response:
    return Response(200, f"<html>{request.headers}".encode(), {"Content-Type": "text/html"})


PORTALS: dict[str, Answer] = {
    "does as asked": lambda _: None,
    "echoes in a 200": echo(200),
    "echoes in a 400": echo(400),
    "echoes in a 401": echo(401),
    "echoes in a 403": echo(403),
    "echoes in a 404": echo(404),
    "echoes in a 302": echo(302),
    "fails, echoing": echo(500),
    "answers in HTML": html,
    "refuses writes": on_writes(lambda _: problem(403)),
    "refuses writes, echoing": on_writes(echo(403)),
    "fails writes, echoing": on_writes(echo(500)),
    "takes writes, echoing": on_writes(echo(201)),
}


@pytest.fixture
def story(portal: Start) -> Story:
    story = portal(SEED)
    story.git(GIT)
    return story


def run(story: Story, command: str, environ: dict[str, str], answer: Answer, *more: str, asks: bool = True) -> str:
    """Everything that a run leaves: what it says, what it writes, and what others saw of its arguments.

    `asks`: whether it is to get as far as the portal.
    """
    here = story.folder.parent
    seen: list[str] = []

    def look(_: Request) -> None:
        seen.append(Path(f"/proc/{process.pid}/cmdline").read_bytes().decode())

    hooks = [story.on_request(look), story.on_request(answer)]
    reports = every_format(command)
    arguments = [*COMMANDS[command](story.folder, here / "new"), *more]
    arguments += [part for each, file in reports.items() for part in ("--report", f"{each}={file}")]
    process = subprocess.Popen(
        [sys.executable, "-X", "dev", "-c", VERBOSE, *map(str, arguments)],
        cwd=here,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "KONNECT_SERVER_URL": story.server.url, **environ},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        said = process.communicate(timeout=120)
    for unhook in hooks:
        unhook()
    assert "Traceback" not in said[1]
    files = [path for path in here.rglob("*") if path.is_file() and path.name != "token"]
    assert set(reports.values()) <= {path.name for path in files}
    assert bool(seen) == (asks and command != "validate")
    return "\n".join([*said, *seen, repr(story.server.requests), *(path.read_text("utf-8") for path in files)])


def parts(token: str) -> list[str]:
    """The token, and what would give it away all the same."""
    return [token, token[5:25], repr(token.encode())[2:-1]]


@pytest.mark.parametrize(
    ("command", "portal_that"),
    [
        (each, name)
        for each in ("drift", "doctor", "apply")
        for name in PORTALS
        if each == "apply" or "writes" not in name
    ],
)
def test_the_token_is_nowhere_whatever_the_portal_does(story: Story, command: str, portal_that: str) -> None:
    """Even a portal that sends it back does not get it shown."""
    left = run(story, command, {"KONNECT_TOKEN": MARK}, PORTALS[portal_that])
    assert [part for part in parts(MARK) if part in left] == []


@pytest.mark.parametrize(
    ("command", "given"),
    [(each, "both") for each in COMMANDS] + [("apply", each) for each in ("KONNECT_TOKEN", "KONNECT_SPAT", "file")],
)
def test_the_token_is_nowhere_however_it_is_given(story: Story, command: str, given: str) -> None:
    """By either variable, by a file, and where one outranks the other."""
    file = story.folder.parent / "token"
    file.write_text(MARK + "\n", encoding="utf-8")
    environ = {name: MARK for name in ("KONNECT_TOKEN", "KONNECT_SPAT") if given in (name, "both")}
    more = ["--token-file", str(file)] if given in ("file", "both") and command != "validate" else []
    left = run(story, command, environ, PORTALS["does as asked"], *more)
    assert [part for part in parts(MARK) if part in left] == []


def test_neither_the_token_nor_the_key_is_in_a_signed_plan_or_what_is_made_of_it(story: Story) -> None:
    """Nor where the signature does not hold, and that is said."""
    both = {"KONNECT_TOKEN": MARK, "RECONCILER_PLAN_KEY": KEY}
    left = run(story, "plan", both, PORTALS["does as asked"])
    assert "hmac-sha256:" in left
    left += run(story, "apply", both, PORTALS["does as asked"], *REVIEWED)
    other = {**both, "RECONCILER_PLAN_KEY": KEY[::-1]}
    left += run(story, "apply", other, PORTALS["does as asked"], *REVIEWED, asks=False)
    assert "has a wrong signature" in left
    assert [part for token in (MARK, KEY, KEY[::-1]) for part in parts(token) if part in left] == []


@pytest.mark.parametrize("token", [f"{MARK} {MARK}", f"{MARK}\n{MARK}", f"{MARK}\u00e9", f"{MARK}\x07"])
def test_a_token_that_is_none_is_not_shown_either(story: Story, token: str) -> None:
    """Half a mistake may be half a secret."""
    for command in (["plan"], ["apply", "--yes"]):
        story.environ["KONNECT_TOKEN"] = token
        ran = story.run(*command, story.folder)
        assert ran.code == 3
        assert MARK not in ran.out + ran.err
