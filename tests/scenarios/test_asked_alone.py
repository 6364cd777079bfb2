"""A few changes on a large portal: what they are about is asked for alone, before it is done and afterwards."""

from __future__ import annotations

import pytest

from reconciler.sandbox import Request, Response
from tests.scenarios.conftest import Start
from tests.scenarios.story import Story
from tests.scenarios.test_changed_since import PORTAL_NAME, address, entry, people, seed


@pytest.fixture
def story(portal: Start) -> Story:
    """Four hundred people; one is to be approved, another revoked."""
    story = portal(seed())
    story.git(people({50: entry(50), 3: entry(3, status="revoked")}))
    return story


def reads(story: Story) -> list[str]:
    return [path for method, path, _ in story.server.requests if method == "GET"]


def test_a_saved_plan_is_compared_and_read_back_by_filters(story: Story) -> None:
    """No list of everybody is read, and the same is done as by the lists; a second time all is so already."""
    saved = story.folder.parent / "plan.json"
    assert story.run("plan", story.folder, "--out", saved).code == 0
    for result in ("done", "already"):
        story.server.requests.clear()
        ran = story.run("apply", "--plan", saved, "--yes", "--format", "json")
        assert ran.code == 0, ran
        assert {one["result"] for one in ran.json["outcomes"]} == {result}
        assert [path for path in reads(story) if "page[number]=2" in path or "page%5Bnumber%5D=2" in path] == []
    assert story.changes() == []


def test_a_change_that_is_stale_is_seen_by_filters_too(story: Story) -> None:
    saved = story.folder.parent / "plan.json"
    story.run("plan", story.folder, "--out", saved)
    story.sandbox.set_status(PORTAL_NAME, address(50), "rejected")
    ran = story.run("apply", "--plan", saved, "--yes", "--format", "json")
    results = {(one["action"], one["result"]) for one in ran.json["outcomes"]}
    assert ran.code == 6
    assert ("approve-developer", "stale") in results
    assert ("revoke-developer", "done") in results


@pytest.mark.in_process
def test_what_does_not_stick_is_seen_by_filters_too(story: Story) -> None:
    """The portal says that it is done, and somebody undoes it at once."""

    def undo(request: Request) -> Response | None:
        if request.method == "GET" and "filter" in request.query:
            story.sandbox.set_status(PORTAL_NAME, address(50), "pending")
        return None

    off = story.on_request(undo)
    ran = story.run("apply", story.folder, "--yes", "--format", "json")
    off()
    found = {one["action"]: one["result"] for one in ran.json["outcomes"]}
    assert ran.code == 6
    assert found["approve-developer"] == "not-kept"
    assert found["revoke-developer"] == "done"
