"""Manifests that somebody broke: what is read is judged and told, and nothing is taken that no line says.

The company's workspace, with lines lost, doubled, moved, indented otherwise, keys misspelt, values replaced: whatever
comes of it, there is a result. It has errors, or it is a workspace from which a plan can be made.
"""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from reconciler.manifest.check import check
from reconciler.manifest.parse import parse
from reconciler.manifest.resolve import resolve
from reconciler.manifest.sound import sound
from reconciler.model.observed import Observed, Portal
from reconciler.plan.make import make_plan
from reconciler.reconcile import Workspace, read_workspace
from tests.properties.profiles import chosen

COMPANY = Path(__file__).parents[2] / "examples" / "company" / "access"
FILES = {path.relative_to(COMPANY).as_posix(): path.read_text(encoding="utf-8") for path in COMPANY.rglob("*.yaml")}
TODAY = date(2026, 11, 23)

HOSTILE = (
    "\x1b[2J", "\u202e", "::error::x", "*", "&a", "*a", "!!python/object:os.system x", "{{}}", "[" * 200, "- " * 200,
    "yes", "null", "~", "0x1F", "1e999", "2026-02-30", "9999-12-31", "@", "a@b@c", "team:x", "'", '"', "<<: *x",
    "---", "...", "%TAG", "?", "\t", "\ufeff", "\ud7ff", "é", "𝔭", "<script>", "-1", "1.5", "true", "a" * 300,
)  # fmt: skip


@st.composite
def broken(draw: st.DrawFn) -> dict[str, str]:
    """The files with a few faults in one or two of them."""
    files = dict(FILES)
    for name in draw(st.lists(st.sampled_from(sorted(FILES)), min_size=1, max_size=2)):
        lines = files[name].splitlines()
        for _ in range(draw(st.integers(1, 4))):
            at = draw(st.integers(0, max(len(lines) - 1, 0)))
            lines = draw(st.sampled_from(FAULTS))(draw, lines, at)
        files[name] = "\n".join(lines) + "\n"
    return files


def lost(_: st.DrawFn, lines: list[str], at: int) -> list[str]:
    return lines[:at] + lines[at + 1 :]


def doubled(_: st.DrawFn, lines: list[str], at: int) -> list[str]:
    return lines[: at + 1] + lines[at:]


def moved(draw: st.DrawFn, lines: list[str], at: int) -> list[str]:
    rest = lost(draw, lines, at)
    to = draw(st.integers(0, len(rest)))
    return rest[:to] + lines[at : at + 1] + rest[to:]


def indented(draw: st.DrawFn, lines: list[str], at: int) -> list[str]:
    line = "".join(lines[at : at + 1])
    return [*lines[:at], " " * draw(st.integers(0, 9)) + line.lstrip(), *lines[at + 1 :]]


def misspelt(draw: st.DrawFn, lines: list[str], at: int) -> list[str]:
    line = "".join(lines[at : at + 1])
    where = draw(st.integers(0, len(line)))
    return [*lines[:at], line[:where] + draw(st.sampled_from("xs:-,]}#\"' ")) + line[where:], *lines[at + 1 :]]


def replaced(draw: st.DrawFn, lines: list[str], at: int) -> list[str]:
    key, colon, _ = "".join(lines[at : at + 1]).partition(":")
    return [*lines[:at], f"{key}{colon} {draw(st.sampled_from(HOSTILE))}", *lines[at + 1 :]]


def ended(_: st.DrawFn, lines: list[str], at: int) -> list[str]:
    return [*lines[:at], "".join(lines[at : at + 1])[: at % 17]]


FAULTS = (lost, doubled, moved, indented, misspelt, replaced, ended)


def judged(files: dict[str, str]) -> Workspace:
    """As `read_workspace` does, without the disk."""
    read = [parse(text, name) for name, text in sorted(files.items())]
    documents = tuple(document for document, _ in read if document is not None)
    found = [finding for _, findings in read for finding in findings]
    shape = check(documents, complete=len(documents) == len(files))
    desired, meaning = resolve(sound(documents, [*found, *shape]), TODAY)
    findings = (*found, *shape, *meaning)
    wrong = any(finding.severity == "error" for finding in findings)
    return Workspace("access", None if wrong else desired, findings, "", len(documents))


@chosen()
@given(broken())
def test_a_broken_workspace_is_told_or_can_be_planned(files: dict[str, str]) -> None:
    """Every finding says what to do; what has no error makes a plan, and on an empty portal that takes nothing."""
    workspace = judged(files)
    assert all(finding.rule and finding.message and finding.hint for finding in workspace.findings)
    if workspace.desired is None:
        assert any(finding.severity == "error" for finding in workspace.findings)
        return
    plan = make_plan(workspace.desired, Observed(Portal("1", "acme-partners", region="eu")))
    assert plan.count("removes") == 0


def test_it_is_the_walk_that_commands_take(tmp_path: Path) -> None:
    """What is judged above is what `read_workspace` reads from the disk."""
    shutil.copytree(COMPANY, tmp_path / "access")
    whole, walked = read_workspace(str(tmp_path / "access"), TODAY), judged(FILES)
    assert whole.desired is not None
    assert walked.desired is not None
    assert whole.desired.developers.keys() == walked.desired.developers.keys()
    assert len(whole.desired.registrations) == len(walked.desired.registrations)
