"""Which kinds of files a field takes, and where a form may ask for one."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from msp_automation.metadata import Catalog, ParameterMetadata, ParameterType, WorkflowMetadata
from msp_core.errors import Invalid
from msp_core.files.kinds import accepts, contradiction
from msp_core.forms.definition import check_definition
from msp_core.forms.generate import form_for
from msp_core.forms.models import FormDraft

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 20
ZIP = b"PK\x03\x04" + b"\x00" * 20


def workflow(kind: ParameterType) -> WorkflowMetadata:
    parameter = ParameterMetadata(name="table", label="Table", type=kind, required=True)
    return WorkflowMetadata(name="load", parameters=[parameter])


@pytest.mark.parametrize(("taken", "field"), [("file", "text"), ("string", "file")])
def test_a_field_and_its_parameter_agree_on_being_a_file(taken: ParameterType, field: str) -> None:
    draft = FormDraft.model_validate(
        {
            "name": "F",
            "linkedWorkflow": "load",
            "formSchema": {"fields": [{"name": "table", "label": "T", "type": field}]},
        }
    )
    with pytest.raises(Invalid) as refusal:
        check_definition(draft, Catalog(workflows=[workflow(taken)]))
    assert set(refusal.value.details["fields"]) == {"formSchema.fields[0].type"}


def test_a_form_made_from_a_workflow_has_a_file_field_for_a_file() -> None:
    made = form_for(workflow("file"))
    assert [field.type.value for field in made.form_schema.fields] == ["file"]
    check_definition(made, Catalog(workflows=[workflow("file")]))


def test_the_deployment_says_how_large_a_field_may_ask_for() -> None:
    field = {"name": "a", "label": "a", "type": "file", "maxSizeBytes": 2000}
    draft = FormDraft.model_validate({"name": "F", "linkedWorkflow": "w", "formSchema": {"fields": [field]}})
    check_definition(draft, None, max_upload_bytes=2000)
    with pytest.raises(Invalid):
        check_definition(draft, None, max_upload_bytes=1999)


@pytest.mark.parametrize(
    ("accept", "name", "is_taken"),
    [
        (None, "anything", True),
        ([".csv"], "a.csv", True),
        ([".csv"], "A.CSV", True),
        ([".csv"], "a.csv.exe", False),
        ([".csv"], "csv", False),
        ([".csv", ".txt"], "a.txt", True),
        (["text/csv"], "a.csv", True),
        (["text/csv"], "a.txt", False),
        (["image/*"], "a.jpeg", True),
        (["image/*"], "a.pdf", False),
        (["application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"], "a.xlsx", True),
        (["image/*"], "image", False),
    ],
)
def test_a_field_takes_files_by_ending_and_by_type(
    accept: Sequence[str] | None, name: str, is_taken: bool
) -> None:
    assert accepts(accept, name) is is_taken


@pytest.mark.parametrize(
    ("name", "beginning"),
    [
        ("a.png", PNG),
        ("A.PNG", PNG),
        ("a.xlsx", ZIP),
        ("a.pdf", b"%PDF-1.7"),
        ("a.csv", b"a,b"),
        ("a.csv", "\ufeffä,b".encode("utf-16")),
        ("a.json", b"{}"),
        ("a.csv", "ä;b".encode("cp1252")),
        ("a.dat", b"\x00\x01"),
        ("setup.exe", b"MZ\x90"),
        ("a.dat", PNG),
    ],
)
def test_content_that_agrees_with_its_name_is_taken(name: str, beginning: bytes) -> None:
    assert contradiction(name, beginning) is None


@pytest.mark.parametrize(
    ("name", "beginning"),
    [
        ("a.png", b"%PDF-1.7"),
        ("a.png", b"<svg onload=alert(1)>"),
        ("a.pdf", b"MZ\x90"),
        ("a.pdf", b""),
        ("a.xlsx", b"a,b"),
        ("a.docx", PNG),
        ("a.csv", ZIP),
        ("a.csv", b"a\x00b"),
        ("a.json", b"\x7fELF"),
        ("a.dat", b"MZ\x90"),
        ("a", b"\x7fELF"),
        ("a.txt", b"\x1f\x8b\x08"),
    ],
)
def test_content_that_is_something_else_is_refused(name: str, beginning: bytes) -> None:
    assert contradiction(name, beginning)
