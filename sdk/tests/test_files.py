"""Files as authors meet them: as a parameter, in a test, in a result."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from msp_automation import (
    FileReference,
    OrganizationContext,
    ValidationError,
    WorkflowError,
    definition_of,
    param,
    workflow,
)
from msp_automation.file_names import MAX_NAME, safe_file_name
from msp_automation.files import PIECE_BYTES, content_type_of
from msp_automation.jsonable import to_jsonable
from msp_automation.testing import host_of

INNER = {"fileId": "f-1", "name": "a.csv", "contentType": "text/csv", "sizeBytes": 3}


@workflow
@param("table", label="Table of people")
async def load(context: OrganizationContext, table: FileReference, more: FileReference | None = None) -> Any:
    """Read a table."""
    return (await table.read()).decode(), more


@workflow
def load_in_a_thread(context: OrganizationContext, table: FileReference) -> FileReference:
    """Read a table and save it, in a plain def."""
    content = context.wait(table.read())
    return context.wait(context.save_file("copy.csv", content))


def test_a_parameter_that_is_a_file_says_so_in_the_catalog() -> None:
    table, more = definition_of(load).metadata.parameters
    assert (table.type, table.label, table.required, table.validation) == (
        "file",
        "Table of people",
        True,
        None,
    )
    assert (more.type, more.required, more.default_value) == ("file", False, None)


def test_a_file_has_one_shape_in_parameters_records_and_results() -> None:
    definition = definition_of(load)
    arguments = definition.validate({"table": {"file": INNER}})
    table = arguments["table"]
    assert isinstance(table, FileReference)
    assert (table.name, table.content_type, table.size_bytes) == ("a.csv", "text/csv", 3)
    assert definition.to_json(arguments) == {"table": {"file": INNER}, "more": None}
    assert to_jsonable({"saved": [table]}) == {"saved": [{"file": INNER}]}
    again = definition.validate(json.loads(json.dumps(definition.to_json(arguments))))
    assert again == arguments


@pytest.mark.parametrize("wrong", ["f-1", 1, [], {}, {"file": "f-1"}, {"file": {"fileId": "f-1"}}, None])
def test_what_is_no_file_is_refused_at_its_parameter(wrong: Any) -> None:
    with pytest.raises(ValidationError) as refusal:
        definition_of(load).validate({"table": wrong})
    assert set(refusal.value.details["fields"]) == {"table"}


async def test_a_test_gives_bytes_and_reads_what_was_saved(org_context: OrganizationContext) -> None:
    file = FileReference.from_bytes("C:\\x\\a.csv", b"a,b")
    assert (file.name, file.content_type, file.size_bytes) == ("a.csv", "text/csv", 3)
    assert await load(org_context, file) == ("a,b", None)
    saved = await definition_of(load_in_a_thread).call(org_context, {"table": file})
    assert await saved.read() == b"a,b"
    assert host_of(org_context).files == {saved.file_id: b"a,b"}


async def test_content_comes_and_goes_in_pieces(org_context: OrganizationContext, tmp_path: Path) -> None:
    content = bytes(range(256)) * 9000
    file = FileReference.from_bytes("a.bin", content)
    pieces = [piece async for piece in file.iter_bytes()]
    assert b"".join(pieces) == content
    assert max(map(len, pieces)) == PIECE_BYTES
    assert [piece async for piece in FileReference.from_bytes("a", b"abcde").iter_bytes(2)] == [
        b"ab",
        b"cd",
        b"e",
    ]
    path = tmp_path / "large.bin"
    path.write_bytes(content)
    saved = await org_context.save_file("large.bin", path)
    assert (saved.size_bytes, await saved.read()) == (len(content), content)
    assert await (await org_context.save_file("empty.txt", "")).read() == b""
    text = await org_context.save_file("a.txt", "Größe", content_type="text/markdown")
    assert (await text.read(), text.content_type) == ("Größe".encode(), "text/markdown")


async def test_a_file_of_no_run_cannot_be_read() -> None:
    with pytest.raises(WorkflowError, match="belongs to no run"):
        await FileReference.model_validate({"file": INNER}).read()


async def test_a_file_that_is_shorter_than_said_is_an_error() -> None:
    async def nothing(_: str, offset: int, length: int) -> bytes:
        return b""

    with pytest.raises(WorkflowError, match="shorter"):
        await FileReference.model_validate({"file": INNER}).bound(nothing).read()


async def test_another_runs_file_is_not_found(org_context: OrganizationContext) -> None:
    foreign = FileReference.model_validate({"file": INNER})
    with pytest.raises(WorkflowError, match="no such file"):
        await definition_of(load).call(org_context, {"table": foreign, "more": None})


async def test_a_saved_file_needs_a_name(org_context: OrganizationContext) -> None:
    with pytest.raises(WorkflowError, match="needs a name"):
        await org_context.save_file("../", "x")


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("a.csv", "a.csv"),
        ("../../a.csv", "a.csv"),
        ("C:\\a\\b.csv", "b.csv"),
        ("a\x00b.csv", "ab.csv"),
        ("a\u202egpj.exe", "agpj.exe"),
        ("a\nb.csv", "a b.csv"),
        (".htaccess", "htaccess"),
        (" a . ", "a"),
        ("NUL", "_NUL"),
        ("com1.txt", "_com1.txt"),
        ('<a>:"|?*.csv', "_a______.csv"),
        ("e\u0301.csv", "é.csv"),
        ("\ud800a.csv", "a.csv"),
        ("..", ""),
        ("a/", ""),
        ("", ""),
    ],
)
def test_a_name_is_safe_on_every_system(given: str, kept: str) -> None:
    assert safe_file_name(given) == kept


@pytest.mark.parametrize("name", ["x" * 500 + ".csv", "x" * 500, "x." + "y" * 500, ("ä" * 300) + ".xlsx"])
def test_a_long_name_is_cut_before_its_ending(name: str) -> None:
    safe = safe_file_name(name)
    assert len(safe) <= MAX_NAME
    ending = name.rpartition(".")[2]
    assert safe.endswith(ending) or len(ending) > 20
    assert safe_file_name(safe) == safe


def test_a_type_follows_from_the_ending_alone() -> None:
    assert content_type_of("A.CSV") == "text/csv"
    assert content_type_of("a.xlsx") == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    assert content_type_of("a.unheard-of") == "application/octet-stream"
    assert content_type_of("noending") == "application/octet-stream"


async def test_the_example_in_the_documentation_runs(org_context: OrganizationContext) -> None:
    document = Path(__file__).parents[2] / "docs" / "files.md"
    [source] = re.findall(r"```python\n(.*?)```", document.read_text(), re.DOTALL)
    names: dict[str, Any] = {"__name__": "example"}
    exec(compile(source, document, "exec", dont_inherit=True), names)
    result = await names["number_lines"](org_context, FileReference.from_bytes("a.txt", b"one\ntwo"))
    assert await result["numbered"].read() == b"1 one\n2 two"
    assert (result["lines"], result["numbered"].name) == (2, "numbered a.txt")
