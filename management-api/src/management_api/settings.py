"""The Management API's settings."""

from __future__ import annotations

from msp_http.settings import PlatformSettings


class Settings(PlatformSettings):
    """Those that both apps share; this one needs no more."""
