"""What other people do meanwhile: the same rules as over HTTP (contract 4 and 5)."""

from collections.abc import Callable

import pytest

from reconciler.sandbox import Problem, Sandbox


def test_a_story_from_sign_up_to_access(sandbox: Sandbox) -> None:
    sandbox.sign_up("acme", "dee@x.example", "Dee")
    sandbox.verify("acme", "dee@x.example")
    sandbox.set_status("acme", "dee@x.example", "approved")
    sandbox.create_application("acme", "dee@x.example", "App")
    sandbox.request_api("acme", "dee@x.example", "App", "payments", "v1")
    sandbox.request_api("acme", "dee@x.example", "App", "starter-kit", package=True)
    sandbox.set_registration("acme", "dee@x.example", "App", "payments", "approved", "v1")
    sandbox.add_member("acme", "partners", "dee@x.example")
    sandbox.remove_member("acme", "partners", "ada@x.example")
    acme = sandbox.dump()["acme"]
    assert acme["developers"]["dee@x.example"] == "approved"
    assert acme["teams"]["partners"]["members"] == ["bob@x.example", "dee@x.example"]
    assert acme["applications"][1] == {
        "owner": "dee@x.example",
        "name": "App",
        "registrations": {"package starter-kit": "pending", "payments v1": "approved"},
    }


def test_auto_approval_counts(sandbox: Sandbox) -> None:
    sandbox.sign_up("other", "dee@x.example", "Dee")
    assert sandbox.dump()["other"]["developers"] == {"dee@x.example": "approved"}
    sandbox.request_api("acme", "ada@x.example", "Checkout", "payments", "v2")
    assert sandbox.dump()["acme"]["applications"][0]["registrations"]["payments v2"] == "approved"


def test_a_member_requests_for_the_application_of_their_team(sandbox: Sandbox) -> None:
    sandbox.add_member("acme", "owners", "ada@x.example")
    sandbox.request_api("acme", "ada@x.example", "Shared", "payments", "v1")
    sandbox.set_registration("acme", "owners", "Shared", "payments", "approved", "v1")
    assert sandbox.dump()["acme"]["applications"][1]["registrations"]["payments v1"] == "approved"


def test_deleting_a_developer_deletes_what_is_theirs(sandbox: Sandbox) -> None:
    sandbox.delete_developer("acme", "ada@x.example")
    assert [each["name"] for each in sandbox.dump()["acme"]["applications"]] == ["Shared"]


@pytest.mark.parametrize(
    ("move", "status"),
    [
        (lambda s: s.sign_up("acme", "ADA@x.example", "Ada"), 409),
        (lambda s: s.sign_up("acme", "no address", "Dee"), 400),
        (lambda s: s.sign_up("acme", "cy@y.example", "Cy"), 409),
        (lambda s: s.create_application("acme", "bob@x.example", "App"), 403),
        (lambda s: s.create_application("acme", "ada@x.example", "Checkout"), 400),
        (lambda s: s.request_api("acme", "cy@y.example", "App", "payments", "v1"), 403),
        (lambda s: s.request_api("acme", "ada@x.example", "Checkout", "payments", "v1"), 409),
        (lambda s: s.request_api("acme", "ada@x.example", "Checkout", "orders"), 404),
        (lambda s: s.delete_application("acme", "cy@y.example", "App"), 403),
        (lambda s: s.withdraw_request("acme", "bob@x.example", "App", "payments", "v1"), 403),
        (lambda s: s.set_status("acme", "ada@x.example", "retired"), 400),
        (lambda s: s.add_member("acme", "partners", "ada@x.example"), 409),
        (lambda s: s.remove_member("acme", "owners", "ada@x.example"), 404),
        (lambda s: s.set_portal("acme", colour=True), 400),
        (lambda s: s.create_team("acme", "partners"), 409),
        (lambda s: s.create_team("acme", ""), 400),
        (lambda s: s.assign_role("acme", "partners", "API Consumer", "payments", "v1", region="eu"), 409),
        (lambda s: s.assign_role("acme", "partners", "King", "payments", "v1"), 404),
    ],
)
def test_what_the_portal_refuses_is_refused(sandbox: Sandbox, move: Callable[[Sandbox], object], status: int) -> None:
    """Contract 4: who is not approved cannot create or request."""
    before = sandbox.dump()
    with pytest.raises(Problem) as problem:
        move(sandbox)
    assert (problem.value.status, sandbox.dump()) == (status, before)


def test_with_rbac_a_developer_needs_a_team_that_may_consume() -> None:
    """Contract 5."""
    sandbox = Sandbox()
    portal = {
        "name": "p",
        "rbac_enabled": True,
        "developers": [{"email": "a@x.example", "status": "approved"}],
        "teams": [{"name": "t", "roles": [{"role": "API Consumer", "api": "api"}]}],
        "applications": [{"name": "App", "owner": "a@x.example"}],
    }
    sandbox.load({"apis": [{"name": "api"}], "portals": [portal]})
    with pytest.raises(Problem, match="403"):
        sandbox.request_api("p", "a@x.example", "App", "api")
    sandbox.add_member("p", "t", "a@x.example")
    sandbox.request_api("p", "a@x.example", "App", "api")
    sandbox.close()


def test_nobody_signs_up_where_there_is_no_authentication() -> None:
    sandbox = Sandbox()
    sandbox.load({"portals": [{"name": "p", "authentication_enabled": False}]})
    with pytest.raises(Problem, match="403"):
        sandbox.sign_up("p", "a@x.example", "A")
    sandbox.close()


@pytest.mark.parametrize(
    ("move", "message"),
    [
        (lambda s: s.sign_up("nope", "a@x.example", "A"), r"no portal 'nope' \(known: 'acme', 'other'\)"),
        (lambda s: s.verify("acme", "nobody@x.example"), "no developer 'nobody@x.example'"),
        (lambda s: s.set_status("acme", "nobody@x.example", "approved"), "no developer 'nobody@x.example'"),
        (lambda s: s.add_member("acme", "nope", "ada@x.example"), "no team 'nope'"),
        (lambda s: s.request_api("acme", "ada@x.example", "Nope", "orders"), "no application 'Nope'"),
        (lambda s: s.request_api("acme", "ada@x.example", "Checkout", "payments"), "2 APIs are called 'payments'"),
        (lambda s: s.set_registration("acme", "ada@x.example", "Checkout", "orders", "approved"), "no registration"),
        (
            lambda s: s.withdraw_request("acme", "ada@x.example", "Checkout", "orders"),
            "no registration of 'Checkout'",
        ),
        (lambda s: s.delete_team("acme", "nope"), "no team 'nope'"),
        (lambda s: s.remove_role("acme", "owners", "API Consumer", "orders"), "no role 'API Consumer'"),
    ],
)
def test_a_name_that_means_nothing_is_an_error_of_the_test(
    sandbox: Sandbox, move: Callable[[Sandbox], object], message: str
) -> None:
    with pytest.raises(LookupError, match=message):
        move(sandbox)


def test_who_signed_up_does_nothing_before_the_address_is_verified(sandbox: Sandbox) -> None:
    """ "Sign-ups validate their own e-mail address"; they may be decided on meanwhile."""
    sandbox.sign_up("other", "dee@x.example", "Dee")
    assert sandbox.dump()["other"]["developers"] == {"dee@x.example": "approved"}
    with pytest.raises(Problem, match="403"):
        sandbox.create_application("other", "dee@x.example", "App")
    sandbox.verify("other", "dee@x.example")
    sandbox.create_application("other", "dee@x.example", "App")


def test_what_a_developer_made_they_can_take_back(sandbox: Sandbox) -> None:
    sandbox.withdraw_request("acme", "ada@x.example", "Checkout", "payments", "v1")
    assert sandbox.dump()["acme"]["applications"][0]["registrations"] == {}
    sandbox.request_api("acme", "ada@x.example", "Checkout", "payments", "v1")
    sandbox.delete_application("acme", "ada@x.example", "Checkout")
    assert [each["name"] for each in sandbox.dump()["acme"]["applications"]] == ["Shared"]


def test_admins_make_and_unmake_teams_and_their_roles(sandbox: Sandbox) -> None:
    sandbox.create_team("acme", "beta", "Tries things", can_own_applications=True)
    sandbox.assign_role("acme", "beta", "API Viewer", "starter-kit", package=True)
    beta = {"description": "Tries things", "can_own_applications": True, "members": []}
    roles = [["API Viewer", "package starter-kit", None, "*"]]
    assert sandbox.dump()["acme"]["teams"]["beta"] == {**beta, "roles": roles}
    sandbox.remove_role("acme", "beta", "API Viewer", "starter-kit", package=True)
    assert sandbox.dump()["acme"]["teams"]["beta"] == {**beta, "roles": []}
    sandbox.delete_team("acme", "beta")
    assert set(sandbox.dump()["acme"]["teams"]) == {"owners", "partners"}


def test_a_team_whose_name_looks_like_an_address_is_meant_with_a_prefix(sandbox: Sandbox) -> None:
    sandbox.create_team("acme", "team@x", can_own_applications=True)
    with pytest.raises(LookupError, match="no application 'App'"):
        sandbox.set_registration("acme", "team:team@x", "App", "orders", "approved")


def test_auto_approval_that_is_switched_on_leaves_alone_what_is_pending(sandbox: Sandbox) -> None:
    """Contract 4."""
    sandbox.set_portal("acme", auto_approve_developers=True)
    sandbox.sign_up("acme", "dee@x.example", "Dee")
    people = {"ada@x.example": "approved", "bob@x.example": "pending", "cy@y.example": "revoked"}
    assert sandbox.dump()["acme"]["developers"] == {**people, "dee@x.example": "approved"}


def test_rbac_that_is_switched_on_takes_apis_out_of_reach(sandbox: Sandbox) -> None:
    """Contract 5: without a team that is API Consumer there is nothing to request."""
    sandbox.set_portal("acme", rbac_enabled=True)
    with pytest.raises(Problem, match="403"):
        sandbox.request_api("acme", "ada@x.example", "Checkout", "payments", "v2")


def test_a_portal_of_several_is_meant_by_name_or_id(sandbox: Sandbox) -> None:
    with sandbox._store.read() as tx:
        [row] = tx.all("SELECT id FROM portals WHERE name = 'other'")
    sandbox.sign_up(row["id"], "dee@x.example", "Dee")
    assert "dee@x.example" not in sandbox.dump()["acme"]["developers"]
    assert sandbox.dump()["other"]["developers"] == {"dee@x.example": "approved"}
