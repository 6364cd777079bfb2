"""Help that teaches by example: topics, a command's page, and what the shell completes."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from reconciler.cli.main import cli, main
from reconciler.cli.topics import MEANINGS, TOPICS, text_of
from reconciler.errors import ExitCode
from reconciler.report.formats import FORMATS
from tests.ci.pipelines import taken
from tests.test_docs import COMMANDS, README

ROOT = Path(__file__).parents[2]
SHELLS = ("bash", "zsh", "fish")


def examples(text: str) -> Iterator[str]:
    """The lines of a text that run the command."""
    for line in text.splitlines():
        yield from re.findall(r"(?:^|[ ;(])(reconciler (?:(?!  )[^;|>)])+)", line) if line.startswith("  ") else ()


def accepted(line: str) -> bool:
    """Whether the command line takes these words: a command, flags that it has, and values that they take."""
    return taken(shlex.split(line.partition("||")[0])[1:]) is not None


@pytest.fixture(autouse=True)
def somewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Examples name files that are not there; nothing is run."""
    monkeypatch.chdir(tmp_path)


def test_the_meanings_of_the_exit_codes_are_those_of_the_readme() -> None:
    """`reconciler help exit-codes` and the README's table say the same, word for word, and ExitCode has them all."""
    rows = re.findall(r"^\| (\d) \| (.*) \|$", README, re.MULTILINE)
    assert {ExitCode(int(code)): meaning for code, meaning in rows} == MEANINGS
    assert set(MEANINGS) == set(ExitCode)


def test_the_topic_of_the_exit_codes_is_their_table(capsys: pytest.CaptureFixture[str]) -> None:
    """Every code once, in order, and which counts where several hold."""
    assert main(["help", "exit-codes"]) == 0
    said = capsys.readouterr().out
    assert re.findall(r"^  (\d)  \w", said, re.MULTILINE) == [str(int(code)) for code in ExitCode]
    assert "the first of 1 3 7 5 4 6 2." in said


def test_the_topic_of_the_formats_has_them_all() -> None:
    """In the order of the table, the default first."""
    assert re.findall(r"^  (\w+)  +\w", text_of("formats"), re.MULTILINE)[: len(FORMATS)] == list(FORMATS)


@pytest.mark.parametrize("topic", TOPICS)
def test_a_topic_fits_a_terminal_and_its_examples_are_taken(topic: str) -> None:
    """80 columns, ASCII, and no example that the command line would refuse."""
    text = text_of(topic)
    assert max(map(len, text.splitlines())) <= 80
    assert text.isascii()
    assert text.endswith("\n")
    assert all(accepted(line) for line in examples(text))


@pytest.mark.parametrize("topic", TOPICS)
def test_every_topic_is_in_the_readme(topic: str) -> None:
    """Who reads the README knows what can be asked for."""
    assert f"`{topic}`" in README


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_teaches_by_examples_that_are_taken(name: str) -> None:
    """The first line of the examples is that very command, and the command line takes them all."""
    _, _, shown = (COMMANDS[name].help or "").partition("Examples:\n")
    lines = list(examples(shown))
    assert any(line.startswith(name) for line in lines), shown
    assert all(accepted(line) for line in lines)


@pytest.mark.parametrize("words", [["plan"], ["sandbox", "seed"], ["sandbox"], []])
def test_help_of_a_command_is_its_page(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """`reconciler help plan` and `reconciler plan --help` are one text."""
    assert main(["help", *words]) == 0
    helped = capsys.readouterr().out
    assert main([*words, "--help"]) == 0
    assert helped == capsys.readouterr().out


def test_help_of_what_is_not_there_names_the_topics(capsys: pytest.CaptureFixture[str]) -> None:
    """The way on is shown; the exit code is that of a wrong flag."""
    assert main(["help", "nix"]) == ExitCode.INVALID
    assert "the topics are exit-codes, connection" in capsys.readouterr().err


# Shell completion


def completed(*words: str, shell: str = "bash") -> tuple[list[str], set[str]]:
    """What the shell is offered after these words, the last of which is being typed, and what was imported for it."""
    code = (
        "import sys\n"
        "from reconciler.cli.main import main\n"
        "try:\n"
        "    main([])\n"
        "finally:\n"
        "    print(*{name.partition('.')[0] for name in sys.modules}, file=sys.stderr)"
    )
    line = shlex.join(["reconciler", *words[:-1]]) + f" {words[-1]}"
    environ = {
        "PYTHONPATH": str(ROOT),
        "_RECONCILER_COMPLETE": f"{shell}_complete",
        "COMP_WORDS": line,
        "COMP_CWORD": words[-1] if shell == "fish" else str(len(words)),
    }
    done = subprocess.run(
        [sys.executable, "-c", code], env=environ, capture_output=True, text=True, check=True, timeout=60
    )
    return done.stdout.splitlines(), set(done.stderr.split())


def test_the_shell_is_offered_the_commands_without_importing_one() -> None:
    """Every press of the tab key waits for this: nothing is imported but click."""
    offered, imported = completed("")
    assert [each.partition(",")[2] for each in offered] == list(cli.list_commands(click.Context(cli)))
    assert imported & {"requests", "urllib3", "jsonschema", "jsonschema_rs", "yaml", "sqlite3"} == set()


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (("pl",), ["plan"]),
        (("plan", "--pol"), ["--policy-from"]),
        (("plan", "--server", ""), ["sandbox"]),
        (("plan", "--allow", "removals.d"), ["removals.developers"]),
        (("help", "exit"), ["exit-codes"]),
        (("plan", ""), [""]),
    ],
)
def test_the_shell_is_offered_what_may_stand_there(words: tuple[str, ...], offered: list[str]) -> None:
    """Commands, flags, the words that a flag takes, topics; for a path the shell looks for files itself."""
    lines, imported = completed(*words)
    assert [line.partition(",")[2] for line in lines] == offered
    assert imported & {"requests", "urllib3", "jsonschema"} == set()


@pytest.mark.parametrize("shell", SHELLS)
def test_every_shell_that_the_topic_names_gets_its_script(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The line of `reconciler help completion` prints a script for that shell."""
    assert f"_RECONCILER_COMPLETE={shell}_source reconciler" in text_of("completion")
    done = subprocess.run(
        [sys.executable, "-c", "from reconciler.cli.main import main; main([])"],
        env={"PYTHONPATH": str(ROOT), "_RECONCILER_COMPLETE": f"{shell}_source", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert "_reconciler_completion" in done.stdout


@pytest.mark.parametrize(
    ("line", "flag"),
    [
        ("matrix access --template ci/x.yml", "--template: only with --for gitlab"),
        ("dump --snapshot s.json --portal p --server sandbox --split team", "--split: only with a folder"),
        ("pending access --remote fork --base develop", "--remote and --base: only with --branches"),
    ],
)
def test_a_flag_that_says_nothing_is_refused(line: str, flag: str, capsys: pytest.CaptureFixture[str]) -> None:
    """What stands on the line counts, or is an error (3): nobody believes in a flag that is passed over."""
    assert main(shlex.split(line)) == ExitCode.INVALID
    assert flag in capsys.readouterr().err
