"""What is promised is so: the README names every command, flag and exit code, and every example runs."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from reconciler.cli.main import cli
from reconciler.errors import ExitCode
from tests.scenarios.story import Story, story_on

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
EXAMPLES = ROOT / "examples"
WORKSPACES = {"first-day": "access.yaml", "company": "access"}
OTHERS = {"start", "jenkins", "kubernetes"}
OTHERS |= {f"{forge}{part}" for forge in ("github", "gitlab") for part in ("", "-fleet", "-requests")}
"""What `init` starts from (tests/cli), and where the command is run (tests/ci)."""

OTHERS_FLAGS = {"--no-cov"}
"""Flags in the README that belong to other programs."""


def commands(group: click.Group = cli, before: str = "reconciler") -> Iterator[tuple[str, click.Command]]:
    """Every command that does something, with its whole name."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from commands(command, f"{before} {name}")
        else:
            yield f"{before} {name}", command


COMMANDS = dict(commands())


def flags() -> set[str]:
    """Every long or short flag of every command, --help and --version among them."""
    found = {"-h", "--help", "--version"}
    for command in COMMANDS.values():
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                found |= {*parameter.opts, *parameter.secondary_opts}
    return found


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_in_the_readme(name: str) -> None:
    """Who reads the README knows what there is."""
    assert re.search(rf"`{re.escape(name)}\b", README)


@pytest.mark.parametrize("flag", sorted(flags()))
def test_every_flag_is_in_the_readme(flag: str) -> None:
    """Who reads the README knows what can be asked."""
    assert re.search(rf"(?<![\w-]){re.escape(flag)}(?![\w-])", README)


def test_every_flag_in_the_readme_exists() -> None:
    """Nothing is promised that is not there."""
    told = set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", README))
    assert told - flags() - OTHERS_FLAGS == set()


def told_options() -> dict[str, set[str]]:
    """The README's table of options: each flag, and the commands that are said to take it."""
    table: dict[str, set[str]] = {}
    for flags_, names in re.findall(r"^\| (`-.*?) \| (`.*?) \|", README, re.MULTILINE):
        for flag in re.findall(r"(?<![\w-])--?[a-z][a-z-]*", flags_):
            table.setdefault(flag, set()).update(re.findall(r"`([a-z ]+)`", names))
    return table


@pytest.mark.parametrize("flag", sorted(flags() - {"-h", "--help", "--version"}))
def test_the_readme_says_which_commands_take_a_flag(flag: str) -> None:
    """What is said of `sandbox` is so of some command of that group; `dump --snapshot` is a command of its own."""
    taking = {
        name.removeprefix("reconciler ")
        for name, command in COMMANDS.items()
        if any(flag in (*option.opts, *option.secondary_opts) for option in command.params)
    }
    told = told_options().get(flag, set())
    if "sandbox" in told:
        taking = {"sandbox" if name.startswith("sandbox ") else name for name in taking}
    assert told == taking - ({"dump"} if flag == "--snapshot" else set())


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_says_what_it_does_and_every_option_what_it_means(name: str) -> None:
    """--help is a page of the documentation."""
    command = COMMANDS[name]
    assert command.help
    assert [option.name for option in command.params if isinstance(option, click.Option) and not option.help] == []


def test_the_exit_codes_of_the_readme_are_ours() -> None:
    """The table has every code once, in order."""
    assert [int(code) for code in re.findall(r"^\| (\d) \|", README, re.MULTILINE)] == [
        int(code) for code in ExitCode
    ]
    assert [int(code) for code in re.findall(r"^    (\d)  \w", ExitCode.__doc__ or "", re.MULTILINE)] == [
        int(code) for code in ExitCode
    ]


# Every key of the manifest's schema is used by an example


SCHEMA = json.loads((ROOT / "schemas" / "manifest.schema.json").read_text(encoding="utf-8"))


def named(schema: Mapping[str, Any], owner: str) -> tuple[Mapping[str, Any], str]:
    """The schema that a reference leads to, and the name of its definition."""
    while "$ref" in schema:
        owner = schema["$ref"].rpartition("/")[2]
        schema = SCHEMA["definitions"][owner]
    return schema, owner


def parts(schema: Mapping[str, Any]) -> list[Any]:
    """What a schema combines."""
    return [part for word in ("allOf", "anyOf", "oneOf") for part in schema.get(word, ())]


def keys(schema: Any, owner: str) -> Iterator[str]:
    """Every key that a definition lets be written, as `membership.expires`; other definitions have their own."""
    if isinstance(schema, Mapping):
        for name, inner in schema.get("properties", {}).items():
            yield f"{owner}.{name}"
            yield from keys(inner, f"{owner}.{name}")
        for part in [*parts(schema), schema.get("items")]:
            yield from keys(part, owner)


def used(value: Any, schema: Any, owner: str) -> Iterator[str]:
    """Every key that a value uses, by the definition that lets it be written."""
    if not isinstance(schema, Mapping):
        return
    schema, owner = named(schema, owner)
    if isinstance(value, dict) and not set(schema.get("required", ())) <= set(value):
        return  # another alternative is meant
    for part in parts(schema):
        yield from used(value, part, owner)
    if isinstance(value, dict):
        for name in set(schema.get("properties", {})) & set(value):
            yield f"{owner}.{name}"
            yield from used(value[name], schema["properties"][name], f"{owner}.{name}")
    elif isinstance(value, list):
        for inner in value:
            yield from used(inner, schema.get("items"), owner)


IDLE = {"team_of_developer.reinstated", "member_entry.reinstated", "rule.reinstated"}
"""What may be written and does nothing: it gets a warning, and an example has none."""


def manifests() -> Iterator[Path]:
    for example, workspace in WORKSPACES.items():
        path = EXAMPLES / example / workspace
        yield from sorted(path.rglob("*.yaml")) if path.is_dir() else [path]


def test_the_examples_together_use_every_key_of_the_schema() -> None:
    """Who looks for how a key is written finds it."""
    there = set(keys(SCHEMA, "file"))
    for name, definition in SCHEMA["definitions"].items():
        there |= set(keys(definition, name))
    seen = set()
    for manifest in manifests():
        seen |= set(used(yaml.safe_load(manifest.read_text(encoding="utf-8")), SCHEMA, "file"))
    assert len(there) > 80
    assert there - seen == IDLE


# Every example runs


@pytest.fixture(params=WORKSPACES.items(), ids=list(WORKSPACES))
def example(request: pytest.FixtureRequest) -> Iterator[Story]:
    """An example's workspace on the portal beside it."""
    name, workspace = request.param
    seed = yaml.safe_load((EXAMPLES / name / "portal.yaml").read_text(encoding="utf-8"))
    with story_on(seed, EXAMPLES / name / workspace) as story:
        yield story


def test_no_example_is_left_out() -> None:
    """A new folder in examples/ must be run here."""
    assert {path.name for path in EXAMPLES.iterdir() if path.is_dir()} == {*WORKSPACES, *OTHERS}


def test_an_example_is_valid(example: Story) -> None:
    """No error and no warning: an example is to be copied."""
    ran = example.run("validate", example.folder, "--format", "json")
    assert (ran.code, ran.json["findings"]) == (0, [])


def test_an_example_is_planned_and_applied_and_then_nothing_is_left_to_do(example: Story) -> None:
    """The plan has something to show, no limit is broken, and the second apply writes nothing."""
    plan = example.plan()
    assert plan["changes"] != []
    assert plan["refusals"] == []
    example.apply()
    code, report = example.drift()
    assert report["changes"] == []
    assert code in (0, 2)
    last = example.run("apply", example.folder, "--yes").out.splitlines()[-1]
    assert last.startswith("Nothing to do")


def test_every_test_that_a_promise_of_safety_names_exists() -> None:
    """docs/safety.md: a promise is held by tests, or it is not made."""
    page = (ROOT / "docs" / "safety.md").read_text(encoding="utf-8").partition("## How well")[0]
    sources = "".join(file.read_text(encoding="utf-8") for file in (ROOT / "tests").rglob("*.py"))
    rows = [row.split(" | ") for row in page.splitlines() if row.startswith("| ")]
    promises = [row for row in rows if row[0] != "| promise"]
    assert len(promises) > 25
    assert [row for row in promises if len(row) != 3 or not re.search("`(test_|benchmarks/)", row[1])] == []
    for name in re.findall(r"`((?:test_|benchmarks/)[\w.]+)`", page):
        there = [ROOT / name, *(ROOT / "tests").rglob(name)] if "." in name or "/" in name else []
        assert any(path.exists() for path in there) or re.search(rf"def {re.escape(name)}\b", sources), name


def test_every_test_that_the_believability_table_names_exists() -> None:
    """docs/sandbox.md: what the sandbox plays of Konnect is shown, fact by fact."""
    table = (ROOT / "docs" / "sandbox.md").read_text(encoding="utf-8").partition("## How far it can be believed")[2]
    named = set(re.findall(r"`(test_\w+)`", table))
    folders = (ROOT / "tests" / "sandbox", ROOT / "tests" / "contract")
    sources = "".join(file.read_text(encoding="utf-8") for folder in folders for file in folder.glob("*.py"))
    assert len(named) > 50
    assert named - set(re.findall(r"def (test_\w+)", sources)) == set()
    marks = [row.split("|")[2].strip() for row in table.splitlines() if row.startswith("| ")][1:]
    assert set(marks) == {"D", "S", "I", "?"}
