"""The version both answers and documents name."""

from __future__ import annotations

VERSION = "0.1.0"
