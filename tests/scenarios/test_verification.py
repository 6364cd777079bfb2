"""After apply, what was written is read back: what did not stick is reported by name, and exits 6."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from reconciler.apply.verify import WAITS
from reconciler.sandbox import Request, Response
from tests.scenarios.conftest import Start
from tests.scenarios.story import Story, in_words, path_in_words
from tests.scenarios.test_command_line import GIT, SEED, impatient, problem, valid
from tests.scenarios.test_journal import APPROVE, REGISTER, lines

pytestmark = pytest.mark.in_process

__all__ = ["impatient"]

PORTAL = "acme-partners"


@pytest.fixture
def story(portal: Start) -> Story:
    """Ada asks to be let in, Bob for an API; git says yes to both."""
    story = portal(SEED)
    story.git(GIT)
    return story


def reads(story: Story) -> list[str]:
    """The reads since the last write, without ids and queries."""
    since = [method for method, _, _ in story.server.requests]
    last = len(since) - 1 - next(i for i, method in enumerate(reversed(since)) if method != "GET")
    return sorted(path_in_words(path.partition("?")[0]) for _, path, _ in story.server.requests[last + 1 :])


def results(document: dict[str, Any]) -> dict[str, str]:
    return {in_words(outcome): outcome["result"] for outcome in document["outcomes"]}


def apply(story: Story, *more: str) -> tuple[int, dict[str, Any]]:
    story.server.requests.clear()
    ran = story.run("apply", story.folder, "--yes", "--format", "json", *more)
    return ran.code, valid(ran.json)


def test_what_was_written_is_read_back_by_list_pages_without_waiting(story: Story) -> None:
    """One look at the lists that were touched and no others; the document says that it was made."""
    code, document = apply(story)
    assert (code, document["verified"], story.waited) == (0, True, [])
    assert reads(story) == ["application-registrations", "developers", "teams", "teams/developers"]


def test_only_the_lists_that_were_touched_are_read(story: Story) -> None:
    """A run that only adds a member looks at that team."""
    story.git("""
        teams: [{name: new, members: [bob@partner.example]}]
        """)
    code, _ = apply(story)
    assert code == 0
    assert reads(story) == ["teams", "teams/developers"]


def test_a_plan_with_nothing_to_do_is_not_read_back(story: Story) -> None:
    story.apply()
    code, document = apply(story)
    assert (code, document["verified"]) == (0, False)
    assert len(story.server.requests) == len({path for _, path, _ in story.server.requests})


def forgets(story: Story, email: str, status: str) -> Callable[[Request], None]:
    """Just before the first look afterwards the developer has another status."""

    def hook(request: Request) -> None:
        wrote = any(method != "GET" for method, _, _ in story.server.requests)
        if (
            wrote
            and request.method == "GET"
            and request.path.endswith("/developers")
            and "/teams/" not in request.path
        ):
            story.sandbox.set_status(PORTAL, email, status)

    return hook


@pytest.mark.in_process
def test_what_did_not_stick_is_named_and_exits_with_6(story: Story) -> None:
    """Looked for again and again over half a minute, then told with what is there now; nobody is blamed."""
    story.on_request(forgets(story, "ada@partner.example", "pending"))
    code, document = apply(story)
    assert (code, document["verified"], story.waited) == (6, True, list(WAITS))
    [gone] = [outcome for outcome in document["outcomes"] if outcome["result"] != "done"]
    assert (in_words(gone), gone["result"], gone["status"]) == (APPROVE, "not-kept", 200)
    assert gone["detail"] == "read back 6 times over 30 s: the developer has the status pending"
    assert (document["summary"]["done"], document["summary"]["not_kept"]) == (2, 1)


@pytest.mark.in_process
def test_what_did_not_stick_comes_first_in_the_text(story: Story) -> None:
    story.on_request(forgets(story, "ada@partner.example", "pending"))
    ran = story.run("apply", story.folder, "--yes")
    assert ran.code == 6
    told = ran.out.splitlines()
    section, *others = [line for line in told if line.endswith("is not there") or line.startswith("Done")]
    assert (section, others) == ("NOT KEPT (1): the portal said that it was done, and it is not there", ["Done (2)"])
    flat = " ".join(" ".join(told[told.index(section) : told.index("Done (2)")]).split())
    assert "ada@partner.example + approve the developer: pending → approved" in flat
    assert "read back 6 times over 30 s: the developer has the status pending (HTTP 200)" in flat
    assert flat.endswith("to do: plan again: it shows what is there now")
    assert told[-1] == "Applied 2 of 3 changes: 2 granted, 0 REMOVED; 1 NOT KEPT"


def stale(story: Story, looks: int) -> None:
    """The portal shows what is written only after so many further looks (contract 4): until then, as it was."""
    before: dict[str, Response] = {}

    def old(request: Request) -> Response | None:
        if request.method != "GET":
            return None
        if not any(method != "GET" for method, _, _ in story.server.requests):
            before[request.path] = story.sandbox.answer(request)
            return None
        return before[request.path] if len(story.waited) < looks else None

    story.on_request(old)


@pytest.mark.in_process
@pytest.mark.parametrize("looks", [1, 3, len(WAITS)])
def test_what_shows_late_is_waited_for(story: Story, looks: int) -> None:
    """Contract 4: kongctl looks up to six times, five seconds apart. So do we, with growing waits."""
    stale(story, looks)
    code, document = apply(story, "--workers", "1")
    assert (code, document["verified"], story.waited) == (0, True, list(WAITS[:looks]))
    assert set(results(document).values()) == {"done"}


@pytest.mark.in_process
def test_a_portal_that_does_not_let_us_look_is_partly_done(story: Story) -> None:
    """What was written is told as written; that nobody could look is the error, and 6."""

    def shut(request: Request) -> Response | None:
        wrote = [method for method, _, _ in story.server.requests if method != "GET"]
        return problem(403) if len(wrote) == 3 and request.method == "GET" else None

    story.on_request(shut)
    code, document = apply(story)
    assert (code, document["verified"]) == (6, False)
    assert set(results(document).values()) == {"done"}
    assert document["error"]["message"].startswith("what was written could not be read back: GET /v3/portals/")


@pytest.mark.in_process
def test_failures_are_not_looked_for_and_the_others_are(story: Story) -> None:
    story.on_request(lambda request: problem(403) if "/developers/" in request.path else None)
    code, document = apply(story)
    assert (code, document["verified"]) == (6, True)
    assert reads(story) == ["application-registrations"]


@pytest.mark.in_process
@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize(("kept", "result"), [(True, "done"), (False, "failed")])
def test_an_answer_that_was_lost_is_found_out_by_looking(story: Story, kept: bool, result: str) -> None:
    """After the last try nobody knows whether it was done; the list does."""

    def loses(request: Request) -> Response | None:
        if request.method != "PATCH" or "/registrations/" not in request.path:
            return None
        if kept:
            story.sandbox.answer(request)
        return Response(502, b"<html>", {"Content-Type": "text/html"})

    story.on_request(loses)
    code, document = apply(story)
    assert (code, document["verified"]) == (0 if kept else 6, True)
    assert results(document)[REGISTER] == result


@pytest.mark.in_process
def test_the_journal_says_what_was_there_instead(story: Story, tmp_path: Any) -> None:
    """A line of its own, only where reading back told something else than the answer."""
    journal = tmp_path / "journal.jsonl"
    story.on_request(forgets(story, "ada@partner.example", "revoked"))
    apply(story, "--journal", str(journal))
    *_, back, end = lines(journal)
    assert (back["kind"], back["position"], in_words(back), back["outcome"]) == (
        "change-read-back",
        0,
        APPROVE,
        "not-kept",
    )
    assert back["error"].endswith("the developer has the status revoked")
    assert (end["verified"], end["outcomes"]["applied"], end["outcomes"]["not-kept"]) == (True, 2, 1)


def test_a_thousand_changes_are_read_back_with_as_many_reads_as_the_plan_at_most(portal: Start) -> None:
    """Apply's reads stay within twice those of a plan; none is for a single thing."""
    people = [f"p{n:03}@partner.example" for n in range(250)]
    seed = {
        "portals": [
            {
                "name": PORTAL,
                "developers": [{"email": one} for one in people],
                "teams": [{"name": f"t{n}", "members": people[:1]} for n in range(5)],
            }
        ]
    }
    story = portal(seed)
    listed = [{"email": one, "teams": [f"t{n % 5}"]} for n, one in enumerate(people)]
    story.git(f"policy: {{limits: {{grants: {{count: 1000}}}}}}\ndevelopers: {json.dumps(listed)}")
    story.server.requests.clear()
    story.plan()
    planned = len(story.server.requests)
    code, document = apply(story)
    read = [path for method, path, _ in story.server.requests if method == "GET"]
    assert (code, len(document["outcomes"])) == (0, 499)
    assert len(read) <= 2 * planned
    assert len(reads(story)) == 3 + 1 + 5
