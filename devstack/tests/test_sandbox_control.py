"""The control routes: faults, request log, reset, files kept between starts."""

from __future__ import annotations

import json
import time
from pathlib import Path

import httpx
import pytest

from msp_devstack.demo import CONTOSO, GRAPH_CLIENT_ID, GRAPH_CLIENT_SECRET
from msp_devstack.graph import GraphControl, create_app
from msp_devstack.halopsa import HaloControl
from msp_devstack.halopsa import create_app as create_halo
from msp_devstack.loopback import serving
from msp_devstack.running import RunningGraph, RunningHalo


def test_the_next_requests_are_throttled_with_retry_after(
    contoso: httpx.Client, graph_sandbox: RunningGraph
) -> None:
    graph_sandbox.control.throttle(2, retry_after_seconds=7)
    for _ in range(2):
        reply = contoso.get("/users")
        assert reply.status_code == 429
        assert reply.headers["retry-after"] == "7"
        assert reply.json()["error"]["code"] == "TooManyRequests"
    assert contoso.get("/users").status_code == 200


def test_a_fault_hits_what_it_names_and_lets_others_pass(
    contoso: httpx.Client, graph_sandbox: RunningGraph
) -> None:
    graph_sandbox.control.fail(status=503, method="GET", path="*/groups", skip=1)
    assert contoso.get("/users").status_code == 200
    assert contoso.get("/groups").status_code == 200
    assert contoso.get("/groups").status_code == 503
    assert contoso.get("/groups").status_code == 200


def test_an_answer_can_be_lost_after_the_work_was_done(
    contoso: httpx.Client, graph_sandbox: RunningGraph
) -> None:
    graph_sandbox.control.fail(status=502, method="DELETE", when="after")
    assert contoso.delete("/users/sales@contoso.example").status_code == 502
    assert contoso.get("/users/sales@contoso.example").status_code == 404


def test_a_delay_only_waits(contoso: httpx.Client, graph_sandbox: RunningGraph) -> None:
    graph_sandbox.control.delay(0.15)
    started = time.monotonic()
    assert contoso.get("/users").status_code == 200
    assert time.monotonic() - started >= 0.15


def test_the_token_endpoint_can_fail_too(graph_sandbox: RunningGraph) -> None:
    graph_sandbox.control.throttle(path="*/token", retry_after_seconds=3)
    reply = httpx.post(f"{graph_sandbox.authority}/{CONTOSO.tenant_id}/oauth2/v2.0/token")
    assert reply.status_code == 429
    assert reply.headers["retry-after"] == "3"
    assert reply.json()["error"] == "temporarily_unavailable"


def test_requests_are_logged_with_tenant_and_without_body(
    contoso: httpx.Client, graph_sandbox: RunningGraph
) -> None:
    contoso.get("/users", params={"$top": "5"})
    seen = graph_sandbox.control.requests(method="GET", path="/users")
    assert seen == [{"method": "GET", "path": "/v1.0/users", "status": 200, "tenant_id": CONTOSO.tenant_id}]


def test_reset_forgets_everything(contoso: httpx.Client, graph_sandbox: RunningGraph) -> None:
    before = graph_sandbox.control.tenant(CONTOSO.tenant_id)
    contoso.delete("/users/sales@contoso.example")
    graph_sandbox.control.set_page_size(1)
    graph_sandbox.control.fail()
    graph_sandbox.control.set_consent(CONTOSO.tenant_id, "revoked")
    graph_sandbox.control.reset()
    assert graph_sandbox.control.tenant(CONTOSO.tenant_id) == before
    assert graph_sandbox.control.pending_faults() == []
    assert graph_sandbox.control.requests() == []
    assert len(contoso.get("/users").json()["value"]) == 14


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "faults", {"kind": "explode"}),
        ("POST", "faults", {"kind": "error", "count": 0}),
        ("POST", "faults", {"kind": "error", "unknown": 1}),
        ("PATCH", "settings", {"pageSize": 0}),
        ("PATCH", f"tenants/{CONTOSO.tenant_id}", {"consent": "maybe"}),
        ("PATCH", f"tenants/{CONTOSO.tenant_id}", {"seats": {"NO_SUCH": 1}}),
        ("PATCH", f"tenants/{CONTOSO.tenant_id}", {"seats": {"SPB": -1}}),
    ],
)
def test_a_bad_control_request_is_a_400(
    graph_sandbox: RunningGraph, method: str, path: str, body: dict[str, object]
) -> None:
    reply = httpx.request(method, f"{graph_sandbox.base_url}/_sandbox/{path}", json=body)
    assert reply.status_code == 400
    assert reply.json()["error"] == "ValidationError"


def test_health_is_never_in_the_way(graph_sandbox: RunningGraph, halopsa_sandbox: RunningHalo) -> None:
    for sandbox in (graph_sandbox, halopsa_sandbox):
        sandbox.control.fail(10)
        assert httpx.get(f"{sandbox.base_url}/_sandbox/health").json() == {"status": "ok"}
        assert sandbox.control.requests() == []


def test_web_pages_cannot_use_the_control_routes(
    graph_sandbox: RunningGraph, halopsa_sandbox: RunningHalo
) -> None:
    for base_url in (graph_sandbox.base_url, halopsa_sandbox.base_url):
        for header in ({"Origin": "http://localhost:5173"}, {"Sec-Fetch-Site": "cross-site"}):
            assert httpx.post(f"{base_url}/_sandbox/reset", headers=header).status_code == 403
        rebound = httpx.post(f"{base_url}/_sandbox/reset", headers={"Host": "rebound.example"})
        assert rebound.status_code == 421


def test_graph_keeps_its_state_and_its_tokens_over_a_restart(tmp_path: Path) -> None:
    state = tmp_path / "graph.json"
    form = {
        "grant_type": "client_credentials",
        "client_id": GRAPH_CLIENT_ID,
        "client_secret": GRAPH_CLIENT_SECRET,
        "scope": "https://graph.microsoft.com/.default",
    }
    with serving(lambda _url: create_app(state=state)) as url, GraphControl(url) as control:
        token = httpx.post(f"{url}/{CONTOSO.tenant_id}/oauth2/v2.0/token", data=form).json()["access_token"]
        headers = {"Authorization": f"Bearer {token}"}
        httpx.delete(f"{url}/v1.0/users/sales@contoso.example", headers=headers).raise_for_status()
        control.set_seats(CONTOSO.tenant_id, SPB=42)
        control.set_consent(CONTOSO.tenant_id, "granted")
        control.withhold(CONTOSO.tenant_id, "AuditLog.Read.All")
        control.set_premium(CONTOSO.tenant_id, is_premium=False)
        before = control.tenant(CONTOSO.tenant_id)
    with serving(lambda _url: create_app(state=state)) as url, GraphControl(url) as control:
        assert control.tenant(CONTOSO.tenant_id) == before
        assert before["seats"]["SPB"] == 42
        assert (before["withheld"], before["isPremium"]) == (["AuditLog.Read.All"], False)
        assert all(before[name] for name in ("applications", "roles", "methods", "rules"))
        report = f"{url}/v1.0/reports/authenticationMethods/userRegistrationDetails"
        refused = httpx.get(report, headers=headers).json()["error"]["code"]
        assert refused == "Authentication_MSGraphPermissionMissing"
        assert httpx.get(f"{url}/v1.0/users", headers=headers).status_code == 200
        control.reset()
    assert len(json.loads(state.read_text())["tenants"][1]["users"]) == 14


def test_a_state_file_of_an_older_version_is_read(tmp_path: Path) -> None:
    state = tmp_path / "graph.json"
    with serving(lambda _url: create_app(state=state)) as url, GraphControl(url) as control:
        control.reset()
    stored = json.loads(state.read_text())
    for tenant in stored["tenants"]:
        for name in ("withheld", "isPremium", "applications", "roles", "eligibleRoles", "methods", "rules"):
            del tenant[name]
        for entry in (*tenant["users"], *tenant["groups"]):
            for name in ("signInActivity", "externalUserState", "isAssignableToRole"):
                entry.pop(name, None)
    state.write_text(json.dumps(stored))
    with serving(lambda _url: create_app(state=state)) as url, GraphControl(url) as control:
        tenant = control.tenant(CONTOSO.tenant_id)
        assert tenant["isPremium"] is True
        assert {user["signInActivity"] for user in tenant["users"]} == {None}


def test_halo_keeps_its_tickets_over_a_restart(tmp_path: Path) -> None:
    state = tmp_path / "halo.json"
    state.write_text(json.dumps({"tickets": [{"id": 1001, "client_id": 101, "summary": "Kept"}]}))
    with serving(lambda _url: create_halo(state=state)) as url, HaloControl(url) as control:
        assert [ticket["summary"] for ticket in control.tickets(101)] == ["Kept"]
