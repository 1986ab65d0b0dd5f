"""Signing in with a device code, over HTTP: what the identity provider grants and what it refuses."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import httpx
import jwt
import pytest

from msp_devstack.demo import API_AUDIENCE, API_SCOPE, CLI_CLIENT_ID, CONTOSO, SPA_CLIENT_ID, TECHNICIAN
from msp_devstack.identity import IdentitySettings, create_app, sign_in
from msp_devstack.loopback import serving

SCOPE = f"openid profile offline_access {API_SCOPE}"
GRANT = "urn:ietf:params:oauth:grant-type:device_code"


class Clock:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead


class Device:
    """A device that wants somebody to sign in, and the browser in which they do."""

    def __init__(self, base_url: str, *, tenant: str = "organizations") -> None:
        self.page = f"{base_url}/device"
        self.base = f"{base_url}/{tenant}/v2.0"
        self.codes: dict[str, Any] = {}

    def begin(self, **changes: str) -> httpx.Response:
        form = {"client_id": CLI_CLIENT_ID, "scope": SCOPE, **changes}
        answer = httpx.post(f"{self.base}/devicecode", data=form)
        self.codes = answer.json()
        return answer

    def choose(self, person: str, **headers: str) -> httpx.Response:
        form = {"user_code": self.codes["user_code"], "person": person}
        return httpx.post(self.page, data=form, headers=headers)

    def ask(self, **changes: str) -> httpx.Response:
        form = {"grant_type": GRANT, "client_id": CLI_CLIENT_ID, "device_code": self.codes["device_code"]}
        return httpx.post(f"{self.base}/token", data=form | changes)

    def refusal(self, **changes: str) -> str:
        answer = self.ask(**changes)
        assert answer.status_code == 400
        return str(answer.json()["error"])


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def base_url(clock: Clock) -> Iterator[str]:
    with serving(lambda url: create_app(IdentitySettings(base_url=url, clock=clock, any_port=True))) as url:
        yield url


@pytest.fixture
def device(base_url: str) -> Device:
    device = Device(base_url)
    assert device.begin().status_code == 200
    return device


def test_whoever_types_the_code_is_signed_in_on_the_device(device: Device, clock: Clock) -> None:
    assert device.codes["interval"] == 1
    assert device.codes["expires_in"] == 900
    assert device.codes["user_code"] in device.codes["message"]
    assert device.refusal() == "authorization_pending"
    shown = httpx.get(
        device.codes["verification_uri"], params={"user_code": device.codes["user_code"].lower()}
    )
    assert TECHNICIAN.name in shown.text
    assert "Signed in" in device.choose("technician").text
    answer = device.ask().json()
    claims = jwt.decode(answer["access_token"], options={"verify_signature": False})
    assert (claims["aud"], claims["oid"], claims["azp"]) == (
        API_AUDIENCE,
        TECHNICIAN.object_id,
        CLI_CLIENT_ID,
    )
    assert jwt.decode(answer["id_token"], options={"verify_signature": False})["aud"] == CLI_CLIENT_ID
    # It works once, for the device and for the browser.
    assert device.refusal() == "expired_token"
    assert "unknown" in device.choose("admin").text


def test_the_refresh_token_is_this_clients_and_works_once(device: Device) -> None:
    device.choose("technician")
    form = {"grant_type": "refresh_token", "refresh_token": device.ask().json()["refresh_token"]}
    stolen = httpx.post(
        f"{device.base}/token",
        data={**form, "client_id": SPA_CLIENT_ID},
        headers={"Origin": "http://localhost:5173"},
    )
    assert stolen.json()["error"] == "invalid_grant"
    assert httpx.post(f"{device.base}/token", data={**form, "client_id": CLI_CLIENT_ID}).status_code == 200
    again = httpx.post(f"{device.base}/token", data={**form, "client_id": CLI_CLIENT_ID})
    assert again.json()["error"] == "invalid_grant"


def test_asking_too_often_is_told_off(device: Device, clock: Clock) -> None:
    assert device.refusal() == "authorization_pending"
    assert device.refusal() == "slow_down"
    clock.ahead += 1
    assert device.refusal() == "authorization_pending"


def test_declining_and_waiting_too_long_end_it(base_url: str, device: Device, clock: Clock) -> None:
    assert "Declined" in device.choose("").text
    assert device.refusal() == "authorization_declined"
    late = Device(base_url)
    late.begin()
    clock.ahead += 901
    assert late.refusal() == "expired_token"
    assert "unknown" in late.choose("admin").text


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"client_id": SPA_CLIENT_ID}, "unauthorized_client"),
        ({"client_id": "somebody-else"}, "unauthorized_client"),
        ({"scope": "api://other/x"}, "invalid_scope"),
        ({"scope": ""}, "invalid_request"),
    ],
)
def test_only_the_command_gets_codes(base_url: str, changes: dict[str, str], error: str) -> None:
    answer = Device(base_url).begin(**changes)
    assert (answer.status_code, answer.json()["error"]) == (400, error)


def test_a_device_code_is_no_other_clients_and_no_pages(device: Device) -> None:
    device.choose("admin")
    assert device.refusal(device_code="guessed") == "expired_token"
    page = httpx.post(
        f"{device.base}/token",
        data={"grant_type": GRANT, "client_id": CLI_CLIENT_ID, "device_code": device.codes["device_code"]},
        headers={"Origin": "http://localhost:5173"},
    )
    assert page.json()["error"] == "invalid_request"
    spa = httpx.post(
        f"{device.base}/token",
        data={"grant_type": GRANT, "client_id": SPA_CLIENT_ID, "device_code": device.codes["device_code"]},
        headers={"Origin": "http://localhost:5173"},
    )
    assert spa.json()["error"] == "expired_token"
    assert device.ask().status_code == 200


def test_another_page_cannot_choose_for_somebody(device: Device) -> None:
    assert device.choose("admin", Origin="http://evil.example").status_code == 403
    assert device.refusal() == "authorization_pending"


def test_somebody_of_another_tenant_is_not_offered(base_url: str) -> None:
    device = Device(base_url, tenant=CONTOSO.tenant_id)
    device.begin()
    shown = httpx.get(device.page, params={"user_code": device.codes["user_code"]}).text
    assert "Contoso Client User" in shown
    assert TECHNICIAN.name not in shown
    assert device.choose("technician").status_code == 400
    assert device.refusal() == "authorization_pending"


def test_a_code_of_the_web_client_cannot_be_redeemed_without_its_page(base_url: str) -> None:
    tokens = sign_in(base_url, "admin")
    form = {"grant_type": "refresh_token", "client_id": CLI_CLIENT_ID, "refresh_token": tokens.refresh_token}
    answer = httpx.post(f"{base_url}/organizations/v2.0/token", data=form)
    assert answer.json()["error"] == "invalid_grant"
