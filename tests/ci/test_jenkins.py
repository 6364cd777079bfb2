"""examples/jenkins: the command line takes every command of the Jenkinsfile, and each has the token that it needs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.ci.pipelines import commands, taken

TEXT = (Path(__file__).parents[2] / "examples" / "jenkins" / "Jenkinsfile").read_text(encoding="utf-8")
STAGES = dict(re.findall(r"^        stage\('(\w+)'\) \{\n(.*?)^        \}\n", TEXT, re.MULTILINE | re.DOTALL))
TOKENS = {"Plan": "konnect-read", "Show": "konnect-read", "Apply": "konnect-write", "Drift": "konnect-read"}


@pytest.mark.parametrize("stage", STAGES)
def test_the_command_line_takes_what_a_stage_runs(
    stage: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One command a stage, on the workspace access, with flags and formats that there are."""
    monkeypatch.chdir(tmp_path)
    [context] = [taken(words) for words in commands(STAGES[stage])]
    assert context.params["paths"] == ("access",)


def test_a_stage_has_the_token_that_it_needs_and_no_other() -> None:
    """The one that writes is for what applies, behind a question."""
    given = {stage: re.findall(r"KONNECT_TOKEN = credentials\('([\w-]+)'\)", text) for stage, text in STAGES.items()}
    assert given == {"Validate": [], **{stage: [token] for stage, token in TOKENS.items()}}
    assert "input {" in STAGES["Apply"]


def test_the_braces_of_the_file_close() -> None:
    """What can be told of Groovy without Jenkins."""
    code = re.sub(r"'[^'\n]*'|\"[^\"\n]*\"|//.*", "", TEXT)
    assert code.count("{") == code.count("}")
    assert code.count("(") == code.count(")")
