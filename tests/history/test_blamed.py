"""Lines on the disk against lines of a commit, and what commits say, whatever is in them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from reconciler.history.blamed import Blamed, on_disk
from reconciler.history.commits import parse_commits
from reconciler.history.mainline import brought_by

LINES = st.lists(st.sampled_from([b"a", b"b", b"c", b"  a", b"", b"d e"]), max_size=8)


@given(LINES, LINES)
def test_a_line_on_the_disk_is_of_a_commit_only_if_that_commit_has_it(was: list[bytes], now: list[bytes]) -> None:
    """Blanks aside; in the order in which they stand, and each line of the commit at most once."""
    ids = tuple(str(index) for index in range(len(was)))
    found = on_disk(Blamed(ids, tuple(was)), b"".join(line + b"\n" for line in now))
    assert len(found) == len(now)
    known = [(int(id_), line) for id_, line in zip(found, now, strict=True) if id_ is not None]
    assert [was[index].split() for index, _ in known] == [line.split() for _, line in known]
    assert [index for index, _ in known] == sorted({index for index, _ in known})
    if was == now:
        assert None not in found


def batch(*objects: tuple[str, str, bytes]) -> bytes:
    return b"".join(f"{id_} {kind} {len(text)}\n".encode() + text + b"\n" for id_, kind, text in objects)


@given(st.binary(max_size=200), st.binary(max_size=200))
def test_whatever_a_commit_holds_the_next_one_is_read(first: bytes, second: bytes) -> None:
    """Signatures, odd times, bytes that are no text: a commit may say anything."""
    told = batch(("a" * 40, "commit", first), ("b" * 40, "blob", b"x"), ("c" * 40, "commit", second))
    assert [commit.id[0] for commit in parse_commits(told)] == ["a", "c"]


def test_times_are_in_utc_and_odd_ones_are_none() -> None:
    signed = b"author A > <a@b> 1764000000 +0100\ncommitter C <c@d> 99999999999999 +0000\n"
    text = b"tree x\nparent p\nparent q\n" + signed + b"\nm\n"
    [commit] = parse_commits(batch(("a" * 40, "commit", text)))
    assert (commit.author, commit.authored) == ("A > <a@b>", "2025-11-24T16:00:00Z")
    assert (commit.committer, commit.committed) == ("C <c@d>", "")
    assert (commit.parents, commit.subject) == (("p", "q"), "m")


def test_a_commit_came_with_the_first_merge_that_reached_it() -> None:
    """Merges into the branch, and merges of merges, are not the main line."""
    graph = {
        "m3": ("m2", "b3"),
        "m2": ("m1", "a2"),
        "m1": (),
        "a2": ("a1",),
        "a1": ("m1",),
        "b3": ("b2", "m2"),
        "b2": ("m1", "c1"),
        "c1": ("m1",),
    }
    assert brought_by(graph, "m3") == {
        "m1": "m1",
        **dict.fromkeys(("a1", "a2", "m2"), "m2"),
        **dict.fromkeys(("b2", "b3", "c1", "m3"), "m3"),
    }
