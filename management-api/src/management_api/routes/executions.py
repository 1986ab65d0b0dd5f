"""The history of executions."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response
from fastapi.responses import JSONResponse

from management_api.dependencies import (
    ExecutionLists,
    Executions,
    Latest,
    Logs,
    Organizations,
    Reach,
    Values,
)
from management_api.history import Filters, HistoryOrAllScope, ReaderScope
from management_api.models.executions import (
    ExecutionRead,
    ExecutionSummaryRead,
    LogPageRead,
    ProgressRead,
)
from management_api.paging import page_of
from management_api.routes.users import UserInPath
from msp_core.executions.models import ExecutionPage
from msp_core.ids import GLOBAL, ExecutionId
from msp_core.users.models import parse_user_id
from msp_http.authentication import Caller
from msp_http.etags import set_content_etag
from msp_http.openapi import never
from msp_http.paging import PageRequest, Paging, set_next_cursor

router = APIRouter(prefix="/api/executions", tags=["executions"])


class JsonText(JSONResponse):
    """JSON that is handed on as it lies in storage: any value, not only text."""

    def render(self, content: bytes) -> bytes:
        """The same."""
        return content


ExecutionInPath = Annotated[ExecutionId, Path(alias="executionId", description="The execution's id (uuid)")]


@router.get("")
async def list_executions(
    scope: HistoryOrAllScope, filters: Filters, lists: ExecutionLists, page: Paging, response: Response
) -> list[ExecutionSummaryRead]:
    """Executions of an organization, or for admins of all, newest first."""
    list_page = lists.list_across_organizations if scope.org_id == GLOBAL else lists.list_page
    return _answer(await list_page(scope, filters, page.after, page.limit), page, response)


@router.get("/latest")
async def list_latest_executions(
    caller: Caller, reach: Reach, latest: Latest, page: Paging, response: Response
) -> list[ExecutionSummaryRead]:
    """The newest execution of each organization whose history the caller may view, where there is one."""
    organizations = sorted(await reach.organizations_of(caller), key=lambda one: one.id)
    part = page_of(organizations, page, response, key=lambda one: one.id)
    return [ExecutionSummaryRead.model_validate(one) for one in await latest.of(part)]


@router.get("/users/{userId}", openapi_extra=never(404))
async def list_user_executions(
    *,
    user_id: UserInPath,
    caller: Caller,
    organizations: Organizations,
    lists: ExecutionLists,
    page: Paging,
    response: Response,
) -> list[ExecutionSummaryRead]:
    """What one person ran, in all organizations the caller may see, newest first."""
    visible = None
    if not caller.is_msp_admin:
        visible = frozenset(one.id for one in await organizations.list_for(caller)) | {GLOBAL}
    found = await lists.list_for_user(
        caller, parse_user_id(user_id), page.after, page.limit, organizations=visible
    )
    return _answer(found, page, response)


@router.get("/{executionId}")
async def get_execution(
    execution_id: ExecutionInPath, scope: ReaderScope, executions: Executions, response: Response
) -> ExecutionRead:
    """The whole record of an execution, for those who may view the history and whoever ran it."""
    return set_content_etag(response, ExecutionRead.of(await executions.get(scope, execution_id), scope))


@router.get("/{executionId}/logs")
async def get_execution_logs(
    *,
    execution_id: ExecutionInPath,
    scope: ReaderScope,
    executions: Executions,
    logs: Logs,
    after: Annotated[int, Query(ge=0, description="`next` of the answer before")] = 0,
    limit: Annotated[int, Query(ge=1, le=1000, description="At most so many lines")] = 500,
) -> LogPageRead:
    """Log lines of an execution, oldest first."""
    # The record first: lines written before an end that was read are then all there.
    execution = await executions.get(scope, execution_id)
    page = await logs.read(scope.org_id, execution_id, after, limit)
    return LogPageRead(
        items=tuple(page.items),
        next=page.next,
        done=execution.status.is_ended and len(page.items) < limit,
        status=execution.status,
        progress=None if execution.progress is None else ProgressRead.model_validate(execution.progress),
    )


@router.get("/{executionId}/values/{valueId}", response_class=JsonText)
async def get_execution_value(
    *,
    execution_id: ExecutionInPath,
    value_id: Annotated[str, Path(alias="valueId", max_length=60, description="`fullValue` of what was cut")],
    scope: ReaderScope,
    executions: Executions,
    values: Values,
) -> JsonText:
    """The whole of a value that the record or the log shows cut, as JSON."""
    await executions.get(scope, execution_id)
    return JsonText(await values.read(scope.org_id, execution_id, value_id))


def _answer(found: ExecutionPage, page: PageRequest, response: Response) -> list[ExecutionSummaryRead]:
    set_next_cursor(response, page, found.next)
    return [ExecutionSummaryRead.model_validate(one) for one in found.items]
