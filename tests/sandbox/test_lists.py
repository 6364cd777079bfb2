"""Paging, filters and sort (contract 2 and 3)."""

from typing import Any

import pytest

from .conftest import Acme, Client, last

Names = list[str]


def emails(acme: Acme, **query: str) -> Names:
    answer = acme.client.get(f"{acme.path}/developers", **query)
    assert answer.status == 200, answer
    return [each["email"].partition("@")[0] for each in answer.value["data"]]


def refused(acme: Acme, path: str, **query: str) -> Any:
    answer = acme.client.get(acme.path + path, **query)
    assert answer.status == 400
    return answer.invalid


def meta(acme: Acme, **query: str) -> Any:
    return acme.client.get(f"{acme.path}/developers", **query).value["meta"]["page"]


def test_a_page_has_ten_items_unless_asked(acme: Acme) -> None:
    """Contract 2 and 11.1."""
    assert meta(acme) == {"number": 1, "size": 10, "total": 3}


def test_an_empty_page_parameter_means_the_default(acme: Acme) -> None:
    """Contract 2: allowEmptyValue."""
    assert meta(acme, **{"page[size]": "", "page[number]": ""}) == {"number": 1, "size": 10, "total": 3}


def test_a_page_has_at_most_a_hundred_items_and_says_so(acme: Acme) -> None:
    """Contract 11.1."""
    assert meta(acme, **{"page[size]": "1000"}) == {"number": 1, "size": 100, "total": 3}


def test_pages_follow_each_other(acme: Acme) -> None:
    pages = [emails(acme, **{"page[size]": "2", "page[number]": str(number)}) for number in (1, 2)]
    assert pages == [["ada", "bob"], ["cy"]]


@pytest.mark.parametrize("number", ["3", "999999999999999999"])
def test_past_the_last_page_the_data_is_empty(acme: Acme, number: str) -> None:
    """Contract 2: a 200, because Kong's own tools ask one page too far."""
    answer = acme.client.get(f"{acme.path}/developers", **{"page[size]": "2", "page[number]": number})
    assert (answer.status, answer.value) == (
        200,
        {"data": [], "meta": {"page": {"number": int(number), "size": 2, "total": 3}}},
    )


@pytest.mark.parametrize("name", ["page[size]", "page[number]"])
@pytest.mark.parametrize("value", ["many", "1.5", "１", "9" * 5000])
def test_a_page_parameter_is_a_number(acme: Acme, name: str, value: str) -> None:
    assert refused(acme, "/developers", **{name: value}) == [
        {"field": name, "rule": "is_number", "reason": f'"{name}" must be a number', "source": "query"}
    ]


@pytest.mark.parametrize("value", ["0", "-1"])
def test_a_page_parameter_is_at_least_one(acme: Acme, value: str) -> None:
    assert refused(acme, "/developers", **{"page[size]": value}) == [
        {
            "field": "page[size]",
            "rule": "min",
            "minimum": 1,
            "reason": '"page[size]" must be greater than or equal to 1',
            "source": "query",
        }
    ]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"filter[email]": "ada@x.example"}, ["ada"]),
        ({"filter[email]": "ADA@x.example"}, []),
        ({"filter[email][eq]": "bob@x.example"}, ["bob"]),
        ({"filter[email][neq]": "bob@x.example"}, ["ada", "cy"]),
        ({"filter[email][contains]": "x.example"}, ["ada", "bob"]),
        ({"filter[email][ocontains]": "da@,cy@"}, ["ada", "cy"]),
        ({"filter[email][oeq]": "ada@x.example,bob@x.example"}, ["ada", "bob"]),
        ({"filter[name]": "Ada"}, ["ada"]),
        ({"filter[name]": "Cy, the third"}, ["cy"]),
        ({"filter[status]": "pending"}, ["bob"]),
        ({"filter[status]": "approved", "filter[name][contains]": "B"}, []),
    ],
)
def test_filters_of_strings(acme: Acme, query: dict[str, str], found: Names) -> None:
    """Contract 3: five operators and a shorthand; different fields combine with AND; exact case (11.4)."""
    assert emails(acme, **query) == found


def test_a_percent_sign_in_a_filter_is_no_wildcard(acme: Acme) -> None:
    assert emails(acme, **{"filter[email][contains]": "%"}) == []


def test_filters_of_ids_have_three_operators(acme: Acme) -> None:
    """Contract 3."""
    ada, checkout = last(acme.developer("ada@x.example")), last(acme.application("Checkout"))

    def names(**query: str) -> Names:
        answer = acme.client.get(f"{acme.path}/applications", **query)
        return [each["name"] for each in answer.value["data"]]

    assert names(**{"filter[developer_id][eq]": ada}) == ["Checkout"]
    assert names(**{"filter[developer_id][neq]": ada}) == ["Shared"]
    assert names(**{"filter[developer_id][oeq]": f"{checkout},{ada}"}) == ["Checkout"]
    team = last(acme.team("owners"))
    assert names(**{"filter[team_id][eq]": team}) == ["Shared"]


def test_filters_of_ids_have_no_shorthand(acme: Acme) -> None:
    name = "filter[developer_id]"
    assert refused(acme, "/applications", **{name: "x"}) == [
        {"field": name, "rule": "is_object", "reason": f'"{name}" must be of type object', "source": "query"}
    ]


def test_filters_of_flags(acme: Acme) -> None:
    def names(value: str) -> Names:
        answer = acme.client.get(f"{acme.path}/teams", **{"filter[can_own_applications]": value})
        return [each["name"] for each in answer.value["data"]]

    assert (names("true"), names("false")) == (["owners"], ["partners"])
    name = "filter[can_own_applications]"
    assert refused(acme, "/teams", **{name: "yes"}) == [
        {"field": name, "rule": "is_boolean", "reason": f'value of "{name}" must be true or false', "source": "query"}
    ]


def test_filters_of_times(client: Client) -> None:
    """Contract 3: GET /apis."""

    def names(**query: str) -> Names:
        return [f"{each['name']} {each['version']}" for each in client.get("/apis", **query).value["data"]]

    assert names(**{"filter[created_at][lt]": "2026-01-01T00:00:02Z"}) == ["payments v1"]
    assert names(**{"filter[created_at][gte]": "2026-01-01T01:00:02+01:00"}) == ["payments v2", "orders None"]
    assert client.get("/apis", **{"filter[created_at]": "noon"}).invalid == [
        {
            "field": "filter[created_at]",
            "rule": "is_date_time",
            "reason": '"filter[created_at]" must be a valid date-time',
            "source": "query",
        }
    ]


@pytest.mark.parametrize(
    "name", ["filter[my_attribute]", "filter[email][like]", "filter", "filter[email][eq][eq]", "q"]
)
def test_an_unknown_parameter_or_filter_is_refused(acme: Acme, name: str) -> None:
    """Contract 1.7 and 3."""
    assert refused(acme, "/developers", **{name: "1"}) == [
        {"field": name, "rule": "unknown_property", "reason": f'"{name}" is not allowed', "source": "query"}
    ]


def test_what_is_no_list_takes_no_parameter(acme: Acme) -> None:
    assert refused(acme, "", **{"page[size]": "1"}) == [
        {
            "field": "page[size]",
            "rule": "unknown_property",
            "reason": '"page[size]" is not allowed',
            "source": "query",
        }
    ]


@pytest.mark.parametrize(
    ("sort", "found"),
    [
        ("created_at", ["ada", "bob", "cy"]),
        ("created_at desc", ["cy", "bob", "ada"]),
        ("email", ["ada", "bob", "cy"]),
        ("name desc", ["cy", "bob", "ada"]),
        ("status asc", ["ada", "bob", "cy"]),
        ("status desc,name", ["cy", "bob", "ada"]),
        ("updated_at desc, email", ["cy", "bob", "ada"]),
    ],
)
def test_sorts(acme: Acme, sort: str, found: Names) -> None:
    """Contract 3: `attr`, `attr desc`, a comma list."""
    assert emails(acme, sort=sort) == found


@pytest.mark.parametrize("sort", ["", "full_name", "email down", "email,", "email asc desc"])
def test_a_bad_sort_names_the_choices(acme: Acme, sort: str) -> None:
    choices = ["created_at", "updated_at", "email", "name", "status"]
    assert refused(acme, "/developers", sort=sort) == [
        {
            "field": "sort",
            "rule": "enum",
            "choices": choices,
            "reason": "must be one of [created_at, updated_at, email, name, status]",
            "source": "query",
        }
    ]


@pytest.mark.parametrize(
    ("path", "choices"),
    [
        ("/applications", ["created_at", "developer_id", "name"]),
        ("/application-registrations", ["created_at", "updated_at", "developer_id", "status"]),
    ],
)
def test_each_list_has_its_own_sorts(acme: Acme, path: str, choices: Names) -> None:
    [fault] = refused(acme, path, sort="no")
    assert fault["choices"] == choices
    for choice in choices:
        assert acme.client.get(acme.path + path, sort=f"{choice} desc").status == 200


def test_lists_of_teams_and_members_have_no_sort(acme: Acme) -> None:
    """Contract 1.2."""
    fault = {"field": "sort", "rule": "unknown_property", "reason": '"sort" is not allowed', "source": "query"}
    assert refused(acme, "/teams", sort="name") == [fault]
    assert acme.client.get(acme.team("partners") + "/developers", sort="email").invalid == [fault]


def test_every_fault_of_a_query_is_named_at_once(acme: Acme) -> None:
    faults = refused(acme, "/developers", **{"page[size]": "x", "sort": "x", "filter[x]": "x"})
    assert [fault["field"] for fault in faults] == ["page[size]", "sort", "filter[x]"]
