"""What is wrong on the main path is told, refused, and loses nothing."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from msp_devstack import demo
from msp_devstack.api import Api, ok
from msp_devstack.seed import ONBOARD_FORM
from msp_devstack.stack import Stack

pytestmark = pytest.mark.e2e
ApiOf = Callable[..., Api]


def shape(answer: httpx.Response) -> str:
    body = answer.json()
    assert {"error", "message"} <= set(body), body
    assert "Traceback" not in answer.text
    assert answer.headers["X-Request-Id"]
    return str(body["error"])


@pytest.mark.parametrize("token", [None, "rubbish", "a.b.c"])
def test_a_missing_or_bad_token_is_401_on_both_services(stack: Stack, token: str | None) -> None:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    for url in (f"{stack.url('management')}/api/me", f"{stack.url('engine')}/api/admin/metadata"):
        answer = httpx.get(url, headers=headers)
        assert answer.status_code == 401
        assert shape(answer) == "Unauthorized"


def test_a_token_signed_by_somebody_else_is_401(stack: Stack) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    now = int(time.time())
    claims = {
        "iss": f"{stack.url('identity')}/{demo.MSP_TENANT_ID}/v2.0",
        "aud": demo.API_AUDIENCE,
        "tid": demo.MSP_TENANT_ID,
        "oid": demo.ADMIN.object_id,
        "exp": now + 600,
        "nbf": now - 5,
        "iat": now,
    }
    token = jwt.encode(claims, key, algorithm="RS256", headers={"kid": "another"})
    answer = httpx.get(f"{stack.url('management')}/api/me", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 401


def test_a_foreign_and_an_unknown_organization_get_the_same_403(api: ApiOf) -> None:
    technician = api(demo.TECHNICIAN, demo.NORTHWIND)
    foreign = technician.engine.post("/api/workflows/echo", json={"parameters": {"text": "x"}})
    technician.use("c0000000-0000-4000-8000-00000000dead")
    unknown = technician.engine.post("/api/workflows/echo", json={"parameters": {"text": "x"}})
    assert foreign.status_code == unknown.status_code == 403
    assert foreign.json() == unknown.json()


def test_a_missing_or_malformed_organization_is_400(api: ApiOf) -> None:
    technician = api(demo.TECHNICIAN)
    assert technician.engine.post("/api/workflows/echo", json={"parameters": {}}).status_code == 400
    technician.use("not-a-uuid")
    assert technician.engine.post("/api/workflows/echo", json={"parameters": {}}).status_code == 400


def test_an_unknown_workflow_form_and_provider_are_404(api: ApiOf) -> None:
    technician = api(demo.TECHNICIAN, demo.CONTOSO)
    for path, name in (
        ("/api/workflows/no_such_workflow", "parameters"),
        ("/api/forms/00000000-0000-4000-8000-000000000000/submit", "parameters"),
        ("/api/data-providers/no_such_provider", "inputs"),
    ):
        answer = technician.engine.post(path, json={name: {}})
        assert answer.status_code == 404, answer.text
        assert shape(answer) == "NotFound"


def test_wrong_parameters_are_400_with_a_message_per_field_and_leave_no_execution(api: ApiOf) -> None:
    technician = api(demo.TECHNICIAN, demo.FABRIKAM)
    before = ok(technician.management.get("/api/executions"))
    answer = technician.engine.post(
        "/api/workflows/echo", json={"parameters": {"times": 9, "unheard_of": True}}
    )
    assert answer.status_code == 400
    assert set(answer.json()["details"]["fields"]) == {"text", "times", "unheard_of"}
    assert ok(technician.management.get("/api/executions")) == before


def test_a_form_with_wrong_values_is_400_with_a_message_per_field_and_leaves_no_execution(api: ApiOf) -> None:
    technician = api(demo.TECHNICIAN, demo.FABRIKAM)
    form_id = technician.form_id(ONBOARD_FORM)
    before = ok(technician.management.get("/api/executions"))
    answer = technician.engine.post(
        f"/api/forms/{form_id}/submit", json={"parameters": {"first_name": "New", "email": "nobody"}}
    )
    assert answer.status_code == 400
    assert set(answer.json()["details"]["fields"]) == {"last_name", "email", "license_sku"}
    assert ok(technician.management.get("/api/executions")) == before


@pytest.mark.parametrize(
    ("provider", "status", "word"),
    [("raises", 502, "on fire"), ("wrong_shape", 502, "wrong_shape"), ("too_slow", 504, "too_slow")],
)
def test_a_failing_provider_is_named_and_the_others_still_answer(
    api: ApiOf, provider: str, status: int, word: str
) -> None:
    technician = api(demo.TECHNICIAN, demo.CONTOSO)
    answer = technician.engine.get(f"/api/data-providers/{provider}")
    assert answer.status_code == status
    shape(answer)
    assert provider in answer.json()["message"]
    assert word in answer.text
    assert len(ok(technician.engine.get("/api/data-providers/good"))["options"]) == 3


def test_a_failing_workflow_is_an_execution_with_its_reason(api: ApiOf) -> None:
    technician = api(demo.TECHNICIAN, demo.CONTOSO)
    execution = ok(technician.engine.post("/api/workflows/fails", json={"parameters": {}}))
    assert execution["status"] == "Failed"
    assert execution["error"]["message"] == "The mailbox is on hold"
    assert execution["error"]["details"]["mailbox"] == "office"
    crashed = ok(technician.engine.post("/api/workflows/crashes", json={"parameters": {}}))
    assert crashed["error"]["type"] == "KeyError"


def test_graph_refusing_the_tenant_is_a_failed_execution_with_graphs_reason(stack: Stack, api: ApiOf) -> None:
    technician = api(demo.TECHNICIAN, demo.FABRIKAM)
    control = f"{stack.url('graph')}/_sandbox/tenants/{demo.FABRIKAM.tenant_id}"
    ok(httpx.patch(control, json={"consent": "revoked"}))
    try:
        execution = ok(technician.engine.post("/api/workflows/licence_report", json={"parameters": {}}))
        assert execution["status"] == "Failed"
        assert execution["error"]["type"] == "IntegrationError"
        assert (
            "consent" in execution["error"]["message"].lower()
            or "privileges" in execution["error"]["message"]
        )
    finally:
        ok(httpx.patch(control, json={"consent": "granted"}))
    repeated = ok(technician.engine.post("/api/workflows/licence_report", json={"parameters": {}}))
    assert repeated["status"] == "Success"


def test_a_repeated_submission_with_the_same_key_is_one_execution(api: ApiOf) -> None:
    technician = api(demo.TECHNICIAN, demo.CONTOSO)
    headers = {"Idempotency-Key": "double-click"}
    body = {"parameters": {"text": "once"}}
    first = ok(technician.engine.post("/api/workflows/echo", json=body, headers=headers))
    second = ok(technician.engine.post("/api/workflows/echo", json=body, headers=headers))
    assert first["executionId"] == second["executionId"]
    assert second["result"] == {"text": "once", "organization": "Contoso"}


def test_a_secret_is_in_no_answer_log_or_record(api: ApiOf) -> None:
    technician = api(demo.TECHNICIAN, demo.CONTOSO)
    execution = ok(technician.engine.post("/api/workflows/leak", json={"parameters": {}}))
    assert execution["status"] == "Success"
    detail = technician.management.get(f"/api/executions/{execution['executionId']}")
    logs = technician.management.get(f"/api/executions/{execution['executionId']}/logs")
    for text in (str(execution), detail.text, logs.text):
        assert demo.HALO_CLIENT_SECRET not in text
        assert "AccountKey" not in text
    assert not [name for name in execution["result"]["environment"] if name.startswith("MSP_")]
    assert "The secret is" in logs.text


def test_a_long_run_goes_on_after_202_with_its_log(api: ApiOf) -> None:
    technician = api(demo.TECHNICIAN, demo.CONTOSO)
    answer = technician.engine.post(
        "/api/workflows/slow", json={"parameters": {"seconds": 1.2}}, headers={"Prefer": "wait=0"}
    )
    assert answer.status_code == 202
    execution = technician.wait_for(answer.json()["executionId"])
    assert execution["status"] == "Success"
    assert execution["result"] == "done"


def test_a_background_workflow_runs_from_the_queue(api: ApiOf) -> None:
    technician = api(demo.TECHNICIAN, demo.CONTOSO)
    answer = technician.engine.post("/api/workflows/in_background", json={"parameters": {}})
    assert answer.status_code == 202
    assert technician.wait_for(answer.json()["executionId"])["result"] == "ran for Contoso"


@pytest.mark.long  # under load, and by the second: tests/faults
def test_storage_away_is_503_with_retry_after_and_recovers_without_restart(stack: Stack, api: ApiOf) -> None:
    technician = api(demo.TECHNICIAN, demo.CONTOSO)
    assert stack.azurite.process is not None
    stack.azurite.process.send_signal(signal.SIGSTOP)
    try:
        calls: list[Callable[[], httpx.Response]] = [
            lambda: technician.management.get("/api/executions"),
            lambda: technician.engine.post("/api/workflows/echo", json={"parameters": {"text": "x"}}),
        ]
        for call in calls:
            began = time.monotonic()
            answer = call()
            assert answer.status_code == 503
            assert int(answer.headers["Retry-After"]) > 0
            assert time.monotonic() - began < 10
    finally:
        stack.azurite.process.send_signal(signal.SIGCONT)
    assert ok(technician.engine.post("/api/workflows/echo", json={"parameters": {"text": "back"}}))["result"]
