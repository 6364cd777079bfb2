"""Trouble survived: a signal, or the end of the process, at any moment of an apply; real processes, real signals."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from signal import SIGINT, SIGKILL, SIGTERM, Signals
from threading import Event, Thread
from typing import Any

import pytest

from reconciler.sandbox import Request, Response
from tests.scenarios.conftest import Start
from tests.scenarios.story import Story, in_words, path_in_words
from tests.scenarios.test_command_line import CHANGES, GIT, SEED, problem, valid, workspace
from tests.scenarios.test_journal import told

pytestmark = pytest.mark.in_process

ROOT = Path(__file__).parents[2]
APPROVE, ADD, REGISTER = CHANGES


@dataclass
class Child:
    """An apply in a process of its own. `at_write` lets something happen when its n-th write reaches the portal."""

    story: Story
    journal: Path
    writes: list[str] = field(default_factory=list)
    stopping: Event = field(default_factory=Event)
    """Set once the process has told people that it is stopping: so the signal has arrived."""
    err: list[str] = field(default_factory=list)

    def start(self, *more: str | Path, workers: int = 1) -> None:
        command = [sys.executable, "-m", "reconciler", "apply", self.story.folder, *more, "--yes", "--format", "json"]
        command += ["--journal", self.journal, "--workers", str(workers)]
        environ = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "KONNECT_TOKEN": "kpat_child",
            "KONNECT_SERVER_URL": self.story.server.url,
            "HOME": str(self.journal.parent),
        }
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(
            [str(part) for part in command], env=environ, stdout=pipe, stderr=pipe, text=True
        )
        self.listener = Thread(target=self._listen)
        self.listener.start()

    def _listen(self) -> None:
        assert self.process.stderr
        for line in self.process.stderr:
            self.err.append(line)
            if line.startswith("stopping:"):
                self.stopping.set()

    def signal(self, number: Signals) -> None:
        self.process.send_signal(number)

    def at_write(self, number: int, happens: Callable[[Request], Response | None]) -> Callable[[], None]:
        def hook(request: Request) -> Response | None:
            if request.method == "GET":
                return None
            self.writes.append(request.method)
            return happens(request) if len(self.writes) == number else None

        return self.story.on_request(hook)

    def ended(self) -> tuple[int, str]:
        """The exit code and stdout, once the process has ended."""
        assert self.process.stdout
        with self.process:
            out = self.process.stdout.read()
            code = self.process.wait(timeout=60)
            self.listener.join()
        return code, out

    def document(self, code: int) -> dict[str, Any]:
        """What it printed: one whole and valid document."""
        exit_code, out = self.ended()
        assert exit_code == code, out
        document: dict[str, Any] = valid(json.loads(out))
        assert document["exit_code"] == code
        return document


@pytest.fixture
def story(portal: Start) -> Story:
    """Ada asks to be let in, Bob for an API; git says yes to both: three changes."""
    story = portal(SEED)
    story.git(GIT)
    return story


@pytest.fixture
def child(story: Story, tmp_path: Path) -> Child:
    return Child(story, tmp_path / "journal.jsonl")


def results(document: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [(in_words(outcome), outcome["result"], outcome["detail"]) for outcome in document["outcomes"]]


def asked_to_stop(child: Child, number: Signals) -> Callable[[Request], None]:
    def happens(_: Request) -> None:
        child.signal(number)
        assert child.stopping.wait(60)

    return happens


@pytest.mark.in_process
@pytest.mark.parametrize("number", [SIGINT, SIGTERM])
def test_a_signal_stops_new_work_and_waits_for_what_is_under_way(child: Child, number: Signals) -> None:
    """6, with what is done and what is left in the document and in the journal; the next run does the rest."""
    child.at_write(2, asked_to_stop(child, number))
    child.start()
    document = child.document(6)
    assert results(document) == [
        (APPROVE, "done", ""),
        (ADD, "done", ""),
        (REGISTER, "skipped", "not tried: interrupted"),
    ]
    assert document["error"]["message"] == (
        f"interrupted ({number.name}): what was under way was waited for, and nothing new was begun"
    )
    assert (document["verified"], document["summary"]["done"], document["summary"]["skipped"]) == (False, 2, 1)
    assert told(child.journal) == [
        "run-began",
        f"change-attempted | {APPROVE}",
        f"change-answered | {APPROVE} | applied",
        f"change-attempted | {ADD}",
        f"change-answered | {ADD} | applied",
        f"change-answered | {REGISTER} | skipped",
        "run-ended",
    ]
    assert [in_words(outcome) for outcome in child.story.apply()["outcomes"]] == [REGISTER]


@pytest.mark.in_process
def test_side_by_side_all_that_is_under_way_is_waited_for(child: Child) -> None:
    """Two changes are under way; both are told as done, and what had to wait for one of them as left."""
    waiting: list[Request] = []

    def both(request: Request) -> None:
        if request.method != "GET":
            waiting.append(request)
            if len(waiting) == 2:
                asked_to_stop(child, SIGTERM)(request)

    child.story.on_request(both)
    child.start(workers=4)
    found = {what: result for what, result, _ in results(child.document(6))}
    assert sorted(found.values()) in (["done", "done", "skipped"], ["done", "done", "done"])
    child.story.apply()


@pytest.mark.in_process
def test_nobody_waits_for_the_portal_any_more_once_they_were_asked_to_stop(child: Child) -> None:
    """What waits for its next try is given up: the portal had said that it did nothing yet."""

    def busy(request: Request) -> Response:
        asked_to_stop(child, SIGINT)(request)
        return Response.json(429, {"message": "API rate limit exceeded"}, headers={"Retry-After": "120"})

    child.at_write(1, busy)
    child.start()
    found = results(child.document(6))
    assert found == [
        (
            APPROVE,
            "failed",
            f"PATCH {found[0][2].split()[1]} failed to the last try: stopped while waiting for the portal",
        ),
        (ADD, "skipped", "not tried: interrupted"),
        (REGISTER, "skipped", "not tried: interrupted"),
    ]
    assert len(child.story.writes()) == 1
    child.story.apply()


@pytest.mark.in_process
def test_a_write_without_an_answer_is_not_told_as_not_done(child: Child) -> None:
    """It may have been: asked to stop before its next try, it is `unknown`."""

    def broken(request: Request) -> Response:
        asked_to_stop(child, SIGINT)(request)
        return problem(502)

    child.at_write(1, broken)
    child.start()
    [(what, result, detail), *_] = results(child.document(6))
    assert (what, result) == (APPROVE, "unknown")
    assert "may or may not have taken effect: stopped while waiting for the portal" in detail
    child.story.apply()


@pytest.mark.in_process
@pytest.mark.parametrize("number", [SIGINT, SIGTERM])
def test_a_second_signal_ends_at_once(child: Child, number: Signals) -> None:
    """No document; the journal has what was under way as an attempt without an answer."""

    def twice(request: Request) -> Response:
        asked_to_stop(child, number)(request)
        child.signal(number)
        child.process.wait(timeout=60)
        return problem(503)

    stop = child.at_write(2, twice)
    child.start()
    assert child.ended() == (-number, "")
    assert told(child.journal) == [
        "run-began",
        f"change-attempted | {APPROVE}",
        f"change-answered | {APPROVE} | applied",
        f"change-attempted | {ADD}",
    ]
    stop()
    assert [in_words(outcome) for outcome in child.story.apply()["outcomes"]] == [ADD, REGISTER]


@pytest.mark.in_process
@pytest.mark.parametrize(("number", "code"), [(SIGINT, 1), (SIGTERM, -SIGTERM)])
def test_before_the_first_write_a_signal_ends_at_once(child: Child, number: Signals, code: int) -> None:
    """Nothing was written, so there is nothing to tell: the signals are only handled while changes are made."""

    def reading(request: Request) -> None:
        if request.path.endswith("/teams"):
            child.signal(number)

    child.story.on_request(reading)
    child.start()
    assert child.ended() == (code, "")
    assert "Traceback" not in "".join(child.err)
    assert ("interrupted before anything was written" in "".join(child.err)) == (number == SIGINT)
    assert (child.story.writes(), child.journal.read_bytes()) == ([], b"")


@pytest.mark.in_process
def test_after_the_last_write_a_signal_ends_the_reading_back(child: Child) -> None:
    """All is done, but nobody looked whether it stuck: that is said, and 6."""

    def looking(request: Request) -> None:
        if request.method == "GET" and len(child.story.writes()) == 3:
            child.story.sandbox.set_status("acme-partners", "ada@partner.example", "pending")
            if not child.stopping.is_set():
                asked_to_stop(child, SIGTERM)(request)

    child.story.on_request(looking)
    child.start()
    document = child.document(6)
    assert ({result for _, result, _ in results(document)}, document["verified"]) == ({"done"}, False)
    assert document["error"]["message"].startswith("what was written could not be read back: interrupted (SIGTERM)")
    assert told(child.journal)[-1] == "run-ended"


@pytest.mark.in_process
def test_a_further_workspace_is_not_begun(child: Child, tmp_path: Path) -> None:
    """Each has its report: that of the second says that nothing was begun."""
    other = workspace(tmp_path / "other", "developers: [bob@partner.example]\n")
    child.at_write(3, asked_to_stop(child, SIGTERM))
    child.start(other)
    code, out = child.ended()
    first, second = (valid(report) for report in json.loads(out)["reports"])
    assert (code, first["exit_code"], second["exit_code"]) == (6, 6, 6)
    assert {result for _, result, _ in results(first)} == {"done"}
    assert (second["portal"], second["outcomes"]) == (None, [])
    assert second["error"]["message"].startswith("interrupted (SIGTERM)")


def test_the_signals_mean_what_they_meant_before_once_apply_is_over(story: Story) -> None:
    before = [signal.getsignal(number) for number in (SIGINT, SIGTERM)]
    story.apply()
    assert [signal.getsignal(number) for number in (SIGINT, SIGTERM)] == before


def test_a_signal_that_was_ignored_from_the_start_stays_ignored(child: Child) -> None:
    """As for a shell's background job: whoever started it so meant it."""
    child.at_write(2, lambda _: child.signal(SIGINT))
    before = signal.signal(SIGINT, signal.SIG_IGN)
    try:
        child.start()
    finally:
        signal.signal(SIGINT, before)
    assert {result for _, result, _ in results(child.document(0))} == {"done"}


# The end of the process, at any write

EVERYTHING = """
    apis: [{name: payments}, {name: orders}]
    portals:
      - name: acme-partners
        developers:
          - {email: ada@partner.example}
          - {email: bob@partner.example, status: approved}
          - {email: cy@partner.example, status: approved}
        teams:
          - {name: partners, members: [bob@partner.example, cy@partner.example]}
          - {name: old, members: [cy@partner.example]}
        applications:
          - {name: Checkout, owner: ada@partner.example, registrations: [{api: payments}]}
          - name: Shop
            owner: bob@partner.example
            registrations: [{api: payments, status: approved}, {api: orders}]
"""
GIT_EVERYTHING = """
    policy: {unlisted: {memberships: exact}}
    teams:
      - {name: partners, description: Partners that pay}
      - {name: new, description: New people, roles: [{role: API Viewer, api: orders}]}
    developers:
      - email: ada@partner.example
        teams: [partners, new]
        applications: [{name: Checkout, apis: [payments, orders], register: true}]
      - {email: bob@partner.example, status: revoked}
      - {email: cy@partner.example, teams: [partners]}
      - {email: dee@partner.example, full_name: Dee, invite: true, teams: [new]}
"""
WRITES = 14


def effects(story: Story) -> Counter[str]:
    """Every write that the portal did, by what it is about: one that is done twice is there twice."""
    done = [(method, path) for method, path, status in story.writes() if status < 300]
    return Counter(f"{method} {path_in_words(path)}" for method, path in done)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], Counter[str]]:
    """What the portal has after a run that nobody disturbs, and the writes that it took."""
    from tests.scenarios.story import story_on

    with story_on(EVERYTHING, tmp_path_factory.mktemp("undisturbed")) as story:
        story.git(GIT_EVERYTHING)
        assert story.run("apply", story.folder, "--yes").code == 0
        return story.portal, effects(story)


def test_the_run_below_makes_every_kind_of_change(portal: Start, undisturbed: tuple[Any, Counter[str]]) -> None:
    story = portal(EVERYTHING)
    story.git(GIT_EVERYTHING)
    assert {change.partition(" ")[0] for change in story.changes()} >= {
        "revoke-registration",
        "revoke-developer",
        "remove-member",
        "create-team",
        "update-team",
        "assign-role",
        "approve-developer",
        "invite-developer",
        "add-member",
        "approve-registration",
        "create-registration",
    }
    assert undisturbed[1].total() == WRITES


@pytest.mark.in_process
@pytest.mark.parametrize("arrives", [True, False], ids=["did it", "did not"])
@pytest.mark.parametrize("number", range(1, WRITES + 1))
def test_killed_at_any_write_a_second_run_ends_where_an_undisturbed_one_does(
    portal: Start, tmp_path: Path, undisturbed: tuple[dict[str, Any], Counter[str]], number: int, arrives: bool
) -> None:
    """`kill -9` as a write reaches the portal, which does it or does not; nothing is done twice that matters."""
    story = portal(EVERYTHING)
    story.git(GIT_EVERYTHING)
    child = Child(story, tmp_path / "journal.jsonl")

    def killed(request: Request) -> Response:
        answer = story.sandbox.answer(request) if arrives else problem(503)
        child.signal(SIGKILL)
        return answer

    stop = child.at_write(number, killed)
    child.start()
    assert child.ended() == (-SIGKILL, "")
    stop()
    second = story.run("apply", story.folder, "--yes", "--journal", child.journal, "--format", "json")
    assert second.code == 0, second
    assert (story.portal, effects(story)) == undisturbed
    kinds = Counter(line.partition(" ")[0] for line in told(child.journal))
    left = WRITES - number + (not arrives)
    assert (kinds["change-attempted"], kinds["change-answered"]) == (number + left, number - 1 + left)
    assert (kinds["run-began"], kinds["run-ended"]) == ((2, 1) if left else (1, 0))
    assert story.run("apply", story.folder, "--yes").out.splitlines()[-1].startswith("Nothing to do")
