"""`pending`: who waits for a decision; `--write` makes entries of it, and approving them leaves nobody waiting."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.scenarios.conftest import Start
from tests.scenarios.story import Ran, Story

SEED = """
    apis: [{name: payments, version: v1}, {name: payments, version: v2}, {name: orders}, {name: kit, package: true}]
    portals:
      - name: acme-partners
        rbac_enabled: true
        developers:
          - {email: ada@partner.example, full_name: Ada Lovelace, status: approved}
          - {email: bob@partner.example, full_name: Bob Kahn, created_at: "2026-11-20T10:00:00.000Z"}
          - {email: cy@other.example, full_name: Cy Twombly}
          - {email: eve@partnr.example, full_name: Ada  Lovelace}
          - {email: gone@partner.example, full_name: Gone, status: revoked}
        teams: [{name: partners, members: [ada@partner.example]}, {name: bots, can_own_applications: true}]
        applications:
          - name: Checkout
            owner: ada@partner.example
            registrations: [{api: payments, version: v1, status: approved}, {api: orders, status: pending}]
          - name: "Evil: \\"app\\" # \\u202e"
            owner: cy@other.example
            registrations: [{api: payments, version: v2, status: pending}, {package: kit, status: pending}]
          - {name: Till, owner: bob@partner.example, registrations: [{api: orders, status: pending}]}
          - {name: Old, owner: gone@partner.example, registrations: [{api: orders, status: pending}]}
          - {name: Bot, owner: {team: bots}, registrations: [{package: kit, status: pending}]}
    """
ACCESS = """\
    developers:
      # Partner Inc.
      - email: ada@partner.example   # since 2019
        teams: [partners]
        applications:
          - name: Checkout
            apis: [{name: payments, version: v1}]

    rules:
      - {name: partner, match: {email: "*@partner.example"}, teams: [partners]}
    """
KITS = """\
    apis:
    - package: kit
      applications: []
    """


def pending(story: Story, *more: str, code: int = 0) -> Any:
    """The report of `pending`; the portal is never written to."""
    ran = story.run("pending", str(story.folder), "--format", "json", *more)
    assert ran.code == code, ran
    assert story.writes() == []
    return ran.json


def said(ran: Ran, story: Story) -> str:
    """The text, without what is another each time."""
    text = re.sub(r"  git: .*\n", "", ran.out.replace(str(story.folder), "access"))
    far = r"\n +(today|\d+ days?)\s+(access/\S+)$"  # what the long name of a test's folder leaves no room for
    return re.sub(far, r"  (\1)  \2", text.replace(story.server.url, "SERVER"), flags=re.MULTILINE)


def waiting(story: Story, *more: str) -> list[str]:
    """Each request in one line: who, for what, and what stands against it."""
    lines = []
    for request in pending(story, *more)["pending"]:
        subject = request["subject"]
        parts = [subject[key]["name"] for key in ("developer", "team", "application", "api") if subject[key]]
        against = [each["rule"] for each in request["suspicions"]] + [request["obstacle"]] * bool(request["obstacle"])
        lines.append(" | ".join([*parts, *against]))
    return lines


@pytest.mark.in_process
def test_it_tells_who_waits_for_what_and_what_is_suspicious(portal: Start) -> None:
    """By domain; people first, then their applications; with the file that would list them."""
    story = portal(SEED)
    story.git(ACCESS, kits=KITS)
    assert waiting(story) == [
        "bots | Bot | kit",
        "cy@other.example",
        'cy@other.example | Evil: "app" # \u202e | kit | hidden-characters',
        'cy@other.example | Evil: "app" # \u202e | payments | hidden-characters',
        "ada@partner.example | Checkout | orders",
        "bob@partner.example",
        "bob@partner.example | Till | orders",
        "gone@partner.example | Old | orders | the owner is revoked on the portal",
        "eve@partnr.example | look-alike-domain | same-name",
    ]


@pytest.mark.in_process
def test_the_text_is_what_a_reviewer_needs(portal: Start) -> None:
    """How long, what an approval gives, where it would go, what is suspicious; nothing of strangers acts."""
    story = portal(SEED)
    story.git(ACCESS)
    ran = story.run("pending", str(story.folder), "--only", "bob@partner.example", "--only", "partnr.example")
    assert ran.code == 0
    assert said(ran, story) == (
        "Pending on portal acme-partners\n"
        "  eu, SERVER\n"
        "  only: bob@partner.example, partnr.example\n"
        "\n"
        "partner.example (2)\n"
        '  bob@partner.example ("Bob Kahn") asks to be approved  (3 days)  access/access.yaml\n'
        "      gives: sign in to the portal; team partners\n"
        "  Till of bob@partner.example asks for orders  (326 days)  access/access.yaml\n"
        "      gives: call orders, through application Till\n"
        "\n"
        "partnr.example (1)\n"
        '  eve@partnr.example ("Ada  Lovelace") asks to be approved  (326 days)  access/access.yaml\n'
        "      gives: sign in to the portal\n"
        "      SUSPICIOUS (look-alike-domain): partnr.example looks like partner.example,\n"
        "          and is another domain\n"
        "      SUSPICIOUS (same-name): ada@partner.example has the same name, Ada\n"
        "          Lovelace\n"
        "\n"
        "Looked at 4 APIs, 5 applications, 5 developers, 1 membership, 7 registrations,\n"
        "    2 teams.\n"
        "\n"
        "3 requests, 1 suspicious\n"
    )


def test_what_is_written_and_applied_leaves_nobody_waiting(portal: Start) -> None:
    """Entries in place, and in the API's own file; what is suspicious only when named; the second time nothing."""
    story = portal(SEED)
    story.git(ACCESS, kits=KITS)
    told = pending(story, "--write", "--only", "cy@other.example")
    assert [each["decision"] for each in told["pending"]] == ["listed"] * 3
    pending(story, "--write", "--reason", "PART-1")
    assert (story.folder / "kits.yaml").read_text() == (
        "apis:\n"
        "- package: kit\n"
        "  applications:\n"
        '  - {owner: {team: bots}, name: "Bot", reason: PART-1}\n'
        '  - {owner: "cy@other.example", name: "Evil: \\"app\\" # \\u202e"}\n'
    )
    assert (story.folder / "access.yaml").read_text() == (
        "portal: {name: acme-partners, region: eu}\n"
        "developers:\n"
        "  # Partner Inc.\n"
        "  - email: ada@partner.example   # since 2019\n"
        "    teams: [partners]\n"
        "    applications:\n"
        "      - name: Checkout\n"
        "        apis: [{name: orders, reason: PART-1}, {name: payments, version: v1}]\n"
        '  - email: "bob@partner.example"\n'
        "    teams: [partners]\n"
        "    applications:\n"
        '      - name: "Till"\n'
        "        apis: [orders]\n"
        "    reason: PART-1\n"
        '  - email: "cy@other.example"\n'
        "    applications:\n"
        '      - name: "Evil: \\"app\\" # \\u202e"\n'
        "        apis: [{name: payments, version: v2}]\n"
        "\n"
        "rules:\n"
        '  - {name: partner, match: {email: "*@partner.example"}, teams: [partners]}\n'
    )
    assert story.run("validate", str(story.folder)).code == 0
    story.apply()
    story.server.requests.clear()
    assert waiting(story) == [
        "gone@partner.example | Old | orders | the owner is revoked on the portal",
        "eve@partnr.example | look-alike-domain | same-name",
    ]
    assert story.status("bob@partner.example") == "approved"
    assert story.members("partners") == ["ada@partner.example", "bob@partner.example"]
    assert pending(story, "--write")["patches"] == []


@pytest.mark.in_process
def test_a_dry_run_shows_the_diff_and_changes_nothing(portal: Start) -> None:
    """The diff is part of the document, and what is there stays byte for byte."""
    story = portal(SEED)
    story.git(ACCESS)
    before = (story.folder / "access.yaml").read_bytes()
    told = pending(story, "--write", "--dry-run", "--only", "bob@partner.example", "--expires", "2027-06-30")
    assert told["written"] is False
    assert [patch["diff"].split("\n", 2)[2] for patch in told["patches"]] == [
        "@@ -6,6 +6,12 @@\n"
        "     applications:\n"
        "       - name: Checkout\n"
        "         apis: [{name: payments, version: v1}]\n"
        '+  - email: "bob@partner.example"\n'
        "+    teams: [partners]\n"
        "+    applications:\n"
        '+      - name: "Till"\n'
        "+        apis: [orders]\n"
        "+    expires: 2027-06-30\n"
        " \n"
        " rules:\n"
        '   - {name: partner, match: {email: "*@partner.example"}, teams: [partners]}\n'
    ]
    assert (story.folder / "access.yaml").read_bytes() == before


@pytest.mark.in_process
def test_what_is_rejected_gets_a_tombstone(portal: Start) -> None:
    """With the reason; the person's applications need none, and a registration has its own."""
    story = portal(SEED)
    story.git(ACCESS)
    rejecting = ["--write", "--reject", "--reason", "not a partner: #7"]
    told = pending(story, *rejecting, "--only", "partnr.example", "--only", "cy@other.example", "--only", "orders")
    assert [(each["subject"]["kind"], each["decision"]) for each in told["pending"]] == [
        ("developer", "rejected"),
        ("registration", "left-out"),
        ("registration", "left-out"),
        ("registration", "rejected"),
        ("registration", "rejected"),
        ("registration", "left-out"),
        ("developer", "rejected"),
    ]
    text = (story.folder / "access.yaml").read_text()
    assert '  - email: "eve@partnr.example"\n    status: rejected\n    reason: "not a partner: #7"\n' in text
    assert 'apis: [{name: orders, status: rejected, reason: "not a partner: #7"}, {name: payments, ' in text
    story.apply()
    story.server.requests.clear()
    assert story.status("eve@partnr.example") == "rejected"
    assert story.registrations("ada@partner.example", "Checkout") == {"payments v1": "approved", "orders": "rejected"}
    assert waiting(story) == [
        "bots | Bot | kit",
        "bob@partner.example",
        "gone@partner.example | Old | orders | the owner is revoked on the portal",
    ]


@pytest.mark.in_process
def test_what_the_policy_does_not_let_in_is_not_written(portal: Start) -> None:
    """The errors are those that `validate` would have found, and they say what is missing."""
    story = portal(SEED)
    story.git(
        ACCESS.replace("email: ada@partner.example", "email: ada@partner.example\n        reason: PART-0")
        + ('\n    policy: {require: {reason: [{name: tickets, like: ["PART-*"], of: [developers]}]}}\n')
    )
    before = (story.folder / "access.yaml").read_bytes()
    told = pending(story, "--write", "--only", "bob@partner.example", code=3)
    assert told["error"]["message"].startswith("nothing is written")
    assert [found["rule"] for found in told["findings"]] == ["require.reason"]
    assert (story.folder / "access.yaml").read_bytes() == before
    told = pending(story, "--write", "--only", "bob@partner.example", "--reason", "PART-7")
    assert told["written"] is True
    assert story.run("validate", str(story.folder)).code == 0


@pytest.mark.in_process
def test_another_file_is_used_if_it_is_named(portal: Start) -> None:
    """One that is not there yet is made, in the workspace."""
    story = portal(SEED)
    story.git(ACCESS)
    pending(story, "--write", "--only", "bob@partner.example", "--only", "other.example", "--into", "new/people.yml")
    assert (story.folder / "new" / "people.yml").read_text() == (
        "developers:\n"
        '  - email: "bob@partner.example"\n'
        "    teams: [partners]\n"
        "    applications:\n"
        '      - name: "Till"\n'
        "        apis: [orders]\n"
        '  - "cy@other.example"\n'
    )
    for into in ("../elsewhere.yaml", "/tmp/x.yaml", "notes.txt", ".hidden.yaml"):
        ran = story.run("pending", str(story.folder), "--write", "--into", into)
        assert ran.code == 3
        assert f"--into {into} is no manifest of the workspace" in ran.out


@pytest.mark.in_process
def test_flags_that_make_no_sense_together_are_refused(portal: Start) -> None:
    """Before anything is read."""
    story = portal(SEED)
    story.git(ACCESS)
    for flags, why in {
        ("--into", "x.yaml"): "go with --write",
        ("--write", "--reject"): "--reject needs --only, and --reason TEXT",
        ("--write", "--reject", "--only", "x", "--reason", "y", "--expires", "2027-01-01"): "takes no --expires",
    }.items():
        ran = story.run("pending", str(story.folder), *flags)
        assert (ran.code, why in ran.err) == (3, True), ran
    ran = story.run("pending", str(story.folder), "--only", "nobody@partner.example")
    assert (ran.code, "nobody of that name waits" in ran.out, "as git says" in ran.out) == (3, True, False), ran


@pytest.mark.in_process
def test_the_comment_of_a_pull_request_tells_its_reviewer_what_each_approval_gives(portal: Start) -> None:
    """In Markdown, where nothing that a stranger typed becomes a link, a mention or markup."""
    story = portal(SEED)
    story.git(ACCESS)
    ran = story.run("pending", str(story.folder), "--only", "cy@other.example", "--format", "markdown")
    lines = ran.out.replace(str(story.folder), "access").splitlines()
    assert lines[lines.index("### `other.example` (3)") : -2] == [
        "### `other.example` (3)",
        "",
        "- `cy@other.example` (`Cy Twombly`) asks to be approved, since `2026-01-01`",
        "  - gives: sign in to the portal",
        "  - in `access/access.yaml`",
        *(
            line
            for api in ("package `kit`", "`payments v2`")
            for line in (
                f'- `Evil: "app" # \\u{{202e}}` of `cy@other.example` asks for {api}, since `2026-01-01`',
                f'  - gives: call {api}, through application `Evil: "app" # \\u{{202e}}`',
                "  - **suspicious** (`hidden-characters`): the application's name has characters that do not show or "
                "reorder others: `U+202E`",
                "  - in `access/access.yaml`",
            )
        ),
    ]


@pytest.mark.in_process
def test_a_new_domain_gets_a_file_of_its_own_where_each_has_one(portal: Start) -> None:
    """As `dump` writes them; where people stand otherwise, and in several files, somebody has to say where."""
    story = portal(SEED)
    files = {"people__partner": "developers: [ada@partner.example]", "people__b": "developers: [x@b.example]"}
    story.git(**files)
    pending(story, "--write", "--only", "cy@other.example", "--only", "eve@partnr.example")
    assert sorted(path.name for path in (story.folder / "people").iterdir()) == [
        "b.yaml",
        "other.example.yaml",
        "partner.yaml",
        "partnr.example.yaml",
    ]
    assert (story.folder / "people" / "partnr.example.yaml").read_text() == 'developers:\n  - "eve@partnr.example"\n'
    story.git()
    folder = story.folder / "developers"
    folder.mkdir()
    (folder / "partner.example.yaml").write_text("developers: [ada@partner.example]")  # the first of them
    found = pending(story, "--only", "cy@other.example")["pending"]
    assert {each["file"] for each in found} == {str(folder / "other.example.yaml")}
    story.git(**files, people__mixed="developers: [y@b.example, z@c.example]")
    assert "no file of the workspace is the one for it" in waiting(story, "--only", "other.example")[0]


@pytest.mark.in_process
def test_what_a_files_defaults_give_is_told_and_kept(portal: Start) -> None:
    """The reviewer reads of every team, whoever gives it; and an end that the defaults give is not lost."""
    story = portal(
        """
        portals:
          - name: acme-partners
            developers: [{email: cy@other.example, full_name: Cy, status: pending}]
            teams: [{name: beta}, {name: partners}]
        """
    )
    people = "defaults: {teams: [{name: beta, expires: 2027-01-31}]}\ndevelopers: [dee@other.example]\n"
    story.git(people)
    assert pending(story)["pending"][0]["gives"] == ["sign in to the portal", "team beta"]
    story.git("rules: [{name: ours, match: {email: '*@other.example'}, teams: [partners]}]\n" + people)
    report = pending(story, "--write")
    assert report["pending"][0]["teams"] == ["beta", "partners"]
    assert (
        '{email: "cy@other.example", teams: [{name: beta, expires: 2027-01-31}, partners]}'
        in (story.folder / "access.yaml").read_text()
    )


@pytest.mark.in_process
def test_a_name_that_no_manifest_takes_keeps_nobody_else_out(portal: Start) -> None:
    """Strangers choose names: such a request is told, with the reason, and the others are written."""
    story = portal(
        """
        portals:
          - name: acme-partners
            developers:
              - {email: "bob@other.example ", full_name: Bob, status: pending}
              - {email: cy@other.example, full_name: Cy, status: pending}
        """
    )
    story.git("developers: []\n")
    assert waiting(story) == [
        "cy@other.example",
        "bob@other.example  | 'bob@other.example ' is no address that a manifest takes",
    ]
    report = pending(story, "--write", "--only", "bob@other.example ", "--only", "cy@other.example")
    assert (report["written"], [each["decision"] for each in report["pending"]]) == (True, ["listed", "left-out"])


@pytest.mark.in_process
def test_files_that_change_while_the_portal_is_read_are_left(portal: Start) -> None:
    """An entry must not go beside the wrong neighbour."""
    story = portal(SEED)
    story.git(ACCESS)
    file = story.folder / "access.yaml"
    changed = file.read_text().replace("# Partner Inc.", "- aaa@partner.example")
    story.on_request(lambda request: file.write_text(changed) and None)
    told = pending(story, "--write", code=3)
    assert "was changed while the portal was read" in told["error"]["message"]
    assert file.read_text() == changed
