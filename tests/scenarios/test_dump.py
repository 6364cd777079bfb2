"""`dump`: the portal as a workspace, from which a plan has nothing to do."""

from __future__ import annotations

import pytest

from tests.scenarios.conftest import Start
from tests.scenarios.story import Story

SEED = """
    apis: [{name: payments, version: v1}, {name: payments, version: v2}, {name: orders}, {name: kit, package: true}]
    portals:
      - name: acme-partners
        rbac_enabled: true
        developers:
          - {email: ada@partner.example, full_name: Ada Lovelace, status: approved}
          - {email: bob@partner.example, full_name: Bob, status: approved}
          - {email: cy@other.example, full_name: Cy, status: pending}
          - {email: gone@partner.example, full_name: Gone, status: revoked}
          - {email: mallory@other.example, full_name: Mallory, status: rejected}
        teams:
          - name: partners
            description: "All: of them"
            members: [ada@partner.example]
            roles: [{role: API Viewer, api: payments, version: v2, region: eu}]
          - {name: bots, can_own_applications: true, members: [ada@partner.example, mallory@other.example]}
        applications:
          - name: "Check: \\"out\\""
            owner: ada@partner.example
            registrations: [{api: payments, version: v1, status: approved}, {api: orders, status: revoked}]
          - {name: Old, owner: gone@partner.example, registrations: [{api: orders, status: revoked}]}
          - {name: Bot, owner: {team: bots}, registrations: [{package: kit, status: approved}]}
          - {name: New, owner: bob@partner.example, registrations: [{api: orders, status: pending}]}
    """
LEFT_OUT = "'mallory@other.example' is rejected, and still a member of team 'bots'"


def dump(story: Story, *more: str) -> dict[str, str]:
    """The files that are written, by their names."""
    folder = story.folder / "dumped"
    ran = story.run("dump", str(folder), "--portal", "acme-partners", "--format", "json", *more)
    assert ran.code == 0, ran
    assert story.writes() == []
    assert [finding["message"] for finding in ran.json["findings"]] == [LEFT_OUT]
    plan = story.run("plan", str(folder), "--format", "json").json
    assert (plan["changes"], plan["held"], plan["waiting"], plan["blocked"]) == ([], [], [], [])
    assert [item["reason"] for item in plan["requests"]] == ["asks for the API", "asks to be approved"]
    return {path.relative_to(folder).as_posix(): path.read_text() for path in sorted(folder.rglob("*.yaml"))}


def test_people_stand_in_a_file_of_their_domain(portal: Start) -> None:
    """Sorted, strangers' text in quotes, tombstones where nothing is taken, and a comment for what is left out."""
    assert dump(portal(SEED)) == {
        "developers/partner.example.yaml": (
            "developers:\n"
            '  - email: "ada@partner.example"\n'
            "    teams: [bots, partners]\n"
            "    applications:\n"
            '      - name: "Check: \\"out\\""\n'
            "        apis: [{name: orders, status: revoked}, {name: payments, version: v1}]\n"
            '  - "bob@partner.example"\n'
            '  - email: "gone@partner.example"\n'
            "    status: revoked\n"
        ),
        "portal.yaml": (
            "# Written by `reconciler dump`. From here on git says who has access.\n"
            "portal: {name: acme-partners}\n"
            "\n"
            "# Left out, since no manifest can say it:\n"
            f"#   - {LEFT_OUT}\n"
        ),
        "teams.yaml": (
            "teams:\n"
            "  - name: bots\n"
            "    can_own_applications: true\n"
            "    applications:\n"
            '      - name: "Bot"\n'
            "        apis: [{package: kit}]\n"
            "  - name: partners\n"
            '    description: "All: of them"\n'
            "    roles: [{role: API Viewer, api: {name: payments, version: v2}, region: eu}]\n"
        ),
    }


@pytest.mark.in_process
def test_teams_with_their_members_stand_in_a_file_each(portal: Start) -> None:
    """For teams whose owners review who is in."""
    files = dump(portal(SEED), "--split", "team")
    assert sorted(files) == ["developers.yaml", "portal.yaml", "teams/bots.yaml", "teams/partners.yaml"]
    assert files["teams/bots.yaml"] == (
        "teams:\n"
        "  - name: bots\n"
        "    can_own_applications: true\n"
        "    members:\n"
        '      - "ada@partner.example"\n'
        "    applications:\n"
        '      - name: "Bot"\n'
        "        apis: [{package: kit}]\n"
    )


@pytest.mark.in_process
def test_everything_can_stand_in_one_file(portal: Start) -> None:
    """For a small portal."""
    assert list(dump(portal(SEED), "--split", "one")) == ["portal.yaml"]


@pytest.mark.in_process
def test_a_folder_that_has_anything_in_it_is_left_alone(portal: Start) -> None:
    """Nothing is overwritten, and the portal is not even asked; an empty folder will do."""
    story = portal(SEED)
    folder = story.folder / "dumped"
    folder.mkdir()
    dump(story)
    before = {path: path.read_bytes() for path in folder.rglob("*.yaml")}
    story.server.requests.clear()
    ran = story.run("dump", str(folder), "--portal", "acme-partners")
    assert (ran.code, "is there already, and is not an empty folder" in ran.out) == (3, True)
    assert list(story.server.requests) == []
    assert {path: path.read_bytes() for path in folder.rglob("*.yaml")} == before


@pytest.mark.in_process
def test_the_portal_may_be_named_by_its_id(portal: Start) -> None:
    """And one that is not there is told."""
    story = portal(SEED)
    ran = story.run("dump", str(story.folder / "a"), "--portal", "nowhere")
    assert ran.code == 7
    known = story.run("dump", str(story.folder / "b"), "--portal", "acme-partners", "--format", "json").json["portal"]
    ran = story.run("dump", str(story.folder / "c"), "--portal", known["id"])
    assert ran.code == 0
    assert " ".join(ran.out.split()).endswith(f"3 files in {story.folder / 'c'}; 1 thing left out")


def test_a_region_that_was_said_is_written_down(portal: Start) -> None:
    """Wherever the server is: the region of a role is that of the portal only as long as the workspace says so."""
    story = portal(SEED)
    folder = story.folder / "dumped"
    assert story.run("dump", str(folder), "--portal", "acme-partners", "--region", "eu").code == 0
    assert "portal: {name: acme-partners, region: eu}\n" in (folder / "portal.yaml").read_text()
    assert "{role: API Viewer, api: {name: payments, version: v2}}" in (folder / "teams.yaml").read_text()
    plan = story.run("plan", str(folder), "--format", "json").json
    assert plan["changes"] == []
    assert [item["subject"]["kind"] for item in plan["unlisted"]] == ["membership"]  # what is left out
