"""The app as such: what it loads, serves without sign-in, and publishes."""

from __future__ import annotations

import importlib.util
import json
import logging
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import azure.functions as func
import pytest
import structlog
from management_people import ADMIN, Identity
from management_platform import Platform, ok, refused
from pydantic import ValidationError

from management_api.app import create_app
from management_api.settings import Settings
from msp_devstack.azurite import free_port
from msp_devstack.openapi import FOLDER, document
from msp_http.openapi import operations

ROOM = Path(__file__).resolve().parents[1]


def test_importing_the_app_loads_no_heavy_library() -> None:
    heavy = ("azure.identity", "azure.storage", "azure.keyvault", "msal", "requests", "aiohttp")
    code = (
        "import sys; from management_api.app import create_app; create_app()\n"
        f"print([name for name in sys.modules if name.startswith({heavy!r})])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_making_the_app_reads_no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MSP_TENANT_ID", raising=False)
    app = create_app()
    with pytest.raises(ValidationError, match="tenant_id"):
        _ = app.state.container.settings


def test_a_local_identity_provider_is_refused_in_azure(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WEBSITE_INSTANCE_ID", "an-instance")
    with pytest.raises(ValueError, match="local one"):
        _ = platform.container.services


async def test_health_tells_of_each_part(platform: Platform) -> None:
    answer = ok(await platform.with_token(None).get("/api/health"))
    assert answer["status"] == "ok", answer
    assert {one["name"]: one["status"] for one in answer["components"]} == dict.fromkeys(
        ("tables", "blobs", "queues", "vault"), "ok"
    )


async def test_storage_that_is_away_is_told_and_can_be_tried_again(
    settings: Settings, identity: Identity
) -> None:
    port = free_port()
    nowhere = ";".join(
        (
            "DefaultEndpointsProtocol=http;AccountName=test;AccountKey=bG9jYWw=",
            *(f"{kind}Endpoint=http://127.0.0.1:{port}/test" for kind in ("Table", "Blob", "Queue")),
        )
    )
    away = Settings.model_validate(
        settings.model_dump() | {"storage_connection_string": nowhere, "cors_origins": ""}
    )
    async with Platform(away, identity) as platform:
        health = await platform.with_token(None).get("/api/health")
        assert health.status_code == 503
        assert health.json()["status"] == "down"
        answer = await platform.as_(ADMIN).get("/api/organizations")
        refused(answer, 503, "Unavailable")
        assert int(answer.headers["Retry-After"]) > 0


async def test_every_answer_carries_a_request_id(platform: Platform) -> None:
    anonymous = platform.with_token(None)
    for path in ("/api/health", "/api/me", "/nowhere"):
        assert (await anonymous.get(path)).headers["X-Request-Id"]
    answer = await anonymous.get("/api/health", headers={"X-Request-Id": "a-request-of-mine"})
    assert answer.headers["X-Request-Id"] == "a-request-of-mine"


async def test_unknown_addresses_answer_in_the_error_shape(platform: Platform) -> None:
    admin = platform.as_(ADMIN)
    refused(await admin.get("/api/nothing"), 404, "NotFound")
    refused(await admin.put("/api/me"), 405, "MethodNotAllowed")


async def test_the_client_may_call_from_its_origin(platform: Platform) -> None:
    asked = {
        "Origin": "http://localhost:5173",
        "Access-Control-Request-Method": "PUT",
        "Access-Control-Request-Headers": "authorization,if-match,x-organization-id",
    }
    anonymous = platform.with_token(None)
    answer = await anonymous.options("/api/forms/x", headers=asked)
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == "http://localhost:5173"
    elsewhere = await anonymous.options("/api/forms/x", headers=asked | {"Origin": "https://evil.example"})
    assert "Access-Control-Allow-Origin" not in elsewhere.headers


async def test_the_document_is_served_to_all(platform: Platform) -> None:
    served = ok(await platform.with_token(None).get("/api/openapi.json"))
    assert served == json.loads(json.dumps(platform.app.openapi()))
    assert served["openapi"].startswith("3.1")


def test_the_committed_document_is_current() -> None:
    assert (FOLDER / "management-api.json").read_text() == document("management_api")


def test_the_document_suits_a_generated_client(platform: Platform) -> None:
    for path, method, operation in operations(platform.app.openapi()):
        name = operation["operationId"]
        assert name[0].islower(), name
        assert name.isalnum(), name
        assert operation["summary"].endswith("."), f"{method} {path}: {operation['summary']}"
        success = [one for status, one in operation["responses"].items() if status < "300"]
        assert len(success) == 1, f"{method} {path}"
        is_empty = "204" in operation["responses"]
        assert is_empty or "schema" in success[0]["content"]["application/json"], f"{method} {path}"


def _load_function_app() -> ModuleType:
    spec = importlib.util.spec_from_file_location("management_function_app", ROOM / "function_app.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def _logging_as_it_was() -> Iterator[None]:
    """A started app sends all logs to its own handler; later tests want pytest's back."""
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    yield
    root.handlers = handlers
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.mark.usefixtures("_logging_as_it_was")
async def test_the_function_app_serves_the_same_app(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in settings.model_dump(exclude_defaults=True).items():
        text = ",".join(value) if isinstance(value, tuple) else value
        secret = getattr(text, "get_secret_value", None)
        monkeypatch.setenv(f"MSP_{name.upper()}", secret() if secret else str(text))
    app = _load_function_app().app
    (function,) = app.get_functions()
    trigger = next(
        binding for binding in function.get_dict_repr()["bindings"] if binding["type"] == "httpTrigger"
    )
    assert trigger["route"] == "/{*route}"
    assert trigger["authLevel"] == func.AuthLevel.ANONYMOUS

    async def get(path: str) -> func.HttpResponse:
        request = func.HttpRequest(method="GET", url=f"https://management.test{path}", body=b"")
        answer: func.HttpResponse = await function.get_user_function()(request, None)
        return answer

    assert (await get("/api/health")).status_code == 200
    refusal = await get("/api/me")
    assert refusal.status_code == 401
    assert json.loads(refusal.get_body())["error"] == "Unauthorized"
    await app.middleware.notify_shutdown()
    # Its destructor would shut down once more, in a loop of its own.
    app.startup_task_done = False


def test_the_host_leaves_the_paths_alone() -> None:
    host = json.loads((ROOM / "host.json").read_text())
    assert host["extensions"]["http"]["routePrefix"] == ""
