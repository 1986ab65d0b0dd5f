"""Whether a form's definition holds together; messages by the place they belong to."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Final

from pydantic_core import PydanticSerializationError

from msp_automation.metadata import Catalog, WorkflowMetadata
from msp_core.errors import Invalid
from msp_core.files.kinds import is_accept_entry
from msp_core.files.models import DEFAULT_MAX_UPLOAD_BYTES
from msp_core.forms.models import CHOICE_TYPES, TEXT_TYPES, Field, FieldType, FormDraft
from msp_core.forms.patterns import BadPattern, compile_pattern
from msp_core.forms.values import BadValue, read_bound, read_value

MAX_FIELDS: Final = 50
MAX_SCHEMA_BYTES: Final = 32 * 1024
MAX_NAME: Final = 200
MAX_DESCRIPTION: Final = 2000
MAX_ACCEPT: Final = 20
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")
_IDENTIFIER = re.compile(r"[A-Za-z0-9_.-]{1,128}")
_UNSTORABLE = re.compile(r"[\x00\ud800-\udfff]")

Problem = tuple[str, str]


def check_definition(
    draft: FormDraft, catalog: Catalog | None, *, max_upload_bytes: int = DEFAULT_MAX_UPLOAD_BYTES
) -> None:
    """Refuse a definition that could not be filled in or run.

    Args:
        catalog: What the engine published; None while it has not, and then workflow and data provider
            names are not checked.
        max_upload_bytes: What the deployment lets any file have.

    Raises:
        Invalid: `details["fields"]` says what is wrong where, such as `formSchema.fields[2].options`.
    """
    problems = {**dict(_file_limits(draft, max_upload_bytes)), **dict(_problems(draft, catalog))}
    if problems:
        place, message = next(iter(problems.items()))
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        raise Invalid(f"{place}: {message}{more}", details={"fields": problems})


def _problems(draft: FormDraft, catalog: Catalog | None) -> Iterator[Problem]:
    yield from _head(draft)
    fields = draft.form_schema.fields
    if len(fields) > MAX_FIELDS:
        yield "formSchema.fields", f"A form has at most {MAX_FIELDS} fields; this has {len(fields)}."
        return
    try:
        schema_json = draft.form_schema.model_dump_json()
    except PydanticSerializationError:
        yield "formSchema", "A value in it is nested too deeply, or has characters that cannot be stored."
        return
    if len(schema_json.encode("utf-8", "replace")) > MAX_SCHEMA_BYTES:
        yield "formSchema", "The definition is too large: at most 32 KB."
        return
    if _UNSTORABLE.search(schema_json) or "\\u0000" in schema_json:
        yield "formSchema", "Texts must not contain NUL or half characters."
        return
    yield from _sections(draft)
    earlier: dict[str, Field] = {}
    every = {field.name for field in fields}
    for position, field in enumerate(fields):
        place = f"formSchema.fields[{position}]"
        for where, message in _field(field, earlier, every):
            yield f"{place}.{where}", message
        earlier.setdefault(field.name, field)
    if catalog is not None:
        yield from _against(draft, catalog)


def _head(draft: FormDraft) -> Iterator[Problem]:
    if not draft.name.strip() or len(draft.name) > MAX_NAME or _UNSTORABLE.search(draft.name):
        yield "name", f"A form needs a name of 1 to {MAX_NAME} characters."
    if len(draft.description or "") > MAX_DESCRIPTION or _UNSTORABLE.search(draft.description or ""):
        yield "description", f"The description has at most {MAX_DESCRIPTION} characters."
    if _IDENTIFIER.fullmatch(draft.linked_workflow) is None:
        yield "linkedWorkflow", "Name the workflow that the form runs."


def _sections(draft: FormDraft) -> Iterator[Problem]:
    names = Counter(section.name for section in draft.form_schema.sections or ())
    for position, section in enumerate(draft.form_schema.sections or ()):
        if not section.name.strip():
            yield f"formSchema.sections[{position}].name", "A section needs a name."
        elif names[section.name] > 1:
            yield f"formSchema.sections[{position}].name", "Two sections have this name."
    if draft.form_schema.sections is None:
        return
    for position, field in enumerate(draft.form_schema.fields):
        if field.section is not None and field.section not in names:
            yield f"formSchema.fields[{position}].section", "There is no such section."


def _field(field: Field, earlier: dict[str, Field], every: set[str]) -> Iterator[Problem]:
    if _NAME.fullmatch(field.name) is None:
        yield "name", "A name has letters, digits and _, at most 64, and starts with no digit."
    elif field.name in earlier:
        yield "name", "Two fields have this name."
    yield from _references(field, earlier, every)
    if not field.has_value:
        yield from _markdown(field)
        return
    if not field.label.strip():
        yield "label", "A field needs a label."
    yield from _choices(field)
    yield from _bounds(field)
    yield from _kinds(field)
    if field.type is FieldType.FILE and field.default_value is not None:
        yield "defaultValue", "A file field has no default."
    elif field.default_value is not None:
        try:
            read_value(field, field.default_value)
        except BadValue as bad:
            yield "defaultValue", f"The default does not fit the field: {bad}"


def _references(field: Field, earlier: dict[str, Field], every: set[str]) -> Iterator[Problem]:
    for where, name in field.references().items():
        if name == field.name:
            yield where, "A field cannot depend on itself."
        elif name not in every:
            yield where, f"There is no field {name!r}."
        elif name not in earlier:
            # Only looking back makes a cycle impossible.
            yield where, f"The field {name!r} comes later. A field can depend on earlier ones only."
        elif not earlier[name].has_value:
            yield where, f"The field {name!r} is only shown and has no value."


def _markdown(field: Field) -> Iterator[Problem]:
    if not (field.content or "").strip():
        yield "content", "Write the text to show."
    if field.required:
        yield "required", "A text that is only shown cannot be required."


def _choices(field: Field) -> Iterator[Problem]:
    is_choice = field.type in CHOICE_TYPES
    if not is_choice:
        if field.options:
            yield "options", f"A {field.type.value} field has no options."
        if field.data_provider is not None:
            yield "dataProvider", f"A {field.type.value} field has no options to load."
        return
    if field.data_provider is None and not field.options:
        yield "options", "Give options, or a data provider that loads them."
    if field.data_provider is not None and field.options:
        yield "options", "Give options or a data provider, not both."
    values = Counter((type(option.value), option.value) for option in field.options or ())
    for position, option in enumerate(field.options or ()):
        if not option.label.strip():
            yield f"options[{position}].label", "An option needs a label."
        if values[(type(option.value), option.value)] > 1:
            yield f"options[{position}].value", "Two options have this value."


def _bounds(field: Field) -> Iterator[Problem]:
    rules = field.validation
    if rules is None:
        return
    if rules.pattern is not None:
        if field.type not in TEXT_TYPES:
            yield "validation.pattern", "Only text fields have a pattern."
        try:
            compile_pattern(rules.pattern)
        except BadPattern as bad:
            yield "validation.pattern", f"The pattern does not work: {bad}."
    yield from _range(field)
    if field.type not in {*TEXT_TYPES, FieldType.MULTISELECT}:
        if rules.min_length is not None or rules.max_length is not None:
            yield "validation.minLength", "Only text and multiselect fields have a length."
    elif min(rules.min_length or 0, rules.max_length or 0) < 0:
        yield "validation.minLength", "A length cannot be negative."
    elif (
        rules.min_length is not None and rules.max_length is not None and rules.min_length > rules.max_length
    ):
        yield "validation.minLength", "The smallest length is greater than the largest."


def _kinds(field: Field) -> Iterator[Problem]:
    if field.accept is None:
        return
    if field.type is not FieldType.FILE:
        yield "accept", "Only file fields accept kinds of files."
    elif not 1 <= len(field.accept) <= MAX_ACCEPT:
        yield "accept", f"Name 1 to {MAX_ACCEPT} kinds of files, or leave it out to accept any."
    for position, entry in enumerate(field.accept):
        if not is_accept_entry(entry):
            yield (
                f"accept[{position}]",
                "Write an ending (.csv) or a type (text/csv, image/*), in small letters.",
            )


def _file_limits(draft: FormDraft, largest: int) -> Iterator[Problem]:
    for position, field in enumerate(draft.form_schema.fields):
        place = f"formSchema.fields[{position}].maxSizeBytes"
        if field.max_size_bytes is None:
            continue
        if field.type is not FieldType.FILE:
            yield place, "Only file fields have a largest size."
        elif not 1 <= field.max_size_bytes <= largest:
            yield place, f"Between 1 byte and {largest / 1_048_576:g} MiB, which is the platform's limit."


def _range(field: Field) -> Iterator[Problem]:
    assert field.validation is not None
    read = {}
    for name, bound in (("min", field.validation.min), ("max", field.validation.max)):
        if bound is None:
            continue
        try:
            read[name] = read_bound(field.type, bound)
        except BadValue as bad:
            yield f"validation.{name}", str(bad)
    if len(read) > 1 and read["min"] > read["max"]:
        yield "validation.min", "The smallest value is greater than the largest."


def _against(draft: FormDraft, catalog: Catalog) -> Iterator[Problem]:
    workflows = {workflow.name: workflow for workflow in catalog.workflows}
    providers = {provider.name: provider for provider in catalog.data_providers}
    workflow = workflows.get(draft.linked_workflow)
    if workflow is None:
        yield "linkedWorkflow", f"There is no workflow {draft.linked_workflow!r}."
    else:
        yield from _unfilled(draft, workflow)
    for position, field in enumerate(draft.form_schema.fields):
        place = f"formSchema.fields[{position}]"
        if field.data_provider is None:
            continue
        provider = providers.get(field.data_provider)
        if provider is None:
            yield f"{place}.dataProvider", f"There is no data provider {field.data_provider!r}."
            continue
        known = {parameter.name for parameter in provider.parameters}
        given = field.data_provider_inputs or {}
        for name in given:
            if name not in known:
                yield f"{place}.dataProviderInputs.{name}", "The data provider has no such input."
        for parameter in provider.parameters:
            if parameter.required and parameter.name not in given:
                message = f"The data provider needs the input {parameter.name!r}."
                yield f"{place}.dataProviderInputs", message


def _unfilled(draft: FormDraft, workflow: WorkflowMetadata) -> Iterator[Problem]:
    if not workflow.expose_in_forms:
        yield "linkedWorkflow", f"The workflow {workflow.name!r} is not meant for forms."
    filled = {field.name for field in draft.form_schema.fields if field.has_value}
    missing = [one.name for one in workflow.parameters if one.required and one.name not in filled]
    for position, field in enumerate(draft.form_schema.fields):
        parameter = next((one for one in workflow.parameters if one.name == field.name), None)
        if parameter is None or not field.has_value:
            continue
        if parameter.type == "file" and field.type is not FieldType.FILE:
            yield f"formSchema.fields[{position}].type", "The workflow takes a file here."
        elif parameter.type != "file" and field.type is FieldType.FILE:
            yield f"formSchema.fields[{position}].type", "The workflow takes no file here."
    if missing:
        yield "formSchema.fields", f"The workflow needs {', '.join(missing)}: add a field of that name."
