"""Git is asked by one module, which takes nothing for an option and reads what a commit holds."""

from __future__ import annotations

import os
import stat
import subprocess
from pathlib import Path

import pytest

from reconciler.git import Entry, Git, GitError

GIT = Git({})


def git(folder: Path, *arguments: str) -> str:
    said = ("-c", "user.name=Ada", "-c", "user.email=ada@acme.example", "-c", "init.defaultBranch=main")
    return subprocess.run(["git", *said, *arguments], cwd=folder, capture_output=True, text=True, check=True).stdout


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with one commit: a folder with two files, one deeper, and a link."""
    folder = tmp_path / "repo" / "räume [a] *"
    (folder / "deep").mkdir(parents=True)
    (folder / "b.yaml").write_text("b: 1\n", encoding="utf-8")
    (folder / "deep" / "c.yaml").write_text("c: 1\n", encoding="utf-8")
    (folder / "link.yaml").symlink_to("b.yaml")
    git(tmp_path / "repo", "init", "--quiet")
    git(tmp_path / "repo", "add", "--all")
    git(tmp_path / "repo", "commit", "--quiet", "--message", "one")
    return tmp_path / "repo"


def test_the_commit_is_that_whose_files_are_there(repository: Path) -> None:
    """A folder or a file; None where something differs from it, or outside of git."""
    folder = repository / "räume [a] *"
    commit = git(repository, "rev-parse", "HEAD").strip()
    assert [GIT.commit_of(str(path)) for path in (repository, folder, folder / "b.yaml")] == [commit] * 3
    (folder / "deep" / "c.yaml").write_text("c: 2\n", encoding="utf-8")
    assert (GIT.commit_of(str(folder)), GIT.commit_of(str(folder / "b.yaml"))) == (None, commit)
    (folder / "d.yaml").write_text("", encoding="utf-8")
    assert GIT.commit_of(str(folder / "d.yaml")) is None
    assert GIT.commit_of(str(repository.parent)) is None
    assert GIT.commit_of(str(repository / "none" / "x")) is None


def test_a_repository_without_a_commit_has_none(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")
    assert GIT.commit_of(str(tmp_path)) is None


def test_the_identity_is_what_is_configured(repository: Path) -> None:
    assert GIT.identity(str(repository)) is None
    git(repository, "config", "user.email", "ada@acme.example")
    assert GIT.identity(str(repository)) == "<ada@acme.example>"
    git(repository, "config", "user.name", "Ada Lovelace")
    assert GIT.identity(str(repository)) == "Ada Lovelace <ada@acme.example>"


def test_a_tree_is_what_the_path_was(repository: Path) -> None:
    """Whatever is there now; a name with glob characters is a name."""
    folder = repository / "räume [a] *"
    (folder / "b.yaml").write_text("changed", encoding="utf-8")
    commit = git(repository, "rev-parse", "HEAD").strip()
    tree = GIT.tree_at("main", str(folder))
    assert (tree.commit, tree.path, tree.is_folder) == (commit, "räume [a] *", True)
    assert [(entry.name, entry.kind, entry.size) for entry in tree.entries] == [
        ("b.yaml", "blob", 5),
        ("deep", "tree", 0),
        ("link.yaml", "link", 6),
    ]
    assert GIT.content(str(folder), tree.entries[0]) == b"b: 1\n"
    file = GIT.tree_at("HEAD", str(folder / "b.yaml"))
    assert (file.path, file.is_folder, [entry.oid for entry in file.entries]) == (
        "räume [a] */b.yaml",
        False,
        [tree.entries[0].oid],
    )
    assert [entry.name for entry in GIT.tree_at(commit, str(repository)).entries] == ["räume [a] *"]


@pytest.mark.parametrize(
    "ref", ["none", "-h", "--all", "--output=x", "HEAD..HEAD", "HEAD^{tree}", "", "a\nb", "a\0b"]
)
def test_what_names_no_commit_is_an_error(repository: Path, ref: str) -> None:
    with pytest.raises(GitError) as caught:
        GIT.tree_at(ref, str(repository))
    assert "commit" in caught.value.message
    assert "shallow clone" in caught.value.hint
    assert not (repository / "x").exists()


def test_what_was_not_there_is_an_error(repository: Path) -> None:
    (repository / "new").mkdir()
    with pytest.raises(GitError, match=r"^there is no new at HEAD \(commit [0-9a-f]{12}\)$"):
        GIT.tree_at("HEAD", str(repository / "new"))
    with pytest.raises(GitError, match="not a git repository"):
        GIT.tree_at("HEAD", str(repository.parent))
    with pytest.raises(GitError, match="git does not tell about"):
        GIT.content(str(repository), Entry("x", "blob", "0" * 40, 1))


def script(folder: Path, text: str) -> Git:
    """Git, with a program of that name in its place."""
    program = folder / "git"
    program.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return Git({"PATH": f"{folder}:{os.defpath}"}, timeout=0.5)


def test_git_that_hangs_is_given_up(tmp_path: Path) -> None:
    hanging = script(tmp_path, "exec sleep 60")
    with pytest.raises(GitError, match=r"git gave no answer within 0\.5 s"):
        hanging.tree_at("HEAD", str(tmp_path))
    assert hanging.commit_of(str(tmp_path)) is None


def test_git_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(GitError, match="git cannot be run"):
        Git({"PATH": str(tmp_path)}).tree_at("HEAD", str(tmp_path))


def test_git_gets_nothing_of_the_environment_but_what_it_is_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tokens and keys are none of its business, and neither is the repository that a hook runs in."""
    for name in ("KONNECT_TOKEN", "RECONCILER_PLAN_KEY", "GIT_DIR"):
        monkeypatch.setenv(name, "secret")
    saying = script(tmp_path, "env >&2; exit 1")
    with pytest.raises(GitError) as caught:
        saying.tree_at("HEAD", str(tmp_path))
    assert "secret" not in caught.value.message
    assert "GIT_TERMINAL_PROMPT=0" in caught.value.message


def test_what_git_says_is_inert(tmp_path: Path) -> None:
    with pytest.raises(GitError) as caught:
        script(tmp_path, r"printf '\033[2J' >&2; exit 1").tree_at("HEAD", str(tmp_path))
    assert "\x1b" not in caught.value.message
