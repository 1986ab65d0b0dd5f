"""Signing in by MSAL with a real identity provider, and what is kept of it."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from typer.testing import Result

from msp_cli.environments import Environment, Environments
from msp_cli.errors import NotAllowed, Unreachable
from msp_cli.sign_in import DeviceCode, SignIn
from msp_devstack import demo
from msp_devstack.running import RunningIdentity, running_identity

Msp = Callable[..., Result]


@pytest.fixture
def environment(msp: Msp, identity_provider: RunningIdentity) -> Environment:
    """A named environment, whose identity provider is here."""
    return named(identity_provider)


def named(identity: RunningIdentity) -> Environment:
    return Environment(
        name="production",
        management="http://localhost:1",
        engine="http://localhost:1",
        authority=f"{identity.base_url}/{demo.MSP_TENANT_ID}",
        client_id=demo.CLI_CLIENT_ID,
        scope=demo.API_SCOPE,
    )


def choosing(person: str) -> Callable[[DeviceCode], None]:
    """Somebody in a browser, who types the code that is shown."""

    def choose(code: DeviceCode) -> None:
        assert code.code in code.message
        answer = httpx.post(code.address, data={"user_code": code.code, "person": person})
        assert answer.is_success

    return choose


def file_of(tmp_path: Path, name: str) -> Path:
    return tmp_path / "config" / "sign-ins" / f"{name}.json"


def expire(path: Path) -> None:
    content = json.loads(path.read_text())
    path.write_text(json.dumps(content | {"expires_at": 0}))


def test_a_code_typed_in_a_browser_signs_in(environment: Environment, tmp_path: Path) -> None:
    account = SignIn(environment).begin(choosing("technician"))
    assert (account.email, account.tenant_id) == (demo.TECHNICIAN.email, demo.MSP_TENANT_ID)
    again = SignIn(environment)
    assert again.account() == account
    assert again.access_token().count(".") == 2
    path = file_of(tmp_path, "production")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_token_near_its_end_is_renewed_without_a_word(environment: Environment, tmp_path: Path) -> None:
    sign_in = SignIn(environment)
    sign_in.begin(choosing("admin"))
    first = sign_in.access_token()
    assert sign_in.access_token() == first
    for _ in range(2):  # each renewal brings the refresh token of the next
        expire(file_of(tmp_path, "production"))
        renewed = sign_in.access_token()
        assert renewed != first
        assert sign_in.account().email == demo.ADMIN.email
        first = renewed


def test_declining_is_no_sign_in(environment: Environment, tmp_path: Path) -> None:
    with pytest.raises(NotAllowed, match="declined"):
        SignIn(environment).begin(choosing(""))
    assert not file_of(tmp_path, "production").exists()


def test_a_sign_in_that_has_ended_says_how_to_begin_again(msp: Msp, tmp_path: Path) -> None:
    with running_identity() as identity:
        sign_in = SignIn(named(identity))
        sign_in.begin(choosing("technician"))
    expire(file_of(tmp_path, "production"))
    with pytest.raises(Unreachable, match="does not answer"):
        sign_in.access_token()


def test_a_sign_in_belongs_to_one_identity_provider(environment: Environment) -> None:
    SignIn(environment).begin(choosing("technician"))
    other = replace(environment, authority=environment.authority.replace(demo.MSP_TENANT_ID, "organizations"))
    with pytest.raises(NotAllowed, match="msp login --env production"):
        SignIn(other).access_token()


def test_a_file_that_others_may_read_counts_for_nothing(environment: Environment, tmp_path: Path) -> None:
    SignIn(environment).begin(choosing("technician"))
    file_of(tmp_path, "production").chmod(0o644)
    with pytest.raises(NotAllowed):
        SignIn(environment).access_token()


@pytest.mark.parametrize("person", [demo.TECHNICIAN, demo.ADMIN, demo.CLIENT_USER], ids=lambda one: one.key)
def test_the_local_stacks_people_need_no_password(
    msp: Msp, stack_folder: Path, tmp_path: Path, person: demo.DemoPerson
) -> None:
    result = msp("login", "--as", person.key, "--json")
    assert json.loads(result.stdout) == {
        "environment": "local", "name": person.name, "email": person.email,
    }  # fmt: skip
    token = json.loads(file_of(tmp_path, "local").read_text())["access_token"]
    assert token not in result.output
    assert json.loads(msp("logout", "--json").stdout)["signedOut"]
    assert not file_of(tmp_path, "local").exists()
    assert not json.loads(msp("logout", "--json").stdout)["signedOut"]


def test_a_restarted_stack_takes_its_people_back(msp: Msp, stack_folder: Path, tmp_path: Path) -> None:
    assert msp("login", "--as", "technician").exit_code == 0
    path = file_of(tmp_path, "local")
    content = json.loads(path.read_text())
    cache = json.loads(content["cache"])
    for kept in cache["RefreshToken"].values():
        kept["secret"] = "of-the-stack-before"
    path.write_text(json.dumps(content | {"expires_at": 0, "cache": json.dumps(cache)}))
    assert SignIn(Environments().get()).access_token() != content["access_token"]


def test_nobody_of_that_name_is_told(msp: Msp, stack_folder: Path) -> None:
    result = msp("login", "--as", "nobody", "--json")
    assert result.exit_code == 2
    assert "technician, admin, client" in json.loads(result.stderr)["error"]["message"]
    refused = msp("orgs", "list", "--json")
    assert refused.exit_code == 3
    assert "msp login --as" in json.loads(refused.stderr)["error"]["message"]


def test_a_service_that_is_away_is_told_as_such(msp: Msp, stack_folder: Path) -> None:
    msp("login", "--as", "technician")
    result = msp("orgs", "list", "--json")
    assert result.exit_code == 5
    assert json.loads(result.stderr)["error"]["code"] == "Unavailable"
