"""The parse cache: what was read before reads the same, and nothing that others could have put there is used."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.cli.main import main
from reconciler.cli.runtime import Runtime
from reconciler.manifest import cache as cache_module
from reconciler.manifest import read as read_module
from reconciler.manifest.cache import ParseCache
from reconciler.manifest.parse import parse
from reconciler.manifest.stored import from_text, to_text
from reconciler.manifest.tree import Map, Seq
from reconciler.workspace import Workspace, read_workspace

EXAMPLES = Path(__file__).parents[2] / "examples"
TODAY = date(2026, 11, 23)


def deep(value: Any) -> Any:
    """The tree with every place in it, so that two can be compared."""
    if isinstance(value, Map):
        return ("map", value.at, value.places.tolist(), [(key, deep(inner)) for key, inner in value.items()])
    if isinstance(value, Seq):
        return ("seq", value.at, value.places.tolist(), [deep(inner) for inner in value])
    return value, type(value)


@pytest.mark.parametrize(
    "path", sorted(EXAMPLES.glob("*/access/**/*.yaml")), ids=lambda path: path.relative_to(EXAMPLES).as_posix()
)
def test_a_document_reads_the_same_from_the_cache(path: Path) -> None:
    """Values, types, order and places; each time that it is looked at."""
    document, findings = parse(path.read_bytes(), "f")
    assert document is not None
    assert findings == []
    again = from_text(to_text(document.root))
    assert deep(again) == deep(document.root) == deep(again)


LEAVES = st.one_of(st.text(st.characters(exclude_categories=["C"]), max_size=8), st.integers(), st.booleans())
VALUES = st.recursive(
    LEAVES | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", min_size=1), inner, max_size=3),
    max_leaves=12,
)


@given(st.lists(VALUES, max_size=4), VALUES)
def test_whatever_a_file_may_hold_reads_the_same(people: list[Any], other: Any) -> None:
    """JSON is YAML too, so that any value can be written down."""
    text = json.dumps({"developers": people, "x": other, "rules": people}, ensure_ascii=False)
    document, findings = parse(text.replace("\x7f", ""), "f")
    if document is not None and not findings:
        assert deep(from_text(to_text(document.root))) == deep(document.root)


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ParseCache:
    """A cache for files of any size, in a folder that is not there yet."""
    monkeypatch.setattr(cache_module, "WORTH", 0)
    return ParseCache(str(tmp_path / "cache" / "manifests"))


@pytest.fixture
def access(tmp_path: Path) -> Path:
    return Path(shutil.copytree(EXAMPLES / "company" / "access", tmp_path / "access"))


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The files that were parsed."""
    names: list[str] = []

    def noted(text: bytes, file: str, *, inside: str = "") -> Any:
        names.append(inside)
        return parse(text, file, inside=inside)

    monkeypatch.setattr(read_module, "parse", noted)
    return names


def read(path: Path, cache: ParseCache | None) -> Workspace:
    return read_workspace(str(path), TODAY, None, cache)


def kept(cache: ParseCache) -> list[Path]:
    return sorted(Path(cache._folder).iterdir())


def test_an_unchanged_workspace_is_not_parsed_again(access: Path, cache: ParseCache, parsed: list[str]) -> None:
    first = read(access, cache)
    files = len(parsed)
    assert first == read(access, None)
    parsed.clear()
    assert read(access, cache) == first
    assert parsed == []
    assert len(kept(cache)) == files
    assert {path.stat().st_mode & 0o777 for path in [Path(cache._folder), *kept(cache)]} == {0o700, 0o600}


def test_a_file_that_changed_is_parsed_and_the_others_are_not(
    access: Path, cache: ParseCache, parsed: list[str]
) -> None:
    """Bound to the bytes: a comment is enough."""
    read(access, cache)
    changed = sorted(access.rglob("*.yaml"))[0]
    changed.write_text("# reviewed\n" + changed.read_text())
    parsed.clear()
    assert read(access, cache) == read(access, None)
    assert parsed[0] == changed.relative_to(access).as_posix()
    assert parsed.count(parsed[0]) == 2


def test_a_file_in_another_place_has_its_own_places(access: Path, cache: ParseCache, tmp_path: Path) -> None:
    """The same bytes under another name: what is found names that one."""
    read(access, cache)
    moved = Path(shutil.copytree(access, tmp_path / "moved"))
    assert read(moved, cache) == read(moved, None)


@pytest.mark.parametrize("text", ["developers: [a@b.example, a@b.example, {}]\n", "developers: [x\n", "a: &b 1\n"])
def test_what_is_wrong_is_told_every_time(text: str, tmp_path: Path, cache: ParseCache) -> None:
    """A file with a finding is not kept; what one file says against another is found as ever."""
    path = tmp_path / "access.yaml"
    path.write_text("portal: {name: p, region: eu}\n" + text)
    first = read(path, cache)
    assert first.findings
    assert read(path, cache) == first
    assert not Path(cache._folder).exists()


def test_duplicates_are_found_in_files_from_the_cache(tmp_path: Path, cache: ParseCache) -> None:
    path = tmp_path / "access"
    path.mkdir()
    (path / "a.yaml").write_text("portal: {name: p, region: eu}\ndevelopers: [a@b.example]\n")
    (path / "b.yaml").write_text("developers:\n- a@b.example\n- {email: b@b.example, teams: [t, t]}\n")
    first = read(path, cache)
    assert [finding.rule for finding in first.findings] == ["duplicate-developer", "duplicate-membership"]
    assert len(kept(cache)) == 2
    assert read(path, cache) == first


SPOILT = {
    "cut off": lambda text: text[:-10],
    "one character": lambda text: text.replace(b"ada", b"eve"),
    "empty": lambda _: b"",
    "no document": lambda _: signed(b'{"a": 1}'),
    "entries missing": lambda text: signed(text[64:].rpartition(b"\n")[0]),
    "deep": lambda _: signed(b"[" * 100_000),
    "not UTF-8": lambda _: signed(b"\xff"),
}


def signed(text: bytes) -> bytes:
    return hashlib.sha256(text).hexdigest().encode() + text


@pytest.mark.parametrize("spoilt", SPOILT)
def test_what_is_spoilt_is_not_used(spoilt: str, access: Path, cache: ParseCache, parsed: list[str]) -> None:
    """Then the file is parsed, and kept anew."""
    first = read(access, cache)
    for path in kept(cache):
        path.write_bytes(SPOILT[spoilt](path.read_bytes()))
    parsed.clear()
    assert read(access, cache) == first
    assert parsed
    parsed.clear()
    assert read(access, cache) == first
    assert parsed == []


def opened(folder: Path) -> None:
    folder.chmod(0o750)


def shared(folder: Path) -> None:
    for path in folder.iterdir():
        path.chmod(0o660)


def linked(folder: Path) -> None:
    folder.rename(folder.with_name("elsewhere"))
    folder.symlink_to(folder.with_name("elsewhere"))


def linked_inside(folder: Path) -> None:
    for path in list(folder.iterdir()):
        path.rename(folder.parent / path.name)
        path.symlink_to(folder.parent / path.name)


def piped(folder: Path) -> None:
    for path in list(folder.iterdir()):
        path.unlink()
        path.mkdir()


@pytest.mark.parametrize("done", [opened, shared, linked, linked_inside, piped])
def test_what_others_could_have_put_there_is_not_used(
    done: Any, access: Path, cache: ParseCache, parsed: list[str]
) -> None:
    first = read(access, cache)
    done(Path(cache._folder))
    parsed.clear()
    assert read(access, cache) == first
    assert parsed


def test_what_belongs_to_another_user_is_not_used(
    access: Path, cache: ParseCache, parsed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = read(access, cache)
    monkeypatch.setattr(os, "geteuid", lambda: 12345)
    parsed.clear()
    assert read(access, cache) == first
    assert parsed


def test_a_folder_that_cannot_be_made_is_no_trouble(access: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert read(access, ParseCache(str(tmp_path / "file" / "manifests"))) == read(access, None)


def test_another_version_reads_for_itself(cache: ParseCache, monkeypatch: pytest.MonkeyPatch) -> None:
    before = cache.key(b"x")
    monkeypatch.setattr(cache_module, "__version__", "9.9.9")
    assert ParseCache(cache._folder).key(b"x") != before


def test_small_files_are_not_kept(tmp_path: Path) -> None:
    """They are parsed in the time that a look takes."""
    assert ParseCache(str(tmp_path)).key(b"x" * 1000) == ""


def test_what_was_used_longest_ago_goes_first(cache: ParseCache, monkeypatch: pytest.MonkeyPatch) -> None:
    """A look counts as use."""

    def keep(name: str) -> str:
        document, _ = parse(f"x: {name}\n", "f")
        assert document is not None
        key = cache.key(name.encode())
        cache.keep(replace(document, key=key))
        return key

    first, second = keep("a"), keep("b")
    for path in kept(cache):
        os.utime(path, (1, 1))
    assert cache.get(first)
    monkeypatch.setattr(cache_module, "MOST", 2 * kept(cache)[0].stat().st_size)
    third = keep("c")
    assert [bool(cache.get(key)) for key in (first, second, third)] == [True, False, True]


def validated(access: Path, *flags: str, **environ: str) -> int:
    runtime = Runtime(environ={"XDG_CACHE_HOME": str(access.parent / "home"), **environ})
    return main(["validate", str(access), *flags], runtime)


def test_the_cache_can_be_switched_off(
    access: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """By the flag or the variable nothing is kept, and nothing is looked for."""
    monkeypatch.setattr(cache_module, "WORTH", 0)
    home = access.parent / "home"
    assert validated(access, "--no-cache") == validated(access, RECONCILER_NO_CACHE="1") == 0
    assert not home.exists()
    assert validated(access) == 0
    assert (home / "reconciler" / "manifests").is_dir()
    assert len(set(capsys.readouterr().out.splitlines())) == 1
