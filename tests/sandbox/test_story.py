"""Stories in files: read strictly as a whole, then played step by step, by the portal's rules."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import Any

import pytest

from reconciler.sandbox import Sandbox, StoryError, read_story
from reconciler.sandbox.people.moves import MOVES
from reconciler.sandbox.people.story import read


def written(path: Path, text: str) -> Path:
    file = path / "story.yaml"
    file.write_text(textwrap.dedent(text), encoding="utf-8")
    return file


def played(sandbox: Sandbox, *steps: dict[str, Any]) -> list[str]:
    """What was told of a story on acme."""
    told: list[str] = []
    read({"portal": "acme", "story": list(steps)}).play(sandbox, told.append)
    return told


EVERY_MOVE = """\
portal: acme
story:
  - sign-up: {email: dee@x.example, full_name: Dee}
  - create-application: {email: dee@x.example, name: App, refused: 403}
  - verify: dee@x.example
  - approve: dee@x.example
  - create-application: {email: dee@x.example, name: App}
  - request-api: {email: dee@x.example, application: App, api: payments, version: v1}
  - request-api: {email: dee@x.example, application: App, package: starter-kit}
  - approve-registration: {owner: dee@x.example, application: App, package: starter-kit}
  - withdraw-request: {email: dee@x.example, application: App, api: payments, version: v1}
  - create-team: beta
  - create-team: {name: gamma, description: "The third", can_own_applications: true}
  - add-to-team: {email: dee@x.example, team: beta}
  - add-to-team: {email: ada@x.example, team: beta}
  - remove-from-team: {email: ada@x.example, team: beta}
  - assign-role: {team: beta, role: API Consumer, api: payments, version: v2, region: eu}
  - assign-role: {team: gamma, role: API Viewer, package: starter-kit}
  - remove-role: {team: gamma, role: API Viewer, package: starter-kit}
  - set-portal: {rbac_enabled: true, auto_approve_applications: true}
  - request-api: {email: dee@x.example, application: App, api: payments, version: v2}
  - request-api: {email: dee@x.example, application: App, api: payments, version: v1, refused: 403}
  - revoke-registration: {owner: dee@x.example, application: App, api: payments, version: v2}
  - reject-registration: {owner: {team: owners}, application: Shared, package: starter-kit}
  - create-application: {email: ada@x.example, name: Spare}
  - delete-application: {email: ada@x.example, application: Spare}
  - reject: bob@x.example
  - revoke: ada@x.example
  - delete-developer: cy@y.example
  - delete-team: partners
  - log-in: {email: dee@x.example, groups: [eng], refused: 403}
"""


def test_every_move_can_be_told(sandbox: Sandbox, tmp_path: Path) -> None:
    """The rows of the table are all used here, and each does what its words say."""
    told: list[str] = []
    story = read_story(written(tmp_path, EVERY_MOVE))
    story.play(sandbox, told.append)
    assert told == [
        "dee@x.example signs up as Dee",
        "dee@x.example creates App: refused with 403",
        "dee@x.example verifies the address",
        "an admin approves dee@x.example",
        "dee@x.example creates App",
        "dee@x.example requests payments v1 for App",
        "dee@x.example requests package starter-kit for App",
        "an admin approves package starter-kit for App of dee@x.example",
        "dee@x.example withdraws the request of App for payments v1",
        "an admin creates the team beta",
        "an admin creates the team gamma",
        "an admin adds dee@x.example to beta",
        "an admin adds ada@x.example to beta",
        "an admin removes ada@x.example from beta",
        "an admin makes beta API Consumer of payments v2",
        "an admin makes gamma API Viewer of package starter-kit",
        "an admin takes API Viewer of package starter-kit from gamma",
        "an admin changes the portal: rbac_enabled on, auto_approve_applications on",
        "dee@x.example requests payments v2 for App",
        "dee@x.example requests payments v1 for App: refused with 403",
        "an admin revokes payments v2 from App of dee@x.example",
        "an admin rejects package starter-kit for Shared of the team owners",
        "ada@x.example creates Spare",
        "ada@x.example deletes Spare",
        "an admin rejects bob@x.example",
        "an admin revokes ada@x.example",
        "an admin deletes cy@y.example",
        "an admin deletes the team partners",
        "dee@x.example logs in by SSO: refused with 403",
    ]
    assert {name for name, move in MOVES.items() for step in story.steps if step.move is move} == set(MOVES)
    team = {"description": None, "can_own_applications": False}
    assert sandbox.dump()["acme"] == {
        "developers": {"ada@x.example": "revoked", "bob@x.example": "rejected", "dee@x.example": "approved"},
        "teams": {
            "beta": {**team, "members": ["dee@x.example"], "roles": [["API Consumer", "payments", "v2", "eu"]]},
            "gamma": {"description": "The third", "can_own_applications": True, "members": [], "roles": []},
            "owners": {**team, "can_own_applications": True, "members": [], "roles": []},
        },
        "applications": [
            {"owner": "ada@x.example", "name": "Checkout", "registrations": {"payments v1": "approved"}},
            {
                "owner": "dee@x.example",
                "name": "App",
                "registrations": {"package starter-kit": "approved", "payments v2": "revoked"},
            },
            {"owner": "team:owners", "name": "Shared", "registrations": {"package starter-kit": "rejected"}},
        ],
    }


def test_a_login_in_a_story_brings_groups_and_a_name() -> None:
    sandbox = Sandbox()
    provider = {"type": "oidc", "enabled": True}
    mapping = {"idp_mapping_enabled": True}
    team = {"name": "eng", "groups": ["g"]}
    portal = {"name": "acme", "identity_providers": [provider], "authentication_settings": mapping, "teams": [team]}
    sandbox.load({"portals": [portal]})
    played(sandbox, {"log-in": {"email": "ada@x.example", "groups": ["g"], "full_name": "Ada L."}})
    assert sandbox.dump()["acme"]["teams"]["eng"]["members"] == ["ada@x.example"]
    with sandbox._store.read() as tx:
        assert [row["full_name"] for row in tx.all("SELECT full_name FROM developers")] == ["Ada L."]
    sandbox.close()


def test_a_refusal_ends_the_story_there_and_what_was_done_stays(sandbox: Sandbox) -> None:
    """Each step is a click of its own."""
    told: list[str] = []
    steps = [{"approve": "bob@x.example"}, {"add-to-team": {"email": "bob@x.example", "team": "partners"}}]
    story = read({"portal": "acme", "story": [*steps, {"revoke": "ada@x.example"}]})
    with pytest.raises(StoryError) as stopped:
        story.play(sandbox, told.append)
    assert str(stopped.value) == (
        "story, step 2: an admin adds bob@x.example to partners: the portal refuses this with 409 Conflict: Conflict"
    )
    assert told == ["an admin approves bob@x.example"]
    assert sandbox.dump()["acme"]["developers"] == {
        "ada@x.example": "approved",
        "bob@x.example": "approved",
        "cy@y.example": "revoked",
    }


@pytest.mark.parametrize(
    ("step", "message"),
    [
        ({"revoke": "nobody@x.example"}, "the sandbox has no developer 'nobody@x.example'"),
        (
            {"request-api": {"email": "ada@x.example", "application": "Checkout", "api": "payments"}},
            "2 APIs are called 'payments'",
        ),
        (
            {"sign-up": {"email": "nobody", "full_name": "N"}},
            'the portal refuses this with 400 Invalid Request: "email" must be a valid email',
        ),
        (
            {"revoke": {"email": "ada@x.example", "refused": 403}},
            "this was done, though the story says `refused: 403`",
        ),
        (
            {"sign-up": {"email": "ada@x.example", "full_name": "Ada", "refused": 403}},
            "the portal refuses this with 409 Conflict: Developer with the given email already exists",
        ),
    ],
)
def test_a_step_that_goes_otherwise_is_an_error_that_says_how(
    sandbox: Sandbox, step: dict[str, Any], message: str
) -> None:
    with pytest.raises(StoryError) as stopped:
        played(sandbox, step)
    assert str(stopped.value).endswith(f": {message}")


def test_a_story_on_a_portal_that_is_not_there_names_those_that_are(sandbox: Sandbox) -> None:
    with pytest.raises(StoryError, match=r"no portal 'acne' \(known: 'acme', 'other'\)"):
        read({"portal": "acne", "story": [{"revoke": "ada@x.example"}]}).play(sandbox)


KNOWN = ", ".join(MOVES)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "{file}: expected a mapping, found nothing"),
        ("portal: acme", "{file}: 'story' is missing"),
        ("story: []", "{file}: 'portal' is missing"),
        ("{portal: acme, story: [], stroy: []}", "{file}: unknown key 'stroy' (known: portal, story)"),
        ("{portal: acme, story: {revoke: a}}", "{file}.story: expected a list, found a mapping"),
        ("{portal: [acme], story: []}", "{file}.portal: expected text, found a list (quote it)"),
        (
            "portal: acme\nstory:\n  - revoke",
            "{file}:3: a step is a mapping of one move to its arguments, like `- revoke: ada@partner.example`",
        ),
        (
            "portal: acme\nstory:\n  - {verify: a@x, revoke: a@x}",
            "{file}:3: a step is a mapping of one move to its arguments, like `- revoke: ada@partner.example`",
        ),
        ("portal: acme\nstory:\n  - fire: ada@x", f"{{file}}:3: there is no move 'fire' (known: {KNOWN})"),
        (
            "portal: acme\nstory:\n  - revoke: a@x\n\n  - add-to-team: {email: a@x, taem: t}",
            "{file}:5 add-to-team: unknown key 'taem' (known: email, team, refused)",
        ),
        ("portal: acme\nstory:\n  - add-to-team: a@x", "{file}:3 add-to-team: 'team' is missing"),
        ("portal: acme\nstory:\n  - revoke:", "{file}:3 revoke: 'email' is missing"),
        ("portal: acme\nstory:\n  - revoke: 7", "{file}:3 revoke.email: expected text, found int (quote it)"),
        (
            "portal: acme\nstory:\n  - revoke: {email: a@x, refused: true}",
            "{file}:3 revoke.refused: expected the status of a refusal, such as 403, found True",
        ),
        (
            "portal: acme\nstory:\n  - request-api: {email: a@x, application: A, api: b, package: c}",
            "{file}:3 request-api: give either 'api' or 'package'",
        ),
        (
            "portal: acme\nstory:\n  - assign-role: {team: t, role: King, api: b}",
            "{file}:3 assign-role.role: 'King' is none of API Viewer, API Consumer",
        ),
        (
            "portal: acme\nstory:\n  - set-portal: {rbac_enabled: 'yes'}",
            "{file}:3 set-portal.rbac_enabled: expected true or false, found text",
        ),
        (
            "portal: acme\nstory:\n  - revoke: a@x\n    revoke: b@x",
            "{file}:4: the key 'revoke' stands here twice",
        ),
        (
            "portal: acme\nstory:\n  - add-to-team: {email: a@x,\n      team: t, team: u}",
            "{file}:4: the key 'team' stands here twice",
        ),
        ("portal: acme\nstory: []\nstory: []", "{file}:3: the key 'story' stands here twice"),
    ],
)
def test_a_story_is_read_strictly(tmp_path: Path, text: str, message: str) -> None:
    """An error names the file, the line of the step, and what is known there."""
    file = tmp_path / "story.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(StoryError) as found:
        read_story(file)
    assert str(found.value) == message.format(file=file)


@pytest.mark.parametrize("content", [b"portal: [", b"\xff", b"a: 2027-13-01", b"[" * 20_000])
def test_what_is_no_yaml_is_an_error_that_names_the_file(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "story.yaml"
    file.write_bytes(content)
    with pytest.raises(StoryError, match=r"story\.yaml: "):
        read_story(file)


def test_nothing_is_played_of_a_story_with_a_mistake_in_it(sandbox: Sandbox) -> None:
    """It is read as a whole first."""
    before = sandbox.dump()
    with pytest.raises(StoryError):
        played(sandbox, {"revoke": "ada@x.example"}, {"fire": "bob@x.example"})
    assert sandbox.dump() == before
