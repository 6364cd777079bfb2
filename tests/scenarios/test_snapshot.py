"""A snapshot stands for the portal: planned against without a token, never taken for the portal itself."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from reconciler.plan.document import digest_of
from reconciler.sandbox import Problem, Request, Response
from tests.scenarios.conftest import Start
from tests.scenarios.story import Ran, Story

SCHEMA = json.loads((Path(__file__).parents[2] / "schemas" / "snapshot.schema.json").read_text(encoding="utf-8"))
SEED = """
    apis: [{name: payments}, {name: orders}, {name: kit, package: true}, {name: spare, package: true}]
    portals:
      - name: acme-partners
        auto_approve_applications: true
        publications: [{api: payments}, {api: orders}, {package: kit}, {package: spare}]
        developers:
          - {email: ada@partner.example, full_name: Ada, status: approved}
          - {email: bob@partner.example, full_name: Bob, status: pending}
        teams:
          - name: partners
            members: [bob@partner.example]
            roles: [{role: API Viewer, api: payments, region: eu}]
          - {name: staff, members: [ada@partner.example], roles: [{role: API Viewer, api: orders, region: eu}]}
        applications:
          - name: Checkout
            owner: ada@partner.example
            registrations: [{api: payments, status: approved}, {package: kit, status: approved}]
      - {name: other}
    """
GIT = """
    developers:
      - {email: ada@partner.example, teams: [partners], applications: [{name: Checkout, apis: [payments]}]}
      - {email: bob@partner.example}
    teams: [{name: partners, roles: []}]
    """


@pytest.fixture
def story(portal: Start) -> Story:
    story = portal(SEED)
    story.git(GIT)
    return story


def taken(story: Story, *more: str, portal: str = "acme-partners") -> Path:
    """A snapshot, by a command that only reads."""
    file = story.folder.parent / f"{portal}.json"
    ran = story.run("dump", "--portal", portal, "--snapshot", file, *more)
    assert (ran.code, " ".join(ran.out.split()).endswith(f"1 file in {file}")) == (0, True), ran
    assert story.writes() == []
    return file


def offline(story: Story, command: str, file: Path, *more: str | Path) -> Ran:
    """Run without a token, a server, or any request."""
    story.environ = {"KONNECT_TOKEN": "", "KONNECT_SERVER_URL": ""}
    story.server.requests.clear()
    ran = story.run(command, story.folder, "--snapshot", file, *more)
    assert list(story.server.requests) == []
    story.environ = {}
    return ran


def test_a_snapshot_is_what_its_schema_says_and_the_same_bytes_each_time(story: Story) -> None:
    """Sorted by id: committed to a repository, it changes where the portal does."""
    document = json.loads(taken(story).read_text())
    assert [error.message for error in Draft202012Validator(SCHEMA).iter_errors(document)] == []
    assert document["digest"] == digest_of(document)
    assert document["settings"]["auto_approve_applications"] is True
    assert {api["name"] for api in document["apis"]} == {"payments", "orders", "kit"}
    assert document["packages"] == ["kit"]
    assert taken(story).read_text() == json.dumps(document, indent=2) + "\n"


def test_a_plan_from_a_snapshot_is_the_plan_from_the_portal(story: Story) -> None:
    """The same changes and items, without a token or a request; and it says what it is of, and how old that is."""
    file = taken(story)
    story.now += timedelta(days=3, hours=2)
    ours = json.loads(offline(story, "plan", file, "--format", "json").out)
    theirs = story.plan()
    about = ("created_at", "expires_at", "digest", "snapshot", "portal")
    assert {key: value for key, value in ours.items() if key not in about} == {
        key: value for key, value in theirs.items() if key not in about
    }
    assert ours["changes"] != []
    assert ours["snapshot"]["taken_at"] == "2026-11-23T12:00:00Z"
    assert "SNAPSHOT taken 2026-11-23 12:00 UTC, 3 days old" in offline(story, "plan", file).out


def test_drift_is_told_from_a_snapshot_with_the_settings_in_it(story: Story) -> None:
    file = taken(story)
    ran = offline(story, "drift", file, "--format", "json")
    assert ran.code == 2
    [kit] = [item for item in ran.json["drift"]["items"] if item["class"] == "auto-approved"]
    assert kit["because"] == "the portal approves every request of an application for an API"
    assert ran.json["drift"]["unread"] == []
    assert "as of 2026-11-23T12:00:00Z." in offline(story, "drift", file).out


def test_a_plan_from_a_snapshot_is_refused_by_apply_and_may_be_what_was_reviewed(story: Story) -> None:
    """Its limits were judged on a file. --reviewed plans anew from the portal, and does what both have."""
    plan = story.folder.parent / "plan.json"
    assert offline(story, "plan", taken(story), "--out", plan).code == 0
    ran = story.run("apply", "--plan", plan, story.folder, "--yes")
    assert (ran.code, story.writes()) == (5, [])
    assert "was made from a snapshot of 2026-11-23T12:00:00Z, not from the portal itself" in ran.out.replace(
        "\n    ", " "
    )
    assert story.run("apply", story.folder, "--reviewed", plan, "--yes").code == 0
    assert story.status("bob@partner.example") == "approved"


def test_a_package_that_a_snapshot_does_not_tell_of_is_asked_for_by_name(story: Story) -> None:
    """No list of the portal has it: a warning says so, and not that the portal lacks it."""
    story.git(
        "developers: [{email: ada@partner.example, applications: [{name: Checkout, apis: [{package: spare}]}]}]"
    )
    ran = offline(story, "plan", taken(story), "--format", "json")
    assert [found["rule"] for found in ran.json["findings"]] == ["snapshot-package"]
    ran = offline(story, "plan", taken(story, "--package", "spare"), "--format", "json")
    assert (ran.json["findings"], ran.json["blocked"]) == ([], [])


def test_the_snapshot_of_another_portal_is_an_error(story: Story) -> None:
    """Which there are is named; of several the one that fits is taken, the newest."""
    other = taken(story, portal="other")
    ran = offline(story, "plan", other)
    assert ran.code == 3
    assert "no snapshot is of the workspace's portal acme-partners and region eu" in ran.out.replace("\n    ", " ")
    assert "there is other (" in ran.out.replace("\n    ", " ")
    assert "--portal NAME --region eu" in " ".join(ran.out.split())
    first = taken(story).rename(story.folder.parent / "first.json")
    story.now += timedelta(hours=1)
    ran = offline(story, "plan", other, "--snapshot", first, "--snapshot", taken(story), "--format", "json")
    assert ran.json["snapshot"]["taken_at"] == "2026-11-23T13:00:00Z"


def _without_digest(document: dict[str, Any]) -> None:
    document["developers"][0]["status"] = "revoked"


def _edited(change: Callable[[dict[str, Any]], object]) -> Callable[[dict[str, Any]], object]:
    """A document that was changed, and given the digest that fits."""

    def edit(document: dict[str, Any]) -> None:
        change(document)
        document["digest"] = digest_of(document)

    return edit


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (_without_digest, "was edited after it was taken: its digest does not match its content"),
        (
            _edited(lambda one: one.update(format_version="2.0")),
            "has format version '2.0', and this reconciler reads",
        ),
        (_edited(lambda one: one.update(kind="plan")), "is no snapshot of a portal"),
        (
            _edited(lambda one: one["developers"][0].update(status="nice")),
            'developers[0].status: "nice" is not one of',
        ),
        (_edited(lambda one: one.pop("roles")), 'the document: "roles" is a required property'),
        (_edited(lambda one: one["teams"].append(one["teams"][0])), "stands there twice"),
        (_edited(lambda one: one.update(taken_at="yesterday")), "taken_at:"),
    ],
    ids=["digest", "version", "kind", "value", "lacking", "twice", "time"],
)
def test_a_snapshot_that_is_not_what_was_seen_is_an_error(
    story: Story, edit: Callable[[dict[str, Any]], object], said: str
) -> None:
    """It is data from a file: named in full, with what to do, and nothing is planned."""
    file = taken(story)
    document = json.loads(file.read_text())
    edit(document)
    file.write_text(json.dumps(document))
    ran = offline(story, "plan", file)
    assert (ran.code, ran.out) == (3, "")
    assert said in ran.err
    assert "take it anew" in ran.err


@pytest.mark.parametrize("content", ["", "[]", "{", '{"kind": "snapshot"}', "\x00"])
def test_a_file_that_is_none_is_an_error(story: Story, content: str) -> None:
    file = story.folder.parent / "snapshot.json"
    file.write_text(content)
    assert offline(story, "plan", file).code == 3


def test_a_newer_minor_version_may_have_more(story: Story) -> None:
    file = taken(story)
    document = json.loads(file.read_text())
    document.update(format_version="1.7", news=1)
    document["developers"][0]["nickname"] = "A"
    document["digest"] = digest_of(document)
    file.write_text(json.dumps(document))
    assert offline(story, "plan", file).code == 0


def test_server_and_snapshot_do_not_go_together(story: Story) -> None:
    file = taken(story)
    ran = story.run("plan", story.folder, "--snapshot", file, "--server", story.server.url)
    assert ran.code == 3
    assert "with --snapshot no portal is asked: leave out --server" in ran.err


def test_a_portal_that_is_not_there_is_no_snapshot(story: Story) -> None:
    file = story.folder.parent / "nothing.json"
    ran = story.run("dump", "--portal", "acne", "--snapshot", file)
    assert (ran.code, file.exists()) == (7, False)
    assert "has no portal of the name 'acne'" in " ".join(ran.out.split())


@pytest.mark.in_process
def test_a_snapshot_that_is_not_whole_is_not_written_and_settings_that_are_hidden_are_null(story: Story) -> None:
    """A list that cannot be read ends it with 7; a setting that cannot is not known, and the report says so later."""

    def forbid(*ends: str) -> Callable[[Request], Response | None]:
        answer = Response.json(403, Problem(403, "Forbidden", "no").document(1))
        return lambda request: answer if request.path.endswith(ends) else None

    end = story.on_request(forbid("/applications"))
    file = story.folder.parent / "nothing.json"
    assert story.run("dump", "--portal", "acme-partners", "--snapshot", file).code == 7
    assert not file.exists()
    end()
    story.on_request(forbid("/identity-providers"))
    assert json.loads(taken(story).read_text())["settings"]["providers"] is None
