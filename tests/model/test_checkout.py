"""Where a manifest line is in its repository and on the web, as CI's variables tell."""

from __future__ import annotations

import pytest

from reconciler.model.checkout import NOWHERE, Checkout
from reconciler.model.origin import Origin
from reconciler.settings import checkout

GITHUB = {
    "GITHUB_ACTIONS": "true",
    "GITHUB_WORKSPACE": "/w/repo",
    "GITHUB_SERVER_URL": "https://github.acme.example",
    "GITHUB_REPOSITORY": "acme/access",
    "GITHUB_SHA": "3f2a",
    "GITHUB_RUN_ID": "7",
}
GITLAB = {
    "GITLAB_CI": "true",
    "CI_PROJECT_DIR": "/builds/access",
    "CI_PROJECT_URL": "https://gitlab.example/acme/access",
    "CI_COMMIT_SHA": "3f2a",
    "CI_JOB_URL": "https://gitlab.example/acme/access/-/jobs/7",
}


@pytest.mark.parametrize(
    ("file", "cwd", "path"),
    [
        ("eu/people.yaml", "/w/repo", "eu/people.yaml"),
        ("people.yaml", "/w/repo/eu", "eu/people.yaml"),
        ("../eu/./people.yaml", "/w/repo/us", "eu/people.yaml"),
        ("/w/repo/eu/people.yaml", "/elsewhere", "eu/people.yaml"),
        ("../outside.yaml", "/w/repo", "../outside.yaml"),
        ("/w/repository/people.yaml", "/w/repo", "/w/repository/people.yaml"),
    ],
)
def test_a_file_is_named_as_the_repository_names_it(file: str, cwd: str, path: str) -> None:
    """Whatever folder the command is run in; what is outside stays as the user named it."""
    assert Checkout("/w/repo", cwd).path(file) == path


def test_a_line_is_a_link_on_the_commit_that_ci_works_on() -> None:
    line = Origin("eu/a b#[c].yaml", 7, 3)
    assert checkout(GITHUB, cwd="/w/repo").link(line) == (
        "https://github.acme.example/acme/access/blob/3f2a/eu/a%20b%23%5Bc%5D.yaml#L7"
    )
    assert checkout(GITLAB, cwd="/builds/access").link(Origin("people.yaml")) == (
        "https://gitlab.example/acme/access/-/blob/3f2a/people.yaml"
    )
    assert checkout(GITHUB, cwd="/w/repo").link(Origin("../outside.yaml", 1)) == ""


def test_outside_of_ci_nothing_is_on_the_web() -> None:
    assert checkout({"GITHUB_SHA": "3f2a"}, cwd="/w") == Checkout(cwd="/w")
    assert (NOWHERE.path("access/a.yaml"), NOWHERE.link(Origin("access/a.yaml", 1))) == ("access/a.yaml", "")


@pytest.mark.parametrize(
    "server", ["javascript:alert(1)//", 'https://x"><script>', "https://x) [y](https://z", "", " "]
)
def test_what_is_no_page_is_no_link(server: str) -> None:
    """Variables of the job are not the portal's strangers, and still nothing in them may act on a page."""
    found = checkout({**GITHUB, "GITHUB_SERVER_URL": server}, cwd="/w/repo")
    assert (found.blob, found.job) == ("", "")
