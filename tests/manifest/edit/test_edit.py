"""Edits of single manifests: what is new is spliced in, the rest stays as it is, and what is not safe is refused."""

from __future__ import annotations

import difflib
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from reconciler.errors import EditError, InputError
from reconciler.manifest.edit.change import edited
from reconciler.manifest.edit.emit import Foreign
from reconciler.manifest.edit.files import save, text_of
from reconciler.manifest.edit.working import as_mapping, insert
from tests.properties.test_edit import case

COMPANY = """\
    # yaml-language-server: $schema=manifest.schema.json
    portal: {name: acme}   # ours

    developers:
      # Partners
      - ada@partner.example   # since 2019
      - email: cy@partner.example
        teams: [partners]     # all of them
        reason: |
          By contract.

          See PART-12
        # more of Cy

      # Others
      -
        email: dee@other.example
        applications:
        - {name: Bot, apis: [payments]}
    apis: []   # none yet
    """


def changed(text: str, change: Callable[[Any], object]) -> str:
    """The diff of a change; an empty line is left empty, where a diff has a blank."""
    return edited(textwrap.dedent(text), "access.yaml", change).diff.replace("\n \n", "\n\n")


def address(item: Any) -> str:
    return str(item if isinstance(item, str) else item["email"])


def test_people_are_added_where_the_list_is_sorted() -> None:
    """Each stands where its name belongs, below what belongs to the entry before it, in quotes."""
    new = [Foreign("bob@partner.example"), {"email": Foreign("eve@other.example"), "teams": ["partners"]}]
    assert changed(COMPANY, lambda data: insert(data["developers"], new, address)) == textwrap.dedent(
        """\
        --- access.yaml
        +++ access.yaml
        @@ -4,6 +4,7 @@
         developers:
           # Partners
           - ada@partner.example   # since 2019
        +  - "bob@partner.example"
           - email: cy@partner.example
             teams: [partners]     # all of them
             reason: |
        @@ -17,4 +18,7 @@
             email: dee@other.example
             applications:
             - {name: Bot, apis: [payments]}
        +
        +  - email: "eve@other.example"
        +    teams: [partners]
         apis: []   # none yet
        """
    )


def test_a_list_that_is_not_sorted_gets_them_at_its_end() -> None:
    """Where the author keeps another order, ours would be a guess."""
    text = "developers:\n- b@x\n- a@x\n"
    assert edited(text, "f", lambda d: insert(d["developers"], ["aa@x"], address)).after == text + "- aa@x\n"


def test_an_entry_is_changed_line_by_line() -> None:
    """A day replaced, a plain address that becomes a mapping, a team in brackets, an empty list that is filled."""

    def change(data: Any) -> None:
        as_mapping(data["developers"], 0, "email")["expires"] = "2027-01-31"
        data["developers"][1]["teams"].append("beta")
        data["developers"][1]["status"] = "revoked"
        data["developers"][2]["applications"][0]["apis"].append({"name": "orders", "version": None})
        data["apis"].append({"name": "orders", "applications": [{"owner": {"team": "t"}, "name": "Y"}]})

    assert changed(COMPANY, change) == textwrap.dedent(
        """\
        --- access.yaml
        +++ access.yaml
        @@ -3,18 +3,23 @@

         developers:
           # Partners
        -  - ada@partner.example   # since 2019
        +  - email: ada@partner.example   # since 2019
        +    expires: 2027-01-31
           - email: cy@partner.example
        -    teams: [partners]     # all of them
        +    teams: [partners, beta]     # all of them
             reason: |
               By contract.

               See PART-12
        +    status: revoked
             # more of Cy

           # Others
           -
             email: dee@other.example
             applications:
        -    - {name: Bot, apis: [payments]}
        -apis: []   # none yet
        +    - {name: Bot, apis: [payments, {name: orders, version: null}]}
        +apis:   # none yet
        +  - name: orders
        +    applications:
        +      - {owner: {team: t}, name: "Y"}
        """
    )


def test_a_list_that_the_file_lacks_is_added_below() -> None:
    """The file keeps its form: no line end after the last line stays none."""
    text = "portal: {name: acme}"
    after = edited(text, "f", lambda data: data.update(developers=[Foreign("a@x")])).after
    assert after == 'portal: {name: acme}\n\ndevelopers:\n  - "a@x"'


def test_a_new_file_is_written_as_people_would() -> None:
    """No file yet, or an empty one."""
    data = {"developers": [{"email": Foreign("a@x"), "teams": ["t"]}], "teams": [{"name": "t", "members": ["b@x"]}]}
    assert edited("", "f", lambda root: root.update(data)).after == textwrap.dedent(
        """\
        developers:
          - email: "a@x"
            teams: [t]
        teams:
          - name: t
            members:
              - b@x
        """
    )


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ('x"\n- email: "evil@x', '"x\\"\\n- email: \\"evil@x"'),
        ("*all", '"*all"'),
        ("\u202egpj", '"\\u202egpj"'),
        ("zero\u200bwidth", '"zero\\u200bwidth"'),
        ("p\u0430ypal", '"p\\u0430ypal"'),
        ("Zoë 東京", '"Zoë 東京"'),
        ("\U0001d159", '"\\U0001d159"'),
        ("\u2028\x85\x00", '"\\u2028\\x85\\x00"'),
    ],
)
def test_what_strangers_typed_is_data(typed: str, written: str) -> None:
    """In double quotes, with everything written out that does not show, reorders, or passes for another letter."""
    made = edited("developers:\n- a@x\n", "f", lambda data: data["developers"].append(Foreign(typed)))
    assert made.after == f"developers:\n- a@x\n- {written}\n"


@pytest.mark.parametrize(
    ("text", "change", "why"),
    [
        ("developers: [a@x,\n  b@x]\n", lambda d: d["developers"].pop(), "over several lines"),
        ("developers:\n- a@x\n- b@x\n", lambda d: d["developers"].reverse(), "another order"),
        ("developers:\n- a@x\n", lambda d: d["developers"].clear(), "left empty"),
        ("developers:\n- email: a@x\n  teams: [t]\n", lambda d: d["developers"][0].pop("email"), "line of its own"),
        ("developers:\n- email: a@x\n", lambda d: d.update(developers=[]), "written anew"),
        ("developers: [&a a@x]\n", lambda d: d["developers"].append("b@x"), "anchor &a is not supported"),
        ("developers: null\nx: [\n", lambda d: None, "this is not YAML"),
    ],
)
def test_what_cannot_be_edited_safely_is_refused(text: str, change: Callable[[Any], object], why: str) -> None:
    """The message says the file and why, and what to do."""
    with pytest.raises(EditError, match=why) as caught:
        edited(text, "access.yaml", change)
    assert "access.yaml" in caught.value.message
    assert caught.value.hint


def test_the_diff_makes_the_new_text_of_the_old() -> None:
    """Whatever the edit, `patch` makes the one of the other; mostly the diff is that of `difflib`, line by line."""
    same = 0
    for seed in range(100):
        text, change, _ = case(seed)
        made = edited(text, "f", change)
        before, after = made.before.removeprefix("\ufeff"), made.after.removeprefix("\ufeff")
        assert patched(before, made.diff) == after
        lines = difflib.unified_diff(before.splitlines(True), after.splitlines(True), "f", "f")
        same += "".join(line if line.endswith("\n") else f"{line}\n{NO_END}" for line in lines) == made.diff
    assert same > 70


NO_END = "\\ No newline at end of file\n"


def patched(text: str, diff: str) -> str:
    """What `patch` makes of it."""
    old, new, at = text.splitlines(keepends=True), list[str](), 0
    for line in diff.replace("\n" + NO_END, "\0\n").splitlines(keepends=True)[2:]:
        sign, rest = line[0], line[1:].replace("\0\n", "")
        if sign == "@":
            start, _, count = rest.split()[1][1:].partition(",")
            to = int(start) - (count != "0")
            new += old[at:to]
            at = to
        elif sign == "+":
            new.append(rest)
        else:
            assert old[at] == rest
            new += [rest] if sign == " " else []
            at += 1
    return "".join(new + old[at:])


def test_files_are_written_whole_and_keep_their_mode(tmp_path: Path) -> None:
    """Bytes as they are meant: line ends and a byte order mark are not touched."""
    file, new = tmp_path / "a.yaml", tmp_path / "more" / "b.yaml"
    file.write_bytes("\ufeffdevelopers:\r\n- a@x\r\n".encode())
    file.chmod(0o640)
    add = lambda data: data.setdefault("developers", []).append("b@x")  # noqa: E731
    save(edited(text_of(str(each)), str(each), add) for each in (file, new))
    assert file.read_bytes() == "\ufeffdevelopers:\r\n- a@x\r\n- b@x\r\n".encode()
    assert file.stat().st_mode & 0o777 == 0o640
    assert new.read_text() == "developers:\n  - b@x\n"
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["a.yaml", "b.yaml", "more"]


def test_a_file_that_was_changed_meanwhile_is_left(tmp_path: Path) -> None:
    """And so are all the others."""
    one, other = tmp_path / "1.yaml", tmp_path / "2.yaml"
    for file in (one, other):
        file.write_text("developers: []\n")
    edits = [edited(text_of(str(f)), str(f), lambda d: d["developers"].append("b@x")) for f in (one, other)]
    other.write_text("developers: [a@x]\n")
    with pytest.raises(EditError, match="changed meanwhile"):
        save(edits)
    assert one.read_text() == "developers: []\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["1.yaml", "2.yaml"]


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    """A file stands where a folder is meant."""
    (tmp_path / "file").write_text("x")
    with pytest.raises(InputError, match="cannot be"):
        save([edited("", str(tmp_path / "file" / "b.yaml"), lambda data: data.update(developers=["a@x"]))])
