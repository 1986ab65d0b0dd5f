"""Who is asking."""

from __future__ import annotations

from fastapi import APIRouter

from management_api.dependencies import MyProfile
from management_api.models.me import MeRead
from msp_http.authentication import Caller

router = APIRouter(prefix="/api/me", tags=["me"])


@router.get("")
async def get_me(caller: Caller, profiles: MyProfile) -> MeRead:
    """The caller's profile, organizations with permissions, and roles."""
    return await profiles.of(caller)
