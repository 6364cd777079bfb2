"""`apply --plan` does exactly what was reviewed, as far as it still holds, or refuses and says why."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from reconciler.plan.document import digest_of
from reconciler.sandbox import Request
from tests.scenarios.conftest import Start
from tests.scenarios.story import Ran, Story, in_words, path_in_words

SEED = """
apis: [{name: payments}, {name: orders}]
portals:
  - name: acme-partners
    developers:
      - {email: ada@partner.example}
      - {email: bob@partner.example, status: approved}
      - {email: cy@partner.example, status: approved}
      - {email: dee@partner.example, status: approved}
    teams:
      - {name: partners, members: [cy@partner.example, dee@partner.example]}
      - {name: beta, description: New, members: [dee@partner.example]}
    applications:
      - {name: Checkout, owner: ada@partner.example, registrations: [{api: payments}]}
      - {name: Shop, owner: cy@partner.example, registrations: [{api: orders, status: approved}]}
"""
GIT = """
developers:
  - email: ada@partner.example
    teams: [partners]
    applications: [{name: Checkout, apis: [payments]}]
  - {email: bob@partner.example, teams: [partners, new]}
  - {email: cy@partner.example, status: revoked}
  - dee@partner.example
teams:
  - {name: new}
  - {name: beta, description: Newer}
"""
EVERYTHING = [
    "revoke-registration | cy@partner.example | Shop | orders",
    "revoke-developer | cy@partner.example",
    "remove-member | cy@partner.example | partners",
    "update-team | beta",
    "create-team | new",
    "approve-developer | ada@partner.example",
    "add-member | ada@partner.example | partners",
    "approve-registration | ada@partner.example | Checkout | payments",
    "add-member | bob@partner.example | new",
    "add-member | bob@partner.example | partners",
]
KEY = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def story(portal: Start) -> Story:
    story = portal(SEED)
    story.git(GIT)
    return story


@pytest.fixture
def file(story: Story) -> Path:
    """A saved plan of the whole story."""
    return saved(story)


def saved(story: Story, *more: str, name: str = "plan.json") -> Path:
    file = story.folder.parent / name
    ran = story.run("plan", story.folder, "--out", file, *more)
    assert (ran.code, ran.out.splitlines()[-1].split(":")[0]) == (0, "Plan"), ran
    return file


def carry_out(story: Story, file: Path, *more: str | Path) -> Ran:
    return story.run("apply", "--plan", file, "--yes", "--format", "json", *more)


def results(ran: Ran) -> dict[str, str]:
    """What became of each change: its result, and why it was not made."""
    return {
        in_words(each): " | ".join(filter(None, (each["result"], each["detail"]))) for each in ran.json["outcomes"]
    }


def refused(story: Story, file: Path, *more: str | Path) -> str:
    """Why the plan is refused as a whole: exit 5, nothing is written, and what to do is said."""
    ran = carry_out(story, file, *more)
    assert (ran.code, ran.json["outcomes"], story.writes()) == (5, [], [])
    assert ran.json["error"]["exit_code"] == 5
    assert ran.json["error"]["hint"] == "plan again, and have the new plan reviewed"
    message: str = ran.json["error"]["message"]
    return message


def click_status(story: Story, email: str, status: str) -> None:
    """Somebody clicks in the console: the developer's status, by another client."""
    patch(story, f"developers/{identity(story, 'developers', 'email', email)}", {"status": status})


def identity(story: Story, kind: str, field: str, value: str) -> str:
    listed = request(story, "GET", f"{kind}?page[size]=100")["data"]
    return next(each["id"] for each in listed if each[field] == value)


def request(story: Story, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
    """What another admin does in the console: asked of the portal itself, for it is no exchange of ours."""
    portals = console(story, "GET", "/v3/portals")["data"]
    return console(story, method, f"/v3/portals/{portals[0]['id']}/{path}", body)


def console(story: Story, method: str, target: str, body: dict[str, Any] | None = None) -> Any:
    headers = {"authorization": "Bearer kpat_console", "content-type": "application/json"}
    data = json.dumps(body).encode() if body is not None else b""
    answer = story.sandbox.answer(Request(method, target, headers, data))
    assert answer.status < 300, answer
    return json.loads(answer.body) if answer.body else None


def patch(story: Story, path: str, body: dict[str, Any]) -> None:
    request(story, "PATCH", path, body)


def test_a_saved_plan_is_done_and_the_second_time_there_is_nothing_left(story: Story, file: Path) -> None:
    """Exactly what was reviewed; the second time every change is so already, and nothing is written."""
    document = json.loads(file.read_text(encoding="utf-8"))
    assert [in_words(change) for change in document["changes"]] == EVERYTHING
    ran = carry_out(story, file, story.folder)
    assert (ran.code, results(ran)) == (0, dict.fromkeys(EVERYTHING, "done"))
    assert (ran.json["saved_plan"], ran.json["findings"]) == (document["digest"], [])
    assert story.changes() == []
    story.server.requests.clear()
    again = carry_out(story, file, story.folder)
    assert (again.code, results(again)) == (0, dict.fromkeys(EVERYTHING, "already"))
    assert story.writes() == []


def test_only_what_the_plan_touches_is_read(story: Story) -> None:
    """The portal, the list in which the change can be seen, and that list again: no teams, nobody's APIs."""
    story.git("developers: [ada@partner.example]")
    file = saved(story)
    story.server.requests.clear()
    assert carry_out(story, file).code == 0
    asked = [f"{method} {path_in_words(path.partition('?')[0])}" for method, path, _ in story.server.requests]
    assert asked == ["GET ", "GET developers", "PATCH developers", "GET developers"]


def test_without_path_it_is_said_that_the_manifests_were_not_compared(story: Story, file: Path) -> None:
    """PATH is for comparing; without it a note says so, in every format."""
    ran = carry_out(story, file)
    assert ran.code == 0
    assert [(found["rule"], found["severity"]) for found in ran.json["findings"]] == [("not-compared", "note")]
    assert "not compared with the manifests" in story.run("apply", "--plan", file, "--yes").out


def test_the_plan_is_shown_and_asked_about(story: Story, file: Path) -> None:
    """As any other: "no" does nothing and exits with 0; without a terminal --yes is needed."""
    ran = story.run("apply", "--plan", file, answers="n\n")
    assert (ran.code, story.writes()) == (0, [])
    assert "Apply these 10 changes?" in ran.err
    assert story.run("apply", "--plan", file).code == 3
    assert story.run("apply", "--plan", file, answers="y\n").code == 0


def test_a_plan_with_refusals_cannot_be_applied(story: Story) -> None:
    """It was saved to be looked at: 4, shown in full; lifting belongs where it is planned."""
    story.git(GIT + "policy: {protected: {developers: [cy@partner.example]}}\n")
    file = story.folder.parent / "plan.json"
    assert story.run("plan", story.folder, "--out", file).code == 4
    story.server.requests.clear()
    ran = carry_out(story, file)
    assert (ran.code, [each["rule"] for each in ran.json["refusals"]]) == (4, ["protected"])
    assert story.server.requests == []
    assert story.run("plan", story.folder, "--out", file, "--allow", "protected", "--reason", "left").code == 0
    done = carry_out(story, file)
    assert (done.code, [each["reason"] for each in done.json["lifted"]]) == (0, ["left"])


# Refused as a whole


def test_an_edited_plan_is_refused(story: Story, file: Path) -> None:
    file.write_text(file.read_text(encoding="utf-8").replace("beta", "betb"), encoding="utf-8")
    expected = "the saved plan was edited after it was made: its digest does not match its content"
    assert refused(story, file) == expected
    shown = story.run("apply", "--plan", file, "--yes").out
    assert " ".join(shown.split()) == f"FAILED: {expected} hint: plan again, and have the new plan reviewed"


@pytest.mark.parametrize(
    ("ttl", "lives"),
    [
        ((), timedelta(hours=24)),
        (("--ttl", "8h"), timedelta(hours=8)),
        (("--ttl", "90m"), timedelta(minutes=90)),
        (("--ttl", "2d"), timedelta(days=2)),
    ],
)
def test_an_expired_plan_is_refused(story: Story, ttl: tuple[str, ...], lives: timedelta) -> None:
    """To the second: 24 hours, or what --ttl said."""
    file, made = saved(story, *ttl), story.now
    story.now = made + lives + timedelta(seconds=1)
    assert refused(story, file).startswith("the saved plan expired at 20")
    story.now = made + lives
    assert carry_out(story, file).code == 0


@pytest.mark.parametrize("age", ["", "8", "h", "0h", "-1h", "8s", "8 h", "1h30m", "367d", "999999d", "٣h"])
def test_an_age_that_is_none_is_a_usage_error(story: Story, age: str) -> None:
    ran = story.run("plan", story.folder, "--ttl", age)
    assert (ran.code, ran.out, story.server.requests) == (3, "", [])
    assert "write 90m, 8h or 2d" in ran.err


def test_a_plan_from_other_manifests_is_refused(story: Story, file: Path) -> None:
    story.git(GIT + "# a comment is a change\n")
    assert refused(story, file, story.folder) == (
        "the saved plan was made from other manifests: they were changed since"
    )
    assert carry_out(story, file).code == 0


def test_a_plan_for_another_server_is_refused_before_anything_is_sent(story: Story, file: Path) -> None:
    """The environment names one server, and the plan another: no request, no token."""
    story.server.requests.clear()
    url, story.environ["KONNECT_SERVER_URL"] = story.server.url, "https://us.api.konghq.com"
    assert refused(story, file).endswith(f" at {url}; this run is about https://us.api.konghq.com")
    assert story.server.requests == []


def test_a_plan_for_a_portal_that_is_not_there_is_refused(story: Story, file: Path) -> None:
    """Made anew under the same name it is another portal."""
    document = json.loads(file.read_text(encoding="utf-8"))
    document["portal"]["id"] = "0b5c0b5c-0b5c-4b5c-8b5c-0b5c0b5c0b5c"
    document["digest"] = digest_of(document)
    file.write_text(json.dumps(document), encoding="utf-8")
    assert refused(story, file).endswith("there is none of this id")


def test_a_plan_of_another_major_version_is_refused(story: Story, file: Path) -> None:
    document = json.loads(file.read_text(encoding="utf-8")) | {"format_version": "2.0"}
    file.write_text(json.dumps(document), encoding="utf-8")
    assert refused(story, file) == "the saved plan has format version 2.0, and this reconciler reads 1.0"


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", "[" * 100_000, "9" * 5000, '{"kind": "plan"}', "\xff"])
def test_a_file_that_holds_no_plan_is_invalid_input(story: Story, content: str) -> None:
    """3: there is nothing that could be stale."""
    file = story.folder.parent / "plan.json"
    file.write_bytes(content.encode("latin-1"))
    ran = carry_out(story, file)
    assert (ran.code, ran.json["error"]["exit_code"]) == (3, 3)
    assert ran.json["error"]["hint"]


def test_a_plan_that_is_not_there_is_invalid_input(story: Story) -> None:
    ran = carry_out(story, story.folder.parent / "none.json")
    assert (ran.code, "cannot be read: No such file" in ran.json["error"]["message"]) == (3, True)


@pytest.mark.parametrize(
    "flags",
    [
        ("--reviewed", "other.json"),
        ("--only", "beta"),
        ("--policy-from", "main"),
        ("--allow", "grants", "--reason", "x"),
        ("another", "workspace"),
    ],
)
def test_nothing_bends_a_saved_plan(story: Story, file: Path, flags: tuple[str, ...]) -> None:
    """What belongs to planning is a usage error beside --plan."""
    story.server.requests.clear()
    ran = carry_out(story, file, *flags)
    assert (ran.code, ran.out, story.server.requests) == (3, "", [])


def test_apply_needs_a_path_or_a_plan(story: Story) -> None:
    ran = story.run("apply", "--yes")
    assert (ran.code, "give the PATH of a workspace, or --plan FILE" in ran.err) == (3, True)


def test_a_plans_server_may_get_the_token_no_more_than_a_manifests(story: Story, file: Path) -> None:
    """A plan comes from a pull request's job: it cannot send the token away either."""
    document = json.loads(file.read_text(encoding="utf-8"))
    document["portal"]["server"] = "https://thief.example"
    document["digest"] = digest_of(document)
    file.write_text(json.dumps(document), encoding="utf-8")
    story.environ["KONNECT_SERVER_URL"] = ""
    ran = carry_out(story, file)
    assert ran.code == 3
    assert ran.json["error"]["message"].startswith("the token would be sent to thief.example, which is not Konnect")


# Signed


def test_with_a_key_plans_are_signed_and_done(story: Story) -> None:
    """stdout's document is the same as the saved one; the key is in neither."""
    story.environ["RECONCILER_PLAN_KEY"] = KEY
    file = story.folder.parent / "plan.json"
    ran = story.run("plan", story.folder, "--out", file, "--format", "json")
    assert file.read_text(encoding="utf-8") == ran.out
    assert ran.json["signature"].startswith("hmac-sha256:")
    done = carry_out(story, file, story.folder)
    assert done.code == 0
    assert KEY not in ran.out + ran.err + done.out + done.err


@pytest.mark.parametrize(
    ("signs", "checks", "why"),
    [
        (None, KEY, "is not signed, and with RECONCILER_PLAN_KEY only signed plans count"),
        (KEY, KEY[::-1], "has a wrong signature: it was edited, or signed with another key"),
        (KEY, None, "is signed, and there is no key to check that with: RECONCILER_PLAN_KEY is not set"),
    ],
)
@pytest.mark.parametrize("way", ["--plan", "--reviewed"])
def test_a_signature_that_does_not_hold_refuses_the_plan(
    story: Story, signs: str | None, checks: str | None, why: str, way: str
) -> None:
    """Not signed, wrongly signed, or signed and not to be checked: 5, and nothing is asked of the portal."""
    if signs:
        story.environ["RECONCILER_PLAN_KEY"] = signs
    file = saved(story)
    story.environ.pop("RECONCILER_PLAN_KEY", None)
    if checks:
        story.environ["RECONCILER_PLAN_KEY"] = checks
    story.server.requests.clear()
    path = [] if way == "--plan" else [story.folder]
    ran = story.run("apply", *path, way, file, "--yes", "--format", "json")
    assert (ran.code, ran.json["error"]["message"]) == (5, f"the saved plan {why}")
    assert story.server.requests == []
    assert KEY not in ran.out + ran.err


@pytest.mark.parametrize("key", ["", " ", "short", "k" * 31, "k" * 20 + " " + "k" * 20, "é" * 40])
def test_a_key_that_is_none_is_an_error_and_not_shown(story: Story, key: str) -> None:
    """An empty one too: a CI secret that is missing must not read as "plans need no signature"."""
    story.environ["RECONCILER_PLAN_KEY"] = key
    ran = story.run("plan", story.folder)
    assert (ran.code, ran.out) == (3, "")
    assert "RECONCILER_PLAN_KEY is no key" in ran.err
    assert not key.strip() or key not in ran.err


# Stale changes


def test_a_change_whose_before_no_longer_holds_is_skipped_with_what_rests_on_it(story: Story, file: Path) -> None:
    """Somebody stopped Ada in the console: her approval is stale and named, the others go on (6)."""
    click_status(story, "ada@partner.example", "rejected")
    ran = carry_out(story, file)
    assert ran.code == 6
    skipped = "skipped | not tried, because this did not succeed: approve developer"
    assert results(ran) == dict.fromkeys(EVERYTHING, "done") | {
        "approve-developer | ada@partner.example": (
            "stale | not tried: it was pending when the plan was made, and is rejected now"
        ),
        "add-member | ada@partner.example | partners": skipped,
        "approve-registration | ada@partner.example | Checkout | payments": skipped,
    }
    assert (ran.json["summary"]["stale"], ran.json["summary"]["skipped"]) == (1, 2)
    assert story.status("ada@partner.example") == "rejected"


def test_nothing_is_granted_to_somebody_who_was_stopped_meanwhile(story: Story, file: Path) -> None:
    """Bob was approved when the plan was made: his memberships do not go through now that he is not."""
    click_status(story, "bob@partner.example", "revoked")
    ran = carry_out(story, file)
    assert ran.code == 6
    assert {what: became for what, became in results(ran).items() if became != "done"} == {
        "add-member | bob@partner.example | new": "stale | not tried: the developer is revoked now",
        "add-member | bob@partner.example | partners": "stale | not tried: the developer is revoked now",
    }


def test_what_is_so_already_counts_as_done_and_is_not_written(story: Story, file: Path) -> None:
    """Somebody did half of it by hand; what rests on that is done with what is there now."""
    click_status(story, "ada@partner.example", "approved")
    request(story, "POST", "teams", {"name": "new"})
    ran = carry_out(story, file)
    assert (ran.code, ran.json["summary"]["done"], ran.json["summary"]["already"]) == (0, 8, 2)
    assert story.members("new") == ["bob@partner.example"]
    already = {"approve-developer | ada@partner.example", "create-team | new"}
    assert {what for what, became in results(ran).items() if became == "already"} == already


def test_an_offboarding_that_somebody_else_did_is_completed(story: Story, file: Path) -> None:
    """The status fell by hand, and a registration was approved since the plan was made: it is ended as after ours."""
    request(
        story,
        "POST",
        f"applications/{identity(story, 'applications', 'name', 'Shop')}/registrations",
        {"api_id": api_id(story, "payments"), "status": "approved"},
    )
    click_status(story, "cy@partner.example", "revoked")
    ran = carry_out(story, file)
    assert ran.code == 0
    assert story.registrations("cy@partner.example", "Shop") == {"orders": "revoked", "payments": "revoked"}
    assert [in_words(each) for each in ran.json["outcomes"] if each["extra"]] == [
        "revoke-registration | cy@partner.example | Shop | payments"
    ]


def api_id(story: Story, name: str) -> str:
    registrations = request(story, "GET", "application-registrations?page[size]=100")["data"]
    return next(each["api"]["id"] for each in registrations if each["api"]["name"] == name)


def handed_over(story: Story) -> None:
    owner = {"type": "developer", "id": identity(story, "developers", "email", "dee@partner.example")}
    patch(story, f"applications/{identity(story, 'applications', 'name', 'Checkout')}", {"owner": owner})


def renamed(story: Story) -> None:
    patch(story, f"teams/{identity(story, 'teams', 'name', 'partners')}", {"name": "admins"})


def deleted(kind: str, field: str, value: str) -> Callable[[Story], None]:
    return lambda story: request(story, "DELETE", f"{kind}/{identity(story, kind, field, value)}")


def described(story: Story) -> None:
    patch(story, f"teams/{identity(story, 'teams', 'name', 'beta')}", {"description": "Other"})


MEANWHILE: dict[str, tuple[Callable[[Story], None], dict[str, str]]] = {
    "an application was handed to somebody else": (
        handed_over,
        {
            "approve-registration | ada@partner.example | Checkout | payments": (
                "application Checkout has another owner now"
            )
        },
    ),
    "a team was renamed": (
        renamed,
        dict.fromkeys(
            (
                "remove-member | cy@partner.example | partners",
                "add-member | ada@partner.example | partners",
                "add-member | bob@partner.example | partners",
            ),
            "team partners is named admins now",
        ),
    ),
    "a team was deleted": (
        deleted("teams", "name", "beta"),
        {"update-team | beta": "team beta is no longer on the portal"},
    ),
    "a team was described otherwise": (
        described,
        {"update-team | beta": "it was description 'New' when the plan was made, and is description 'Other' now"},
    ),
    "an application was deleted": (
        deleted("applications", "name", "Shop"),
        {"revoke-registration | cy@partner.example | Shop | orders": ("application Shop is no longer on the portal")},
    ),
    "a person was deleted": (
        deleted("developers", "email", "bob@partner.example"),
        {
            f"add-member | bob@partner.example | {team}": "the developer is no longer on the portal"
            for team in ("new", "partners")
        },
    ),
}


@pytest.mark.parametrize(("click", "stale"), MEANWHILE.values(), ids=MEANWHILE)
def test_a_thing_that_is_not_the_one_that_was_reviewed_is_left_alone(
    story: Story, file: Path, click: Callable[[Story], None], stale: dict[str, str]
) -> None:
    """Names and ids, owners and fields: what a reviewer saw must be what is there."""
    click(story)
    ran = carry_out(story, file)
    assert ran.code == 6
    found = {what: became for what, became in results(ran).items() if became != "done"}
    assert found == {what: f"stale | not tried: {why}" for what, why in stale.items()}


def test_a_removal_that_is_there_no_more_is_done(story: Story, file: Path) -> None:
    """Who left the team by hand is not in it: so already."""
    team = identity(story, "teams", "name", "partners")
    person = identity(story, "developers", "email", "cy@partner.example")
    request(story, "DELETE", f"teams/{team}/developers/{person}")
    ran = carry_out(story, file)
    assert (ran.code, results(ran)["remove-member | cy@partner.example | partners"]) == (0, "already")


def test_stale_changes_stand_in_the_journal(story: Story, file: Path, tmp_path: Path) -> None:
    """Under the digest of the saved plan, with the reason."""
    click_status(story, "ada@partner.example", "rejected")
    journal = tmp_path / "journal.jsonl"
    assert carry_out(story, file, "--journal", str(journal)).code == 6
    lines = [json.loads(line) for line in journal.read_text(encoding="utf-8").splitlines()]
    digest = json.loads(file.read_text(encoding="utf-8"))["digest"]
    assert {line["plan"] for line in lines} == {digest}
    [approval] = [
        line for line in lines if line["kind"] == "change-answered" and line.get("action") == "approve-developer"
    ]
    assert (approval["outcome"], approval["error"]) == (
        "skipped",
        "not tried: it was pending when the plan was made, and is rejected now",
    )


# The embedded portal


def test_a_plan_of_the_embedded_portal_holds_whatever_its_port(story: Story, tmp_path: Path) -> None:
    """Its server is the word `sandbox`, for the port is another each run; its portal is known by its id."""
    story.environ.update(KONNECT_SERVER_URL="sandbox", KONNECT_TOKEN="", XDG_STATE_HOME=str(tmp_path / "state"))
    seed = tmp_path / "portal.yaml"
    seed.write_text(SEED, encoding="utf-8")
    assert story.run("sandbox", "seed", seed).code == 0
    file = saved(story)
    assert json.loads(file.read_text(encoding="utf-8"))["portal"]["server"] == "sandbox"
    assert carry_out(story, file, story.folder).code == 0
    story.environ["KONNECT_SERVER_URL"] = ""
    assert results(carry_out(story, file)) == dict.fromkeys(EVERYTHING, "already")
    story.environ.update(KONNECT_SERVER_URL=story.server.url, KONNECT_TOKEN="kpat_story")
    assert refused(story, file).endswith(f" at sandbox; this run is about {story.server.url}")
