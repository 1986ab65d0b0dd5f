"""`msp doctor` against a stack's storage: text, JSON, exit codes."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from msp_core.ids import OrgId
from msp_core.models import utc_now
from msp_core.organizations.models import Organization, TenantClaim
from msp_core.storage import Storage, StorageSettings, TableName
from msp_devstack import demo
from msp_devstack.cli import app

CONTOSO = Organization.model_validate(
    {
        "id": demo.CONTOSO.id,
        "name": "Contoso",
        "tenantId": demo.CONTOSO.tenant_id,
        "createdAt": utc_now(),
        "createdBy": demo.ADMIN.user_id,
        "updatedAt": utc_now(),
        "updatedBy": demo.ADMIN.user_id,
    }
)


@pytest.fixture
def data(tmp_path: Path, storage_account: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a stack that runs on the test's storage account."""
    for name in ("MSP_STORAGE_CONNECTION_STRING", "MSP_STORAGE_ACCOUNT_NAME", "MSP_VAULT_URL"):
        monkeypatch.delenv(name, raising=False)
    environment = {
        "MSP_STORAGE_CONNECTION_STRING": storage_account,
        "MSP_LOCAL_VAULT_PATH": str(tmp_path / "vault"),
    }
    (tmp_path / "stack.json").write_text(json.dumps({"environments": {"management": environment}}))
    return tmp_path


def crash(storage_account: str, *, can_be_mended: bool = True) -> None:
    """Leave an organization without the claim of its tenant, or with a second one of the same tenant."""

    async def write() -> None:
        storage = Storage(StorageSettings(connection_string=storage_account))
        rows = storage.table(TableName.ORGANIZATIONS, Organization, large_values=False).partition("ORG")
        await rows.upsert(CONTOSO.id, CONTOSO)
        if not can_be_mended:
            other = OrgId(demo.FABRIKAM.id)
            await rows.upsert(other, CONTOSO.model_copy(update={"id": other}))
            claims = storage.table(TableName.ORGANIZATIONS, TenantClaim, large_values=False)
            claim = TenantClaim(org_id=CONTOSO.id, claimed_at=utc_now())
            await claims.partition("TENANT").upsert(demo.CONTOSO.tenant_id, claim)
        await storage.close()

    asyncio.run(write())


def doctor(data: Path, *options: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["doctor", "--data", str(data), "--pause", "0", *options])
    return result.exit_code, result.output


def test_a_platform_that_is_well(data: Path) -> None:
    assert doctor(data) == (0, "All is well.\n")


def test_findings_are_explained_then_mended_then_gone(data: Path, storage_account: str) -> None:
    crash(storage_account)

    code, text = doctor(data)
    assert code == 1
    assert f"found  tenantClaimMissing  Organizations: TENANT / {demo.CONTOSO.tenant_id}" in text
    assert "its people cannot sign in" in text
    assert "--repair: Writes the claim as the organization's row says." in text
    assert text.endswith("1 finding(s), 0 mended, 1 left.\n")

    code, text = doctor(data, "--repair")
    assert code == 0
    assert text.startswith("mended  tenantClaimMissing")
    assert text.endswith("1 finding(s), 1 mended, 0 left.\n")
    assert doctor(data) == (0, "All is well.\n")


def test_what_only_a_person_can_decide_stays_a_finding(data: Path, storage_account: str) -> None:
    crash(storage_account, can_be_mended=False)

    for _ in range(2):
        code, text = doctor(data, "--repair")
        assert code == 1
        assert "Unlink or deactivate one of the two." in text


def test_json_is_one_document(data: Path, storage_account: str) -> None:
    assert json.loads(doctor(data, "--json")[1]) == {
        "findings": [],
        "unchecked": [],
        "counts": {"found": 0, "mended": 0, "changedMeanwhile": 0},
    }
    crash(storage_account)
    code, text = doctor(data, "--json", "--repair")
    assert code == 0
    document = json.loads(text)
    assert document["counts"] == {"found": 0, "mended": 1, "changedMeanwhile": 0}
    [finding] = document["findings"]
    assert set(finding) == {"kind", "where", "meaning", "repair", "isRepairable", "outcome"}
    assert finding["outcome"] == "mended"


def test_without_a_vault_the_rest_is_examined(
    data: Path, storage_account: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (data / "stack.json").unlink()
    monkeypatch.setenv("MSP_STORAGE_CONNECTION_STRING", storage_account)
    monkeypatch.delenv("MSP_LOCAL_VAULT_PATH", raising=False)
    crash(storage_account)

    code, text = doctor(data, "--json")
    assert code == 2
    document = json.loads(text)
    skipped = {one["check"] for one in document["unchecked"]}
    assert skipped == {"references to secrets", "signing secrets of webhooks"}
    assert len(document["findings"]) == 1


def test_no_stack_and_no_settings(data: Path) -> None:
    (data / "stack.json").unlink()
    code, text = doctor(data)
    assert code == 2
    assert "make up" in text


def test_storage_that_does_not_answer(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    nowhere = "DefaultEndpointsProtocol=http;AccountName=a;AccountKey=YQ==;" + "".join(
        f"{kind}Endpoint=http://127.0.0.1:9/a;" for kind in ("Table", "Blob", "Queue")
    )
    monkeypatch.setenv("MSP_STORAGE_CONNECTION_STRING", nowhere)
    code, text = doctor(data)
    assert code == 2
    assert "Nothing could be examined" in text
