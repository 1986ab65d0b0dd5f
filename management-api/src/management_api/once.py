"""Idempotency-Key: the same creating request again gets the first one's answer."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Awaitable, Callable
from typing import Annotated, Final, TypeVar

import structlog
from fastapi import Depends, Header, Request, Response

from management_api.dependencies import AnswerKeyStore
from msp_core.errors import Invalid, MspError, RetryableError
from msp_core.idempotency.models import Claim, KeptAnswer
from msp_core.idempotency.service import AnswerKeys
from msp_core.ids import new_id
from msp_core.models import Model
from msp_core.permissions.models import OrgScope

A = TypeVar("A", bound=Model)

_log = structlog.get_logger(__name__)

_KEY: Final = re.compile(r"[\x20-\x7e]{1,255}")
_KEPT_HEADERS: Final = ("ETag", "Location")


class OncePerKey:
    """Does what a request asks for, unless a request with the same key was answered already."""

    def __init__(self, request: Request, response: Response, keys: AnswerKeys, key: str | None) -> None:
        self._request = request
        self._response = response
        self._keys = keys
        self._key = key

    async def answer(
        self,
        scope: OrgScope,
        body: Model,
        create: Callable[[str], Awaitable[A]],
        *,
        keep: Callable[[A], Model] = lambda made: made,
    ) -> A | Response:
        """What `create` answers, or the whole answer of the first time.

        Args:
            scope: Who may ask this was checked again before: a key gives no access.
            create: Gets the new thing's id. Asked again after a crash, it gets the same id and must find
                what is there; it sets the answer's headers itself.
            keep: What is kept of the answer for those who ask again, where not all of it may be.

        Raises:
            Conflict: The key stands for another request, or the first one is still at work.
        """
        if self._key is None:
            return await create(new_id())
        claim = await self._keys.claim(scope.user.id, self._key, self._hash(scope, body))
        if claim.answer is not None:
            return _again(claim.answer)
        try:
            made = await create(claim.resource_id)
        except MspError as error:
            await self._give_up(claim, error)
            raise
        await self._keep(claim, keep(made))
        return made

    async def _keep(self, claim: Claim, made: Model) -> None:
        given = self._response.headers
        answer = KeptAnswer(
            status=self._request.scope["route"].status_code or 200,
            body=made.model_dump_json(),
            headers={name: given[name] for name in _KEPT_HEADERS if name in given},
        )
        try:
            await self._keys.keep(claim, answer)
        except MspError as error:
            # The thing is made; asked again, the same thing is found and answered.
            _log.warning("first_answer_not_kept", reason=error.message)

    async def _give_up(self, claim: Claim, error: MspError) -> None:
        try:
            await self._keys.give_up(claim, was_refused=not isinstance(error, RetryableError))
        except MspError as trouble:
            _log.warning("idempotency_key_not_released", reason=trouble.message)

    def _hash(self, scope: OrgScope, body: Model) -> str:
        asked = {
            "path": self._request.url.path,
            "organization": scope.org_id,
            "body": body.model_dump(mode="json", by_alias=True),
        }
        return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()


def _again(answer: KeptAnswer) -> Response:
    return Response(
        answer.body, status_code=answer.status, headers=answer.headers, media_type="application/json"
    )


async def _once(
    request: Request,
    response: Response,
    keys: AnswerKeyStore,
    key: Annotated[
        str | None,
        Header(
            alias="Idempotency-Key",
            description="The same request with the same key gets the first answer again, for 24 hours",
        ),
    ] = None,
) -> OncePerKey:
    if len(request.headers.getlist("Idempotency-Key")) > 1:
        raise Invalid.field("Idempotency-Key", "is given more than once.")
    if key is not None and _KEY.fullmatch(key) is None:
        raise Invalid.field("Idempotency-Key", "must be 1 to 255 printable characters.")
    return OncePerKey(request, response, keys, key)


Once = Annotated[OncePerKey, Depends(_once)]
"""Makes a creating route safe to repeat."""
