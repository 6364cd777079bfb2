"""Reading strictly: what a file says is what a reviewer sees, or it is an error with its place."""

from __future__ import annotations

import gc
import hashlib
import os
import string
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from reconciler.errors import InputError
from reconciler.manifest import parse as parse_module
from reconciler.manifest.read import load, parse
from reconciler.manifest.scalars import resolve
from reconciler.manifest.tree import Map, Seq


def findings(text: str | bytes) -> list[str]:
    return [str(finding) for finding in parse(text, "f")[1]]


def value_of(scalar: str) -> object:
    document, found = parse(f"v: {scalar}\n", "f")
    assert document is not None
    assert found == []
    return document.root["v"]


# What a scalar means


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("", None), ("~", None), ("null", None), ("NULL", None),
        ("true", True), ("True", True), ("FALSE", False),
        ("0", 0), ("-5", -5), ("+12", 12), ("0x1F", 31),
        ("1.0", 1.0), ("1e3", 1000.0), ("-.5", -0.5), ("2.", 2.0),
        ("v2", "v2"), ("1.2.3", "1.2.3"), ("10.0.0.1", "10.0.0.1"), ("2027-06-30", "2027-06-30"), ("-1-", "-1-"),
        ("nO", "nO"), ("a:b", "a:b"), ("R&D", "R&D"), ("12:99", "12:99"),
        ('"no"', "no"), ("'017'", "017"), ('"null"', "null"), ("'true'", "true"), ('"\\x1b"', "\x1b"),
        ("|\n  no\n", "no\n"), (">-\n  12\n", "12"),
    ],
)  # fmt: skip
def test_a_plain_scalar_means_what_the_core_schema_says_and_any_other_is_a_text(written: str, meant: object) -> None:
    """Only plain scalars resolve (YAML 1.2, 10.3.2); dates stay texts."""
    value = value_of(written)
    assert (value, type(value)) == (meant, type(meant))


@pytest.mark.parametrize("written", ["yes", "No", "ON", "off", "y", "N", "Yes"])
def test_a_boolean_of_yaml_1_1_is_an_error(written: str) -> None:
    meant = "true" if written.lower() in ("y", "yes", "on") else "false"
    document, (finding,) = parse(f"v: {written}\n", "f")
    assert document is not None
    assert str(finding) == (
        f"f:1:4 error ambiguous-scalar: '{written}' without quotes is {meant} to some readers of YAML"
    )
    assert finding.hint == f'write {meant}, or "{written}" in quotes if the word is meant'


@pytest.mark.parametrize(
    "written",
    ["017", "08", "1_000", "1_0.5", "1:30", "1:30:00", "0o17", "0b1", "-0x1F", ".inf", "-.INF", ".nan", "1e999", "="],
)
def test_a_number_that_only_some_readers_take_for_one_is_an_error(written: str) -> None:
    assert findings(f"v: {written}\n") == [
        "f:1:4 error ambiguous-scalar: "
        f"readers of YAML disagree whether '{written}' without quotes is a text or which number it is"
    ]


# What a file may not have


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ["f:1:1 error empty-file: the file says nothing"]),
        ("# only a comment\n", ["f:1:1 error empty-file: the file says nothing"]),
        ("---\n", ["f:1:1 error empty-file: the file says nothing"]),
        ("- a\n", ["f:1:1 error wrong-type: a manifest is a mapping with keys such as `developers`, found a list"]),
        (
            "\nada\n",
            ["f:2:1 error wrong-type: a manifest is a mapping with keys such as `developers`, found the text 'ada'"],
        ),
        ("a: 1\n---\n", ["f:2:1 error second-document: a second document begins here; nothing of it is read"]),
        ("a: 1\nb: 2\na: 3\n", ["f:3:1 error duplicate-key: key 'a' stands here a second time, first at f:1:1"]),
        ("a: {b: 1,\n  'b': 2}\n", ["f:2:3 error duplicate-key: key 'b' stands here a second time, first at f:1:5"]),
        ("a: &x 1\n", ["f:1:4 error anchor: anchor &x is not supported"]),
        ("a: *x\n", ["f:1:4 error alias: alias *x is not supported"]),
        ("a:\n  <<: {b: 1}\n", ["f:2:3 error merge-key: the merge key << is not supported"]),
        ("a: !!str 1\n", ["f:1:4 error tag: tag 'tag:yaml.org,2002:str' is not supported"]),
        ("a: ! no\n", ["f:1:4 error tag: tag '!' is not supported"]),
        ("a: !x [1]\n", ["f:1:4 error tag: tag '!x' is not supported"]),
        ("1: x\n", ["f:1:1 error non-string-key: a key must be a text, found a number"]),
        ("a:\n  true: x\n", ["f:2:3 error non-string-key: a key must be a text, found true"]),
        ("? [b]\n: x\n", ["f:1:3 error non-string-key: a key must be a text, found a list"]),
        (
            "on: x\n",
            ["f:1:1 error ambiguous-scalar: 'on' without quotes is true to some readers of YAML"],
        ),
    ],
)
def test_a_file_may_not_have(text: str, expected: list[str]) -> None:
    assert findings(text) == expected


def test_what_stands_under_a_refused_key_is_read_all_the_same() -> None:
    assert findings("a: 1\na: [no]\n? {x: off}\n: on\n") == [
        "f:2:1 error duplicate-key: key 'a' stands here a second time, first at f:1:1",
        "f:2:5 error ambiguous-scalar: 'no' without quotes is false to some readers of YAML",
        "f:3:3 error non-string-key: a key must be a text, found a mapping",
        "f:3:7 error ambiguous-scalar: 'off' without quotes is false to some readers of YAML",
        "f:4:3 error ambiguous-scalar: 'on' without quotes is true to some readers of YAML",
    ]


@pytest.mark.parametrize(
    "code",
    [0x00, 0x07, 0x1B, 0x7F, 0x85, 0x9B, 0x61C, 0x200E, 0x200F, 0x2028, 0x2029, *range(0x202A, 0x202F),
     *range(0x2066, 0x206A), 0xFEFF, 0xFFFE],
)  # fmt: skip
def test_a_character_that_hides_or_turns_text_is_an_error_even_in_quotes_and_comments(code: int) -> None:
    """A reviewer must see what the machine reads; in double quotes such a character can be written as an escape."""
    text = f'b: 1\na: "x{chr(code)}" # {chr(code)}\n'
    assert findings(text) == [
        f"f:2:{column} error control-character: "
        f"character U+{code:04X} is invisible or changes how the text around it looks"
        for column in (6, 11)
    ]


def test_a_carriage_return_alone_is_an_error_since_only_yaml_takes_it_for_a_line_break() -> None:
    assert findings("# see below\rdevelopers: []\na: 1\r\n") == [
        "f:1:12 error control-character: character U+000D is invisible or changes how the text around it looks"
    ]


@pytest.mark.parametrize("loader", [parse_module.LOADER, yaml.SafeLoader])
def test_half_a_surrogate_pair_is_an_error_however_it_is_written(
    loader: type, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parse_module, "LOADER", loader)
    _, found = parse('a: "\\ud800"\n', "f")
    assert [finding.severity for finding in found] == ["error"]


def test_bytes_that_are_not_utf8_are_an_error_at_their_place() -> None:
    assert findings("# é\na: ".encode() + b"\xff\n") == ["f:2:4 error not-utf8: byte 0xff is not UTF-8"]
    assert findings("a: 1".encode("utf-16")) == ["f:1:1 error not-utf8: byte 0xff is not UTF-8"]


def test_a_byte_order_mark_is_taken_off_and_moves_no_column() -> None:
    for text in ("\ufeffé: no", "\ufeffé: no".encode()):
        assert findings(text) == [
            "f:1:4 error ambiguous-scalar: 'no' without quotes is false to some readers of YAML"
        ]


def test_a_file_may_have_fifty_million_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    assert findings("a: 1" + " " * 49_999_996) == []
    assert findings("a: 1" + " " * 49_999_997) == [
        "f error too-large: the file has 50,000,001 bytes, more than the 50,000,000 that a manifest may have"
    ]


def test_thirty_levels_are_allowed_and_one_more_ends_the_file() -> None:
    assert findings("a: " + "[" * 29 + "]" * 29) == []
    assert findings("a: " + "[" * 30 + "]" * 30) == [
        "f:1:33 error too-deep: more than 30 lists and mappings are nested here; the rest of the file is not read"
    ]


def test_a_hundred_thousand_brackets_neither_crash_nor_take_long() -> None:
    """PyYAML's C loader dies of this with a segmentation fault where it builds nodes."""
    assert len(findings("a: " + "[" * 100_000)) == 1
    assert len(findings("a: " + "{b: " * 100_000)) == 1


# Syntax errors, and what was meant

LOOK = "look at the indentation, brackets, colons and quotes on this line and above it"


@pytest.mark.parametrize(
    ("text", "place", "hint"),
    [
        ("a:\n\t- b\n", "f:2:1", "indent with spaces; YAML allows no tabs there"),
        ("a: @x\n", "f:1:4", "put a value that begins with @ in quotes"),
        ("a: [*]\n", "f:1:6", "put a value that begins with * in quotes"),
        ("a: *@partner.example\n", "f:1:5", "put a value that begins with * in quotes"),
        ("a: b: c\n", "f:1:5", LOOK),
        ('a: 1\nb: "x\n\n', "f:2:4", LOOK),
    ],
)
def test_a_syntax_error_names_the_place_and_guesses_what_was_meant(text: str, place: str, hint: str) -> None:
    document, (finding,) = parse(text, "f")
    assert document is None
    assert (str(finding.origin), finding.rule, finding.hint) == (place, "yaml-syntax", hint)


def test_findings_before_a_syntax_error_are_kept() -> None:
    assert [finding.rule for finding in parse("a: 1\na: 2\nb: [\n", "f")[1]] == ["duplicate-key", "yaml-syntax"]


# Places


def test_every_key_and_value_knows_its_place() -> None:
    document, found = parse("a: 1\nbé: [x,\n  {c: '😀', d: }]\r\ne: f\r\n", "f")
    assert document is not None
    assert found == []
    root = document.root

    def at(place: int) -> str:
        return str(document.origin(place))

    assert at(root.at) == "f:1:1"
    assert [(at(root.key_place(key)), at(root.value_place(key))) for key in root] == [
        ("f:1:1", "f:1:4"),
        ("f:2:1", "f:2:5"),
        ("f:4:1", "f:4:4"),
    ]
    items = root["bé"]
    assert isinstance(items, Seq)
    assert [at(place) for place in items.places] == ["f:2:6", "f:3:3"]
    inner = items[1]
    assert isinstance(inner, Map)
    assert [at(place) for place in inner.places] == ["f:3:4", "f:3:7", "f:3:12", "f:3:15"]


def test_garbage_collection_is_as_before_whether_reading_succeeds_or_not() -> None:
    for text in ("a: 1", "a: [", "\x00"):
        parse(text, "f")
        assert gc.isenabled()
    gc.disable()
    try:
        parse("a: 1", "f")
        assert not gc.isenabled()
    finally:
        gc.enable()


# For any text


def says_so(text: str) -> bool:
    """PyYAML writes some texts without quotes that are numbers by the core schema, such as 1e3: nobody can tell."""
    return resolve(text) == text or yaml.safe_dump(text)[0] in "'\""


texts = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\u2028\u2029\ufeff"), max_size=8
).filter(says_so)
scalars = (
    st.none() | st.booleans() | st.integers(-(10**18), 10**18) | st.floats(allow_nan=False, allow_infinity=False)
    | texts | st.sampled_from(["yes", "no", "1_000", "017", "~", "<<", "=", "*", "&a", "!b", "1:30", "2027-06-30"])
)  # fmt: skip
plain_data = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4), max_leaves=12
)


@given(st.dictionaries(texts, plain_data, max_size=4), st.booleans(), st.sampled_from([True, False, None]))
def test_what_another_program_writes_as_yaml_is_read_as_it_was_meant(
    data: dict[str, object], allow_unicode: bool, flow: bool | None
) -> None:
    written = yaml.dump(data, Dumper=_NoAliases, allow_unicode=allow_unicode, default_flow_style=flow)
    document, found = parse(written, "f")
    turned = [finding for finding in found if finding.rule == "control-character"]  # those need an escape
    if not turned:
        assert found == []
        assert document is not None
        assert document.root == data
        assert _types(document.root) == _types(data)


class _NoAliases(yaml.SafeDumper):
    def ignore_aliases(self, data: object) -> bool:
        return True


def _types(value: object) -> object:
    if isinstance(value, dict):
        return {key: _types(inner) for key, inner in value.items()}
    return [_types(inner) for inner in value] if isinstance(value, list) else type(value)


@given(st.text() | st.binary() | st.text(string.printable) | st.text("a:- \n[]{}&*!|>'\"%@#?,\\0x1.\t", max_size=30))
def test_no_text_makes_reading_fail_otherwise_than_by_a_finding_with_a_hint(text: str | bytes) -> None:
    document, found = parse(text, "f")
    assert document is not None or found
    assert all(finding.rule and finding.message and finding.hint and finding.origin for finding in found)


@given(st.text("ab:- \n[]{}&*!|>'\"#?,\\01.", max_size=20))
def test_without_libyaml_the_same_is_read(text: str) -> None:
    """Errors of syntax stand in the same file but are worded otherwise, so only what is read is compared."""
    with pytest.MonkeyPatch.context() as patch:
        fast = parse(text, "f")
        patch.setattr(parse_module, "LOADER", yaml.SafeLoader)
        slow = parse(text, "f")
    if fast[0] is not None and slow[0] is not None:
        assert repr(fast[0].root) == repr(slow[0].root)
        assert fast[1] == slow[1]


# Folders


def write(folder: Path, files: dict[str, str]) -> str:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return str(folder)


def test_a_folder_is_read_with_all_its_folders_in_order_and_without_hidden_entries(tmp_path: Path) -> None:
    names = ["b.yaml", "a.yml", "c/x.yaml", "c/d/y.yml", "c.yaml", "readme.md", ".hidden.yaml", ".git/z.yaml"]
    path = write(tmp_path, dict.fromkeys(names, "developers: []\n"))
    workspace = load(path)
    assert [(document.file, document.top) for document in workspace.documents] == [
        (f"{path}/a.yml", True),
        (f"{path}/b.yaml", True),
        (f"{path}/c.yaml", True),
        (f"{path}/c/d/y.yml", False),
        (f"{path}/c/x.yaml", False),
    ]
    assert workspace.findings == ()
    assert workspace.complete


def test_files_are_named_as_one_would_open_them_from_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, {"w/a.yaml": "a: 1", "w/b/c.yaml": "a: 1"})
    monkeypatch.chdir(tmp_path)
    assert [document.file for document in load("w/").documents] == ["w/a.yaml", "w/b/c.yaml"]
    assert [document.file for document in load("w/b/c.yaml").documents] == ["w/b/c.yaml"]
    monkeypatch.chdir(tmp_path / "w")
    assert [document.file for document in load(".").documents] == ["a.yaml", "b/c.yaml"]
    assert [document.file for document in load("../w").documents] == ["../w/a.yaml", "../w/b/c.yaml"]


BROKEN = {
    "anchor.yaml": "developers: &d\n  - a@b\nteams: *d\n",
    "deep.yaml": "a:\n  b: " + "[" * 40 + "\n",
    "duplicate.yaml": "developers: []\nteams: []\ndevelopers:\n  - {email: a@b, email: c@d}\n",
    "empty.yaml": "",
    "hidden.yaml": "developers:\n  - a@b # \u202e\n",
    "list.yaml": "- a@b\n",
    "scalar.yaml": "developers:\n  - email: a@b\n    invite: yes\n    expires: 1_000\n",
    "second.yaml": "a: 1\n---\nb: 2\n",
    "syntax.yaml": "developers:\n  - a@b\n - c@d\n",
    "tag.yaml": "developers: !!set {}\n",
    "z/key.yaml": "1: x\n~: x\n<<: x\n",
}


def test_a_folder_of_broken_files_has_every_error_at_its_line(tmp_path: Path) -> None:
    """One broken file hides nothing of another; all errors come in file order."""
    path = write(tmp_path, BROKEN)
    (tmp_path / "utf8.yaml").write_bytes(b"a: 1\nb: \xe9\n")
    (tmp_path / "link.yaml").symlink_to("empty.yaml")
    (tmp_path / "linked").symlink_to("z")
    (tmp_path / ".hidden").symlink_to("nowhere")
    os.mkfifo(tmp_path / "pipe.yaml")
    (tmp_path / "odd\nname.yaml").write_text("a: 1")
    workspace = load(path)
    assert not workspace.complete
    assert [str(finding).removeprefix(f"{path}/") for finding in workspace.findings] == [
        "'odd\\nname.yaml' error file-name: the name has characters that cannot be shown",
        "anchor.yaml:1:13 error anchor: anchor &d is not supported",
        "anchor.yaml:3:8 error alias: alias *d is not supported",
        "deep.yaml:2:34 error too-deep: "
        "more than 30 lists and mappings are nested here; the rest of the file is not read",
        "duplicate.yaml:3:1 error duplicate-key: "
        f"key 'developers' stands here a second time, first at {path}/duplicate.yaml:1:1",
        "duplicate.yaml:4:18 error duplicate-key: "
        f"key 'email' stands here a second time, first at {path}/duplicate.yaml:4:6",
        "empty.yaml:1:1 error empty-file: the file says nothing",
        "hidden.yaml:2:11 error control-character: "
        "character U+202E is invisible or changes how the text around it looks",
        "link.yaml error symlink: a symbolic link: what it says is not in this folder",
        "linked error symlink: a symbolic link: what it says is not in this folder",
        "list.yaml:1:1 error wrong-type: a manifest is a mapping with keys such as `developers`, found a list",
        "pipe.yaml error unreadable: not a regular file",
        "scalar.yaml:3:13 error ambiguous-scalar: 'yes' without quotes is true to some readers of YAML",
        "scalar.yaml:4:14 error ambiguous-scalar: "
        "readers of YAML disagree whether '1_000' without quotes is a text or which number it is",
        "second.yaml:2:1 error second-document: a second document begins here; nothing of it is read",
        "syntax.yaml:3:2 error yaml-syntax: this is not YAML: while parsing a block mapping that began on line 1: "
        "did not find expected key",
        "tag.yaml:1:13 error tag: tag 'tag:yaml.org,2002:set' is not supported",
        "utf8.yaml:2:4 error not-utf8: byte 0xe9 is not UTF-8",
        "z/key.yaml:1:1 error non-string-key: a key must be a text, found a number",
        "z/key.yaml:2:1 error non-string-key: a key must be a text, found nothing (null)",
        "z/key.yaml:3:1 error merge-key: the merge key << is not supported",
    ]


def test_what_cannot_be_opened_is_an_error_and_the_rest_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path, {"a.yaml": "a: 1", "b.yaml": "b: 1", "c/d.yaml": "d: 1"})
    read_bytes, iterdir = Path.read_bytes, Path.iterdir

    def refuse_a(self: Path) -> bytes:
        if self.name == "a.yaml":
            raise PermissionError(13, "Permission denied")
        return read_bytes(self)

    def refuse_c(self: Path) -> object:
        if self.name == "c":
            raise PermissionError(13, "Permission denied")
        return iterdir(self)

    monkeypatch.setattr(Path, "read_bytes", refuse_a)
    monkeypatch.setattr(Path, "iterdir", refuse_c)
    workspace = load(path)
    assert [document.file for document in workspace.documents] == [f"{path}/b.yaml"]
    assert [str(finding) for finding in workspace.findings] == [
        f"{path}/a.yaml error unreadable: cannot be read: Permission denied",
        f"{path}/c error unreadable: cannot be read: Permission denied",
    ]


def test_a_file_over_the_limit_is_not_even_opened(tmp_path: Path) -> None:
    with (tmp_path / "big.yaml").open("wb") as file:
        file.truncate(1 << 40)
    assert [str(finding) for finding in load(str(tmp_path)).findings] == [
        f"{tmp_path}/big.yaml error too-large: "
        "the file has 1,099,511,627,776 bytes, more than the 50,000,000 that a manifest may have"
    ]


def test_a_workspace_is_complete_when_every_file_was_read_to_its_end_whatever_is_wrong_in_it(tmp_path: Path) -> None:
    assert load(write(tmp_path / "1", {"a.yaml": "a: 1\na: no\n", "b.yaml": "b: 1"})).complete
    assert not load(write(tmp_path / "2", {"a.yaml": "a: [\n", "b.yaml": "b: 1"})).complete


def test_a_folder_without_a_manifest_is_an_error(tmp_path: Path) -> None:
    write(tmp_path, {"notes.txt": "a: 1", ".b.yaml": "a: 1"})
    assert [str(finding) for finding in load(str(tmp_path)).findings] == [
        f"{tmp_path} error no-manifest: the folder has no manifest (*.yaml, *.yml)"
    ]


def test_a_path_that_is_not_there_is_an_error_of_the_command(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="No such file or directory"):
        load(str(tmp_path / "nowhere"))
    with pytest.raises(InputError, match="null"):
        load("a\0b")


def test_the_digest_depends_on_names_and_contents_and_on_nothing_else(tmp_path: Path) -> None:
    """The same workspace in another folder is the same; moving a line to another file is not."""
    one = load(write(tmp_path / "1", {"a.yaml": "a: 1\n", "b/c.yaml": "c: 1\n"}))
    two = load(write(tmp_path / "2", {"b/c.yaml": "c: 1\n", "a.yaml": "a: 1\n", "x.md": "", ".y.yaml": ""}))
    assert one.digest == two.digest
    others = [
        {"a.yaml": "a: 2\n", "b/c.yaml": "c: 1\n"},
        {"a.yaml": "a: 1\n", "b/d.yaml": "c: 1\n"},
        {"a.yaml": "a: 1\nc: 1\n", "b/c.yaml": ""},
    ]
    digests = {load(write(tmp_path / f"o{i}", files)).digest for i, files in enumerate(others)}
    assert len(digests | {one.digest}) == 4
    assert len(one.digest) == len(hashlib.sha256().hexdigest())
