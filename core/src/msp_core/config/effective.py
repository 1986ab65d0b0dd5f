"""What a run sees of configuration: the organization's values before the shared ones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import structlog

from msp_core.config.models import ConfigItem, EffectiveValue, Origin
from msp_core.config.values import typed
from msp_core.errors import Invalid

_log = structlog.get_logger(__name__)

Values = Mapping[str, EffectiveValue | None]
"""Typed values by key; None for one that cannot be read as its type."""


def values_of(items: Iterable[ConfigItem], origin: Origin) -> Values:
    """One home's values, typed."""
    return {item.key: _value_of(item, origin) for item in items}


def effective_config(own: Values, shared: Values) -> Mapping[str, EffectiveValue]:
    """What a run gets: the organization's value where it has one, else the global one.

    An own value that cannot be read counts as absent, not as inherited.
    """
    return {key: value for key, value in {**shared, **own}.items() if value is not None}


def _value_of(item: ConfigItem, origin: Origin) -> EffectiveValue | None:
    try:
        return EffectiveValue(typed(item.type, item.value), item.type, origin)
    except Invalid:
        # Only an edit behind our back can do this.
        _log.warning("config_value_unreadable", key=item.key, type=item.type.value)
        return None
