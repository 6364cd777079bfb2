"""Names of files and folders are data: whoever can open a pull request chooses them."""

from __future__ import annotations

import click
import pytest

from reconciler.cli.main import cli
from tests.scenarios.conftest import Start

HOSTILE = "a\x1b[31m\x1b]0;owned\x07\n::error::pwned\n##[error]pwned\u202e\u200b"


def formats(name: str) -> list[str]:
    """What a command can print its document as."""
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    [kind] = [option.type for option in command.params if "--format" in option.opts]
    assert isinstance(kind, click.Choice)
    return list(kind.choices)


@pytest.mark.in_process
@pytest.mark.parametrize(
    ("command", "format_"), [(command, each) for command in ("validate", "plan") for each in formats(command)]
)
def test_a_name_of_a_file_or_folder_cannot_act(portal: Start, command: str, format_: str) -> None:
    """On a terminal, in a workflow's log, or on the line of another: such a file is refused, a folder just named."""
    story = portal("portals: [{name: acme-partners}]")
    workspace = story.folder / HOSTILE
    workspace.mkdir()
    (workspace / "access.yaml").write_text("portal: {name: acme-partners, region: eu}\n")
    for name, code in (("people", 0), (HOSTILE, 3)):
        (workspace / f"{name}.yaml").write_text("developers: [{email: ada@partner.example, expires: 2026-11-24}]\n")
        ran = story.run(command, workspace, "--format", format_, "--report", f"text={workspace / 'report.txt'}")
        assert ran.code == code, ran
        said = ran.out + ran.err + (workspace / "report.txt").read_text(encoding="utf-8")
        assert [character for character in said if not (character.isprintable() or character == "\n")] == []
        lines = [line.strip() for line in said.split("\n")]
        assert [line for line in lines if line.startswith("::error::pwned") or "##[error]pwned" in line] == []


@pytest.mark.parametrize("flag", ["--out", "--report", "--token-file", "--policy-from", "--only"])
def test_what_a_flag_names_and_is_not_there_cannot_act_either(portal: Start, flag: str) -> None:
    """A usage error quotes what it was given."""
    story = portal("portals: [{name: acme-partners}]")
    story.git("developers: [ada@partner.example]")
    value = f"json={HOSTILE}/x" if flag == "--report" else f"{HOSTILE}/x"
    ran = story.run("plan", story.folder, flag, value)
    assert ran.code == 3, ran
    said = ran.out + ran.err
    assert [character for character in said if not (character.isprintable() or character == "\n")] == []
    assert [line for line in said.split("\n") if line.strip().startswith("::error::pwned")] == []
