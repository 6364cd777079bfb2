"""`apply --journal FILE`: what was done to the portal, by whom, on whose word, a line each, for auditors."""

from __future__ import annotations

import errno
import json
import os
import re
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from reconciler import __version__
from reconciler.sandbox import Request, Response
from tests.scenarios.conftest import Start
from tests.scenarios.story import Ran, Story, in_words
from tests.scenarios.test_command_line import GIT, SEED, problem

pytestmark = pytest.mark.in_process

ROOT = Path(__file__).parents[2]
SCHEMA = json.loads((ROOT / "schemas" / "journal.schema.json").read_text(encoding="utf-8"))
APPROVE = "approve-developer | ada@partner.example"
ADD = "add-member | ada@partner.example | partners"
REGISTER = "approve-registration | bob@partner.example | Checkout | payments"


def strict(part: Any) -> Any:
    """The schema with every object closed, so that a field that it does not describe is an error."""
    if isinstance(part, list):
        return [strict(item) for item in part]
    if not isinstance(part, dict):
        return part
    closed = {key: strict(value) for key, value in part.items()}
    if "properties" in part and isinstance(part.get("type"), str):
        closed["additionalProperties"] = False
    return closed


VALIDATOR = Draft202012Validator(strict(SCHEMA))


@pytest.fixture
def story(portal: Start) -> Story:
    """Ada asks to be let in, Bob for an API; git says yes to both."""
    story = portal(SEED)
    story.git(GIT)
    return story


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    return tmp_path / "journal.jsonl"


def apply(story: Story, journal: Path, *more: str) -> Ran:
    return story.run("apply", story.folder, "--yes", "--journal", journal, "--format", "json", *more)


def lines(journal: Path) -> list[dict[str, Any]]:
    """The lines of the journal, each valid by itself."""
    found = [json.loads(line) for line in journal.read_text(encoding="ascii").splitlines()]
    for line in found:
        VALIDATOR.validate(line)
    return found


def told(journal: Path) -> list[str]:
    """Each line as a short one: what kind, about what, and what came of it."""
    return [
        " | ".join(
            part
            for part in (line["kind"], in_words(line) if "action" in line else "", line.get("outcome", ""))
            if part
        )
        for line in lines(journal)
    ]


def test_a_run_is_written_down_whole(story: Story, journal: Path) -> None:
    """Each change as it is attempted and as it is answered, between a line that says what was planned and one that
    says how it ended; each line whole by itself."""
    story.environ |= {
        "GITHUB_ACTIONS": "true",
        "GITHUB_ACTOR": "jo",
        "GITHUB_SERVER_URL": "https://github.example",
        "GITHUB_REPOSITORY": "acme/access",
        "GITHUB_RUN_ID": "77",
        "GITHUB_SHA": "0123456789abcdef0123456789abcdef01234567",
    }
    plan = story.plan()
    assert apply(story, journal, "--workers", "1").code == 0
    found = lines(journal)
    head = {
        "format_version": "1.0",
        "time": "2026-11-23T12:00:00.000Z",
        "run": "run-1",
        "actor": {"name": "jo", "source": "github", "url": "https://github.example/acme/access/actions/runs/77"},
        "commit": "0123456789abcdef0123456789abcdef01234567",
        "plan": found[0]["plan"],
        "portal": plan["portal"],
    }
    planned = {"changes": 3, "grants": 3, "removals": 0, "neither": 0}
    fields = ("action", "subject", "before", "after", "effect", "cause")
    expected: list[dict[str, Any]] = [
        {
            **head,
            "kind": "run-began",
            "tool_version": __version__,
            "workspace": [str(story.folder)],
            "planned": planned,
            "lifted": [],
        }
    ]
    for position, status in enumerate((200, 201, 200)):
        change = {"position": position, **{field: plan["changes"][position][field] for field in fields}}
        expected.append({**head, "kind": "change-attempted", **change})
        answer = {"outcome": "applied", "error": None, "status": status, "trace": None}
        expected.append({**head, "kind": "change-answered", **change, **answer})
    outcomes = {"applied": 3, "already": 0, "failed": 0, "unknown": 0, "skipped": 0, "not-kept": 0}
    expected.append({**head, "kind": "run-ended", "outcomes": outcomes, "verified": True, "error": None})
    assert found == expected
    assert re.fullmatch("sha256:[0-9a-f]{64}", found[0]["plan"])


ELSEWHERE = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull, "GIT_CONFIG_COUNT": "1"}
JO = {**ELSEWHERE, "GIT_CONFIG_KEY_0": "user.email", "GIT_CONFIG_VALUE_0": "jo@acme.example"}
NOBODY = {**ELSEWHERE, "GIT_CONFIG_KEY_0": "core.pager", "GIT_CONFIG_VALUE_0": "cat"}


@pytest.mark.parametrize(
    ("environ", "actor", "commit"),
    [
        (
            {"GITHUB_ACTIONS": "true", "GITHUB_ACTOR": "jo", "GITHUB_TRIGGERING_ACTOR": "sam"},
            {"name": "sam", "source": "github", "url": None},
            None,
        ),
        (
            {"GITLAB_CI": "true", "GITLAB_USER_LOGIN": "jo", "CI_JOB_URL": "https://ci/1", "CI_COMMIT_SHA": "c0ffee"},
            {"name": "jo", "source": "gitlab", "url": "https://ci/1"},
            "c0ffee",
        ),
        (
            {"BUILD_URL": "https://ci/2/", "BUILD_USER_ID": "jo", "GIT_COMMIT": "c0ffee"},
            {"name": "jo", "source": "jenkins", "url": "https://ci/2/"},
            "c0ffee",
        ),
        ({"BUILD_URL": "https://ci/2/"}, {"name": "unknown", "source": "jenkins", "url": "https://ci/2/"}, None),
        ({**JO, "USER": "root"}, {"name": "<jo@acme.example>", "source": "git", "url": None}, None),
        ({**NOBODY, "USER": "jo"}, {"name": "jo", "source": "system", "url": None}, None),
        (NOBODY, {"name": "unknown", "source": "system", "url": None}, None),
    ],
)
def test_who_started_the_run_is_what_ci_git_or_the_machine_says(
    story: Story, journal: Path, environ: dict[str, str], actor: dict[str, str | None], commit: str | None
) -> None:
    """CI's variables, then git's identity, then the user of the machine; the commit where somebody tells it."""
    story.environ |= {"PATH": os.environ["PATH"], **environ}
    apply(story, journal)
    assert [(line["actor"], line["commit"]) for line in lines(journal)] == [(actor, commit)] * 8


@pytest.mark.in_process
def test_every_attempt_is_on_the_disk_before_it_is_sent_and_every_answer_before_the_next(
    story: Story, journal: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a crash no write is unknown to the journal: what may have been made was written down before."""
    on_disk = 0
    sent: list[list[str]] = []
    real = os.fsync

    def fsync(file: int) -> None:
        nonlocal on_disk
        real(file)
        on_disk = os.fstat(file).st_size

    def look(request: Request) -> None:
        if request.method != "GET":
            sent.append([json.loads(line)["kind"] for line in journal.read_bytes()[:on_disk].splitlines()])

    monkeypatch.setattr("reconciler.journal.file.os.fsync", fsync)
    story.on_request(look)
    apply(story, journal, "--workers", "1")
    pair = ["change-attempted", "change-answered"]
    assert sent == [["run-began", *pair * before, "change-attempted"] for before in range(3)]


@pytest.mark.in_process
def test_what_is_not_done_is_written_down_with_its_reason_and_the_portals_trace(story: Story, journal: Path) -> None:
    """A failure with what the portal said; what needed it as skipped, without an attempt."""
    story.on_request(lambda request: problem(403) if "/developers/" in request.path else None)
    assert apply(story, journal, "--workers", "1").code == 6
    assert told(journal) == [
        "run-began",
        f"change-attempted | {APPROVE}",
        f"change-answered | {APPROVE} | failed",
        f"change-answered | {ADD} | skipped",
        f"change-attempted | {REGISTER}",
        f"change-answered | {REGISTER} | applied",
        "run-ended",
    ]
    failed, skipped = lines(journal)[2:4]
    assert (failed["status"], failed["trace"]) == (403, "kong:trace:1234")
    assert "said the portal" in failed["error"]
    assert (skipped["error"], skipped["trace"]) == (
        "not tried, because this did not succeed: approve developer",
        None,
    )
    assert lines(journal)[-1]["outcomes"] == {
        "applied": 1,
        "already": 0,
        "failed": 1,
        "unknown": 0,
        "skipped": 1,
        "not-kept": 0,
    }


@pytest.mark.in_process
def test_the_trace_of_a_success_is_what_a_header_says(story: Story, journal: Path) -> None:
    """A problem document names its request; an answer that is none may do so in a header."""

    def answered(request: Request) -> Response | None:
        if request.method != "PATCH" or "/registrations/" not in request.path:
            return None
        response = story.sandbox.answer(request)
        return Response(response.status, response.body, {**response.headers, "X-Kong-Request-Id": "7f3a"})

    story.on_request(answered)
    assert apply(story, journal).code == 0
    traces = {in_words(line): line["trace"] for line in lines(journal) if line["kind"] == "change-answered"}
    assert traces == {APPROVE: None, ADD: None, REGISTER: "7f3a"}


@pytest.mark.in_process
def test_what_no_plan_had_foreseen_is_written_down_too(portal: Start, journal: Path) -> None:
    """A registration that was approved while its owner was being revoked: position null."""
    story = portal("""
        apis: [{name: payments}]
        portals:
          - name: acme-partners
            developers: [{email: bob@partner.example, status: approved}]
            applications: [{name: Checkout, owner: bob@partner.example, registrations: []}]
        """)
    story.git("developers: [{email: bob@partner.example, status: revoked}]")

    def asks(request: Request) -> None:
        if request.method == "PATCH" and "/developers/" in request.path:
            story.sandbox.request_api("acme-partners", "bob@partner.example", "Checkout", "payments")
            story.sandbox.set_registration("acme-partners", "bob@partner.example", "Checkout", "payments", "approved")

    story.on_request(asks)
    assert apply(story, journal).code == 0
    assert [(line["kind"], line["position"], in_words(line)) for line in lines(journal) if "position" in line] == [
        ("change-attempted", 0, "revoke-developer | bob@partner.example"),
        ("change-answered", 0, "revoke-developer | bob@partner.example"),
        ("change-attempted", None, "revoke-registration | bob@partner.example | Checkout | payments"),
        ("change-answered", None, "revoke-registration | bob@partner.example | Checkout | payments"),
    ]


def test_runs_are_appended_and_one_with_nothing_to_do_adds_nothing(story: Story, journal: Path) -> None:
    """A journal only grows."""
    apply(story, journal)
    first = journal.read_bytes()
    apply(story, journal)
    assert journal.read_bytes() == first
    story.sandbox.set_registration("acme-partners", "bob@partner.example", "Checkout", "payments", "pending")
    apply(story, journal)
    assert journal.read_bytes().startswith(first)
    assert told(journal)[8:] == [
        "run-began",
        f"change-attempted | {REGISTER}",
        f"change-answered | {REGISTER} | applied",
        "run-ended",
    ]


def test_a_new_journal_is_for_its_owner_alone(story: Story, journal: Path, tmp_path: Path) -> None:
    """It tells who may do what. A journal that is there keeps the mode that somebody gave it."""
    apply(story, journal)
    assert stat.S_IMODE(journal.stat().st_mode) == 0o600
    other = tmp_path / "other.jsonl"
    other.touch()
    other.chmod(0o640)
    apply(story, other)
    assert stat.S_IMODE(other.stat().st_mode) == 0o640


def a_folder(path: Path) -> None:
    path.mkdir()


def a_pipe(path: Path) -> None:
    os.mkfifo(path)


def a_manifest(path: Path) -> None:
    path.write_text("developers: []\n", encoding="utf-8")


def a_loop(path: Path) -> None:
    path.symlink_to(path)


@pytest.mark.parametrize("there", [a_folder, a_pipe, a_manifest, a_loop])
def test_without_its_journal_nothing_is_done(story: Story, journal: Path, there: Callable[[Path], None]) -> None:
    """3, saying why, before the portal is even asked; what is in the way is left as it is."""
    there(journal)
    before = journal.lstat()
    ran = apply(story, journal)
    assert (ran.code, ran.out, story.server.requests) == (3, "", [])
    assert str(journal) in ran.err
    assert (journal.lstat().st_mode, journal.lstat().st_size) == (before.st_mode, before.st_size)


def full_after(count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk is full once so many lines are on it."""
    real, done = os.fsync, 0

    def fsync(file: int) -> None:
        nonlocal done
        done += 1
        if done > count:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        real(file)

    monkeypatch.setattr("reconciler.journal.file.os.fsync", fsync)


def test_a_journal_that_cannot_be_begun_stops_everything(
    story: Story, journal: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """3: its first line is on the disk before the first write."""
    full_after(0, monkeypatch)
    ran = apply(story, journal)
    assert (ran.code, ran.json["outcomes"], story.writes()) == (3, [], [])
    assert "No space left on device" in ran.json["error"]["message"]


@pytest.mark.parametrize(
    ("written_down", "results"),
    [
        (1, ["skipped", "skipped", "skipped"]),
        (2, ["done", "skipped", "skipped"]),
        (3, ["done", "skipped", "skipped"]),
        (4, ["done", "done", "skipped"]),
    ],
)
def test_a_journal_that_fails_in_the_middle_stops_new_work(
    story: Story,
    journal: Path,
    monkeypatch: pytest.MonkeyPatch,
    written_down: int,
    results: list[str],
) -> None:
    """What is under way is finished and reported; a change that cannot be written down is not sent."""
    full_after(written_down, monkeypatch)
    ran = apply(story, journal, "--workers", "1")
    assert [outcome["result"] for outcome in ran.json["outcomes"]] == results
    assert len(story.writes()) == results.count("done")
    assert ran.code == (6 if "done" in results else 3)
    assert "No space left on device" in ran.json["error"]["message"]
    monkeypatch.undo()
    story.apply("--journal", str(journal))


def test_half_a_line_from_a_crash_stays_and_the_next_run_begins_below_it(story: Story, journal: Path) -> None:
    """It is told of, and every other line can be read."""
    apply(story, journal)
    before = journal.read_bytes() + b'{"format_version": "1.0", "kind": "change-att'
    journal.write_bytes(before)
    story.sandbox.set_registration("acme-partners", "bob@partner.example", "Checkout", "payments", "pending")
    ran = apply(story, journal)
    assert ran.err.splitlines()[0] == f"The journal {journal} ends in half a line, as a crash leaves it: it stays"
    whole = journal.read_bytes()
    assert whole.startswith(before + b"\n")
    later = whole.removeprefix(before + b"\n").splitlines()
    assert [json.loads(line)["kind"] for line in later] == [
        "run-began",
        "change-attempted",
        "change-answered",
        "run-ended",
    ]


def test_the_readers_of_the_documentation_skip_half_a_line_and_say_so(
    story: Story, journal: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """docs/journal.md shows how to read one; what it shows works."""
    apply(story, journal, "--workers", "1")
    with journal.open("ab") as file:
        file.write(b'{"format_version": "1.0", "ki')
    text = (ROOT / "docs" / "journal.md").read_text(encoding="utf-8")
    [shown] = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    exec(compile(shown.replace("journal.jsonl", str(journal)), "docs/journal.md", "exec"), {})
    said = capsys.readouterr()
    assert said.err == "line 9 is not whole, and skipped\n"
    assert said.out.splitlines() == [
        "2026-11-23T12:00:00.000Z approve-developer ada@partner.example applied",
        "2026-11-23T12:00:00.000Z add-member ada@partner.example applied",
        "2026-11-23T12:00:00.000Z approve-registration bob@partner.example applied",
    ]


def test_many_threads_write_whole_lines(portal: Start, journal: Path) -> None:
    """Each attempt has its answer below it, whoever came between; names from strangers stay data."""
    people = [f"p{n}@partner.example" for n in range(60)] + ["\u202e\u001b[2Jevil\u2028@partner.example"]
    story = portal({"portals": [{"name": "acme-partners", "developers": [{"email": one} for one in people]}]})
    story.git("""
        policy: {unlisted: {developers: revoke}, scope: {developers: ["*"]}}
        rules: [{name: all, match: {email: "*@partner.example"}, approve: true, max: 100}]
        """)
    assert apply(story, journal, "--workers", "16").code == 0
    found = lines(journal)
    attempted = [line["position"] for line in found if line["kind"] == "change-attempted"]
    answered = [line["position"] for line in found if line["kind"] == "change-answered"]
    assert sorted(attempted) == sorted(answered) == list(range(60))
    order = [(line["kind"], line.get("position")) for line in found]
    assert all(order.index(("change-attempted", n)) < order.index(("change-answered", n)) for n in range(60))
    assert journal.read_bytes().isascii()


def test_several_workspaces_share_a_journal(story: Story, journal: Path, tmp_path: Path) -> None:
    """Each is a run of its own."""
    other = tmp_path / "other"
    other.mkdir()
    text = "portal: {name: acme-partners, region: eu}\ndevelopers: [bob@partner.example]\n"
    (other / "access.yaml").write_text(text, encoding="utf-8")
    story.sandbox.set_status("acme-partners", "bob@partner.example", "pending")
    ran = story.run("apply", other, story.folder, "--yes", "--journal", journal)
    assert ran.code == 0, ran
    workspaces = [line["workspace"] for line in lines(journal) if line["kind"] == "run-began"]
    assert workspaces == [[str(other)], [str(story.folder)]]


def test_a_saved_plan_is_named_by_its_own_digest(story: Story, journal: Path, tmp_path: Path) -> None:
    """So that an auditor finds what was reviewed."""
    saved = tmp_path / "plan.json"
    story.run("plan", story.folder, "--out", saved)
    ran = story.run("apply", "--plan", saved, "--yes", "--journal", journal)
    assert ran.code == 0, ran
    assert {line["plan"] for line in lines(journal)} == {json.loads(saved.read_text("utf-8"))["digest"]}


def test_a_dry_look_writes_no_journal(story: Story, journal: Path) -> None:
    """Answered "no": the journal is empty, for nothing was begun."""
    ran = story.run("apply", story.folder, "--journal", journal, answers="n\n")
    assert (ran.code, journal.read_bytes()) == (0, b"")
