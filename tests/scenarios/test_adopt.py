"""`drift --adopt`: clicks past git that were right become part of the manifests."""

from __future__ import annotations

from typing import Any

import pytest

from tests.scenarios.conftest import Start
from tests.scenarios.story import Story, subject_in_words

pytestmark = pytest.mark.in_process

SEED = """
    apis: [{name: payments, version: v1}, {name: payments, version: v2}, {name: orders}]
    portals:
      - name: acme-partners
        rbac_enabled: true
        developers:
          - {email: ada@partner.example, full_name: Ada, status: approved}
          - {email: bob@partner.example, full_name: Bob, status: approved}
          - {email: cy@partner.example, full_name: Cy, status: revoked}
          - {email: eve@partner.example, full_name: Eve, status: pending}
        teams:
          - name: partners
            members: [ada@partner.example, bob@partner.example, eve@partner.example]
            roles: [{role: API Viewer, api: orders, region: eu}]
          - {name: beta, members: [bob@partner.example]}
        applications:
          - name: Shop
            owner: ada@partner.example
            registrations: [{api: payments, version: v2, status: approved}, {api: orders, status: revoked}]
          - {name: Till, owner: bob@partner.example, registrations: [{api: orders, status: approved}]}
    """
ACCESS = """\
    developers:
      - email: ada@partner.example
        applications:
          - name: Shop
            apis: [orders]   # old
      - email: cy@partner.example
        teams: [partners]
        reason: PART-1
      - email: dora@partner.example

    teams:
      - name: beta
        roles: []
      - name: partners
        roles: []
    """


def adopt(story: Story, *more: str, code: int = 2) -> Any:
    """The report; nothing is ever written to the portal."""
    ran = story.run("drift", str(story.folder), "--adopt", "--format", "json", *more)
    assert ran.code == code, ran
    assert story.writes() == []
    return ran.json


def told(report: Any) -> list[str]:
    """Each thing in one line: what it is about, and what git says of it now or why it does not."""
    return [f"{subject_in_words(item)}: {item['problem'] or item['says']}" for item in report["adopted"]]


def test_what_was_clicked_becomes_part_of_git(portal: Start) -> None:
    """People with their teams and registrations, and stops; the second time only what cannot be adopted is left."""
    story = portal(SEED)
    story.git(ACCESS)
    report = adopt(story, "--reason", "OPS-7")
    assert report["written"] is True
    assert told(report) == [
        "bob@partner.example: listed",
        "partners | API Viewer | orders: roles are listed by hand, under `roles` of the team's entry",
        "ada@partner.example | Shop | payments v2: listed",
        "ada@partner.example | partners: listed",
        "bob@partner.example | Till | orders: listed",
        "bob@partner.example | beta: listed",
        "bob@partner.example | partners: listed",
        "eve@partner.example | partners: the person is pending on the portal",
        "ada@partner.example | Shop | orders: listed as revoked",
        "cy@partner.example: listed as revoked",
    ]
    assert (story.folder / "access.yaml").read_text() == (
        "portal: {name: acme-partners, region: eu}\n"
        "developers:\n"
        "  - email: ada@partner.example\n"
        "    applications:\n"
        "      - name: Shop\n"
        "        apis: [{name: orders, status: revoked}, {name: payments, version: v2, reason: OPS-7}]   # old\n"
        "    teams: [{name: partners, reason: OPS-7}]\n"
        '  - email: "bob@partner.example"\n'
        "    teams: [beta, partners]\n"
        "    applications:\n"
        '      - name: "Till"\n'
        "        apis: [orders]\n"
        "    reason: OPS-7\n"
        "  - email: cy@partner.example\n"
        "    reason: PART-1\n"
        "    status: revoked\n"
        "  - email: dora@partner.example\n"
        "\n"
        "teams:\n"
        "  - name: beta\n"
        "    roles: []\n"
        "  - name: partners\n"
        "    roles: []\n"
    )
    assert story.run("validate", str(story.folder)).code == 0
    assert story.changes() == []
    again = adopt(story)
    assert (again["patches"], len(again["adopted"])) == ([], 2)


def test_one_thing_at_a_time_and_only_shown(portal: Start) -> None:
    """`--only` narrows it, `--dry-run` leaves the files."""
    story = portal(SEED)
    story.git(ACCESS)
    before = (story.folder / "access.yaml").read_bytes()
    report = adopt(story, "--only", "cy@partner.example", "--dry-run")
    assert (told(report), report["written"]) == (["cy@partner.example: listed as revoked"], False)
    assert [patch["diff"].split("\n", 2)[2] for patch in report["patches"]] == [
        "@@ -5,8 +5,8 @@\n"
        "       - name: Shop\n"
        "         apis: [orders]   # old\n"
        "   - email: cy@partner.example\n"
        "-    teams: [partners]\n"
        "     reason: PART-1\n"
        "+    status: revoked\n"
        "   - email: dora@partner.example\n"
        " \n"
        " teams:\n"
    ]
    assert (story.folder / "access.yaml").read_bytes() == before


def test_the_text_names_what_is_adopted_and_what_cannot_be(portal: Start) -> None:
    """With the change to the files."""
    story = portal(SEED)
    story.git(ACCESS.replace("- email: dora@partner.example", "- {email: bob@partner.example, applications: []}"))
    ran = story.run("drift", str(story.folder), "--adopt", "--only", "beta", "--dry-run")
    shown = ran.out[ran.out.index("To be adopted") : ran.out.index("Looked at")].replace(str(story.folder), "access")
    assert [line.strip() for line in shown.splitlines() if line] == [
        "To be adopted into git (1)",
        "+ bob@partner.example in team beta: listed",
        "access/access.yaml",
        "--- access/access.yaml",
        "+++ access/access.yaml",
        "@@ -7,7 +7,7 @@",
        "- email: cy@partner.example",
        "teams: [partners]",
        "reason: PART-1",
        "-  - {email: bob@partner.example, applications: []}",
        "+  - {email: bob@partner.example, applications: [], teams: [beta]}",
        "",
        "teams:",
        "- name: beta",
    ]


def test_what_git_gives_and_the_portal_lacks_is_not_adopted(portal: Start) -> None:
    """Nobody can tell whether it was taken away or never given; and what has no place says so."""
    story = portal(SEED)
    story.git(
        "developers:\n- {email: ada@partner.example, teams: [beta]}\n", more="defaults: {teams: []}\ndevelopers: []\n"
    )
    report = adopt(story)
    problems = {subject_in_words(item): item["problem"] for item in report["adopted"] if item["problem"]}
    assert problems["ada@partner.example | beta"].startswith("git gives it and the portal does not have it")


def test_flags_that_go_with_adopt(portal: Start) -> None:
    """Are refused without it."""
    story = portal(SEED)
    story.git(ACCESS)
    for flags in (("--dry-run",), ("--into", "x.yaml"), ("--reason", "x")):
        ran = story.run("drift", str(story.folder), *flags)
        assert (ran.code, "go with --adopt" in ran.err) == (3, True)


def test_a_name_that_no_manifest_takes_keeps_nothing_else_out(portal: Start) -> None:
    """It is told, and the rest is adopted."""
    story = portal(
        """
        portals:
          - name: acme-partners
            developers:
              - {email: "bob@partner.example ", full_name: Bob, status: approved}
              - {email: cy@partner.example, full_name: Cy, status: approved}
        """
    )
    story.git("developers: []\n")
    report = adopt(story)
    assert report["written"] is True
    assert told(report) == [
        "bob@partner.example : 'bob@partner.example ' is no address that a manifest takes",
        "cy@partner.example: listed",
    ]
