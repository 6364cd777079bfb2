"""The embedded portal's commands: stories, tokens, switches, dumps, and what a server is given."""

from __future__ import annotations

import contextlib
import http.client
import io
import json
import os
import re
import shlex
import signal
import socket
import sqlite3
import subprocess
import sys
import textwrap
from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from reconciler.cli.main import main
from reconciler.cli.runtime import Runtime
from reconciler.sandbox import Request, Sandbox, Switches, serve
from reconciler.sandbox.people.story import read

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMPANY = ROOT / "examples" / "company"

SEED = """\
apis: [{name: payments}]
portals:
  - name: acme
    developers: [{email: ada@x.example, status: approved}]
    teams: [{name: partners}]
  - name: other
    auto_approve_developers: true
"""


@dataclass(frozen=True)
class Ran:
    """What a command came to: exit code, stdout, stderr."""

    code: int
    out: str
    err: str


Run = Callable[..., Ran]


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """Where the state of the embedded portal lies."""
    return tmp_path / "home" / "reconciler" / "sandbox.sqlite"


@pytest.fixture
def run(tmp_path: Path, state: Path) -> Run:
    """The command line in this process, with a home of its own."""
    runtime = Runtime(
        now=lambda: datetime(2026, 11, 23, 12, tzinfo=UTC),
        environ={"XDG_STATE_HOME": str(state.parents[1])},
        is_terminal=lambda: False,
        wait=lambda _, __: None,
    )

    def run(*arguments: str | Path) -> Ran:
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = main([str(argument) for argument in arguments], runtime)
        return Ran(code, out.getvalue(), err.getvalue())

    return run


@pytest.fixture
def seeded(run: Run, tmp_path: Path) -> Run:
    """With two portals in the state."""
    (tmp_path / "portal.yaml").write_text(SEED, encoding="utf-8")
    assert run("sandbox", "seed", tmp_path / "portal.yaml").code == 0
    return run


@pytest.fixture
def story(tmp_path: Path) -> Callable[[str], Path]:
    """Write a story."""

    def write(text: str) -> Path:
        file = tmp_path / "story.yaml"
        file.write_text(textwrap.dedent(text), encoding="utf-8")
        return file

    return write


def developers(run: Run) -> dict[str, dict[str, str]]:
    """Every portal's developers."""
    return {name: portal["developers"] for name, portal in json.loads(run("sandbox", "dump").out).items()}


# Stories


def blocks() -> dict[str, list[list[str]]]:
    """The commands of ours in each named block of the README, in order: name → argument lists."""
    found = {}
    for name, text in re.findall(r"<!-- ([a-z-]+) -->\n```sh\n(.*?)```", README, re.DOTALL):
        commands = [shlex.split(line) for line in re.split(r"&&|\n", text)]
        found[name] = [words[1:] for words in commands if words and words[0].endswith("/reconciler")]
    return found


def test_the_readmes_story_makes_drift_that_is_found_and_put_right(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """The main job's commands, then those of the block after it, exactly as they stand there."""
    monkeypatch.chdir(ROOT)
    assert [run(*arguments).code for arguments in blocks()["main-job"]] == [0, 0]
    assert len(blocks()["past-git"]) == 3
    play, drift, apply = (run(*arguments) for arguments in blocks()["past-git"])
    assert (play.code, play.out) == (0, "")
    assert play.err.splitlines()[:4] == [
        "  newcomer@partner-one.example signs up as Nina Newcomer",
        "  newcomer@partner-one.example verifies the address",
        "  newcomer@partner-one.example creates First steps: refused with 403",
        "  cy@partner-two.example creates Invoicing",
    ]
    assert (drift.code, drift.out.splitlines()[-1]) == (
        2,
        "Drift: 3 to grant, 2 to REMOVE; 2 held, 4 unlisted, 2 requests",
    )
    assert (apply.code, apply.out.splitlines()[-1]) == (
        0,
        "Applied 5 of 5 changes: 3 granted, 2 REMOVED; 2 held, 4 unlisted, 2 requests",
    )


def test_a_story_is_told_on_stderr_and_plays_on_its_portal_alone(seeded: Run, story: Any, state: Path) -> None:
    file = story("""\
        portal: other
        story:
          - sign-up: {email: dee@x.example, full_name: "Dee \\e[2J::error::"}
          - verify: dee@x.example
        """)
    assert seeded("sandbox", "play", file) == Ran(
        0,
        "",
        "  dee@x.example signs up as Dee \\u{1b}[2J::error::\n"
        "  dee@x.example verifies the address\n"
        f"Embedded portal: played the 2 steps of {file} (state in {state})\n",
    )
    assert developers(seeded) == {"acme": {"ada@x.example": "approved"}, "other": {"dee@x.example": "approved"}}


def test_a_server_on_the_same_state_shows_at_once_what_was_played(seeded: Run, story: Any, state: Path) -> None:
    """Also where it has counted the developers before."""
    sandbox = Sandbox(state)
    with serve(sandbox) as server:
        connection = http.client.HTTPConnection(server.url.removeprefix("http://"), timeout=10)

        def get(path: str) -> Any:
            connection.request("GET", f"/v3/portals{path}", headers={"Authorization": "Bearer t"})
            return json.loads(connection.getresponse().read())

        [acme] = [portal["id"] for portal in get("")["data"] if portal["name"] == "acme"]
        assert get(f"/{acme}/developers")["meta"]["page"]["total"] == 1
        seeded(
            "sandbox",
            "play",
            story("{portal: acme, story: [sign-up: {email: dee@x.example, full_name: Dee}]}"),
        )
        assert get(f"/{acme}/developers")["meta"]["page"]["total"] == 2
        connection.close()
    sandbox.close()


def test_a_move_that_is_refused_ends_the_story_and_says_which(seeded: Run, story: Any) -> None:
    """3; what was done before it stays, and is counted."""
    file = story("""\
        portal: acme
        story:
          - add-to-team: {email: ada@x.example, team: partners}
          - add-to-team: {email: ada@x.example, team: partners}
          - revoke: ada@x.example
        """)
    ran = seeded("sandbox", "play", file)
    assert ran == Ran(
        3,
        "",
        "  an admin adds ada@x.example to partners\n"
        f"reconciler: the story does not go on: {file}:4: an admin adds ada@x.example to partners: the portal "
        "refuses this with 409 Conflict: Conflict; 1 of 3 steps were made and stay\n"
        "  hint: docs/sandbox.md lists every move\n",
    )
    assert developers(seeded)["acme"] == {"ada@x.example": "approved"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{portal: acme, story: [fire: ada@x.example]}", "{file}:1: there is no move 'fire'"),
        ("{portal: acne, story: [revoke: ada@x.example]}", "no portal 'acne' (known: 'acme', 'other')"),
        ("portal: [", "{file}: while parsing"),
    ],
)
def test_a_story_that_is_wrong_is_invalid_input(seeded: Run, story: Any, text: str, message: str) -> None:
    file = story(text)
    ran = seeded("sandbox", "play", file)
    assert (ran.code, ran.out) == (3, "")
    assert message.format(file=file) in ran.err
    assert "steps were made" not in ran.err


def test_a_story_without_a_file_or_without_a_portal_says_what_to_do(run: Run, story: Any, tmp_path: Path) -> None:
    missing = run("sandbox", "play", tmp_path / "none.yaml")
    assert (missing.code, "No such file" in missing.err) == (3, True)
    empty = run("sandbox", "play", story("{portal: acme, story: []}"))
    assert (empty.code, "no portal yet" in empty.err, "sandbox seed" in empty.err) == (3, True, True)


# Dump, switches, tokens


def test_a_dump_is_the_whole_access_state_as_json(seeded: Run) -> None:
    ran = seeded("sandbox", "dump")
    team = {"description": None, "can_own_applications": False, "members": [], "roles": []}
    assert (ran.code, ran.err) == (0, "")
    assert json.loads(ran.out) == {
        "acme": {"developers": {"ada@x.example": "approved"}, "teams": {"partners": team}, "applications": []},
        "other": {"developers": {}, "teams": {}, "applications": []},
    }


def test_a_dump_does_not_command_a_workflow(seeded: Run, story: Any) -> None:
    """Strangers choose names; what they chose is still there."""
    seeded("sandbox", "play", story("{portal: acme, story: [create-team: '##[group]x']}"))
    ran = seeded("sandbox", "dump")
    assert "##" not in ran.out
    assert "##[group]x" in json.loads(ran.out)["acme"]["teams"]


def test_every_switch_is_listed_with_its_values(run: Run) -> None:
    """A table of four columns, the default first among the values."""
    head, *lines = run("sandbox", "switches").out.splitlines()
    assert re.split(r"\s{2,}", head) == ["switch", "values", "contract", "what it does"]
    cells = [re.split(r"\s{2,}", line) for line in lines]
    assert [name for name, *_ in cells] == [each.name for each in fields(Switches)]
    assert cells[0] == ["default_page_size", "10", "11.1", "items on a page where the request does not say"]
    assert ["login_approves", "pending | none | all", "11.8", "whom a login by SSO approves"] in cells


def status(sandbox: Sandbox, token: str, portal: str, method: str = "GET") -> int:
    """What a token is answered on a portal's developers."""
    with sandbox._store.read() as tx:
        [row] = tx.all("SELECT id FROM portals WHERE name = ?", portal)
    target = f"/v3/portals/{row['id']}/developers"
    headers = {"authorization": f"Bearer {token}"}
    return sandbox.answer(Request(method, target, headers, b"{}")).status


def test_a_token_is_printed_once_and_counts_where_it_was_made_for(seeded: Run, state: Path) -> None:
    ran = seeded("sandbox", "token", "viewer", "--portal", "acme")
    assert (ran.code, ran.err) == (0, "")
    token = ran.out.removesuffix("\n")
    sandbox = Sandbox(state)
    assert [status(sandbox, token, name) for name in ("acme", "other")] == [200, 403]
    assert [status(sandbox, token, "acme", "POST"), status(sandbox, "another", "acme")] == [403, 401]
    sandbox.close()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["king"], "there is no role 'king' (known: "),
        (["viewer", "--portal", "acne"], "no portal 'acne' (known: 'acme', 'other')"),
    ],
)
def test_a_token_for_what_is_not_there_is_invalid_input(seeded: Run, arguments: list[str], message: str) -> None:
    ran = seeded("sandbox", "token", *arguments)
    assert (ran.code, ran.out, message in ran.err) == (3, "", True)


def test_who_runs_the_portal_inside_a_command_needs_no_token(seeded: Run, tmp_path: Path) -> None:
    """They have the state itself in hand; a server asks for one."""
    seeded("sandbox", "token", "admin")
    (tmp_path / "access.yaml").write_text("portal: {name: acme, region: eu}\ndevelopers: [ada@x.example]\n")
    assert seeded("plan", tmp_path / "access.yaml", "--server", "sandbox").code == 0


# Serve


def test_a_server_takes_switches_faults_and_a_log(tmp_path: Path) -> None:
    seed, faults, log = tmp_path / "portal.yaml", tmp_path / "faults.yaml", tmp_path / "log.jsonl"
    seed.write_text(SEED, encoding="utf-8")
    faults.write_text("faults: [{method: GET, path: /portal-roles, nth: [2], status: 503}]\n", encoding="utf-8")
    command = [sys.executable, "-m", "reconciler", "sandbox", "serve", "--port", "0"]
    options = ["--state", tmp_path / "state.sqlite", "--seed", seed, "--faults", faults, "--log", log]
    switches = ["--set", "default_page_size=1", "--set", "viewer-reads-teams=false"]
    process = subprocess.Popen(
        [*command, *map(str, options), *switches],
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert process.stderr
    said = process.stderr.readline()
    found = re.search(r"http://(\S+)", said)
    assert found, said
    connection = http.client.HTTPConnection(found[1], timeout=10)
    answers = []
    for path in ("/v3/portals", "/v3/portal-roles", "/v3/portal-roles", "/v3/portal-roles"):
        connection.request("GET", path, headers={"Authorization": "Bearer t"})
        response = connection.getresponse()
        answers.append((response.status, json.loads(response.read())))
    connection.close()
    process.send_signal(signal.SIGTERM)
    rest = process.stderr.read()
    process.stderr.close()
    assert (process.wait(10), rest) == (0, "")
    assert answers[0][1]["meta"]["page"] == {"number": 1, "size": 1, "total": 2}
    assert [code for code, _ in answers] == [200, 200, 503, 200]
    assert [json.loads(line)["status"] for line in log.read_text(encoding="utf-8").splitlines()] == [
        200,
        200,
        503,
        200,
    ]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--set", "colour=red"], "there is no switch 'colour' (known: default_page_size, "),
        (["--set", "stale_seconds"], "switch 'stale_seconds' takes a number of seconds"),
        (["--set", "login_approves=some"], "switch 'login_approves' is one of none, pending, all, not 'some'"),
        (["--seed", "none.yaml"], "there is no file none.yaml"),
        (["--faults", "none.yaml"], "there is no file none.yaml"),
        (
            ["--host", "0.0.0.0"],
            "0.0.0.0 is not a loopback address: others could reach the sandbox\n  hint: say --allow-r",
        ),
        (["--log", "no/such/folder"], "no/such/folder: No such file or directory\n  hint: check that path"),
        (
            ["--state", "."],
            ". cannot be opened: unable to open database file\n  hint: name a file in a folder that may",
        ),
        (["--state", "/dev/null/state"], "/dev/null: "),
    ],
)
def test_a_server_that_cannot_be_as_asked_does_not_start(run: Run, arguments: list[str], message: str) -> None:
    """3, and what is known."""
    ran = run("sandbox", "serve", "--port", "0", *arguments)
    assert (ran.code, ran.out, message in ran.err) == (3, "", True)


def test_a_port_that_is_taken_is_named(run: Run) -> None:
    """3; another server, or the same one twice."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert run("sandbox", "serve", "--port", str(port)) == Ran(
            3,
            "",
            "reconciler: the embedded portal cannot be served: "
            f"127.0.0.1 port {port}: another program listens there\n"
            "  hint: choose another with --host or --port; port 0 is any free one\n",
        )


def test_a_request_that_cannot_be_answered_is_told_to_who_runs_the_server(seeded: Run, state: Path) -> None:
    """The client gets a 500 without a word more; the reason stands on stderr. The server goes on."""
    command = [sys.executable, "-m", "reconciler", "sandbox", "serve", "--port", "0", "--state", str(state)]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd=ROOT)
    assert process.stderr
    found = re.search(r"http://(\S+)", process.stderr.readline())
    assert found
    with contextlib.closing(sqlite3.connect(state)) as breaking:
        breaking.execute("ALTER TABLE portals RENAME TO gone")
    connection = http.client.HTTPConnection(found[1], timeout=10)
    statuses = []
    for path in ("/v3/portals", "/v3/portal-roles"):
        connection.request("GET", path, headers={"Authorization": "Bearer t"})
        response = connection.getresponse()
        statuses.append((response.status, b"portals" in response.read()))
    connection.close()
    process.terminate()
    said = process.stderr.read()
    process.stderr.close()
    assert (process.wait(10), statuses) == (0, [(500, False), (200, False)])
    assert said == "reconciler: GET /v3/portals was answered 500: OperationalError: no such table: portals\n"


def test_a_file_that_is_no_state_is_neither_used_nor_reset(run: Run, tmp_path: Path) -> None:
    """3, and it is left as it is."""
    mine = tmp_path / "mine.txt"
    mine.write_text("notes\n" * 100, encoding="utf-8")
    for command in ("dump", "reset"):
        ran = run("sandbox", command, "--state", mine)
        assert (ran.code, ran.out) == (3, "")
        assert f"{mine} is no state of the embedded portal" in ran.err
        assert "  hint: name another file, or remove this one yourself\n" in ran.err
    assert mine.read_text(encoding="utf-8") == "notes\n" * 100


def test_a_script_of_faults_that_is_wrong_is_invalid_input(run: Run, tmp_path: Path) -> None:
    faults = tmp_path / "faults.yaml"
    faults.write_text("faults: [{statsu: 503}]\n", encoding="utf-8")
    ran = run("sandbox", "serve", "--port", "0", "--faults", faults)
    assert (ran.code, ran.out, "unknown key 'statsu'" in ran.err) == (3, "", True)


def test_the_story_of_the_docs_can_be_read() -> None:
    """What stands in docs/sandbox.md plays after the company's seed."""
    docs = (ROOT / "docs" / "sandbox.md").read_text(encoding="utf-8")
    [text] = [block for block in re.findall(r"```yaml\n(.*?)```", docs, re.DOTALL) if "\nstory:" in block]
    sandbox = Sandbox()
    sandbox.load_file(COMPANY / "portal.yaml")
    read(yaml.safe_load(text)).play(sandbox)
    assert sandbox.dump()["acme-partners"]["developers"]["newcomer@partner-one.example"] == "approved"
    sandbox.close()
