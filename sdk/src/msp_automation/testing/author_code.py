"""Finding the workflows and data providers that a test means."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from msp_automation.declaring import DEFINITION_ATTRIBUTE
from msp_automation.discovery import FOLDERS, Discovered, discover
from msp_automation.providers import ProviderDefinition
from msp_automation.workflows import WorkflowDefinition, definition_of

D = TypeVar("D")


@cache
def discovered(root: Path) -> Discovered:
    """What discovery finds under a folder; once for all tests."""
    return discover(root, rereads_shared=False)


def root_of(function: Callable[..., Any]) -> Path:
    """The folder that holds `workflows/` and `data_providers/`, seen from a function's file."""
    file = Path(inspect.getfile(function)).resolve()
    holders = [folder.parent for folder in file.parents if folder.name in FOLDERS]
    return holders[0] if holders else file.parent


class AuthorCode:
    """The author files of one repository.

    Args:
        root: The folder that holds `workflows/` and `data_providers/`.
    """

    def __init__(self, root: Path) -> None:
        self._root = root

    def workflow(self, workflow: Callable[..., Any] | str) -> WorkflowDefinition:
        """A workflow by its function or name.

        Raises:
            LookupError: There is none.
        """
        if not isinstance(workflow, str):
            found = definition_of(workflow)
            if not isinstance(found, WorkflowDefinition):
                raise LookupError(f"{found.metadata.name!r} is a data provider. Use call_provider.")
            return found
        return _named("workflow", workflow, discovered(self._root).workflows, self._root)

    def provider(
        self, provider: Callable[..., Any] | str, near: Callable[..., Any] | None = None
    ) -> ProviderDefinition:
        """A data provider by its function or name.

        Args:
            near: The workflow that names it; its repository is looked through.

        Raises:
            LookupError: There is none.
        """
        if not isinstance(provider, str):
            found = definition_of(provider)
            if not isinstance(found, ProviderDefinition):
                raise LookupError(f"{found.metadata.name!r} is a workflow. Use submit_form.")
            return found
        root = self._root if near is None else root_of(near)
        if near is not None:
            for candidate in getattr(near, "__globals__", {}).values():
                definition = getattr(candidate, DEFINITION_ATTRIBUTE, None)
                if isinstance(definition, ProviderDefinition) and definition.metadata.name == provider:
                    return definition
        return _named("data provider", provider, discovered(root).providers, root)


def _named(what: str, name: str, found: Mapping[str, D], root: Path) -> D:
    if name not in found:
        problems = discovered(root).catalog.errors
        told = "".join(f"\n  {one.source_file}:{one.line}: {one.message}" for one in problems)
        there = ", ".join(sorted(found)) or "none"
        raise LookupError(f"There is no {what} {name!r} under {root}. There are: {there}.{told}")
    return found[name]
