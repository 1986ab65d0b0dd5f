"""The Graph sandbox: users, licences, groups, queries and pages."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from msp_automation.sandboxes.graph.skus import BY_PART_NUMBER, SKUS
from msp_devstack.demo import CONTOSO
from msp_devstack.running import RunningGraph

SPB = BY_PART_NUMBER["SPB"].id
PASSWORD = "Correct-Horse-7"
EVERYBODY = 14  # twelve accounts and two guests
EVENTUAL = {"ConsistencyLevel": "eventual"}


def new_person(**changes: Any) -> dict[str, Any]:
    body = {
        "accountEnabled": True,
        "displayName": "Contoso Trainee",
        "mailNickname": "trainee",
        "userPrincipalName": "trainee@contoso.example",
        "usageLocation": "GB",
        "passwordProfile": {"password": PASSWORD, "forceChangePasswordNextSignIn": True},
        **changes,
    }
    return {name: value for name, value in body.items() if value is not ...}


def refusal(reply: httpx.Response, status: int = 400) -> str:
    assert reply.status_code == status, reply.text
    error = reply.json()["error"]
    assert error["innerError"]["request-id"] == reply.headers["request-id"]
    return f"{error['code']}: {error['message']}"


def test_a_user_is_created_and_read_back(contoso: httpx.Client, graph_sandbox: RunningGraph) -> None:
    created = contoso.post("/users", json=new_person(jobTitle="Trainee"))
    assert created.status_code == 201
    user_id = created.json()["id"]
    for reference in (user_id, "TRAINEE@contoso.example"):
        read = contoso.get(f"/users/{reference}", params={"$select": "id,jobTitle,accountEnabled"})
        assert read.json() == {"id": user_id, "jobTitle": "Trainee", "accountEnabled": True}
    assert "passwordProfile" not in contoso.get(f"/users/{user_id}").json()
    assert PASSWORD not in str(graph_sandbox.control.tenant(CONTOSO.tenant_id))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"passwordProfile": ...}, "A password must be specified to create a new user."),
        ({"displayName": ...}, "A value is required for property 'displayName' of resource 'User'."),
        ({"mailNickname": ""}, "A value is required for property 'mailNickname' of resource 'User'."),
        ({"accountEnabled": ...}, "A value is required for property 'accountEnabled' of resource 'User'."),
        ({"accountEnabled": "yes"}, "Invalid value specified for property 'accountEnabled'"),
        ({"userPrincipalName": "no at sign"}, "Invalid value specified for property 'userPrincipalName'"),
        ({"userPrincipalName": "x@fabrikam.example"}, "The domain portion of the userPrincipalName"),
        ({"userPrincipalName": "Reception@Contoso.example"}, "Another object with the same value"),
        ({"usageLocation": "Britain"}, "Invalid value specified for property 'usageLocation'"),
        ({"displayName": {"a": 1}}, "Invalid value specified for property 'displayName'"),
        ({"shoeSize": 9}, "Property 'shoeSize' does not exist"),
        ({"passwordProfile": {"password": "lowercase"}}, "password complexity requirements"),
        ({"passwordProfile": {"password": "Ab1"}}, "password complexity requirements"),
    ],
)
def test_a_bad_user_is_refused_in_graphs_words(
    contoso: httpx.Client, graph_sandbox: RunningGraph, changes: dict[str, Any], message: str
) -> None:
    before = graph_sandbox.control.tenant(CONTOSO.tenant_id)
    said = refusal(contoso.post("/users", json=new_person(**changes)))
    assert said.startswith("Request_BadRequest: ")
    assert message in said
    assert graph_sandbox.control.tenant(CONTOSO.tenant_id) == before


def test_a_duplicate_names_its_property(contoso: httpx.Client) -> None:
    error = contoso.post("/users", json=new_person(userPrincipalName="reception@contoso.example")).json()[
        "error"
    ]
    assert error["details"] == [
        {"code": "ObjectConflict", "message": error["message"], "target": "userPrincipalName"}
    ]


@pytest.mark.parametrize(
    "content", [b"{", b"[]", b"", b"\xff", b'{"a": NaN}', b'{"a": "\\ud800"}', b"[" * 99_999]
)
def test_a_body_that_is_no_object_is_refused(contoso: httpx.Client, content: bytes) -> None:
    assert contoso.post("/users", content=content).status_code == 400


def test_a_user_is_changed_and_deleted(contoso: httpx.Client, graph_sandbox: RunningGraph) -> None:
    reference = "reception@contoso.example"
    assert contoso.patch(f"/users/{reference}", json={"accountEnabled": False}).status_code == 204
    user = graph_sandbox.control.find_user(CONTOSO.tenant_id, reference)
    assert user is not None
    assert user["accountEnabled"] is False
    assert "read-only" in refusal(contoso.patch(f"/users/{reference}", json={"id": "x"}))
    assert contoso.delete(f"/users/{reference}").status_code == 204
    assert refusal(contoso.get(f"/users/{reference}"), 404).startswith("Request_ResourceNotFound")
    assert graph_sandbox.control.group_names_of(CONTOSO.tenant_id, user["id"]) == set()


def test_sessions_are_revoked(contoso: httpx.Client, graph_sandbox: RunningGraph) -> None:
    def valid_from() -> str:
        user = graph_sandbox.control.find_user(CONTOSO.tenant_id, "sales@contoso.example")
        assert user is not None
        return str(user["signInSessionsValidFromDateTime"])

    before = valid_from()
    assert contoso.post("/users/sales@contoso.example/revokeSignInSessions").json() == {"value": True}
    assert valid_from() > before


def used(contoso: httpx.Client, sku_id: str) -> int:
    skus = contoso.get("/subscribedSkus").json()["value"]
    return next(int(sku["consumedUnits"]) for sku in skus if sku["skuId"] == sku_id)


def assign(contoso: httpx.Client, user: str, *add: str, remove: tuple[str, ...] = ()) -> httpx.Response:
    body = {
        "addLicenses": [{"skuId": sku_id, "disabledPlans": []} for sku_id in add],
        "removeLicenses": remove,
    }
    return contoso.post(f"/users/{user}@contoso.example/assignLicense", json=body)


def test_consumed_units_follow_assignments(contoso: httpx.Client) -> None:
    before = used(contoso, SPB)
    assert assign(contoso, "meeting.room", SPB).status_code == 200
    assert assign(contoso, "meeting.room", SPB).status_code == 200, "assigning again changes nothing"
    assert used(contoso, SPB) == before + 1
    details = contoso.get("/users/meeting.room@contoso.example/licenseDetails").json()["value"]
    assert [entry["skuPartNumber"] for entry in details] == ["SPB"]
    assert assign(contoso, "meeting.room", remove=(SPB,)).status_code == 200
    assert contoso.delete("/users/reception@contoso.example").status_code == 204
    assert used(contoso, SPB) == before - 1


def test_licences_are_refused_in_graphs_words(contoso: httpx.Client, graph_sandbox: RunningGraph) -> None:
    graph_sandbox.control.set_seats(CONTOSO.tenant_id, SPB=used(contoso, SPB))
    assert "does not have any available licenses" in refusal(assign(contoso, "meeting.room", SPB))
    assert assign(contoso, "reception", SPB).status_code == 200, "who holds a seat needs no other"
    e5 = BY_PART_NUMBER["SPE_E5"].id
    assert "does not correspond to a valid company License" in refusal(assign(contoso, "sales", e5))
    assert "does not have a corresponding license" in refusal(assign(contoso, "meeting.room", remove=(SPB,)))
    contoso.post("/users", json=new_person(usageLocation=None))
    visio = BY_PART_NUMBER["VISIOCLIENT"].id
    assert "invalid usage location" in refusal(assign(contoso, "trainee", visio))
    incomplete = contoso.post("/users/sales@contoso.example/assignLicense", json={"addLicenses": []})
    assert "The missing parameters are: removeLicenses." in refusal(incomplete)
    assert "Edm.Guid" in refusal(assign(contoso, "sales", "no-guid"))


def test_a_refused_assignment_changes_nothing(contoso: httpx.Client, graph_sandbox: RunningGraph) -> None:
    graph_sandbox.control.set_seats(CONTOSO.tenant_id, VISIOCLIENT=0)
    before = graph_sandbox.control.tenant(CONTOSO.tenant_id)
    power_bi, visio = BY_PART_NUMBER["POWER_BI_PRO"].id, BY_PART_NUMBER["VISIOCLIENT"].id
    refusal(assign(contoso, "reception", power_bi, visio, remove=(SPB,)))
    assert graph_sandbox.control.tenant(CONTOSO.tenant_id) == before


def test_every_product_is_sold_to_some_tenant(graph_sandbox: RunningGraph) -> None:
    tenants = httpx.get(f"{graph_sandbox.base_url}/_sandbox/tenants").json()
    sold = {name for t in tenants for name in graph_sandbox.control.tenant(t["id"])["seats"]}
    assert sold == {sku.part_number for sku in SKUS}
    assert len({sku.id for sku in SKUS}) == len(SKUS) >= 24


def group_id(contoso: httpx.Client, name: str) -> str:
    reply = contoso.get("/groups", params={"$filter": f"displayName eq '{name}'"})
    return str(reply.json()["value"][0]["id"])


def user_id(contoso: httpx.Client, name: str) -> str:
    return str(contoso.get(f"/users/{name}@contoso.example").json()["id"])


def add_member(contoso: httpx.Client, group: str, user: str) -> httpx.Response:
    reference = f"https://graph.microsoft.com/v1.0/directoryObjects/{user}"
    return contoso.post(f"/groups/{group}/members/$ref", json={"@odata.id": reference})


def test_members_come_and_go(contoso: httpx.Client) -> None:
    vpn, room = group_id(contoso, "VPN users"), user_id(contoso, "meeting.room")
    assert add_member(contoso, vpn, room).status_code == 204
    assert "already exist" in refusal(add_member(contoso, vpn, room))
    member_of = contoso.get(f"/users/{room}/memberOf").json()["value"]
    assert [group["displayName"] for group in member_of] == ["VPN users"]
    members = contoso.get(f"/groups/{vpn}/members").json()["value"]
    assert room in {member["id"] for member in members}
    assert contoso.delete(f"/groups/{vpn}/members/{room}/$ref").status_code == 204
    refusal(contoso.delete(f"/groups/{vpn}/members/{room}/$ref"), 404)
    assert contoso.get(f"/users/{room}/memberOf").json()["value"] == []


def test_bad_memberships_are_refused(contoso: httpx.Client) -> None:
    vpn, room = group_id(contoso, "VPN users"), user_id(contoso, "meeting.room")
    refusal(add_member(contoso, vpn, "00000000-0000-4000-8000-000000000000"), 404)
    refusal(add_member(contoso, "00000000-0000-4000-8000-000000000000", room), 404)
    refusal(contoso.post(f"/groups/{vpn}/members/$ref", json={"@odata.id": room}))
    mail = group_id(contoso, "All Staff mail")
    assert "Cannot Update a mail-enabled" in refusal(add_member(contoso, mail, room))


def walk(contoso: httpx.Client, url: str, **params: str) -> list[list[dict[str, Any]]]:
    pages: list[list[dict[str, Any]]] = []
    reply = contoso.get(url, params=params)
    while True:
        body = reply.json()
        pages.append(body["value"])
        if "@odata.nextLink" not in body:
            return pages
        reply = contoso.get(body["@odata.nextLink"])


def test_pages_hold_each_object_once(contoso: httpx.Client, graph_sandbox: RunningGraph) -> None:
    pages = walk(contoso, "/users", **{"$top": "5", "$select": "id,displayName"})
    assert [len(page) for page in pages] == [5, 5, 4]
    assert len({user["id"] for page in pages for user in page}) == EVERYBODY
    assert set(pages[-1][0]) == {"id", "displayName"}, "what was selected goes on to the next page"
    graph_sandbox.control.set_page_size(3)
    assert [len(page) for page in walk(contoso, "/users")] == [3, 3, 3, 3, 2]
    assert [len(page) for page in walk(contoso, "/groups")] == [3, 3, 2]


def test_without_more_there_is_no_next_link(contoso: httpx.Client) -> None:
    body = contoso.get("/users").json()
    assert len(body["value"]) == EVERYBODY
    assert "@odata.nextLink" not in body


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("userPrincipalName eq 'RECEPTION@contoso.example'", 1),
        ("startswith(displayName,'contoso ware')", 2),
        ("startswith(displayName, 'Contoso S') or startswith(displayName,'Contoso P')", 2),
        ("department eq 'Sales' and jobTitle eq 'Sales lead'", 1),
        ("department eq 'Sales' or department eq 'Finance' and jobTitle eq 'Bookkeeper'", 3),
        ("(department eq 'Sales' or department eq 'Finance') and jobTitle eq 'Bookkeeper'", 1),
        ("not startswith(displayName,'Contoso')", 2),
        ("accountEnabled eq true", EVERYBODY),
        ("accountEnabled ne true", 0),
        ("mobilePhone eq null", EVERYBODY),
        ("displayName eq 'O''Brien'", 0),
        ("endswith(mail,'.sales@contoso.example')", 1),
    ],
)
def test_filters(contoso: httpx.Client, text: str, count: int) -> None:
    answer = contoso.get("/users", params={"$filter": text, "$count": "true"}, headers=EVENTUAL).json()
    assert len(answer["value"]) == count


@pytest.mark.parametrize(
    ("params", "headers"),
    [
        ({"$filter": "accountEnabled ne true"}, {}),
        ({"$filter": "endswith(mail,'example')", "$count": "true"}, {}),
        ({"$filter": "not startswith(displayName,'Contoso')"}, {"ConsistencyLevel": "eventual"}),
        ({"$filter": "accountEnabled eq true", "$orderby": "displayName"}, {}),
    ],
)
def test_what_only_the_index_answers_needs_its_header_and_a_count(
    contoso: httpx.Client, params: dict[str, str], headers: dict[str, str]
) -> None:
    answer = contoso.get("/users", params=params, headers=headers)
    assert answer.json()["error"]["code"] == "Request_UnsupportedQuery"
    refusal(answer)


@pytest.mark.parametrize(
    "params",
    [
        {"$filter": "displayName eq 'x' or"},
        {"$filter": "displayName eq 'x"},
        {"$filter": "displayName eq 'x' displayName"},
        {"$filter": "displayName gt 'x'"},
        {"$filter": "shoeSize eq 'x'"},
        {"$filter": "displayName eq 'x' or 1 eq 1"},
        {"$filter": "not " * 50 + "accountEnabled eq true"},
        {"$filter": "(" * 50},
        {"$filter": "\x00"},
        {"$select": "passwordProfile"},
        {"$top": "0"},
        {"$top": "1000"},
        {"$top": "-1"},
        {"$orderby": "shoeSize"},
        {"$skiptoken": "no token"},
        {"$skiptoken": "W10="},
        {"$expand": "manager"},
    ],
)
def test_a_query_that_cannot_be_answered_is_a_400(contoso: httpx.Client, params: dict[str, str]) -> None:
    refusal(contoso.get("/users", params=params))


def test_order_and_count(contoso: httpx.Client) -> None:
    body = contoso.get(
        "/users", params={"$orderby": "displayName desc", "$count": "true", "$top": "1"}, headers=EVENTUAL
    ).json()
    assert body["@odata.count"] == EVERYBODY
    assert body["value"][0]["displayName"] == "Web Agency"
    assert "@odata.count" not in contoso.get("/users", params={"$count": "true"}).json()


def test_an_unknown_path_is_answered_in_graphs_shape(contoso: httpx.Client) -> None:
    assert "Resource not found for the segment 'teams'" in refusal(contoso.get("/teams"), 404)
    assert contoso.put("/users").status_code == 405
