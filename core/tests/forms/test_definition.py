"""Which definitions hold together."""

from __future__ import annotations

import time
from typing import Any

import pytest

from msp_automation.metadata import Catalog, DataProviderMetadata, ParameterMetadata, WorkflowMetadata
from msp_core.errors import Invalid
from msp_core.forms.definition import check_definition
from msp_core.forms.models import FormDraft


def make_draft(*fields: dict[str, Any], **more: Any) -> FormDraft:
    schema = {"fields": list(fields), **more.pop("schema", {})}
    given = {"name": "Onboard", "linkedWorkflow": "onboard_user", "formSchema": schema, **more}
    return FormDraft.model_validate(given)


def make_field(name: str = "a", type: str = "text", **more: Any) -> dict[str, Any]:
    return {"name": name, "label": name, "type": type} | more


def problems(draft: FormDraft, catalog: Catalog | None = None) -> dict[str, str]:
    try:
        check_definition(draft, catalog)
    except Invalid as error:
        found = error.details["fields"]
        assert isinstance(found, dict)
        return found
    return {}


PROVIDED: dict[str, Any] = {"type": "select", "dataProvider": "get_groups"}


def test_a_form_with_every_type_holds() -> None:
    options = [{"label": "One", "value": 1}, {"label": "Yes", "value": True}, {"label": "Text", "value": "1"}]
    draft = make_draft(
        make_field("text", validation={"pattern": r"^\w+$", "minLength": 1, "maxLength": 9, "message": "No"}),
        make_field("mail", "email"),
        make_field("count", "number", validation={"min": 0, "max": 10}, defaultValue=3),
        make_field("one", "select", options=options, defaultValue="1"),
        make_field("some", "multiselect", options=options, validation={"minLength": 1}, defaultValue=[True]),
        make_field("pick", "radio", options=options),
        make_field("agree", "checkbox", required=True),
        make_field("long", "textarea"),
        make_field("day", "date", validation={"min": "2026-01-01"}),
        make_field("moment", "datetime", validation={"max": "2030-01-01T00:00:00Z"}),
        make_field("attachment", "file"),
        make_field(
            "picture", "file", accept=[".png", "image/jpeg", "image/*"], maxSizeBytes=50 * 1024 * 1024
        ),
        make_field(
            "note", "markdown", content="**Read** this", visibleWhen={"field": "agree", "value": True}
        ),
        make_field(
            "group",
            **PROVIDED,
            dataProviderInputs={"kind": {"mode": "field", "value": "one"}},
            section="Access",
        ),
        schema={"sections": [{"name": "Access", "title": "Access"}]},
    )

    assert problems(draft) == {}


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ([make_field("a", "file", accept=[])], "fields[0].accept"),
        ([make_field("a", "file", accept=[".csv"] * 21)], "fields[0].accept"),
        ([make_field("a", "file", accept=["csv"])], "fields[0].accept[0]"),
        ([make_field("a", "file", accept=[".csv", "*/*"])], "fields[0].accept[1]"),
        ([make_field("a", "file", accept=["text/csv; charset=x"])], "fields[0].accept[0]"),
        ([make_field("a", "file", accept=["../x"])], "fields[0].accept[0]"),
        ([make_field("a", accept=[".csv"])], "fields[0].accept"),
        ([make_field("a", maxSizeBytes=5)], "fields[0].maxSizeBytes"),
        ([make_field("a", "file", maxSizeBytes=0)], "fields[0].maxSizeBytes"),
        ([make_field("a", "file", maxSizeBytes=50 * 1024 * 1024 + 1)], "fields[0].maxSizeBytes"),
        (
            [make_field("a", "file", defaultValue="019f0000-0000-7000-8000-000000000001")],
            "fields[0].defaultValue",
        ),
        ([make_field("1a")], "fields[0].name"),
        ([make_field("", label="x")], "fields[0].name"),
        ([make_field("a b")], "fields[0].name"),
        ([make_field("a'")], "fields[0].name"),
        ([make_field("a" * 65)], "fields[0].name"),
        ([make_field("a"), make_field("a")], "fields[1].name"),
        ([{"name": "a", "type": "text"}], "fields[0].label"),
        ([make_field(type="select")], "fields[0].options"),
        ([make_field(type="radio", options=[])], "fields[0].options"),
        ([make_field(options=[{"label": "x", "value": "x"}])], "fields[0].options"),
        ([make_field(**PROVIDED, options=[{"label": "x", "value": 1}])], "fields[0].options"),
        ([make_field(dataProvider="get_groups")], "fields[0].dataProvider"),
        (
            [make_field(type="radio", options=[{"label": "x", "value": 1}, {"label": "y", "value": 1}])],
            "fields[0].options[0].value fields[0].options[1].value",
        ),
        ([make_field(type="radio", options=[{"label": " ", "value": 1}])], "fields[0].options[0].label"),
        ([make_field(validation={"pattern": "("})], "fields[0].validation.pattern"),
        ([make_field(validation={"pattern": "(?=a)b"})], "fields[0].validation.pattern"),
        ([make_field(validation={"pattern": r"(a)\1"})], "fields[0].validation.pattern"),
        ([make_field(validation={"pattern": "a" * 501})], "fields[0].validation.pattern"),
        ([make_field(type="number", validation={"pattern": "a"})], "fields[0].validation.pattern"),
        ([make_field(validation={"min": 1})], "fields[0].validation.min"),
        ([make_field(type="number", validation={"min": "x"})], "fields[0].validation.min"),
        ([make_field(type="number", validation={"min": 2, "max": 1})], "fields[0].validation.min"),
        ([make_field(type="date", validation={"max": "tomorrow"})], "fields[0].validation.max"),
        (
            [make_field(type="datetime", validation={"max": "2026-01-01T00:00:00"})],
            "fields[0].validation.max",
        ),
        ([make_field(validation={"minLength": 3, "maxLength": 2})], "fields[0].validation.minLength"),
        ([make_field(validation={"minLength": -1})], "fields[0].validation.minLength"),
        ([make_field(type="date", validation={"minLength": 1})], "fields[0].validation.minLength"),
        ([make_field(type="number", defaultValue="3")], "fields[0].defaultValue"),
        ([make_field(type="email", defaultValue="nobody")], "fields[0].defaultValue"),
        ([make_field(type="markdown")], "fields[0].content"),
        ([make_field(type="markdown", content="x", required=True)], "fields[0].required"),
        ([make_field(section="Nowhere")], None),
        ([make_field(visibleWhen={"field": "a"})], "fields[0].visibleWhen.field"),
        ([make_field(visibleWhen={"field": "gone"})], "fields[0].visibleWhen.field"),
        ([make_field(visibleWhen={"field": "b"}), make_field("b")], "fields[0].visibleWhen.field"),
        (
            [make_field("m", "markdown", content="x"), make_field(visibleWhen={"field": "m"})],
            "fields[1].visibleWhen.field",
        ),
        (
            [make_field(**PROVIDED, dataProviderInputs={"x": {"mode": "field", "value": "gone"}})],
            "fields[0].dataProviderInputs.x",
        ),
    ],
)
def test_what_does_not_hold_is_named_by_its_place(fields: list[dict[str, Any]], place: str | None) -> None:
    found = problems(make_draft(*fields))

    assert set(found) == {f"formSchema.{one}" for one in (place or "").split()}


def test_two_fields_cannot_wait_for_each_other() -> None:
    draft = make_draft(
        make_field("a", visibleWhen={"field": "b"}),
        make_field("b", visibleWhen={"field": "a"}),
    )

    assert set(problems(draft)) == {"formSchema.fields[0].visibleWhen.field"}


def test_sections_are_named_once_and_used_by_name() -> None:
    twice = {"sections": [{"name": "A"}, {"name": "A"}]}

    assert set(problems(make_draft(make_field(section="B"), schema=twice))) == {
        "formSchema.sections[0].name",
        "formSchema.sections[1].name",
        "formSchema.fields[0].section",
    }


def test_fifty_fields_are_enough() -> None:
    assert problems(make_draft(*(make_field(f"f{n}") for n in range(50)))) == {}
    assert set(problems(make_draft(*(make_field(f"f{n}") for n in range(51))))) == {"formSchema.fields"}


def test_values_that_cannot_be_stored_are_refused() -> None:
    deep: list[Any] = []
    for _ in range(500):
        deep = [deep]

    for value in (deep, "\ud800", ["\ud800"]):
        draft = make_draft(make_field(), make_field("b", visibleWhen={"field": "a", "value": value}))
        assert set(problems(draft)) == {"formSchema"}


def test_thirty_two_kilobytes_are_enough() -> None:
    assert set(problems(make_draft(make_field(helpText="é" * 17_000)))) == {"formSchema"}
    assert set(problems(make_draft(make_field(helpText="a\x00")))) == {"formSchema"}


@pytest.mark.parametrize(
    ("more", "place"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"name": "a\x00"}, "name"),
        ({"description": "x" * 2001}, "description"),
        ({"linkedWorkflow": ""}, "linkedWorkflow"),
        ({"linkedWorkflow": "a/b"}, "linkedWorkflow"),
    ],
)
def test_the_head_of_a_form_is_checked_too(more: dict[str, Any], place: str) -> None:
    assert set(problems(make_draft(make_field(), **more))) == {place}


def make_parameter(name: str, *, required: bool = True) -> ParameterMetadata:
    return ParameterMetadata(name=name, label=name, type="string", required=required)


CATALOG = Catalog(
    workflows=[
        WorkflowMetadata(
            name="onboard_user", parameters=[make_parameter("a"), make_parameter("b", required=False)]
        ),
        WorkflowMetadata(name="nightly", expose_in_forms=False),
    ],
    data_providers=[
        DataProviderMetadata(
            name="get_groups", parameters=[make_parameter("kind"), make_parameter("top", required=False)]
        )
    ],
)
KIND = {"kind": {"mode": "static", "value": "security"}}


@pytest.mark.parametrize(
    ("draft", "places"),
    [
        (make_draft(make_field("a"), make_field("only_here")), set()),
        (make_draft(make_field("b")), {"formSchema.fields"}),
        (make_draft(make_field("a", "markdown", content="x")), {"formSchema.fields"}),
        (make_draft(make_field("a"), linkedWorkflow="gone"), {"linkedWorkflow"}),
        (make_draft(linkedWorkflow="nightly"), {"linkedWorkflow"}),
        (make_draft(make_field("a", **PROVIDED, dataProviderInputs=KIND)), set()),
        (make_draft(make_field("a", **PROVIDED)), {"formSchema.fields[0].dataProviderInputs"}),
        (
            make_draft(make_field("a", **PROVIDED, dataProviderInputs={**KIND, "x": KIND["kind"]})),
            {"formSchema.fields[0].dataProviderInputs.x"},
        ),
        (
            make_draft(make_field("a", "select", dataProvider="gone")),
            {"formSchema.fields[0].dataProvider"},
        ),
    ],
)
def test_workflows_and_providers_must_be_in_the_catalog(draft: FormDraft, places: set[str]) -> None:
    assert set(problems(draft, CATALOG)) == places


@pytest.mark.parametrize("pattern", [r"^(a+)+$", r"^(a|aa)*$", r"^([a-zA-Z]+)*$", r"(.*a){12}"])
def test_patterns_that_explode_elsewhere_take_no_time_here(pattern: str) -> None:
    from msp_core.forms.submission import validate_submission

    draft = make_draft(make_field(validation={"pattern": pattern}))
    assert problems(draft) == {}

    started = time.perf_counter()
    with pytest.raises(Invalid):
        validate_submission(
            draft, {"a": "a" * 10 + "b" * 20_000 + "!"} if ".*" in pattern else {"a": "a" * 30_000 + "!"}
        )

    assert time.perf_counter() - started < 5


def test_patterns_that_would_take_much_memory_are_refused() -> None:
    for pattern in (r"(.{1000}){1000}", r"((\p{L}{100}){100}){100}"):
        assert set(problems(make_draft(make_field(validation={"pattern": pattern})))) == {
            "formSchema.fields[0].validation.pattern"
        }
