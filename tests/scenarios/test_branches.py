"""`pending --branches`: one pull request a domain or API, kept as the portal is, with git and `gh` alone.

A real bare repository is pushed to; `gh` is a program on the PATH that keeps pull requests in a file, and writes down
how it was called.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import textwrap
from pathlib import Path

import pytest
import yaml

from tests.scenarios.conftest import Start
from tests.scenarios.repository import Repository, happens, repository_at
from tests.scenarios.story import HEADER

pytestmark = pytest.mark.in_process

SEED = """
    apis: [{name: payments}, {name: orders}]
    portals:
      - name: acme-partners
        developers:
          - {email: ada@partner.example, full_name: Ada, status: approved}
          - {email: bob@partner.example, full_name: Bob, status: pending}
          - {email: cy@other.example, full_name: Cy, status: pending}
          - {email: spam@gmail.com, full_name: Best Offers, status: pending}
        applications:
          - name: Shop
            owner: ada@partner.example
            registrations: [{api: payments, status: pending}, {api: orders, status: pending}]
    """
ACCESS = "developers:\n  - ada@partner.example   # since 2019\n"
PAYMENTS = "apis:\n  - name: payments\n    applications: []\n"
EXAMPLES = Path(__file__).parents[2] / "examples"
DOMAIN = "reconciler/requests/access/domain/partner.example"
OTHER = "reconciler/requests/access/domain/other.example"
API = "reconciler/requests/access/api/payments"


@pytest.fixture
def repository(portal: Start, tmp_path: Path) -> Repository:
    """A workspace on the branch main of a bare repository, and a clone of it."""
    made = repository_at(tmp_path, portal(SEED))
    (made.clone / "access").mkdir(exist_ok=True)
    (made.clone / "access" / "people.yaml").write_text(HEADER + ACCESS)
    (made.clone / "access" / "payments.yaml").write_text(PAYMENTS)
    made.push("The first of us")
    return made


def test_each_domain_and_each_api_with_an_owner_gets_a_pull_request(repository: Repository) -> None:
    """On a branch of its own, from the base; what is suspicious is in none; nothing of the clone changes."""
    assert repository.run("--dry-run") == [f"opened {API} 1", f"opened {OTHER} 1", f"opened {DOMAIN} 2"]
    assert repository.requests() == []
    assert repository.run() == [f"opened {API} 1", f"opened {OTHER} 1", f"opened {DOMAIN} 2"]
    assert [(each["headRefName"], each["title"]) for each in repository.requests()] == [
        (API, "Access requests: api payments (1)"),
        (OTHER, "Access requests: domain other.example (1)"),
        (DOMAIN, "Access requests: domain partner.example (2)"),
    ]
    assert repository.diff(API) == (
        '-    applications: []\n+    applications:\n+      - {owner: "ada@partner.example", name: "Shop"}'
    )
    assert repository.diff(DOMAIN) == textwrap.dedent(
        """\
        -  - ada@partner.example   # since 2019
        +  - email: ada@partner.example   # since 2019
        +    applications:
        +      - name: "Shop"
        +        apis: [orders]
        +  - "bob@partner.example\""""
    )
    assert next(call for call in repository.calls() if "create" in call) == (
        f"pr create --head={API} --base=main --title=Access requests: api payments (1) --body-file=-"
    )
    body = repository.requests()[2]["body"]
    assert body.startswith("<!-- reconciler:requests:")
    assert "- `bob@partner.example` (`Bob`) asks to be approved, since `2026-01-01`\n" in body
    assert "  - in `access/people.yaml`" in body


def test_they_are_kept_as_the_portal_is(repository: Repository) -> None:
    """New requests come in, and when the last is withdrawn or answered the pull request is closed."""
    repository.run()
    happens(
        repository.story,
        {"sign-up": {"email": "dora@partner.example", "full_name": "Dora"}},
        {"verify": "dora@partner.example"},
        {"approve": "cy@other.example"},
    )
    assert repository.run() == [f"unchanged {API} 1", f"updated {DOMAIN} 3", f"closed {OTHER} 0"]
    assert repository.diff(DOMAIN).endswith('+  - "bob@partner.example"\n+  - "dora@partner.example"')
    assert repository.requests()[2]["title"] == "Access requests: domain partner.example (3)"
    assert OTHER not in repository.refs()


def test_what_was_declined_is_not_asked_again(repository: Repository) -> None:
    """Closed without merging: only who comes later is asked for."""
    repository.run()
    repository.close(DOMAIN)
    assert f"declined {DOMAIN} 2" in repository.run()
    happens(
        repository.story,
        {"sign-up": {"email": "dora@partner.example", "full_name": "Dora"}},
        {"verify": "dora@partner.example"},
    )
    assert f"opened {DOMAIN} 1" in repository.run()
    assert repository.diff(DOMAIN) == '+  - "dora@partner.example"'


def test_an_entry_that_the_reviewer_deleted_stays_deleted(repository: Repository) -> None:
    """Merging is the approval, of what is left."""
    repository.run()
    repository.merge(DOMAIN, without="bob@")
    repository.merge(API)
    assert repository.run() == [f"updated {OTHER} 1", f"declined {DOMAIN} 1"]  # the base has moved
    repository.story.apply()
    repository.story.server.requests.clear()
    assert repository.story.status("bob@partner.example") == "pending"
    assert repository.story.registrations("ada@partner.example", "Shop") == {
        "payments": "approved",
        "orders": "approved",
    }


def test_what_a_fork_sends_from_a_branch_of_that_name_is_not_ours(repository: Repository) -> None:
    """Its text is not trusted to remember anything, and our text is not put over its changes."""
    ids = [
        each["subject"]["developer"]["id"] for each in repository.report("--dry-run")["requests"] if each["listable"]
    ]
    forged = {"number": 1, "headRefName": DOMAIN, "isCrossRepository": True, "title": "mine"}
    theirs = [
        {**forged, "state": "OPEN", "body": "hello"},
        {**forged, "number": 2, "state": "CLOSED", "body": f"<!-- reconciler:requests:{','.join(ids)} -->"},
    ]
    repository.state.write_text(json.dumps({"requests": theirs, "calls": []}))
    assert f"opened {DOMAIN} 2" in repository.run()
    assert repository.requests()[:2] == theirs


def test_only_leaves_the_other_branches_as_they_are(repository: Repository) -> None:
    """A pull request is of its whole group, whoever of it is named."""
    repository.run()
    happens(repository.story, {"approve": "cy@other.example"})
    before = repository.requests()
    assert repository.run("--only", "bob@partner.example") == [f"unchanged {DOMAIN} 2"]
    assert repository.requests() == before
    assert repository.run() == [f"unchanged {API} 1", f"unchanged {DOMAIN} 2", f"closed {OTHER} 0"]


def test_two_workspaces_of_a_repository_have_branches_of_their_own(repository: Repository) -> None:
    """One keeps nothing, and closes nothing, of the other."""
    shutil.copytree(repository.clone / "access", repository.clone / "Other portal")
    repository.push("Another portal")
    first = repository.run()
    ran = repository.story.run("pending", str(repository.clone / "Other portal"), "--branches", "--format", "json")
    theirs = [each["name"] for each in ran.json["branches"]]
    assert theirs == [
        f"reconciler/requests/other-portal-107c4aec/{name}"
        for name in ("api/payments", "domain/other.example", "domain/partner.example")
    ]
    assert repository.run() == [each.replace("opened", "unchanged") for each in first]
    assert {each["state"] for each in repository.requests()} == {"OPEN"}


def test_a_branch_that_somebody_pushed_to_is_left(repository: Repository) -> None:
    """A reviewer's work is not overwritten."""
    repository.run()
    repository.git("fetch", "--quiet", "origin", DOMAIN)
    repository.git("checkout", "--quiet", "-b", "mine", "FETCH_HEAD")
    (repository.clone / "access" / "people.yaml").write_text(HEADER + ACCESS)
    repository.git("commit", "--quiet", "-am", "nobody")
    repository.git("push", "--quiet", "origin", f"HEAD:{DOMAIN}")
    repository.git("checkout", "--quiet", "main")
    before = repository.refs()
    assert f"left {DOMAIN} 2" in repository.run()
    assert repository.refs() == before


def test_what_the_policy_does_not_let_in_is_told(repository: Repository) -> None:
    """No branch is made of it; `--reason` gives what is required."""
    with (repository.clone / "access" / "people.yaml").open("a") as file:
        file.write("policy: {require: {reason: [{name: why, of: [developers], outside: [partner.example]}]}}\n")
    repository.git("commit", "--quiet", "-am", "a policy")
    repository.git("push", "--quiet", "origin", "main")
    assert f"refused {OTHER} 1" in repository.run(code=3)
    assert f"opened {OTHER} 1" in repository.run("--reason", "OPS-1")


def test_what_goes_wrong_is_told(repository: Repository) -> None:
    """A base that is not there, no `gh`, flags that do not go together."""
    report = repository.report("--base", "nowhere", code=3)
    assert report["error"]["message"].startswith("git fetch: ")
    outside = repository.clone.parent / "outside.yaml"
    outside.write_text(HEADER)
    ran = repository.story.run("pending", str(outside), "--branches", "--format", "json")
    assert ran.json["error"]["hint"] == "the workspace must be in a clone of origin"
    repository.story.environ["PATH"] = os.environ["PATH"]
    report = repository.report("--forge", "gitlab", code=3)
    assert report["error"]["message"].startswith("`glab` cannot be run")
    ran = repository.story.run("pending", str(repository.clone / "access"), "--branches", "--write")
    assert (ran.code, "leave out --write" in ran.err) == (3, True)


def test_the_jobs_of_the_examples_do_that(repository: Repository) -> None:
    """What they call is what the command takes; GitLab is asked by `glab`."""
    job = yaml.safe_load((EXAMPLES / "github-requests" / "portal-requests.yml").read_text())["jobs"]["requests"]
    given = job["steps"][-1]["with"]
    assert [given["command"], given["paths"], given["arguments"]] == ["pending", "access", "--branches"]
    job = yaml.safe_load((EXAMPLES / "gitlab-requests" / "requests.yml").read_text())["requests"]
    program, command, path, *flags = shlex.split(job["script"][-1].replace("$CI_DEFAULT_BRANCH", "main"))
    assert (program, command, path, flags[0]) == ("reconciler", "pending", "access", "--branches")
    assert repository.run(*flags[1:]) == [f"opened {API} 1", f"opened {OTHER} 1", f"opened {DOMAIN} 2"]
    happens(repository.story, {"approve": "cy@other.example"}, {"approve": "bob@partner.example"})
    assert repository.run(*flags[1:]) == [f"unchanged {API} 1", f"updated {DOMAIN} 1", f"closed {OTHER} 0"]
    assert repository.run(*flags[1:]) == [f"unchanged {API} 1", f"unchanged {DOMAIN} 1"]
    assert [call for call in repository.calls() if "list" not in call] == [
        f"mr create --source-branch={branch} --target-branch=main --title=Access requests: {title}"
        for branch, title in {
            API: "api payments (1)",
            OTHER: "domain other.example (1)",
            DOMAIN: "domain partner.example (2)",
        }.items()
    ] + ["mr update 3 --title=Access requests: domain partner.example (1)", "mr close 2"]
