"""The identity provider over HTTP: what it grants and what it refuses."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import stat
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import httpx
import jwt
import pytest

from msp_devstack.demo import ADMIN, API_AUDIENCE, API_SCOPE, CLIENT_USER, CONTOSO, SPA_CLIENT_ID, TECHNICIAN
from msp_devstack.identity import IdentitySettings, SignInRefused, create_app, sign_in
from msp_devstack.identity.settings import DEFAULT_REDIRECT_URI
from msp_devstack.loopback import run, serving

ORIGIN = {"Origin": "http://localhost:5173"}
SCOPE = f"openid profile offline_access {API_SCOPE}"


class Clock:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead


class Browser:
    """One browser's cookies and the parameters of its next sign-in."""

    def __init__(self, base_url: str) -> None:
        self.base = f"{base_url}/organizations/v2.0"
        self.http = httpx.Client()
        self.verifier = secrets.token_urlsafe(48)

    def query(self, **changes: str | None) -> dict[str, str]:
        challenge = base64.urlsafe_b64encode(hashlib.sha256(self.verifier.encode()).digest()).rstrip(b"=")
        query: dict[str, str | None] = {
            "client_id": SPA_CLIENT_ID,
            "response_type": "code",
            "response_mode": "fragment",
            "redirect_uri": DEFAULT_REDIRECT_URI,
            "scope": SCOPE,
            "state": "st",
            "nonce": "no",
            "code_challenge": challenge.decode(),
            "code_challenge_method": "S256",
            **changes,
        }
        return {name: value for name, value in query.items() if value is not None}

    def authorize(self, **changes: str | None) -> httpx.Response:
        return self.http.get(f"{self.base}/authorize", params=self.query(**changes))

    def pick(self, person: str, **changes: str | None) -> httpx.Response:
        return self.http.post(f"{self.base}/authorize", params=self.query(**changes), data={"person": person})

    def code(self, person: str = "admin", **changes: str | None) -> str:
        return answer(self.pick(person, **changes))["code"]

    def redeem(self, code: str, **changes: str | None) -> httpx.Response:
        form: dict[str, str | None] = {
            "grant_type": "authorization_code",
            "client_id": SPA_CLIENT_ID,
            "code": code,
            "redirect_uri": DEFAULT_REDIRECT_URI,
            "code_verifier": self.verifier,
            "scope": SCOPE,
            **changes,
        }
        data = {name: value for name, value in form.items() if value is not None}
        return self.http.post(f"{self.base}/token", data=data, headers=ORIGIN)

    def refresh(self, token: str) -> httpx.Response:
        form = {
            "grant_type": "refresh_token",
            "client_id": SPA_CLIENT_ID,
            "refresh_token": token,
            "scope": SCOPE,
        }
        return self.http.post(f"{self.base}/token", data=form, headers=ORIGIN)


def answer(response: httpx.Response) -> dict[str, str]:
    """The fields that a redirect brings to the application."""
    assert response.status_code == 302, response.text
    return dict(parse_qsl(urlsplit(response.headers["location"]).fragment))


def refusal(response: httpx.Response) -> tuple[str, str]:
    assert response.status_code == 400, response.text
    body = response.json()
    return body["error"], body["error_description"].partition(":")[0]


@pytest.fixture(scope="module")
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="module")
def base_url(clock: Clock) -> Iterator[str]:
    with serving(lambda url: create_app(IdentitySettings(base_url=url, clock=clock))) as url:
        yield url


@pytest.fixture
def browser(base_url: str, clock: Clock) -> Iterator[Browser]:
    clock.ahead = 0
    browser = Browser(base_url)
    with browser.http:
        yield browser


def verified(base_url: str, token: str, audience: str) -> dict[str, object]:
    keys = jwt.PyJWKSet.from_dict(httpx.get(f"{base_url}/common/discovery/v2.0/keys").json())
    key = keys[jwt.get_unverified_header(token)["kid"]]
    claims: dict[str, object] = jwt.decode(token, key, algorithms=["RS256"], audience=audience)
    return claims


def test_a_sign_in_yields_an_access_token_with_the_claims_of_entra(base_url: str) -> None:
    tokens = sign_in(base_url, "technician")
    claims = verified(base_url, tokens.access_token, API_AUDIENCE)
    assert claims["iss"] == f"{base_url}/{TECHNICIAN.tenant_id}/v2.0"
    assert claims["oid"] == TECHNICIAN.object_id
    assert claims["tid"] == TECHNICIAN.tenant_id
    assert claims["preferred_username"] == claims["email"] == TECHNICIAN.email
    assert claims["name"] == TECHNICIAN.name
    assert claims["scp"] == "access_as_user"
    assert claims["azp"] == SPA_CLIENT_ID
    assert claims["ver"] == "2.0"
    assert "roles" not in claims
    assert isinstance(claims["exp"], int)
    assert isinstance(claims["nbf"], int)
    assert claims["exp"] - claims["nbf"] == tokens.expires_in
    assert set(SCOPE.split()) == set(tokens.scope.split())


def test_app_roles_are_in_the_token(base_url: str) -> None:
    claims = verified(base_url, sign_in(base_url, "admin").access_token, API_AUDIENCE)
    assert claims["roles"] == list(ADMIN.app_roles)


def test_the_id_token_is_for_the_application_and_carries_the_nonce(base_url: str, browser: Browser) -> None:
    body = browser.redeem(browser.code("client")).json()
    claims = verified(base_url, body["id_token"], SPA_CLIENT_ID)
    assert claims["nonce"] == "no"
    assert claims["tid"] == CONTOSO.tenant_id
    info = json.loads(base64.urlsafe_b64decode(body["client_info"] + "=="))
    assert info == {"uid": CLIENT_USER.object_id, "utid": CLIENT_USER.tenant_id}


def test_without_an_api_scope_the_token_is_not_for_our_api(base_url: str, browser: Browser) -> None:
    token = browser.redeem(browser.code(scope="openid profile"), scope="openid profile").json()[
        "access_token"
    ]
    with pytest.raises(jwt.InvalidAudienceError):
        verified(base_url, token, API_AUDIENCE)


def test_the_discovery_document_leads_to_the_keys(base_url: str) -> None:
    document = httpx.get(f"{base_url}/organizations/v2.0/.well-known/openid-configuration").json()
    assert document["issuer"] == f"{base_url}/{{tenantid}}/v2.0"
    assert document["code_challenge_methods_supported"] == ["S256"]
    (key,) = httpx.get(document["jwks_uri"]).json()["keys"]
    required = json.dumps({"e": key["e"], "kty": "RSA", "n": key["n"]}, separators=(",", ":"))
    thumbprint = base64.urlsafe_b64encode(hashlib.sha256(required.encode()).digest()).rstrip(b"=").decode()
    assert key["kid"] == thumbprint
    assert "d" not in key
    own = httpx.get(f"{base_url}/{CONTOSO.tenant_id}/v2.0/.well-known/openid-configuration").json()
    assert own["issuer"] == f"{base_url}/{CONTOSO.tenant_id}/v2.0"


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"prompt": "consent please"}, "invalid_request"),
        ({"scope": "openid api://other/access"}, "invalid_scope"),
        ({"scope": None}, "invalid_request"),
    ],
)
def test_a_bad_authorization_request_is_answered_to_the_application(
    browser: Browser, changes: dict[str, str | None], error: str
) -> None:
    for response in (browser.authorize(**changes), browser.pick("admin", **changes)):
        fields = answer(response)
        assert fields["error"] == error
        assert fields["state"] == "st"
        assert "code" not in fields


@pytest.mark.parametrize(
    "changes",
    [
        {"redirect_uri": "http://localhost:5174/auth.html"},
        {"redirect_uri": "http://localhost:5173/auth.html?x=1"},
        {"redirect_uri": "http://localhost:5173.evil.example/auth.html"},
        {"redirect_uri": "https://evil.example/"},
        {"redirect_uri": None},
        {"client_id": "00000000-0000-0000-0000-000000000000"},
        {"response_mode": "form_post"},
    ],
)
def test_nobody_is_redirected_to_an_address_that_is_not_registered(
    browser: Browser, changes: dict[str, str | None]
) -> None:
    for response in (browser.authorize(**changes), browser.pick("admin", **changes)):
        assert response.status_code == 400
        assert "location" not in response.headers
        assert response.headers["x-frame-options"] == "DENY"


def test_an_unknown_tenant_is_refused(browser: Browser, base_url: str) -> None:
    browser.base = f"{base_url}/a0000000-0000-4000-8000-0000000000ff/v2.0"
    assert "AADSTS90002" in browser.authorize().text
    assert refusal(browser.redeem("x")) == ("invalid_request", "AADSTS90002")


def test_response_mode_query_puts_the_code_into_the_query(browser: Browser) -> None:
    location = urlsplit(browser.pick("admin", response_mode="query").headers["location"])
    assert {"code", "state"} == set(dict(parse_qsl(location.query)))
    assert location.fragment == ""


def test_the_picker_is_safe_to_show(browser: Browser) -> None:
    page = browser.authorize()
    assert page.status_code == 200
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe-inline" not in policy
    assert "form-action 'self' http://localhost:5173" in policy
    assert page.headers["x-frame-options"] == "DENY"
    assert "<script" not in page.text
    assert "style=" not in page.text
    for text in ("Platform Admin", "Service Desk Technician", "Contoso Client User", "Stranger"):
        assert text in page.text


def test_the_picker_escapes_what_the_request_says(browser: Browser) -> None:
    page = browser.authorize(state='"><script>alert(1)</script>')
    assert "<script" not in page.text
    page = browser.authorize(redirect_uri='"><script>alert(1)</script>')
    assert "<script" not in page.text


def test_a_tenants_picker_shows_and_takes_its_people_only(browser: Browser, base_url: str) -> None:
    browser.base = f"{base_url}/{CONTOSO.tenant_id}/v2.0"
    page = browser.authorize().text
    assert "Contoso Client User" in page
    assert "Platform Admin" not in page
    assert browser.pick("admin").status_code == 400
    assert "code" in answer(browser.pick("client"))


def test_prompt_none_needs_a_session_and_then_skips_the_picker(browser: Browser) -> None:
    refused = browser.authorize(prompt="none")
    assert answer(refused)["error"] == "login_required"
    assert "x-frame-options" not in refused.headers
    browser.pick("admin")
    silent = browser.authorize(prompt="none")
    assert "code" in answer(silent)
    assert "x-frame-options" not in silent.headers
    assert browser.redeem(answer(silent)["code"]).status_code == 200


def test_a_session_fits_its_own_tenant_and_hint_only(browser: Browser, base_url: str) -> None:
    browser.pick("admin")
    assert "code" in answer(browser.authorize(prompt="none", login_hint=ADMIN.email.upper()))
    assert answer(browser.authorize(prompt="none", login_hint=TECHNICIAN.email))["error"] == "login_required"
    browser.base = f"{base_url}/{CONTOSO.tenant_id}/v2.0"
    assert answer(browser.authorize(prompt="none"))["error"] == "login_required"


@pytest.mark.parametrize("prompt", ["select_account", "login"])
def test_a_prompt_shows_the_picker_in_spite_of_a_session(browser: Browser, prompt: str) -> None:
    browser.pick("admin")
    assert browser.authorize(prompt=prompt).status_code == 200
    assert browser.authorize().status_code == 302


def test_the_session_cookie_is_out_of_reach_of_scripts(browser: Browser) -> None:
    cookie = browser.pick("admin").headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie


def test_a_session_ends(browser: Browser, clock: Clock) -> None:
    browser.pick("admin")
    clock.ahead = 12 * 3600 + 1
    assert answer(browser.authorize(prompt="none"))["error"] == "login_required"


def test_a_choice_from_another_page_is_refused(browser: Browser) -> None:
    url = f"{browser.base}/authorize"
    response = browser.http.post(
        url, params=browser.query(), data={"person": "admin"}, headers={"Origin": "http://evil.example"}
    )
    assert response.status_code == 403
    assert "set-cookie" not in response.headers


def test_a_cancelled_sign_in_is_told_to_the_application(browser: Browser) -> None:
    assert answer(browser.pick(""))["error"] == "access_denied"


def test_a_code_works_once_and_a_second_try_takes_the_tokens_back(browser: Browser) -> None:
    code = browser.code()
    tokens = browser.redeem(code).json()
    assert refusal(browser.redeem(code)) == ("invalid_grant", "AADSTS54005")
    assert refusal(browser.refresh(tokens["refresh_token"]))[0] == "invalid_grant"


def test_a_code_lives_for_a_minute(browser: Browser, clock: Clock) -> None:
    code = browser.code()
    clock.ahead = 61
    assert refusal(browser.redeem(code)) == ("invalid_grant", "AADSTS70008")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"code_verifier": "wrong" * 10}, ("invalid_grant", "AADSTS501481")),
        ({"code_verifier": None}, ("invalid_grant", "AADSTS501481")),
        ({"redirect_uri": "http://localhost:5173/"}, ("invalid_grant", "AADSTS50011")),
        ({"client_id": "00000000-0000-0000-0000-000000000000"}, ("unauthorized_client", "AADSTS700016")),
        ({"grant_type": "password"}, ("unsupported_grant_type", "AADSTS70003")),
        ({"scope": "openid api://other/x"}, ("invalid_scope", "AADSTS70011")),
    ],
)
def test_a_code_is_bound_to_its_request(
    browser: Browser, changes: dict[str, str | None], expected: tuple[str, str]
) -> None:
    assert refusal(browser.redeem(browser.code(), **changes)) == expected


def test_a_code_with_a_wrong_verifier_is_spent(browser: Browser) -> None:
    code = browser.code()
    browser.redeem(code, code_verifier="wrong" * 10)
    assert refusal(browser.redeem(code)) == ("invalid_grant", "AADSTS54005")


def test_an_invented_code_is_refused(browser: Browser) -> None:
    assert refusal(browser.redeem("invented")) == ("invalid_grant", "AADSTS70008")


def test_refresh_tokens_rotate_and_an_old_one_ends_the_line(browser: Browser) -> None:
    first = browser.redeem(browser.code()).json()["refresh_token"]
    second = browser.refresh(first).json()["refresh_token"]
    third = browser.refresh(second).json()["refresh_token"]
    assert len({first, second, third}) == 3
    assert refusal(browser.refresh(first)) == ("invalid_grant", "AADSTS70000")
    assert refusal(browser.refresh(third)) == ("invalid_grant", "AADSTS700084")


def test_a_refresh_token_ends_a_day_after_the_sign_in(browser: Browser, clock: Clock) -> None:
    first = browser.redeem(browser.code()).json()["refresh_token"]
    clock.ahead = 23 * 3600
    second = browser.refresh(first).json()["refresh_token"]
    clock.ahead = 24 * 3600 + 1
    assert refusal(browser.refresh(second)) == ("invalid_grant", "AADSTS700084")


def test_no_refresh_token_without_offline_access(browser: Browser) -> None:
    scope = f"openid {API_SCOPE}"
    assert "refresh_token" not in browser.redeem(browser.code(scope=scope), scope=scope).json()


def test_another_tenants_endpoint_does_not_redeem(browser: Browser, base_url: str) -> None:
    code, token = browser.code(), browser.redeem(browser.code()).json()["refresh_token"]
    browser.base = f"{base_url}/{CONTOSO.tenant_id}/v2.0"
    assert refusal(browser.redeem(code)) == ("invalid_grant", "AADSTS50020")
    assert refusal(browser.refresh(token)) == ("invalid_grant", "AADSTS50020")


def test_only_the_applications_page_redeems(base_url: str, browser: Browser) -> None:
    form = {"grant_type": "authorization_code", "client_id": SPA_CLIENT_ID, "code": browser.code()}
    foreign = httpx.post(f"{browser.base}/token", data=form, headers={"Origin": "http://evil.example"})
    assert refusal(foreign)[1] == "AADSTS9002326"
    assert "access-control-allow-origin" not in foreign.headers
    assert refusal(httpx.post(f"{browser.base}/token", data=form))[1] == "AADSTS9002327"


def test_answers_and_errors_alike_are_readable_for_the_page(browser: Browser) -> None:
    good, bad = browser.redeem(browser.code()), browser.redeem("invented")
    wrong_method = browser.http.get(f"{browser.base}/token", headers=ORIGIN)
    for response in (good, bad, wrong_method):
        assert response.headers["access-control-allow-origin"] == "http://localhost:5173"
    assert good.headers["cache-control"] == "no-store"
    preflight = browser.http.options(
        f"{browser.base}/token",
        headers={
            **ORIGIN,
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "x-client-sku",
        },
    )
    assert preflight.status_code == 204
    assert preflight.headers["access-control-allow-origin"] == "http://localhost:5173"
    assert "x-client-sku" in preflight.headers["access-control-allow-headers"]


def test_the_parameters_that_msal_adds_are_tolerated(browser: Browser) -> None:
    extras = {
        "client_info": "1",
        "clidata": "1",
        "claims": '{"access_token":{"xms_cc":{"values":["CP1"]}}}',
        "client-request-id": "11111111-1111-4111-8111-111111111111",
        "x-client-SKU": "msal.js.browser",
        "x-client-VER": "5.29.0",
    }
    code = answer(browser.pick("admin", **extras))["code"]
    assert browser.redeem(code, **extras).status_code == 200


def test_signing_out_ends_session_and_refresh_tokens(browser: Browser) -> None:
    token = browser.redeem(browser.code()).json()["refresh_token"]
    response = browser.http.get(
        f"{browser.base}/logout",
        params={"post_logout_redirect_uri": "http://localhost:5173/", "state": "bye"},
    )
    assert response.headers["location"] == "http://localhost:5173/?state=bye"
    assert answer(browser.authorize(prompt="none"))["error"] == "login_required"
    assert refusal(browser.refresh(token))[0] == "invalid_grant"


def test_signing_out_redirects_to_the_application_only(browser: Browser) -> None:
    browser.pick("admin")
    response = browser.http.get(
        f"{browser.base}/logout", params={"post_logout_redirect_uri": "https://evil.example/"}
    )
    assert response.status_code == 400
    assert "location" not in response.headers
    assert answer(browser.authorize(prompt="none"))["error"] == "login_required"
    assert browser.http.get(f"{browser.base}/logout").status_code == 200


def test_the_key_outlives_the_process_and_is_its_owners_alone(tmp_path: Path) -> None:
    settings = IdentitySettings(base_url="http://127.0.0.1:1", data_dir=tmp_path / "data")
    with serving(lambda url: create_app(settings)) as url:
        first = httpx.get(f"{url}/common/v2.0/keys").json()
    with serving(lambda url: create_app(settings)) as url:
        assert httpx.get(f"{url}/common/v2.0/keys").json() == first
    (file,) = (tmp_path / "data").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    file.chmod(0o644)
    with pytest.raises(PermissionError, match="chmod 600"):
        create_app(settings)


def test_ports_are_flexible_only_where_a_test_says_so() -> None:
    flexible = IdentitySettings(any_port=True)
    assert flexible.allows_redirect("http://localhost:61234/auth.html")
    assert flexible.allows_origin("http://localhost:61234")
    assert not flexible.allows_redirect("http://localhost:61234/other.html")
    assert not flexible.allows_redirect("http://localhost.evil.example:5173/auth.html")
    assert not flexible.allows_redirect("http://x@localhost:5173/auth.html")
    assert not flexible.allows_redirect("http://localhost:notaport/auth.html")
    assert not IdentitySettings().allows_redirect("http://localhost:61234/auth.html")


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.10", "example.com", ""])
def test_it_listens_on_loopback_only(host: str) -> None:
    with pytest.raises(ValueError, match="refusing"):
        run(create_app(IdentitySettings()), host=host, port=0)


def test_a_foreign_host_name_is_misdirected(base_url: str) -> None:
    url = f"{base_url}/common/v2.0/keys"
    assert httpx.get(url, headers={"Host": "rebound.example:9100"}).status_code == 421
    for host in ("localhost:9100", "localhost", "[::1]:9100", "127.0.0.1"):
        assert httpx.get(url, headers={"Host": host}).status_code == 200


def test_a_refused_sign_in_says_why(base_url: str) -> None:
    with pytest.raises(SignInRefused, match="no person"):
        sign_in(base_url, "nobody")
    with pytest.raises(SignInRefused, match="invalid_scope"):
        sign_in(base_url, "admin", scope="api://other/x")
    with pytest.raises(SignInRefused, match="AADSTS50011"):
        sign_in(base_url, "admin", redirect_uri="https://evil.example/")


def test_tokens_stay_out_of_the_log(base_url: str) -> None:
    tokens = sign_in(base_url, "admin")
    assert tokens.access_token not in repr(tokens)
