"""What other people do meanwhile: the same rules as over HTTP (contract 4 and 5)."""

from collections.abc import Callable

import pytest

from reconciler.sandbox import Problem, Sandbox


def test_a_story_from_sign_up_to_access(sandbox: Sandbox) -> None:
    sandbox.sign_up("acme", "dee@x.example", "Dee")
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
        (lambda s: s.create_application("acme", "bob@x.example", "App"), 403),
        (lambda s: s.create_application("acme", "ada@x.example", "Checkout"), 400),
        (lambda s: s.request_api("acme", "cy@y.example", "App", "payments", "v1"), 403),
        (lambda s: s.request_api("acme", "ada@x.example", "Checkout", "payments", "v1"), 409),
        (lambda s: s.request_api("acme", "ada@x.example", "Checkout", "orders"), 404),
        (lambda s: s.add_member("acme", "partners", "ada@x.example"), 409),
        (lambda s: s.remove_member("acme", "owners", "ada@x.example"), 404),
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
        (lambda s: s.sign_up("nope", "a@x.example", "A"), "no portal 'nope'"),
        (lambda s: s.set_status("acme", "nobody@x.example", "approved"), "no developer 'nobody@x.example'"),
        (lambda s: s.add_member("acme", "nope", "ada@x.example"), "no team 'nope'"),
        (lambda s: s.request_api("acme", "ada@x.example", "Nope", "orders"), "no application 'Nope'"),
        (lambda s: s.request_api("acme", "ada@x.example", "Checkout", "payments"), "2 APIs are called 'payments'"),
        (lambda s: s.set_registration("acme", "ada@x.example", "Checkout", "orders", "approved"), "no registration"),
    ],
)
def test_a_name_that_means_nothing_is_an_error_of_the_test(
    sandbox: Sandbox, move: Callable[[Sandbox], object], message: str
) -> None:
    with pytest.raises(LookupError, match=message):
        move(sandbox)
