"""`reconciler init`: what it writes is the shipped examples, it is valid, and nothing is ever overwritten."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from reconciler.cli.main import main
from reconciler.cli.start import CIS, Start
from reconciler.errors import ExitCode

EXAMPLES = Path(__file__).parents[2] / "examples"
COMMIT = "0123456789abcdef0123456789abcdef01234567"


def tree(folder: Path) -> dict[str, str]:
    """Every file below a folder, and its text."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_text(encoding="utf-8") for path in files}


def portal(files: dict[str, str]) -> Any:
    return yaml.safe_load(files["access/workspace.yaml"])["portal"]


@pytest.mark.parametrize("ci", CIS)
def test_what_is_written_is_the_examples_and_it_is_valid(ci: str, tmp_path: Path) -> None:
    """Byte for byte: an example that is changed changes what is written."""
    assert main(["init", str(tmp_path), "--ci", ci]) == 0
    assert tree(tmp_path) == {
        path: (EXAMPLES / example).read_text(encoding="utf-8") for example, path in CIS[ci].files.items()
    }
    assert main(["validate", str(tmp_path / "access")]) == 0


def test_every_file_of_an_example_is_written() -> None:
    """None is forgotten when one is added."""
    for name, ci in CIS.items():
        folders = {"start"} | ({name} & {"github", "gitlab"})
        there = {f"{folder}/{path}" for folder in folders for path in tree(EXAMPLES / folder)}
        assert {path for path in there if "__pycache__" not in path} == set(ci.files)


@pytest.mark.parametrize("ci", ["github", "gitlab"])
def test_the_examples_have_what_is_to_be_replaced(ci: str) -> None:
    """Else the user's words would go nowhere."""
    assert any(CIS[ci].source in (EXAMPLES / example).read_text(encoding="utf-8") for example in CIS[ci].files)
    assert portal(dict(Start(CIS[ci], "kong-club", "us").files())) == {"name": "kong-club", "region": "us"}


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Zl", "Zp"]), min_size=1))
def test_any_name_of_a_portal_is_written_so_that_it_is_read_as_that(name: str) -> None:
    """Quotes, colons, words that YAML takes for something else."""
    assert portal(dict(Start(CIS["none"], name).files()))["name"] == name


@pytest.mark.parametrize(
    ("ci", "source", "written"),
    [
        ("github", f"kong-club/reconciler@{COMMIT}", f"kong-club/reconciler/.github/actions/reconcile@{COMMIT} "),
        ("gitlab", "registry.club.example:5050/reconciler:1.2.3", "registry.club.example:5050/reconciler:1.2.3 "),
    ],
)
def test_the_ci_takes_reconciler_from_where_the_user_says(
    ci: str, source: str, written: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Everywhere that the examples name theirs; then nothing of it is left to do."""
    assert main(["init", str(tmp_path), "--ci", ci, "--source", source]) == 0
    text = "".join(tree(tmp_path).values())
    assert text.count(written) == "".join(
        (EXAMPLES / example).read_text(encoding="utf-8") for example in CIS[ci].files
    ).count(CIS[ci].source)
    assert CIS[ci].source not in text
    assert "say where reconciler is taken from" not in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (["--ci", "github", "--source", "kong-club/reconciler@main"], "the commit's id in full"),
        (["--ci", "gitlab", "--source", "x; rm -rf /"], "an image"),
        (["--source", "kong-club/reconciler"], "choose a CI"),
    ],
)
def test_a_source_of_another_form_is_an_error_and_nothing_is_written(
    words: list[str], hint: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A branch moves: what runs with a token is pinned."""
    assert main(["init", str(tmp_path), *words]) == ExitCode.INVALID
    assert hint in capsys.readouterr().err
    assert tree(tmp_path) == {}


def test_what_is_there_is_left_as_it_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A workspace as a whole, for a second `portal` would make it invalid; of the CI's files each by itself."""
    (tmp_path / "access").mkdir()
    (tmp_path / "access" / "mine.yaml").write_text("portal: {name: mine, region: us}\n", encoding="utf-8")
    (tmp_path / ".github" / "workflows").mkdir(parents=True)
    (tmp_path / ".github" / "workflows" / "portal-plan.yml").write_text("mine\n", encoding="utf-8")
    before = tree(tmp_path)
    assert main(["init", str(tmp_path), "--ci", "github"]) == 0
    after = tree(tmp_path)
    assert {path: after[path] for path in before} == before
    new = {".github/workflows/portal-apply.yml", ".github/workflows/portal-drift.yml"}
    assert set(after) - set(before) == new
    said = capsys.readouterr().err
    assert said.count("is there already: left as it is") == 2
    assert "name your portal" not in said
    assert main(["init", str(tmp_path), "--ci", "github"]) == 0
    assert tree(tmp_path) == after


def test_a_folder_that_cannot_be_written_is_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    assert main(["init", str(tmp_path / "file" / "below")]) == ExitCode.INVALID
    assert "cannot be written" in capsys.readouterr().err
