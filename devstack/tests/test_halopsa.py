"""The HaloPSA sandbox over HTTP."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from msp_devstack.demo import CONTOSO, FABRIKAM, HALO_CLIENT_ID, HALO_CLIENT_SECRET
from msp_devstack.halopsa import HaloControl, create_app
from msp_devstack.loopback import serving
from msp_devstack.running import RunningHalo


def ticket(**changes: Any) -> dict[str, Any]:
    body = {"summary": "New user", "details": "Done", "client_id": CONTOSO.halo_client, **changes}
    return {name: value for name, value in body.items() if value is not ...}


@pytest.mark.parametrize(
    ("changes", "status", "error"),
    [
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"client_id": "wrong"}, 401, "invalid_client"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"scope": "everything"}, 400, "invalid_scope"),
    ],
)
def test_the_token_endpoint_refuses(
    halopsa_sandbox: RunningHalo, changes: dict[str, str], status: int, error: str
) -> None:
    form = {
        "grant_type": "client_credentials",
        "client_id": HALO_CLIENT_ID,
        "client_secret": HALO_CLIENT_SECRET,
        "scope": "all",
        **changes,
    }
    reply = httpx.post(f"{halopsa_sandbox.base_url}/auth/token", data=form)
    assert (reply.status_code, reply.json()["error"]) == (status, error)


def test_a_bad_token_is_a_401(halopsa_sandbox: RunningHalo, halo: httpx.Client) -> None:
    assert halo.get("/client").status_code == 200
    for header in ({}, {"Authorization": "Bearer x"}, {"Authorization": "Basic x"}):
        reply = httpx.get(f"{halopsa_sandbox.base_url}/api/client", headers=header)
        assert reply.status_code == 401
        assert reply.json() == {"Message": "Authorization has been denied for this request."}
    halopsa_sandbox.control.revoke_tokens()
    assert halo.get("/client").status_code == 401


def test_tickets_get_rising_numbers(halo: httpx.Client, halopsa_sandbox: RunningHalo) -> None:
    first = halo.post("/tickets", json=[ticket()])
    second = halo.post("/Tickets", json=[ticket(summary="Second", tickettype_id=3)])
    assert first.status_code == second.status_code == 201
    assert second.json()["id"] == first.json()["id"] + 1
    assert second.json()["tickettype_name"] == "Service Request"
    assert second.json()["client_name"] == CONTOSO.name
    assert [entry["summary"] for entry in halopsa_sandbox.control.tickets()] == ["New user", "Second"]
    assert halo.get(f"/tickets/{first.json()['id']}").json()["details"] == "Done"


def test_a_ticket_with_an_id_is_changed(halo: httpx.Client) -> None:
    number = halo.post("/tickets", json=[ticket()]).json()["id"]
    changed = halo.post("/tickets", json=[{"id": number, "status_id": 9}]).json()
    assert (changed["id"], changed["status_id"], changed["summary"]) == (number, 9, "New user")
    assert halo.post("/tickets", json=[{"id": 9, "status_id": 9}]).status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        {"summary": "no array"},
        [],
        ["text"],
        [ticket(summary=...)],
        [ticket(summary="  ")],
        [ticket(client_id=...)],
        [ticket(client_id=999)],
        [ticket(client_id="101")],
        [ticket(client_id=True)],
        [ticket(tickettype_id=99)],
    ],
)
def test_a_bad_ticket_is_refused_and_nothing_is_written(
    halo: httpx.Client, halopsa_sandbox: RunningHalo, body: Any
) -> None:
    reply = halo.post("/tickets", json=body)
    assert reply.status_code == 400
    assert reply.json()["Message"]
    assert halo.post(
        "/tickets", json=[ticket(), *(body or ["x"])] if isinstance(body, list) else [1]
    ).is_error
    assert halopsa_sandbox.control.tickets() == []


def test_no_json_is_a_400(halo: httpx.Client) -> None:
    assert halo.post("/tickets", content=b"{").status_code == 400


def test_lists_are_paged_and_filtered(halo: httpx.Client) -> None:
    for client_id in (CONTOSO.halo_client, FABRIKAM.halo_client, CONTOSO.halo_client):
        halo.post("/tickets", json=[ticket(client_id=client_id)])
    own = halo.get("/tickets", params={"client_id": CONTOSO.halo_client, "page_size": 1, "page_no": 2}).json()
    assert (own["record_count"], own["page_no"], own["page_size"], len(own["tickets"])) == (2, 2, 1, 1)
    first, second = halo.get("/client").json(), halo.get("/client", params={"page_no": 2}).json()
    assert len(first["clients"]) == 50
    assert len(first["clients"]) + len(second["clients"]) == first["record_count"]
    found = halo.get("/client", params={"search": "contoso"}).json()["clients"]
    assert [client["id"] for client in found] == [CONTOSO.halo_client]
    assert halo.get(f"/client/{CONTOSO.halo_client}").json()["name"] == CONTOSO.name
    assert halo.get("/client/999").status_code == 404
    assert {entry["name"] for entry in halo.get("/tickettype").json()} >= {"Incident", "Service Request"}


@pytest.mark.parametrize("value", ["0", "-1", "x", "1e3", "²", "9999999999"])
def test_a_bad_page_is_a_400(halo: httpx.Client, value: str) -> None:
    assert halo.get("/client", params={"page_no": value}).status_code == 400


def test_the_rate_limit_rolls() -> None:
    now = 1000.0
    with (
        serving(lambda _url: create_app(clock=lambda: now)) as url,
        HaloControl(url) as control,
        httpx.Client(base_url=url) as http,
    ):

        def ask() -> httpx.Response:
            # The limit comes before the token: a caller without one uses it up too.
            return http.get("/api/client")

        assert [ask().status_code for _ in range(501)] == [401] * 500 + [429]
        control.set_limit(2, 60)
        ask()
        now += 20.5
        ask()
        assert ask().headers["retry-after"] == "40"
        now += 39.4
        assert ask().status_code == 429
        now += 0.2
        assert [ask().status_code for _ in range(2)] == [401, 429]


def test_faults_come_in_halos_shape(halo: httpx.Client, halopsa_sandbox: RunningHalo) -> None:
    halopsa_sandbox.control.throttle(retry_after_seconds=2)
    halopsa_sandbox.control.fail(status=500)
    replies = [halo.get("/client") for _ in range(3)]
    assert [reply.status_code for reply in replies] == [429, 500, 200]
    assert replies[0].headers["retry-after"] == "2"
    assert set(replies[0].json()) == {"Message"}


def test_an_unknown_path_is_a_404(halo: httpx.Client) -> None:
    assert halo.get("/nothing").status_code == 404
