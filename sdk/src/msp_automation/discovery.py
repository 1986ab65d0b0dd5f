"""Finds every workflow, data provider and integration under a folder, and every mistake.

Importing author files runs their code: in the platform only runner processes do it.
"""

from __future__ import annotations

import inspect
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import FunctionType
from typing import Any, Generic, TypeVar

from msp_automation.author_files import AuthorFile, author_paths, import_author_file
from msp_automation.declaring import DEFINITION_ATTRIBUTE, Place, pending_params
from msp_automation.integrations.base import Integration
from msp_automation.metadata import Catalog, DiscoveryError, ParameterMetadata
from msp_automation.providers import ProviderDefinition
from msp_automation.schedules import pending_schedules
from msp_automation.shared_modules import has_shared_modules, open_shared_modules
from msp_automation.workflows import WorkflowDefinition

FOLDERS = ("integrations", "data_providers", "workflows")
BUILT_IN_INTEGRATIONS = frozenset({"msgraph", "halopsa"})

T = TypeVar("T")
D = TypeVar("D", WorkflowDefinition, ProviderDefinition)


@dataclass(frozen=True)
class Discovered:
    """What one pass over the author files found.

    Attributes:
        catalog: The same as JSON for clients, with the errors.
        workflows: By name.
        providers: By name.
        integrations: The authors' own, by name.
    """

    catalog: Catalog
    workflows: dict[str, WorkflowDefinition] = field(default_factory=dict)
    providers: dict[str, ProviderDefinition] = field(default_factory=dict)
    integrations: dict[str, type[Integration]] = field(default_factory=dict)


@dataclass(frozen=True)
class _Found(Generic[T]):
    name: str
    source_file: str
    line: int | None
    item: T


def discover(root: Path, *, rereads_shared: bool = True) -> Discovered:
    """Import the files under `root` and read what they declare.

    A file that fails becomes an entry of `catalog.errors` and hurts nothing
    else. A name declared twice belongs to neither: running one of two at random
    would be worse than running none.

    Args:
        root: The folder that holds `workflows/`, `data_providers/`, `integrations/`
            and `lib/`, each of them optional; modules in `lib/` are imported as `lib.name`.
        rereads_shared: False keeps the modules of `lib/` that are loaded from there already.
    """
    root = root.absolute()
    if rereads_shared or not has_shared_modules(root):
        open_shared_modules(root)
    errors: list[DiscoveryError] = []
    files: list[AuthorFile] = []
    for folder in FOLDERS:
        for path in author_paths(root, folder):
            outcome = import_author_file(root, path)
            if isinstance(outcome, DiscoveryError):
                errors.append(outcome)
            else:
                files.append(outcome)
                errors += _stranded(outcome)
    return _collect(files, errors)


def _collect(files: Sequence[AuthorFile], errors: list[DiscoveryError]) -> Discovered:
    workflows = _unique("workflow", _declared(files, WorkflowDefinition), errors)
    providers = _unique("data provider", _declared(files, ProviderDefinition), errors)
    integrations = _unique("integration", _integrations(files, errors), errors)
    definitions: list[WorkflowDefinition | ProviderDefinition] = [*workflows.values(), *providers.values()]
    for definition in definitions:
        errors += _provider_problems(definition, providers)
    catalog = Catalog(
        workflows=[workflows[name].metadata for name in sorted(workflows)],
        data_providers=[providers[name].metadata for name in sorted(providers)],
        errors=sorted(errors, key=lambda error: (error.source_file, error.line or 0, error.message)),
    )
    return Discovered(catalog, workflows, providers, integrations)


def _declared(files: Sequence[AuthorFile], kind: type[D]) -> list[_Found[D]]:
    found: list[_Found[D]] = []
    for file in files:
        for definition in file.definitions:
            place = Place.of(definition.function)
            # A helper of another file may have declared it while this one was imported.
            if isinstance(definition, kind) and place.file == str(file.path):
                update = {"source_file": file.source_file, "content_hash": file.content_hash}
                metadata: Any = definition.metadata.model_copy(update=update)
                placed = replace(definition, metadata=metadata)
                found.append(_Found(metadata.name, file.source_file, place.line, placed))
    return found


def _integrations(
    files: Sequence[AuthorFile], errors: list[DiscoveryError]
) -> list[_Found[type[Integration]]]:
    found: list[_Found[type[Integration]]] = []
    for file in files:
        for item in vars(file.module).values():
            is_own = inspect.isclass(item) and item.__module__ == file.module.__name__
            if not is_own or not issubclass(item, Integration) or inspect.isabstract(item):
                continue
            line = Place.of(item.authenticate).line
            if item.name in BUILT_IN_INTEGRATIONS:
                message = f"The integration {item.name!r} is built in. Choose another name."
                errors.append(DiscoveryError(source_file=file.source_file, line=line, message=message))
            else:
                found.append(_Found(item.name, file.source_file, line, item))
    return found


def _unique(what: str, found: Sequence[_Found[T]], errors: list[DiscoveryError]) -> dict[str, T]:
    by_name: dict[str, list[_Found[T]]] = defaultdict(list)
    for entry in found:
        by_name[entry.name].append(entry)
    for name, entries in by_name.items():
        if len(entries) == 1:
            continue
        places = " and ".join(f"{entry.source_file}:{entry.line}" for entry in entries)
        message = (
            f"The {what} {name!r} is declared {len(entries)} times: {places}. "
            "Rename all but one; until then none of them can be used."
        )
        errors += [DiscoveryError(source_file=e.source_file, line=e.line, message=message) for e in entries]
    return {name: entries[0].item for name, entries in by_name.items() if len(entries) == 1}


def _stranded(file: AuthorFile) -> list[DiscoveryError]:
    return [
        DiscoveryError(
            source_file=file.source_file,
            line=place.line,
            message=f"{item.__name__}() carries {decorator} alone. Add {wanted} above.",
        )
        for item in vars(file.module).values()
        if isinstance(item, FunctionType)
        and item.__code__.co_filename == str(file.path)
        and not hasattr(item, DEFINITION_ATTRIBUTE)
        for decorator, wanted, place in _waiting_on(item)
    ]


def _waiting_on(item: FunctionType) -> Iterator[tuple[str, str, Place]]:
    for parameter in pending_params(item)[:1]:
        yield "@param", "@workflow or @data_provider", parameter.place
    for one in pending_schedules(item)[:1]:
        yield "@schedule", "@workflow", one.place


def _provider_problems(
    definition: WorkflowDefinition | ProviderDefinition, providers: Mapping[str, ProviderDefinition]
) -> list[DiscoveryError]:
    problems: list[DiscoveryError] = []
    for rules in definition.parameters.fields:
        wanted = rules.metadata.data_provider
        if wanted is None:
            continue
        message = _provider_problem(rules.metadata, providers.get(wanted), sorted(providers))
        if message is not None:
            line = rules.specification.place.line
            file = definition.metadata.source_file
            problems.append(DiscoveryError(source_file=file, line=line, message=message))
    return problems


def _provider_problem(
    parameter: ParameterMetadata, provider: ProviderDefinition | None, known: Sequence[str]
) -> str | None:
    start = f"Parameter {parameter.name!r} takes its options from {parameter.data_provider!r}, "
    if provider is None:
        return (
            f"{start}which is not available. Declare it, or name one of: {', '.join(known) or '(none yet)'}."
        )
    given = set(parameter.data_provider_inputs or {})
    inputs = {item.name: item.required for item in provider.metadata.parameters}
    for name in sorted(given - set(inputs)):
        return f"{start}which has no input {name!r}. Its inputs are: {', '.join(inputs) or 'none'}."
    for name in sorted(key for key, required in inputs.items() if required and key not in given):
        return f"{start}which needs the input {name!r}. Give it in data_provider_inputs."
    return None
