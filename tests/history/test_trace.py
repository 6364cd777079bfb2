"""Where a line comes from: who wrote it, when, and by which merge it came; never a guess."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from reconciler.git import Git
from reconciler.history.trace import History, trace
from reconciler.model.origin import Origin
from reconciler.model.provenance import Provenance
from tests.history.repository import Repository

GIT = Git({"PATH": os.defpath})

ADA = "  - {email: ada@partner.example, teams: [payments-partners], reason: PART-1}\n"
BOB = "  - {email: bob@partner.example, teams: [payments-partners], reason: PART-2}\n"
CY = "  - {email: cy@partner.example, teams: [payments-partners], reason: PART-3}\n"


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """Ada's line is the second one of people.yaml, by Jo."""
    repository = Repository(tmp_path / "repo").init()
    repository.commit("Ada of PART-1", by="Jo", people="developers:\n" + ADA)
    return repository


def history(repository: Repository) -> History:
    files = [str(path) for path in repository.top.rglob("*.yaml")]
    return trace(GIT, str(repository.top), files, workers=2)


def line(repository: Repository, number: int, file: str = "people.yaml") -> Provenance:
    return history(repository).of(Origin(str(repository.top / file), number, 5))


def told(found: Provenance) -> tuple[str, str, str, tuple[str, ...]]:
    """State, subject of the commit, request, by whose approval."""
    return (found.state, found.commit.subject if found.commit else found.why, found.request, found.approvers)


JO = ("committed", "Ada of PART-1", "", ("Jo <jo@acme.example>",))


def test_a_line_comes_from_the_commit_that_wrote_it(repository: Repository) -> None:
    """With author, dates in UTC, and subject; what others add around it changes nothing."""
    first = repository.git("rev-parse", "HEAD")
    repository.commit("Bob", by="Kim", people="# ours\ndevelopers:\n" + BOB + ADA)
    found = line(repository, 4)
    assert told(found) == JO
    assert found.commit is not None
    assert (found.commit.id, found.commit.authored, found.since) == (first, *["2026-03-01T12:00:00Z"] * 2)
    assert told(line(repository, 3)) == ("committed", "Bob", "", ("Kim <kim@acme.example>",))


def test_moved_and_reformatted_lines_keep_their_commit(repository: Repository) -> None:
    """Within the file, with a renamed file, into another file, and with other indentation."""
    repository.commit("more", by="Kim", people="developers:\n" + BOB + CY + ADA)
    repository.commit("indent", by="Kim", people="developers:\n" + (BOB + ADA + CY).replace("  - ", "    -  "))
    assert told(line(repository, 3)) == JO
    repository.git("mv", "people.yaml", "persons.yaml")
    repository.commit("rename", by="Kim")
    assert told(line(repository, 3, "persons.yaml")) == JO
    repository.commit("split", by="Kim", persons="developers:\n" + BOB + CY, partners__ada="developers:\n" + ADA)
    assert told(line(repository, 2, "partners/ada.yaml")) == JO


def test_what_is_in_no_commit_is_said_to_be(repository: Repository) -> None:
    """A new line, a changed one, a new file; what only moved or was indented on the disk is known."""
    repository.write(
        "people.yaml", "# new\ndevelopers:\n" + BOB + ADA.replace("  - ", " -   ") + "  - eve@x.example\n"
    )
    repository.write("new.yaml", "developers: [zed@x.example]\n")
    assert [line(repository, number).state for number in (1, 2, 3, 4, 5)] == [
        *("uncommitted", "committed", "uncommitted", "committed", "uncommitted")
    ]
    assert told(line(repository, 4)) == JO
    assert line(repository, 1, "new.yaml") == Provenance("uncommitted")


def test_before_the_first_commit_nothing_is_committed(tmp_path: Path) -> None:
    repository = Repository(tmp_path / "repo").init()
    repository.write("people.yaml", "developers:\n")
    assert line(repository, 1) == Provenance("uncommitted")


def test_a_merge_brings_the_commits_of_its_branch(repository: Repository) -> None:
    """Its author approved, at that time; what was on main meanwhile is not its doing."""
    repository.branch("bob")
    repository.commit("Bob signs up (#7)", by="Bob", people="developers:\n" + ADA + BOB)
    repository.git("checkout", "--quiet", "main")
    repository.commit("elsewhere", by="Kim", other="developers: []\n")
    repository.merge("bob", "Merge pull request #12 from acme/bob\n\nBob", by="Jo")
    found = line(repository, 3)
    assert told(found) == ("committed", "Bob signs up (#7)", "#12", ("Jo <jo@acme.example>",))
    assert found.commit is not None
    assert (found.commit.committed[:10], found.since[:10]) == ("2026-03-02", "2026-03-04")
    assert told(line(repository, 2)) == JO
    assert told(line(repository, 1, "other.yaml"))[1:3] == ("elsewhere", "")


@pytest.mark.parametrize(
    ("message", "request_", "approvers"),
    [
        ("Bob (#12)", "#12", ("Kim <kim@acme.example>",)),
        ("Bob (#12) and more", "#12", ("Kim <kim@acme.example>",)),
        ("Bob\n\nSee merge request acme/access!34", "!34", ("Kim <kim@acme.example>",)),
        ("Bob\n\nSee merge request !34", "!34", ("Kim <kim@acme.example>",)),
        ("Merged in bob (pull request #5)", "#5", ("Kim <kim@acme.example>",)),
        ("Pull request #6: Bob", "#6", ("Kim <kim@acme.example>",)),
        ("Merged PR 77: Bob", "#77", ("Kim <kim@acme.example>",)),
        ("Bob, see #12", "", ("Kim <kim@acme.example>",)),
        ("Bob\n\nApproved-by: Jo <jo@x>\nReviewed-by: Lee\nApproved-by: Jo <jo@x>", "", ("Jo <jo@x>", "Lee")),
        ("\x1b[2J (#1)\x07", "#1", ("Kim <kim@acme.example>",)),
    ],
)
def test_the_request_and_who_approved_are_read_from_the_message(
    repository: Repository, message: str, request_: str, approvers: tuple[str, ...]
) -> None:
    """As GitHub, GitLab, Bitbucket and Azure DevOps write it, squashed or merged."""
    repository.commit(message, by="Kim", people="developers:\n" + ADA + BOB)
    assert told(line(repository, 3))[2:] == (request_, approvers)


def test_a_forge_that_commits_is_nobodys_approval(repository: Repository) -> None:
    """GitHub's page squashes in its own name: then the author is all that git knows."""
    repository.commit("Bob (#3)", by="Eve", people="developers:\n" + ADA + BOB)
    found = line(repository, 3)
    assert found.commit is not None
    by_forge = replace(found, commit=replace(found.commit, committer="GitHub <noreply@github.com>"))
    assert told(by_forge)[2:] == ("#3", ("Eve <eve@acme.example>",))


def test_a_shallow_clone_makes_it_unknown_and_never_the_last_committer(
    repository: Repository, tmp_path: Path
) -> None:
    """Its oldest commit seems to have written everything."""
    repository.commit("Bob", by="Kim", people="developers:\n" + ADA + BOB)
    repository.git("clone", "--quiet", "--depth", "1", f"file://{repository.top}", str(tmp_path / "shallow"))
    shallow = Repository(tmp_path / "shallow")
    for number in (2, 3):
        found = line(shallow, number)
        assert (found.state, found.commit, "fetch the whole history" in found.why) == ("unknown", None, True)
    shallow.git("fetch", "--quiet", "--unshallow")
    assert told(line(shallow, 2)) == JO


def test_outside_of_git_it_is_unknown(tmp_path: Path) -> None:
    (tmp_path / "people.yaml").write_text("developers: []\n", encoding="utf-8")
    found = trace(GIT, str(tmp_path), [str(tmp_path / "people.yaml")]).of(Origin(str(tmp_path / "people.yaml"), 1, 1))
    assert (found.state, "not a git repository" in found.why) == ("unknown", True)


def test_one_file_that_git_cannot_tell_of_leaves_the_others_known(repository: Repository) -> None:
    """A file in a repository of its own below the workspace has another history, and one may be gone meanwhile."""
    inner = Repository(repository.top / "inner").init()
    inner.commit("elsewhere", by="Eve", people="developers:\n" + BOB)
    files = [str(repository.top / name) for name in ("people.yaml", "inner/people.yaml", "gone.yaml")]
    found = trace(GIT, str(repository.top), files)
    assert told(found.of(Origin(files[0], 2, 5))) == JO
    strange, gone = (found.of(Origin(file, 2, 5)) for file in files[1:])
    assert (strange.state, strange.commit, "does not tell about" in strange.why) == ("unknown", None, True)
    assert (gone.state, "cannot be read any more" in gone.why) == ("unknown", True)


def test_places_that_are_no_lines_of_these_files_are_unknown(repository: Repository) -> None:
    found = history(repository)
    people = str(repository.top / "people.yaml")
    for origin in (None, Origin(people), Origin(people, 9, 1), Origin("other.yaml", 1, 1)):
        assert found.of(origin).state == "unknown"


def test_nothing_in_the_repository_can_change_the_answer(repository: Repository) -> None:
    """Neither a .mailmap, nor a list of commits to ignore, nor a replaced commit; and no program of it is run."""
    first = repository.git("rev-parse", "HEAD")
    changed = repository.commit("another ticket", by="Kim", people="developers:\n" + ADA.replace("PART-1", "PART-9"))
    repository.write(".mailmap", "Root <root@acme.example> <kim@acme.example>\n")
    ignored = repository.write(".ignore", changed + "\n")
    repository.write(".gitattributes", "*.yaml diff=evil filter=evil\n")
    repository.commit("looks harmless", by="Eve")
    for name, value in {
        "blame.ignoreRevsFile": str(ignored),
        "diff.evil.textconv": "touch ran; cat",
        "filter.evil.clean": "touch ran; cat",
        "filter.evil.smudge": "touch ran; cat",
        "core.fsmonitor": "touch ran",
        "diff.algorithm": "patience",
    }.items():
        repository.git("config", name, value)
    repository.git("replace", changed, first)
    assert told(line(repository, 2)) == ("committed", "another ticket", "", ("Kim <kim@acme.example>",))
    assert not (repository.top / "ran").exists()


@pytest.mark.parametrize("name", ["-h.yaml", "--contents.yaml", "[a]*?.yaml", "a b.yaml", "ü.yaml", ":(top)x.yaml"])
def test_names_of_files_are_names(repository: Repository, name: str) -> None:
    repository.write(name, "developers:\n" + BOB)
    repository.commit("odd", by="Kim")
    assert told(line(repository, 2, name)) == ("committed", "odd", "", ("Kim <kim@acme.example>",))


def test_git_is_asked_once_a_file_and_four_times_more(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many lines and commits there are."""
    for number in range(5):
        repository.commit(f"number {number}", **{f"f{number}": "developers:\n" + BOB * number})
    asked: list[str] = []
    ask = Git._ask
    monkeypatch.setattr(
        Git, "_ask", lambda self, path, *args, **more: asked.append(args[0]) or ask(self, path, *args, **more)
    )
    history(repository)
    assert sorted(asked) == [*["-c"] * 6, "cat-file", "rev-list", "rev-parse", "rev-parse", "rev-parse"]
