"""Manifests that somebody broke: what is read is judged and told, and nothing is taken that no line says.

The company's workspace, with lines lost, doubled, moved, indented otherwise, keys misspelt, values replaced: whatever
comes of it, there is a result. It has errors, or it is a workspace from which a plan can be made.
"""

from __future__ import annotations

import io
import json
import shutil
from contextlib import redirect_stderr, redirect_stdout
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given
from hypothesis import strategies as st

from reconciler.cli.main import main
from reconciler.cli.runtime import Runtime
from reconciler.manifest.check import check
from reconciler.manifest.parse import parse
from reconciler.manifest.resolve import resolve
from reconciler.manifest.sound import sound
from reconciler.model.observed import Observed, Portal
from reconciler.plan.make import make_plan
from reconciler.workspace import Workspace, read_workspace
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
    assert all(finding.origin and finding.origin.file in files for finding in workspace.findings)
    if workspace.desired is None:
        assert any(finding.severity == "error" for finding in workspace.findings)
        return
    plan = make_plan(workspace.desired, Observed(Portal("1", "acme-partners", region="eu")))
    assert plan.count("removes") == 0


BYTES = {name: text.encode() for name, text in FILES.items()}
SPLINTERS = (
    b"", b"\x00", b"\xff", b"\xc3", b"\xed\xa0\x80", b"\xef\xbb\xbf", b"\xe2\x80\xae", b"\r", b"\n\n", b"\t",
    b"\x1b[2J", b"\xe2\x80\xa8", b": ", b"- ", b"{", b"]", b"'", b'"', b"|", b"&a ", b"*a", b"!!set ", b"%YAML 9.9\n",
    b"---\n", b"#",
)  # fmt: skip


@st.composite
def spoiled(draw: st.DrawFn) -> dict[str, bytes]:
    """The files with bytes cut out and others put in, whatever encoding that leaves; or any bytes at all."""
    files = dict(BYTES)
    for name in draw(st.lists(st.sampled_from(sorted(BYTES)), min_size=1, max_size=2)):
        content = files[name]
        for _ in range(draw(st.integers(1, 3))):
            at, gone = draw(st.integers(0, len(content))), draw(st.integers(0, 20))
            content = content[:at] + draw(st.sampled_from(SPLINTERS)) + content[at + gone :]
        files[name] = draw(st.just(content) | st.binary(max_size=200)) if draw(st.integers(0, 9)) == 0 else content
    return files


@chosen(usually=100)
@given(spoiled())
def test_validate_finds_a_place_for_whatever_is_wrong_with_any_bytes(files: dict[str, bytes]) -> None:
    """From the disk to the document: 0 or 3, no traceback, every finding with file and line, nothing that acts."""
    with TemporaryDirectory() as folder:
        for name, content in files.items():
            path = Path(folder, name)
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(content)
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            code = main(["validate", folder, "--format", "json", "--report", f"text={folder}/report.txt"], Runtime())
        told = Path(folder, "report.txt").read_text(encoding="utf-8")
    document = json.loads(out.getvalue())
    assert code == (3 if document["summary"]["errors"] else 0)
    assert all(found["file"].startswith(folder) and found["line"] for found in document["findings"])
    said = out.getvalue() + err.getvalue() + told
    assert "Traceback" not in said
    assert [character for character in said if not (character.isprintable() or character == "\n")] == []


def test_it_is_the_walk_that_commands_take(tmp_path: Path) -> None:
    """What is judged above is what `read_workspace` reads from the disk."""
    shutil.copytree(COMPANY, tmp_path / "access")
    whole, walked = read_workspace(str(tmp_path / "access"), TODAY), judged(FILES)
    assert whole.desired is not None
    assert walked.desired is not None
    assert whole.desired.developers.keys() == walked.desired.developers.keys()
    assert len(whole.desired.registrations) == len(walked.desired.registrations)
