"""From an empty repository to a revocation a year later: what docs/lifecycle.md tells, end to end."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.scenarios.conftest import Start
from tests.scenarios.repository import happens, repository_at

SEED = """
    apis: [{name: payments}]
    portals:
      - name: acme-partners
        rbac_enabled: true
        developers: [{email: ada@partner.example, full_name: Ada, status: approved}]
        teams: [{name: partners, members: [ada@partner.example]}]
    """
BRANCH = "reconciler/requests/access/domain/partner.example"


@pytest.mark.in_process
def test_a_portal_under_git_from_the_first_day_to_the_last(portal: Start, tmp_path: Path) -> None:
    """A dump, sign-ups, a pull request with an entry deleted, the approver, an end, an extension, a revocation."""
    story = portal(SEED)
    repository = repository_at(tmp_path, story)
    file = story.folder / "developers" / "partner.example.yaml"

    # The first day: the portal as it is.
    assert story.run("dump", str(story.folder), "--portal", "acme-partners").code == 0
    repository.push("The portal as it was")
    assert story.changes() == []

    # Three people sign up, and one of them asks for an API.
    for name in ("bob", "dora", "eve"):
        email = f"{name}@partner.example"
        happens(story, {"sign-up": {"email": email, "full_name": name.title()}}, {"verify": email})
    assert repository.run("--expires", "2027-02-28") == [f"opened {BRANCH} 3"]

    # The reviewer deletes one, and merges.
    repository.git("fetch", "--quiet", "origin", BRANCH)
    repository.git("checkout", "--quiet", "-b", "review", "FETCH_HEAD")
    kept = file.read_text().replace('  - email: "dora@partner.example"\n    expires: 2027-02-28\n', "")
    file.write_text(kept)
    repository.git("commit", "--quiet", "-am", "Not Dora")
    repository.git("push", "--quiet", "origin", f"HEAD:{BRANCH}")
    repository.git("checkout", "--quiet", "main")
    repository.git("merge", "--quiet", "--no-ff", "-m", f"Merge pull request #1 from acme/{BRANCH}", "review")
    repository.git("push", "--quiet", "origin", "main")
    repository.close(BRANCH, "MERGED")
    story.apply()
    assert (story.status("bob@partner.example"), story.status("dora@partner.example")) == ("approved", "pending")
    story.server.requests.clear()
    assert repository.run("--expires", "2027-02-28") == [f"declined {BRANCH} 1"]

    # Who approved Bob?
    told = story.run("access", str(story.folder), "--only", "bob@partner.example").out
    assert 'approved by "Kim <kim@acme.example>"' in told
    assert '"#1"' in told

    # Months later it ends, and is extended for one of them.
    story.now = datetime(2027, 2, 20, 12, tzinfo=UTC)
    ends = [f"{Path(each['file']).name}:{each['line']} {each['message']}" for each in story.plan()["findings"]]
    assert ends == [
        "partner.example.yaml:5 access of bob@partner.example ends after 2027-02-28, in 8 days",
        "partner.example.yaml:7 access of eve@partner.example ends after 2027-02-28, in 8 days",
    ]
    assert story.run("extend", "bob@partner.example", str(story.folder), "--until", "2028-02-29").code == 0
    repository.push("Bob stays")
    story.now = datetime(2027, 3, 1, 12, tzinfo=UTC)
    story.apply()
    assert (story.status("bob@partner.example"), story.status("eve@partner.example")) == ("approved", "revoked")

    # Somebody revokes Bob in the console at night; git follows.
    happens(story, {"revoke": "bob@partner.example"})
    assert story.run("drift", str(story.folder), "--adopt", "--only", "bob@partner.example").code == 2
    assert '  - email: "bob@partner.example"\n    status: revoked\n' in file.read_text()
    repository.push("Bob is gone")
    story.apply()
    assert story.status("bob@partner.example") == "revoked"
    assert story.changes() == []
