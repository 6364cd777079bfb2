"""The command line's promises: streams, exit codes, where the token goes, and what is never said."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import re
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from reconciler import __version__
from reconciler.errors import ReadOnlyError
from reconciler.portal.client import Writer, connect_reader
from reconciler.portal.http import Session
from reconciler.sandbox import Request, Response
from tests.scenarios.conftest import Start
from tests.scenarios.story import Ran, Story, in_words

SCHEMAS = Path(__file__).parents[2] / "schemas"
TOKEN = "kpat_story"

SEED = """
    apis: [{name: payments}]
    portals:
      - name: acme-partners
        developers:
          - {email: ada@partner.example, status: pending}
          - {email: bob@partner.example, status: approved}
        teams:
          - {name: partners, members: [bob@partner.example]}
        applications:
          - {name: Checkout, owner: bob@partner.example, registrations: [{api: payments, status: pending}]}
"""
GIT = """
    developers:
      - {email: ada@partner.example, teams: [partners]}
      - email: bob@partner.example
        teams: [partners]
        applications: [{name: Checkout, apis: [payments]}]
"""
CHANGES = [
    "approve-developer | ada@partner.example",
    "add-member | ada@partner.example | partners",
    "approve-registration | bob@partner.example | Checkout | payments",
]


@pytest.fixture
def story(portal: Start) -> Story:
    """Ada asks to be let in, Bob for an API; git says yes to both."""
    story = portal(SEED)
    story.git(GIT)
    return story


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Between two tries no time is left."""
    monkeypatch.setattr("reconciler.portal.http.BACKOFF", 0.0)


def valid(document: Any) -> Any:
    """The document, once it has validated against its schema."""
    kind = document["kind"]
    schema = json.loads((SCHEMAS / f"{kind}.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(schema).validate(document)
    return document


def answer_to(method: str, ending: str, response: Response) -> Callable[[Request], Response | None]:
    """Answer a request for that path so; leave all others to the portal."""
    return lambda request: response if request.method == method and request.path.endswith(ending) else None


PROBLEM = "application/problem+json"


def problem(status: int) -> Response:
    body = {"status": status, "title": "No", "instance": "kong:trace:1234", "detail": "said the portal"}
    return Response.json(status, body, content_type=PROBLEM)


# Invalid manifests


BROKEN = {
    "broken": """
    developers:
      - emial: ada@partner.example
      - not-an-address
      - {email: bob@partner.example, teams: null}
      - {email: cy@partner.example, expires: 2027-13-01}
      - {email: dee@partner.example, invite: yes}
    """,
    "twice": """
    teams:
      - name: partners
        name: partners
    """,
    "anchors": """
    developers:
      - &ada ada@partner.example
      - *ada
    """,
    "second": "teams: []\n---\nteams: []\n",
    "empty": "# nothing\n",
    "portal": "portal: {name: other, region: eu}\n",
    "below__policy": "policy: {}\n",
    "torn": "developers: [ada@partner.example\n",
    "people": "developers:\n",
    "sides": """
    teams:
      - {name: partners, members: [Bob@partner.example]}
    """,
}


def findings(ran: Ran) -> list[str]:
    """Each finding of a JSON report as `file:line:col rule`, the workspace being `access`."""
    return [
        f"{found['file']}:{found['line']}:{found['column']} {found['rule']}".removeprefix("access/")
        for found in ran.json["findings"]
    ]


def test_every_error_of_a_workspace_is_reported_at_its_line_in_file_order(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All errors of a workspace are reported together, in file order, each with its place and what to do.

    Those of the shape and those of the meaning too: Bob is in `partners` on two sides, in two sound files.
    """
    monkeypatch.chdir(story.folder.parent)
    story.git(GIT, **BROKEN)
    (story.folder / "linked.yaml").symlink_to(story.folder / "access.yaml")
    (story.folder / "latin.yaml").write_bytes("developers: [zoë@partner.example]\n".encode("latin-1"))
    (story.folder / ".hidden.yaml").write_text("nonsense: true\n", encoding="utf-8")
    (story.folder / "notes.txt").write_text("nonsense: true\n", encoding="utf-8")
    ran = story.run("validate", "access", "--format", "json")
    assert ran.code == 3
    assert findings(ran) == [
        "anchors.yaml:3:5 anchor",
        "anchors.yaml:4:5 alias",
        "below/policy.yaml:1:1 not-at-top",
        "broken.yaml:3:5 missing-key",
        "broken.yaml:3:5 unknown-key",
        "broken.yaml:4:5 invalid-email",
        "broken.yaml:5:41 null-value",
        "broken.yaml:6:42 invalid-date",
        "broken.yaml:7:42 ambiguous-scalar",
        "empty.yaml:1:1 empty-file",
        "latin.yaml:1:16 not-utf8",
        "linked.yaml:None:None symlink",
        "people.yaml:1:12 null-value",
        "portal.yaml:1:1 portal-count",
        "second.yaml:2:1 second-document",
        "sides.yaml:3:32 duplicate-membership",
        "torn.yaml:1:13 yaml-syntax",
        "twice.yaml:4:5 duplicate-key",
    ]
    assert {found["severity"] for found in ran.json["findings"]} == {"error"}
    assert [found for found in ran.json["findings"] if not found["hint"]] == []
    [unknown] = [found for found in ran.json["findings"] if found["rule"] == "unknown-key"]
    assert unknown["message"] == "unknown key 'emial', did you mean 'email'?"
    as_text = story.run("validate", "access")
    told = [re.split("[: ]", line)[0] for line in as_text.out.splitlines() if line.startswith("access/")]
    assert told == [found["file"] for found in ran.json["findings"]]
    assert as_text.out.splitlines()[-1].startswith("18 errors, 0 warnings in ")
    assert story.server.requests == []


@pytest.mark.parametrize("command", ["validate", "plan", "apply", "drift"])
def test_an_invalid_workspace_exits_with_3_and_a_complete_document(story: Story, command: str) -> None:
    """stdout carries the one document, complete, before the exit: in text and in JSON. Nothing is asked."""
    story.git("developers: [{email: ada@partner.example, taems: [partners]}]")
    more = ["--yes"] if command == "apply" else []
    as_json = story.run(command, story.folder, *more, "--format", "json")
    as_text = story.run(command, story.folder, *more)
    assert (as_json.code, as_text.code) == (3, 3)
    document = valid(as_json.json)
    assert (document["kind"], document["command"], document["exit_code"]) == ("report", command, 3)
    [found] = document["findings"]
    nothing = "" if command == "validate" else ": nothing was planned"
    line = f"{story.folder}/access.yaml:2:43 error {found['rule']}: {found['message']}"
    assert words(as_text.out) == words(f"{line} hint: {found['hint']} 1 error, 0 warnings in 1 file{nothing}")
    assert "teams" in found["message"] + found["hint"]
    assert (as_json.err, as_text.err) == ("", "")
    assert story.server.requests == []


def words(text: str) -> list[str]:
    return text.split()


def test_a_file_that_is_no_yaml_is_counted_like_the_others(story: Story) -> None:
    """The last line counts manifests, and one that cannot be read is one."""
    story.git("developers: []")
    (story.folder / "torn.yaml").write_text("developers: [\n", encoding="utf-8")
    assert story.run("validate", story.folder).out.endswith("\n1 error, 0 warnings in 2 files\n")


def test_a_valid_workspace_is_said_to_be_so_without_a_connection(story: Story) -> None:
    """`validate` opens no connection."""
    ran = story.run("validate", story.folder)
    assert ran == Ran(0, "0 errors, 0 warnings in 1 file\n", "")
    assert story.server.requests == []


def test_warnings_alone_are_no_error(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    """`validate` exits with 0 where all findings are warnings."""
    monkeypatch.chdir(story.folder.parent)
    story.git("developers: [{email: ada@partner.example, expires: 2026-11-24}]")
    ran = story.run("validate", "access", "--format", "json")
    assert (ran.code, findings(ran)) == (0, ["access.yaml:2:43 expires-soon"])
    assert valid(ran.json)["summary"] == {"findings": 1, "errors": 0, "warnings": 1}


@pytest.mark.parametrize("command", [["validate"], ["plan"], ["drift"], ["apply", "--yes"]])
def test_a_path_that_is_not_there_is_named(story: Story, command: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrong PATH is invalid input (3); the document is complete all the same."""
    monkeypatch.chdir(story.folder)
    ran = story.run(*command, "nowhere", "--format", "json")
    assert ran.code == 3
    assert "'nowhere'" in valid(ran.json)["error"]["message"]
    assert story.server.requests == []


# Usage


@pytest.mark.parametrize(
    "arguments",
    [
        ["plan"],
        ["nonsense"],
        ["plan", "PATH", "--nonsense"],
        ["plan", "PATH", "--format", "morse"],
        ["plan", "PATH", "--workers", "0"],
        ["plan", "PATH", "--report", "json"],
        ["plan", "PATH", "--report", "morse=x"],
        ["plan", "PATH", "PATH", "--out", "plan.json"],
        ["schema", "nonsense"],
        ["sandbox", "nonsense"],
        ["sandbox", "seed", "nowhere.yaml"],
        ["sandbox", "serve", "--port", "99999"],
        ["sandbox", "serve", "--host", "0.0.0.0"],
        ["plan", "PATH", "--token-file", "nowhere"],
    ],
    ids=" ".join,
)
def test_a_wrong_command_line_exits_with_3_and_prints_nothing_on_stdout(
    story: Story, arguments: list[str], tmp_path: Path
) -> None:
    """click's own code would be 2, which here means "differences"."""
    story.environ["XDG_STATE_HOME"] = str(tmp_path)
    ran = story.run(*(story.folder if each == "PATH" else each for each in arguments))
    assert (ran.code, ran.out) == (3, "")
    assert ran.err
    assert story.server.requests == []


def test_no_command_at_all_shows_the_help(story: Story) -> None:
    """Who does not know what to ask is told; that is no difference (2)."""
    ran = story.run()
    assert ran.code == 3
    assert "Usage: reconciler" in ran.err + ran.out


def test_a_report_that_could_not_be_written_is_known_before_anything_is_done(story: Story, tmp_path: Path) -> None:
    """A wrong --report is invalid input (3), found before the portal is changed."""
    for report in (f"json={tmp_path}/no/such/folder.json", f"json={tmp_path}", "morse=x", "json="):
        ran = story.run("apply", story.folder, "--yes", "--report", report)
        assert (ran.code, ran.out) == (3, "")
        assert story.server.requests == []
    for out in (tmp_path / "no" / "such" / "folder.json", tmp_path):
        assert story.run("plan", story.folder, "--out", out).code == 3
        assert story.server.requests == []


def test_a_report_that_cannot_be_written_after_all_does_not_swallow_the_document(
    story: Story, tmp_path: Path
) -> None:
    """stdout carries the one document, complete, before any non-zero exit; 3, naming the file."""
    too_long = tmp_path / ("x" * 255)
    for command, option in (("drift", f"--report=json={too_long}"), ("plan", f"--out={too_long}")):
        ran = story.run(command, story.folder, option, "--format", "json")
        assert ran.code == 3
        assert [in_words(change) for change in valid(ran.json)["changes"]] == CHANGES
        assert "cannot be written" in ran.err
    assert list(tmp_path.iterdir()) == [story.folder]


# Asking


def test_apply_refuses_without_a_terminal_and_without_yes(story: Story) -> None:
    """Nobody can be asked, so nothing is done, and nothing is even read (3)."""
    ran = story.run("apply", story.folder)
    assert (ran.code, ran.out) == (3, "")
    assert "--yes" in ran.err
    assert story.server.requests == []


@pytest.mark.parametrize("answer", ["n\n", "\n", "no\n"])
def test_apply_asks_and_takes_no_for_an_answer(story: Story, answer: str) -> None:
    """The plan is shown and asked about on stderr; "no" is 0, and nothing is written."""
    ran = story.run("apply", story.folder, "--format", "json", answers=answer)
    assert ran.code == 0
    assert "Apply these 3 changes?" in ran.err
    assert ran.out.startswith("{\n")
    assert "approve the developer: pending → approved" in ran.err
    document = valid(ran.json)
    assert (document["outcomes"], [in_words(change) for change in document["changes"]]) == ([], CHANGES)
    assert story.writes() == []


def test_apply_asks_and_goes_on_at_yes(story: Story) -> None:
    """Asked and answered yes, it does what it showed."""
    ran = story.run("apply", story.folder, "--format", "json", answers="y\n")
    assert ran.code == 0
    assert [(outcome["action"], outcome["result"]) for outcome in valid(ran.json)["outcomes"]] == [
        ("approve-developer", "done"),
        ("add-member", "done"),
        ("approve-registration", "done"),
    ]
    assert len(story.writes()) == 3


def test_an_answer_that_never_comes_changes_nothing(story: Story) -> None:
    """The end of the input is no "yes"."""
    ran = story.run("apply", story.folder, answers="")
    assert ran.code == 0
    assert story.writes() == []


def test_apply_does_not_ask_when_there_is_nothing_to_do(story: Story) -> None:
    """A question with one answer is none."""
    story.apply()
    ran = story.run("apply", story.folder, answers="")
    assert (ran.code, "Apply these" in ran.err) == (0, False)
    assert ran.out.splitlines()[-1] == "Nothing to do: the portal is as git says"


# Exit codes


def test_plan_tells_of_changes_by_its_exit_code_if_asked(story: Story) -> None:
    """`plan --detailed-exitcode` has changes: 2; without the flag, or without changes: 0."""
    assert story.run("plan", story.folder).code == 0
    assert story.run("plan", story.folder, "--detailed-exitcode").code == 2
    story.apply()
    assert story.run("plan", story.folder, "--detailed-exitcode").code == 0


def test_drift_says_2_until_the_portal_is_as_git_says(story: Story) -> None:
    """Changes to make are drift; then it is in sync, and says so."""
    assert story.run("drift", story.folder).code == 2
    story.apply()
    ran = story.run("drift", story.folder)
    assert (ran.code, ran.out.splitlines()[-1]) == (0, "In sync: the portal is as git says")


def held(story: Story) -> None:
    story.sandbox.set_registration("acme-partners", "bob@partner.example", "Checkout", "payments", "revoked")


def unlisted(story: Story) -> None:
    story.sandbox.sign_up("acme-partners", "walkin@somewhere.example", "W")
    story.sandbox.set_status("acme-partners", "walkin@somewhere.example", "approved")


def asking(story: Story) -> None:
    story.sandbox.sign_up("acme-partners", "stranger@somewhere.example", "S")


@pytest.mark.parametrize(
    ("clicked", "code", "last"),
    [
        (held, 2, "Drift: nothing to change; 1 held"),
        (unlisted, 2, "Drift: nothing to change; 1 unlisted"),
        (asking, 0, "In sync: the portal is as git says; 1 request"),
    ],
)
def test_what_was_clicked_past_git_is_drift_and_a_request_is_none(
    story: Story, clicked: Callable[[Story], None], code: int, last: str
) -> None:
    """2: something held, unlisted under `report`, or residual access. Waiting and requests never change any code."""
    story.apply()
    clicked(story)
    ran = story.run("drift", story.folder)
    assert (ran.code, ran.out.splitlines()[-1]) == (code, last)
    assert story.run("plan", story.folder, "--detailed-exitcode").code == 0


# The state is unknown


def lies_about_total(request: Request) -> Response | None:
    if request.method == "GET" and request.path.endswith("/developers"):
        meta = {"page": {"number": 1, "size": 100, "total": 3}}
        return Response.json(200, {"data": [], "meta": meta})
    return None


HTML = Response(200, b"<html><body>Sign in</body></html>", {"Content-Type": "text/html"})
MALLORY = {
    "id": "44444444-0000-4000-8000-000000000001",
    "email": "mallory@partner.example",
    "full_name": "M",
    "status": "suspended",
    "created_at": "2026-01-01T00:00:00.000Z",
    "updated_at": "2026-01-01T00:00:00.000Z",
}
SUSPENDED = Response.json(200, {"data": [MALLORY], "meta": {"page": {"number": 1, "size": 100, "total": 1}}})
NONSENSE: dict[str, Callable[[Request], Response | None]] = {
    "the token is wrong": lambda _: problem(401),
    "the token may not read": lambda _: problem(403),
    "the portal fails": lambda _: problem(500),
    "a gateway fails in HTML": lambda _: Response(502, b"<html>Bad Gateway</html>", {"Content-Type": "text/html"}),
    "a login page": lambda _: HTML,
    "no JSON": lambda _: Response(200, b"{", {"Content-Type": "application/json"}),
    "another shape": lambda _: Response.json(200, ["data"]),
    "an unknown status value": answer_to("GET", "/developers", SUSPENDED),
    "less than was announced": lies_about_total,
    "developers forbidden": answer_to("GET", "/developers", problem(403)),
    "teams gone": answer_to("GET", "/teams", problem(404)),
    "registrations fail": answer_to("GET", "/application-registrations", problem(500)),
}


@pytest.mark.in_process
@pytest.mark.parametrize("command", [["drift"], ["plan"], ["plan", "--detailed-exitcode"], ["apply", "--yes"]])
@pytest.mark.parametrize("hook", NONSENSE.values(), ids=NONSENSE)
@pytest.mark.usefixtures("impatient")
def test_a_portal_that_cannot_be_seen_in_full_is_never_in_sync(
    story: Story, command: list[str], hook: Callable[[Request], Response | None]
) -> None:
    """7: unreachable, unauthorised or answering nonsense before anything was written. The document is complete."""
    story.apply()
    story.server.requests.clear()
    story.on_request(hook)
    as_text = story.run(*command, story.folder)
    as_json = story.run(*command, story.folder, "--format", "json")
    assert (as_text.code, as_json.code) == (7, 7)
    document = valid(as_json.json)
    assert (document["kind"], document["exit_code"], document["portal"]) == ("report", 7, None)
    assert document["error"]["exit_code"] == 7
    assert as_text.out.startswith("FAILED: ")
    said = as_text.out + as_text.err + as_json.out + as_json.err
    assert "in sync" not in said.lower()
    assert "Nothing to do" not in said
    assert TOKEN not in said
    assert "Traceback" not in said
    assert story.writes() == []


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("command", [["drift"], ["plan"], ["apply", "--yes"]])
def test_a_portal_that_nobody_answers_for_is_unknown(story: Story, command: list[str]) -> None:
    """7 where nothing listens: the state is unknown, never "no drift"."""
    story.environ["KONNECT_SERVER_URL"] = f"http://127.0.0.1:{free_port()}"
    ran = story.run(*command, story.folder, "--format", "json")
    assert ran.code == 7
    assert valid(ran.json)["error"]["exit_code"] == 7


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def test_a_portal_of_that_name_that_is_not_there_is_unknown(story: Story) -> None:
    """The message names what is missing and what there is instead."""
    story.git()
    (story.folder / "access.yaml").write_text("portal: {name: acme, region: eu}\n", encoding="utf-8")
    ran = story.run("plan", story.folder)
    assert ran.code == 7
    assert "'acme'" in ran.out
    assert "it sees: acme-partners" in ran.out


# Partly done


@pytest.mark.in_process
def test_a_portal_lost_after_the_first_write_leaves_the_rest_listed(story: Story) -> None:
    """6, not 7: something was written. What was not come to is named; nothing is said to be done that is not."""
    written: list[str] = []

    def lost(request: Request) -> Response | None:
        if request.method != "GET":
            written.append(request.method)
        return problem(401) if len(written) > 1 else None

    story.on_request(lost)
    ran = story.run("apply", story.folder, "--yes", "--workers", "1", "--format", "json")
    assert ran.code == 6
    document = valid(ran.json)
    assert [(in_words(outcome), outcome["result"]) for outcome in document["outcomes"]] == [
        (CHANGES[0], "done"),
        (CHANGES[1], "failed"),
        (CHANGES[2], "skipped"),
    ]
    assert document["exit_code"] == 6
    assert document["error"] is not None
    assert (story.status("ada@partner.example"), story.members("partners")) == ("approved", ["bob@partner.example"])


@pytest.mark.in_process
@pytest.mark.usefixtures("impatient")
def test_a_portal_that_fails_after_the_first_write_is_partly_done_too(story: Story) -> None:
    """The same where the server fails to the last try; run again when it is back, the rest is done."""
    written: list[str] = []

    def down(request: Request) -> Response | None:
        if request.method != "GET":
            written.append(request.method)
        return problem(503) if len(written) > 1 else None

    stop = story.on_request(down)
    ran = story.run("apply", story.folder, "--yes", "--workers", "1")
    assert (ran.code, ran.out.splitlines()[-1]) == (6, "Applied 1 of 3 changes: 1 granted, 0 REMOVED; 2 UNKNOWN")
    stop()
    story.apply()


@pytest.mark.in_process
def test_a_write_that_the_token_may_not_do_is_partly_done(story: Story) -> None:
    """A 403 on a write is 6; what does not need it is done, and the way out is said."""
    story.on_request(
        lambda request: problem(403) if request.method == "PATCH" and "/developers/" in request.path else None
    )
    ran = story.run("apply", story.folder, "--yes", "--format", "json")
    assert ran.code == 6
    document = valid(ran.json)
    assert [(in_words(outcome), outcome["result"], outcome["status"]) for outcome in document["outcomes"]] == [
        (CHANGES[0], "failed", 403),
        (CHANGES[1], "skipped", None),
        (CHANGES[2], "done", 200),
    ]
    assert (document["error"], document["summary"]["done"], document["summary"]["failed"]) == (None, 1, 1)


# Several workspaces


def workspace(folder: Path, text: str, portal: str = "acme-partners") -> Path:
    folder.mkdir()
    (folder / "access.yaml").write_text(f"portal: {{name: {portal}, region: eu}}\n{text}", encoding="utf-8")
    return folder


def test_a_broken_workspace_leaves_the_others_alone(story: Story, tmp_path: Path) -> None:
    """Several PATHs are several workspaces, each a failure domain of its own; the worst code is the exit code."""
    broken = workspace(tmp_path / "broken", "developers: null\n")
    ran = story.run("apply", broken, story.folder, "--yes", "--format", "json")
    assert ran.code == 3
    assert (ran.json["kind"], len(ran.json["reports"])) == ("reports", 2)
    assert [valid(report)["exit_code"] for report in ran.json["reports"]] == [3, 0]
    assert story.status("ada@partner.example") == "approved"


def test_of_several_codes_the_first_of_1_3_7_5_4_6_2_counts(story: Story, tmp_path: Path) -> None:
    """A portal that is not there (7) before one that is refused (4) before differences (2)."""
    missing = workspace(tmp_path / "missing", "", portal="other")
    refused = workspace(
        tmp_path / "refused", "policy: {limits: {grants: {count: 0}}}\ndevelopers: [ada@partner.example]\n"
    )
    assert story.run("plan", story.folder, "--detailed-exitcode").code == 2
    assert story.run("plan", story.folder, refused, "--detailed-exitcode").code == 4
    assert story.run("plan", story.folder, refused, missing, "--detailed-exitcode").code == 7


# Documents


def test_reports_are_written_beside_the_document_on_stdout(story: Story, tmp_path: Path) -> None:
    """--report FORMAT=FILE (repeatable) writes further documents, complete, whatever the exit code."""
    as_json, as_text = tmp_path / "drift.json", tmp_path / "drift.txt"
    ran = story.run("drift", story.folder, "--report", f"json={as_json}", "--report", f"text={as_text}")
    assert ran.code == 2
    assert valid(json.loads(as_json.read_text(encoding="utf-8")))["kind"] == "report"
    assert as_text.read_text(encoding="utf-8").splitlines()[-1] == ran.out.splitlines()[-1]


def test_a_plan_is_saved_as_the_document_of_its_schema(story: Story, tmp_path: Path) -> None:
    """plan --out validates against schemas/plan.schema.json, and is what --format json prints."""
    saved = tmp_path / "plan.json"
    ran = story.run("plan", story.folder, "--out", saved, "--format", "json")
    document = valid(json.loads(saved.read_text(encoding="utf-8")))
    assert ran.code == 0
    assert document == ran.json
    assert (document["kind"], document["format_version"]) == ("plan", "1.0")
    assert [in_words(change) for change in document["changes"]] == CHANGES
    assert list(tmp_path.glob("*.part")) == []


def test_the_summary_counts_each_list_and_grants_and_removals(story: Story) -> None:
    """A plan has a `summary` with a count of each, plus `grants` and `removals`."""
    plan = valid(story.plan())
    lists = ("changes", "held", "waiting", "blocked", "unlisted", "requests", "findings")
    assert {name: plan["summary"][name] for name in lists} == {name: len(plan[name]) for name in lists}
    assert (plan["summary"]["grants"], plan["summary"]["removals"]) == (3, 0)


def test_every_change_names_the_manifest_line_that_asked_for_it(story: Story) -> None:
    """Action, subject in words and ids, before and after, effect, and the line, rule or policy."""
    [approve, *_] = story.plan()["changes"]
    [ada] = [d for d in developers_of(story) if d["email"] == "ada@partner.example"]
    assert approve == {
        "action": "approve-developer",
        "subject": {
            "kind": "developer",
            "developer": {"name": "ada@partner.example", "id": ada["id"]},
            "team": None,
            "application": None,
            "api": None,
            "registration_id": None,
            "role": None,
            "region": None,
        },
        "before": {"status": "pending"},
        "after": {"status": "approved"},
        "effect": "grants",
        "cause": {
            "by": "entry",
            "text": "listed",
            "file": f"{story.folder}/access.yaml",
            "line": 4,
            "column": 5,
        },
        "waits_for": [],
        "requires": [],
    }


def developers_of(story: Story) -> list[dict[str, Any]]:
    reader = connect_reader(story.server.url, "any")
    with reader:
        portal = reader.find_portal(name="acme-partners")
        found = reader.developers(portal.id)
    return [{"id": each.id, "email": each.email} for each in found]


def test_progress_and_the_portal_in_use_go_to_stderr(story: Story) -> None:
    """The portal and server in use are named first, on stderr; stdout carries the one document."""
    ran = story.run("drift", story.folder, "--format", "json")
    assert ran.err == f"Portal acme-partners at {story.server.url}\n"


@pytest.mark.parametrize("command", [["plan"], ["drift"], ["apply", "--yes"], ["validate"]])
def test_without_a_terminal_there_are_no_escape_codes(story: Story, command: list[str]) -> None:
    """No terminal: neither colour nor a bar that is rewritten."""
    ran = story.run(*command, story.folder)
    assert "\x1b" not in ran.out + ran.err
    assert "\r" not in ran.out + ran.err


@pytest.mark.parametrize(
    ("environ", "coloured"), [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)], ids=str
)
def test_a_terminal_gets_colours_unless_it_wants_none(
    tmp_path: Path, environ: dict[str, str], coloured: bool
) -> None:
    """NO_COLOR is respected; colour is for a terminal alone."""
    (tmp_path / "access.yaml").write_text("portal: nonsense\n", encoding="utf-8")
    out = on_a_terminal("validate", "access.yaml", cwd=tmp_path, environ={"TERM": "xterm", **environ})
    assert "wrong-type" in out
    assert ("\x1b[" in out) is coloured


def on_a_terminal(*arguments: str, cwd: Path, environ: dict[str, str]) -> str:
    """What the command shows on a terminal of its own."""
    ours, theirs = pty.openpty()
    with os.fdopen(ours, "rb", buffering=0) as screen:
        command = [sys.executable, "-m", "reconciler", *arguments]
        settings = {"PYTHONPATH": str(SCHEMAS.parent), "PATH": os.environ["PATH"], **environ}
        with subprocess.Popen(command, cwd=cwd, env=settings, stdin=theirs, stdout=theirs, stderr=theirs):
            os.close(theirs)
            shown = b""
            with contextlib.suppress(OSError):  # what Linux answers once the other side is closed
                while part := screen.read(4096):
                    shown += part
    return shown.decode("utf-8")


def test_the_clock_of_the_documents_is_the_run_time_in_utc(story: Story) -> None:
    """`generated_at` is when the run was; `tool_version` is ours."""
    _, report = story.drift()
    assert (report["generated_at"], report["tool_version"]) == ("2026-11-23T12:00:00Z", __version__)


# The token


SECRETS = {
    "KONNECT_TOKEN": "kpat_from_the_first_variable",
    "KONNECT_SPAT": "spat_from_the_second_variable",
    "file": "kpat_from_a_file",
}


@pytest.fixture
def tokens(story: Story) -> set[str]:
    """The Authorization headers that reach the portal."""
    seen: set[str] = set()

    def look(request: Request) -> None:
        seen.add(request.headers.get("authorization", ""))

    story.on_request(look)
    return seen


@pytest.mark.in_process
@pytest.mark.parametrize(
    ("environ", "from_file", "used"),
    [
        (
            {"KONNECT_TOKEN": SECRETS["KONNECT_TOKEN"], "KONNECT_SPAT": SECRETS["KONNECT_SPAT"]},
            False,
            "KONNECT_TOKEN",
        ),
        ({"KONNECT_TOKEN": "", "KONNECT_SPAT": SECRETS["KONNECT_SPAT"]}, False, "KONNECT_SPAT"),
        ({"KONNECT_TOKEN": SECRETS["KONNECT_TOKEN"], "KONNECT_SPAT": SECRETS["KONNECT_SPAT"]}, True, "file"),
    ],
)
def test_the_token_comes_from_a_file_then_the_two_variables(
    story: Story, tokens: set[str], tmp_path: Path, environ: dict[str, str], from_file: bool, used: str
) -> None:
    """Token: KONNECT_TOKEN, then KONNECT_SPAT, or --token-file (one line break at its end is no part of it)."""
    file = tmp_path / "token"
    file.write_text(SECRETS["file"] + "\n", encoding="utf-8")
    story.environ.update(environ)
    ran = story.run("plan", story.folder, *(["--token-file", file] if from_file else []))
    assert ran.code == 0
    assert tokens == {f"Bearer {SECRETS[used]}"}


def test_without_a_token_nothing_is_asked(story: Story) -> None:
    """3, with what to do."""
    story.environ.update(KONNECT_TOKEN="", KONNECT_SPAT="")
    ran = story.run("plan", story.folder, "--format", "json")
    assert ran.code == 3
    assert "KONNECT_TOKEN" in ran.json["error"]["hint"]
    assert story.server.requests == []


FAILURES: dict[str, Callable[[Request], Response | None]] = {
    "as it should be": lambda _: None,
    "401": lambda _: problem(401),
    "500": lambda _: problem(500),
    "an answer that quotes the token": lambda request: Response.json(
        400,
        {
            "status": 400,
            "title": request.headers.get("authorization", ""),
            "detail": request.headers.get("authorization", ""),
        },
    ),
    "a write refused with the token in its answer": lambda request: (
        Response.json(403, {"status": 403, "detail": request.headers.get("authorization", "")}, content_type=PROBLEM)
        if request.method != "GET"
        else None
    ),
    "a redirect to another host": lambda _: Response(302, b"", {"Location": "https://thief.example/"}),
    "a page": lambda request: Response(
        200, request.headers.get("authorization", "").encode(), {"Content-Type": "text/html"}
    ),
}


@pytest.mark.in_process
@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("hook", FAILURES.values(), ids=FAILURES)
@pytest.mark.parametrize("where", ["KONNECT_TOKEN", "KONNECT_SPAT", "file"])
def test_the_token_appears_nowhere(
    story: Story, tmp_path: Path, hook: Callable[[Request], Response | None], where: str
) -> None:
    """Never in any output, log, exception or file, whatever the portal answers."""
    token = SECRETS[where]
    file = tmp_path / "token"
    file.write_text(token, encoding="utf-8")
    story.environ.update({"KONNECT_TOKEN": "", "KONNECT_SPAT": "", **({where: token} if where != "file" else {})})
    more = ["--token-file", file] if where == "file" else []
    story.on_request(hook)
    kept = tmp_path / "kept"
    kept.mkdir()
    said = ""
    for command in (["plan", "--out", kept / "plan.json"], ["drift"], ["apply", "--yes"]):
        for format_ in ("text", "json"):
            report = ["--report", f"{format_}={kept}/{command[0]}.{format_}"]
            ran = story.run(*command, story.folder, "--format", format_, *report, *more)
            said += ran.out + ran.err
    said += "".join(path.read_text(encoding="utf-8") for path in kept.iterdir())
    assert "acme-partners" in said
    assert token not in said


@pytest.mark.parametrize("content", [b"", b"\n", b"two words\n", b"two\nlines\n", b"\xff\xfe"])
def test_a_token_file_without_a_token_is_invalid_and_not_shown(story: Story, tmp_path: Path, content: bytes) -> None:
    """3, and what the file holds is not printed."""
    file = tmp_path / "token"
    file.write_bytes(content)
    ran = story.run("plan", story.folder, "--token-file", file)
    assert (ran.code, ran.out) == (3, "")
    assert "words" not in ran.err
    assert "lines" not in ran.err
    assert story.server.requests == []


# Where the token may go


@pytest.fixture
def connections(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Every address that a socket was to be connected to or a name that was looked up; none is let through."""
    tried: list[Any] = []

    def note(*arguments: Any, **_: Any) -> Any:
        tried.append(arguments)
        raise OSError("no connection in this test")

    monkeypatch.setattr(socket, "getaddrinfo", note)
    monkeypatch.setattr(socket.socket, "connect", note)
    return tried


def elsewhere(story: Story, server: str) -> None:
    story.environ["KONNECT_SERVER_URL"] = ""
    story.git()
    text = f"portal: {{name: acme-partners, server: '{server}'}}\n"
    (story.folder / "access.yaml").write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    "server",
    [
        "https://thief.example",
        "https://api.konghq.com.thief.example",
        "https://thief-api.konghq.com",
        "https://evilapi.konghq.com",
        "https://api.konghq.com@thief.example",
        "https://127.0.0.1.thief.example",
        "https://localhost.thief.example",
        "http://eu.api.konghq.com",
        "http://thief.example",
    ],
)
@pytest.mark.parametrize("command", [["plan"], ["drift"], ["apply", "--yes"]])
def test_a_manifest_cannot_send_the_token_away(
    story: Story, connections: list[Any], command: list[str], server: str
) -> None:
    """A manifest's `server` elsewhere than Konnect or loopback is 3, and no connection is made."""
    elsewhere(story, server)
    ran = story.run(*command, story.folder, "--format", "json")
    assert ran.code == 3
    assert connections == []


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("by", ["flag", "environment"])
def test_a_server_that_a_flag_or_the_environment_names_too_is_used(
    story: Story, connections: list[Any], by: str
) -> None:
    """… unless flag or environment names the same: then it is connected to (and here, nobody is at home: 7)."""
    elsewhere(story, "https://konnect.acme.example")
    if by == "environment":
        story.environ["KONNECT_SERVER_URL"] = "https://konnect.acme.example/"
    flag = ["--server", "https://konnect.acme.example"] if by == "flag" else []
    assert story.run("plan", story.folder, *flag).code == 7
    assert {attempt[0] for attempt in connections} == {"konnect.acme.example"}


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize(("region", "host"), [("eu", "eu.api.konghq.com"), ("us", "us.api.konghq.com")])
def test_a_region_means_konnect(story: Story, connections: list[Any], region: str, host: str) -> None:
    """Without flag and environment the manifest's region says where."""
    story.environ["KONNECT_SERVER_URL"] = ""
    story.git()
    text = f"portal: {{name: acme-partners, region: {region}}}\n"
    (story.folder / "access.yaml").write_text(text, encoding="utf-8")
    assert story.run("plan", story.folder).code == 7
    assert {attempt[0] for attempt in connections} == {host}


@pytest.mark.parametrize("server", ["http://konnect.acme.example", "http://10.0.0.1:8080", "ftp://eu.api.konghq.com"])
@pytest.mark.parametrize("by", ["flag", "environment"])
def test_plain_http_is_for_loopback_only(story: Story, connections: list[Any], by: str, server: str) -> None:
    """The token must not travel in the open, whoever names the server."""
    flag = ["--server", server] if by == "flag" else []
    if by == "environment":
        story.environ["KONNECT_SERVER_URL"] = server
    assert story.run("plan", story.folder, *flag).code == 3
    assert connections == []


def test_a_flag_outranks_the_environment(story: Story) -> None:
    """--server, then KONNECT_SERVER_URL, then the manifest."""
    url = story.server.url
    story.environ["KONNECT_SERVER_URL"] = f"http://127.0.0.1:{free_port()}"
    assert story.run("plan", story.folder, "--server", f"{url}/").code == 0


@pytest.mark.in_process
def test_no_redirect_is_followed_to_another_host(story: Story) -> None:
    """The token does not go where an answer points."""
    other: list[str] = []
    story.on_request(lambda request: redirected(request, story, other))
    assert story.run("plan", story.folder).code == 7
    assert other == []


def redirected(request: Request, story: Story, other: list[str]) -> Response | None:
    port = story.server.url.rpartition(":")[2]
    if request.headers.get("host", "").startswith("localhost"):
        other.append(request.target)
        return None
    return Response(302, b"", {"Location": f"http://localhost:{port}{request.target}"})


# The embedded portal


@pytest.fixture
def home(story: Story, tmp_path: Path) -> Story:
    """The story, with the embedded portal in place of the server, and a state folder of its own."""
    story.environ.update(KONNECT_SERVER_URL="sandbox", KONNECT_TOKEN="", XDG_STATE_HOME=str(tmp_path / "state"))
    (tmp_path / "portal.yaml").write_text(SEED, encoding="utf-8")
    return story


def test_the_embedded_portal_keeps_its_state_between_runs(home: Story, tmp_path: Path) -> None:
    """It needs no token; its state lies under XDG_STATE_HOME, is named on stderr, and reset clears it."""
    state = tmp_path / "state" / "reconciler" / "sandbox.sqlite"
    seeded = home.run("sandbox", "seed", tmp_path / "portal.yaml")
    assert seeded == Ran(
        0,
        "",
        f"Embedded portal: loaded {tmp_path}/portal.yaml (state in {state}; `reconciler sandbox reset` clears it)\n",
    )
    first = home.run("apply", home.folder, "--yes")
    assert first.code == 0
    assert str(state) in first.err.splitlines()[0]
    assert first.out.splitlines()[-1] == "Applied 3 of 3 changes: 3 granted, 0 REMOVED"
    again = home.run("apply", home.folder, "--yes")
    assert (again.code, again.out.splitlines()[-1]) == (0, "Nothing to do: the portal is as git says")
    assert home.server.requests == []
    once = home.run("sandbox", "seed", tmp_path / "portal.yaml")
    assert (once.code, "loaded before" in once.err) == (0, True)
    assert home.run("sandbox", "reset").code == 0
    assert not state.exists()
    assert home.run("sandbox", "reset").code == 0


def test_the_embedded_portal_by_flag(home: Story, tmp_path: Path) -> None:
    """The word `sandbox` as server, on the command line."""
    home.environ["KONNECT_SERVER_URL"] = ""
    home.run("sandbox", "seed", tmp_path / "portal.yaml")
    assert home.run("plan", home.folder, "--server", "sandbox", "--detailed-exitcode").code == 2


def test_an_embedded_portal_without_a_portal_says_how_to_get_one(home: Story) -> None:
    """3, and the way out."""
    ran = home.run("plan", home.folder, "--format", "json")
    assert ran.code == 3
    error = valid(ran.json)["error"]
    assert error["message"].startswith("the embedded portal has no portal yet")
    assert "reconciler sandbox seed" in error["hint"]


def test_a_seed_that_is_wrong_is_invalid_input(home: Story, tmp_path: Path) -> None:
    """3, naming the place in the seed, and nothing was loaded."""
    (tmp_path / "wrong.yaml").write_text("portals: [{nmae: acme}]\n", encoding="utf-8")
    ran = home.run("sandbox", "seed", tmp_path / "wrong.yaml")
    assert (ran.code, ran.out) == (3, "")
    assert "portals[0]: unknown key 'nmae'" in ran.err
    assert home.run("sandbox", "seed", tmp_path / "portal.yaml").code == 0


def test_a_state_file_can_be_named(home: Story, tmp_path: Path) -> None:
    """--state FILE, for seed and reset."""
    state = tmp_path / "elsewhere" / "state.sqlite"
    assert home.run("sandbox", "seed", tmp_path / "portal.yaml", "--state", state).code == 0
    assert state.exists()
    assert home.run("sandbox", "reset", "--state", state).code == 0
    assert not state.exists()


# Read-only


@pytest.mark.parametrize("command", [["validate"], ["plan"], ["plan", "--detailed-exitcode"], ["drift"]])
def test_reading_commands_send_nothing_but_get(story: Story, command: list[str]) -> None:
    """`validate` opens no connection, the others only read."""
    before = story.portal
    story.run(*command, story.folder)
    assert {method for method, _, _ in story.server.requests} <= ({"GET"} if command != ["validate"] else set())
    assert story.portal == before


@pytest.mark.parametrize("method", ["POST", "PATCH", "PUT", "DELETE"])
def test_a_reading_client_cannot_write(story: Story, method: str) -> None:
    """Read-only is enforced in one place: the session, before anything is opened."""
    session = Session(story.server.url, TOKEN, read_only=True)
    with pytest.raises(ReadOnlyError):
        session.request(method, "/portals", body={})
    with pytest.raises(ReadOnlyError):
        Writer(session)
    session.close()
    assert story.server.requests == []


# The rest


@pytest.mark.parametrize("which", ["manifest", "plan", "report"])
def test_schema_prints_the_file_of_the_schemas_folder(story: Story, which: str) -> None:
    """`reconciler schema` prints the source of truth, byte for byte; the manifest's is the default."""
    text = (SCHEMAS / f"{which}.schema.json").read_text(encoding="utf-8")
    assert story.run("schema", which) == Ran(0, text, "")
    if which == "manifest":
        assert story.run("schema") == Ran(0, text, "")


def test_the_version_is_the_packages(story: Story) -> None:
    """`--version` says one line."""
    ran = story.run("--version")
    assert ran == Ran(0, f"reconciler, version {__version__}\n", "")


def test_no_command_has_a_flag_for_the_token(story: Story) -> None:
    """Never a flag's value: it would stand in the process list and the shell's history."""
    for command in ("validate", "plan", "apply", "drift", "sandbox"):
        flags = re.findall(r"--[a-z-]+", story.run(command, "--help").out)
        assert [flag for flag in flags if "token" in flag and flag != "--token-file"] == []
