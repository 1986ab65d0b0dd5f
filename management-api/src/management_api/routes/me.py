"""Who is asking."""

from __future__ import annotations

from fastapi import APIRouter, Response

from management_api.dependencies import MyProfile
from management_api.models.me import MeRead
from msp_http.authentication import Caller
from msp_http.etags import set_content_etag

router = APIRouter(prefix="/api/me", tags=["me"])


@router.get("")
async def get_me(caller: Caller, profiles: MyProfile, response: Response) -> MeRead:
    """The caller's profile, organizations with permissions, and roles."""
    return set_content_etag(response, await profiles.of(caller))
