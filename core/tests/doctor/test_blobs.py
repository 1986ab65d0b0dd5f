"""Blobs that nothing points to go after a day; all others stay."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from msp_core.doctor.models import FindingKind
from msp_core.doctor.testing import Surgery, crash
from msp_core.executions.models import ExecutionOutcome, ExecutionStatus
from msp_core.executions.service import ExecutionService
from msp_core.executions.testing import execution_id_at, make_spec
from msp_core.forms.models import Form
from msp_core.ids import OrgId, new_execution_id, new_id
from msp_core.models import utc_now
from msp_core.organizations.testing import Platform
from msp_core.permissions.models import OrgScope, Permission
from msp_core.storage.testing import Network

ORPHANED = FindingKind.BLOB_ORPHANED


def large_form(org_id: OrgId) -> Form:
    """Larger than the service would take, so that it does not fit its row."""
    field = {"name": "f", "type": "text", "helpText": "y" * 40_000}
    return Form.model_validate(
        {
            "id": str(uuid4()),
            "orgId": org_id,
            "name": "F",
            "linkedWorkflow": "w",
            "formSchema": {"fields": [field]},
            "createdBy": "a.b",
            "createdAt": utc_now(),
            "updatedBy": "a.b",
            "updatedAt": utc_now(),
        }
    )


async def names(msp: Platform, container: str) -> list[str]:
    return [name async for name in msp.storage.blobs(container).iter_names()]


async def scope_of(msp: Platform) -> OrgScope:
    return await msp.scope((await msp.organization()).id, *Permission)


async def test_logs_and_values_of_no_execution_go_after_a_day(msp: Platform, surgery: Surgery) -> None:
    scope, execution_id = await scope_of(msp), new_execution_id()
    logs, data = msp.storage.blobs("execution-logs"), msp.storage.blobs("execution-data")
    files = msp.storage.blobs("execution-files")
    await files.write(f"{scope.org_id}/{execution_id}/{new_id()}", b"x")
    await logs.append(f"{scope.org_id}/{execution_id}.jsonl", b"{}\n")
    await data.write(f"{scope.org_id}/{execution_id}/inputData-1", b"{}")
    await data.write("readme.txt", b"nobody knows whose")

    surgery.advance(hours=23)
    assert await surgery.examine() == []
    surgery.advance(hours=2)
    assert await surgery.mend() == [ORPHANED, ORPHANED, ORPHANED]
    assert await names(msp, "execution-logs") == []
    assert await names(msp, "execution-files") == []
    assert await names(msp, "execution-data") == ["readme.txt"]


async def test_uploads_that_no_engine_deleted_are_named_and_go(msp: Platform, surgery: Surgery) -> None:
    uploads = msp.storage.blobs("uploads")
    org_id = (await msp.organization()).id
    await uploads.write(f"{org_id}/t.o/{uuid4()}/table/{new_id()}", b"x")
    await uploads.write("readme.txt", b"nobody knows whose")

    surgery.advance(hours=47)
    assert await surgery.examine() == []
    surgery.advance(hours=2)
    assert await surgery.mend() == [ORPHANED]
    assert await names(msp, "uploads") == ["readme.txt"]


async def test_logs_and_values_of_executions_stay_while_they_run_and_when_they_have_ended(
    msp: Platform, surgery: Surgery
) -> None:
    scope, executions = await scope_of(msp), ExecutionService(msp.storage)
    logs = msp.storage.blobs("execution-logs")
    long_ago = surgery.moment - timedelta(days=3)
    for number in range(8):
        spec = make_spec(execution_id=execution_id_at(long_ago, number), input_data={"x": "x" * 40_000})
        # The lease is long: nobody must take the running ones for stalled.
        started = await executions.start(scope, spec, lease_owner="w", lease=timedelta(days=9))
        await logs.append(f"{scope.org_id}/{started.execution_id}.jsonl", b"{}\n")
        await msp.storage.blobs("execution-files").write(
            f"{scope.org_id}/{started.execution_id}/{new_id()}", b"x"
        )
        if number % 2:
            await executions.finish(started, ExecutionOutcome(status=ExecutionStatus.SUCCESS))
    await executions.drain()

    assert await surgery.examine(repair=True) == []
    assert len(await names(msp, "execution-logs")) == 8
    assert len(await names(msp, "execution-files")) == 8


async def test_parameters_that_waited_for_a_run_go_when_it_has_ended(msp: Platform, surgery: Surgery) -> None:
    scope, executions = await scope_of(msp), ExecutionService(msp.storage)
    data = msp.storage.blobs("execution-data")
    ids = [execution_id_at(surgery.moment - timedelta(days=2), number) for number in range(2)]
    for one in ids:
        await data.write(f"{scope.org_id}/{one}/parameters", b'{"password": "x"}')
        await executions.admit(scope, make_spec(execution_id=one))
    await executions.request_cancel(scope, ids[0])
    await executions.drain()

    assert await surgery.mend() == [FindingKind.PARAMETERS_LEFT_OVER]
    assert await names(msp, "execution-data") == [f"{scope.org_id}/{ids[1]}/parameters"]


async def test_large_values_that_their_row_does_not_point_to_go_after_a_day(
    msp: Platform, network: Network, surgery: Surgery
) -> None:
    org_id = (await msp.organization()).id
    kept = await msp.form_rows.insert(large_form(org_id))
    await crash(network, msp.form_rows.insert(large_form(org_id)), after_writes=1)
    assert len(await names(msp, "large-values")) == 2

    surgery.advance(hours=23)
    assert await surgery.examine() == []
    surgery.advance(hours=2)
    assert await surgery.mend() == [ORPHANED]
    assert await msp.form_rows.find(org_id, kept.value.id) == kept


async def test_a_value_that_a_row_points_to_by_then_stays(msp: Platform, surgery: Surgery) -> None:
    org_id = (await msp.organization()).id
    form = await msp.form_rows.insert(large_form(org_id))
    surgery.advance(days=2)
    [path] = await names(msp, "large-values")
    await msp.storage.blobs("large-values").write(f"{path}x", b"of a writer who lost")

    assert await surgery.mend() == [ORPHANED]
    assert await names(msp, "large-values") == [path]
    assert await msp.form_rows.find(org_id, form.value.id) == form


async def test_a_row_whose_large_value_is_lost_is_named(msp: Platform, surgery: Surgery) -> None:
    org_id = (await msp.organization()).id
    form = (await msp.form_rows.insert(large_form(org_id))).value
    [path] = await names(msp, "large-values")
    await msp.storage.blobs("large-values").delete(path)

    [finding] = await surgery.examine(repair=True)
    assert finding.kind is FindingKind.ROW_UNREADABLE
    assert finding.where == f"Forms: {org_id} / {form.id}"
