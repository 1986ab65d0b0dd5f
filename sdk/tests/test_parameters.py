"""From signatures to checked values, form fields and sentences."""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal, Optional

import pytest
from pydantic import AfterValidator, BaseModel, Field

from msp_automation import OrganizationContext, ValidationError, definition_of, param, workflow
from msp_automation.workflows import WorkflowDefinition


class Department(enum.Enum):
    SALES = "sales"
    FIELD_SERVICE = "field-service"


class Level(enum.IntEnum):
    LOW = 1
    HIGH = 2


class Address(BaseModel):
    street: str = Field(min_length=3)
    city: str


@dataclass
class Device:
    serial: str


def no_spaces(value: str) -> str:
    if " " in value:
        raise ValueError("Must not contain spaces.")
    return value


def declare(annotation: Any, default: Any = ..., **options: Any) -> WorkflowDefinition:
    """A workflow with one parameter called `value`."""

    async def sample(context: OrganizationContext, value: Any) -> None: ...

    sample.__annotations__ = {"context": OrganizationContext, "value": annotation, "return": None}
    if default is not ...:
        sample.__defaults__ = (default,)
    decorated: Callable[..., Any] = param("value", **options)(sample) if options else sample
    definition: WorkflowDefinition = definition_of(workflow(decorated))
    return definition


def told(definition: WorkflowDefinition, value: Any) -> str:
    with pytest.raises(ValidationError) as caught:
        definition.validate({"value": value})
    assert set(caught.value.details["fields"]) == {"value"}
    message: str = caught.value.details["fields"]["value"]
    return message


@pytest.mark.parametrize(
    ("annotation", "kind", "given", "typed", "recorded"),
    [
        (str, "string", "a", "a", "a"),
        (int, "int", 3, 3, 3),
        (int, "int", "3", 3, 3),
        (float, "float", 1, 1.0, 1.0),
        (bool, "bool", True, True, True),
        (date, "date", "2026-01-31", date(2026, 1, 31), "2026-01-31"),
        (
            datetime,
            "datetime",
            "2026-01-31T09:00:00Z",
            datetime(2026, 1, 31, 9, tzinfo=UTC),
            "2026-01-31T09:00:00Z",
        ),
        (Department, "string", "sales", Department.SALES, "sales"),
        (Level, "int", 2, Level.HIGH, 2),
        (Literal["a", "b"], "string", "b", "b", "b"),
        (Literal[1, 2], "int", 2, 2, 2),
        (list[int], "list", ["1", 2], [1, 2], [1, 2]),
        (list, "list", [1, "x"], [1, "x"], [1, "x"]),
        (set[str], "list", ["x"], {"x"}, ["x"]),
        (dict[str, int], "json", {"a": 1}, {"a": 1}, {"a": 1}),
        (dict, "json", {"a": [1]}, {"a": [1]}, {"a": [1]}),
        (Any, "json", {"a": None}, {"a": None}, {"a": None}),
        (
            Address,
            "json",
            {"street": "High St", "city": "Ulm"},
            Address(street="High St", city="Ulm"),
            {"street": "High St", "city": "Ulm"},
        ),
        (Device, "json", {"serial": "x"}, Device("x"), {"serial": "x"}),
        (Optional[str], "string", None, None, None),  # noqa: UP045 - authors write both
        (str | None, "string", "a", "a", "a"),
        (Annotated[str, Field(min_length=1)], "string", "a", "a", "a"),
        (Annotated[int | None, Field(ge=1)], "int", None, None, None),
    ],
)
def test_an_annotation_gives_type_check_and_record(
    annotation: Any, kind: str, given: Any, typed: Any, recorded: Any
) -> None:
    definition = declare(annotation)
    assert definition.metadata.parameters[0].type == kind
    arguments = definition.validate({"value": given})
    assert arguments == {"value": typed}
    assert type(arguments["value"]) is type(typed)
    assert definition.to_json(arguments) == {"value": recorded}


@pytest.mark.parametrize(
    ("annotation", "options", "given", "message"),
    [
        (str, {}, 3, "Must be text."),
        (str, {}, None, "Must be text."),
        (str, {}, "\ud800", "Must be valid text."),
        (int, {}, "x", "Must be a whole number."),
        (int, {}, 1.5, "Must be a whole number."),
        (float, {}, "x", "Must be a number."),
        (float, {}, float("nan"), "Must be a finite number."),
        (float, {}, "inf", "Must be a finite number."),
        (bool, {}, "perhaps", "Must be true or false."),
        (date, {}, "31.1.2026", "Must be a date such as 2026-01-31."),
        (datetime, {}, "soon", "Must be a date and time such as 2026-01-31T09:00:00Z."),
        (Department, {}, "hr", "Must be one of: sales, field-service."),
        (Literal["a", "b or c"], {}, "x", "Must be one of: a, b or c."),
        (Level, {}, 3, "Must be one of: 1, 2."),
        (list[int], {}, "x", "Must be a list."),
        (list[int], {}, [1, "x"], "Entry 2: Must be a whole number."),
        (dict[str, int], {}, [], "Must be an object with named values."),
        (Address, {}, {"street": "High St"}, "city: Required."),
        (Address, {}, {"street": "a", "city": "b"}, "street: Must be at least 3 characters."),
        (Address, {}, "x", "Must be an object with named values."),
        (list[Address], {}, [{"street": "High St", "city": 3}], "Entry 1, city: Must be text."),
        (Address | None, {}, {"street": "High St"}, "city: Required."),
        (str, {"min_length": 3}, "ab", "Must be at least 3 characters."),
        (str, {"min_length": 1}, "", "Must not be empty."),
        (str, {"max_length": 1}, "ab", "Must be at most 1 character."),
        (list[str], {"min_length": 2}, ["a"], "Needs at least 2 entries."),
        (list[str], {"max_length": 1}, ["a", "b"], "Takes at most 1 entry."),
        (int, {"min": 1}, 0, "Must be at least 1."),
        (float, {"max": 2.5}, 3, "Must be at most 2.5."),
        (int | None, {"min": 1}, 0, "Must be at least 1."),
        (str, {"pattern": r"^\d+$"}, "12a", r"Must match the pattern ^\d+$"),
        (str, {"type": "email"}, "nobody", "Must be an e-mail address such as name@example.com."),
        (str, {"options": ["a", "b"]}, "c", "Must be one of: a, b."),
        (list[str], {"options": ["a", "b"]}, ["a", "c"], "Must be one of: a, b."),
        (Annotated[str, AfterValidator(no_spaces)], {}, "a b", "Must not contain spaces."),
        (Annotated[int, Field(gt=5)], {}, 5, "Must be more than 5."),
    ],
)
def test_what_is_wrong_is_told_in_a_sentence(
    annotation: Any, options: dict[str, Any], given: Any, message: str
) -> None:
    assert told(declare(annotation, **options), given) == message


@pytest.mark.parametrize(
    "address",
    ["a@b.example", "first.last+tag@sub.contoso.example", "o'neil@contoso.example", "müller@käse.example"],
)
def test_addresses_in_use_are_accepted(address: str) -> None:
    assert declare(str, type="email").validate({"value": address}) == {"value": address}


@pytest.mark.parametrize(
    "address",
    [
        "",
        "a",
        "a@b",
        "a@@b.example",
        "a b@c.example",
        "a@b..example",
        "a@.example",
        "a@b.example.",
        "a" * 65 + "@b.example",
        "a@" + "b" * 260 + ".example",
    ],
)
def test_what_is_no_address_is_refused(address: str) -> None:
    assert told(declare(str, type="email"), address) == "Must be an e-mail address such as name@example.com."


def test_an_email_may_be_optional() -> None:
    definition = declare(str | None, None, type="email")
    assert definition.validate({"value": None}) == {"value": None}
    assert definition.metadata.parameters[0].type == "email"


def test_patterns_are_searched_for_and_take_linear_time() -> None:
    definition = declare(str, pattern=r"(a+)+$")
    assert definition.validate({"value": "xa"}) == {"value": "xa"}
    assert told(definition, "a" * 50_000 + "!") == "Must match the pattern (a+)+$"


def test_every_wrong_parameter_is_named_at_once() -> None:
    @workflow
    async def onboard(
        context: OrganizationContext, first_name: str, seats: int, model_config: str = "x"
    ) -> None: ...

    with pytest.raises(ValidationError) as caught:
        definition_of(onboard).validate({"seats": "many", "nickname": "Al"})
    assert caught.value.details["fields"] == {
        "first_name": "Required.",
        "seats": "Must be a whole number.",
        "nickname": "There is no parameter of this name.",
    }
    assert "first_name: Required." in caught.value.message


def test_an_unknown_name_that_is_no_text_can_still_be_answered() -> None:
    with pytest.raises(ValidationError) as caught:
        declare(str, "x").validate({"\ud800": 1})
    assert caught.value.details["fields"] == {"\\ud800": "There is no parameter of this name."}


def test_parameters_may_have_names_that_pydantic_uses_itself() -> None:
    @workflow
    async def sample(
        context: OrganizationContext, json: str, model_config: str, copy: int, schema: str = "s"
    ) -> None: ...

    definition = definition_of(sample)
    arguments = definition.validate({"json": "j", "model_config": "m", "copy": 1})
    assert arguments == {"json": "j", "model_config": "m", "copy": 1, "schema": "s"}
    assert definition.to_json(arguments) == arguments


def test_defaults_are_filled_in_typed_and_shown_as_json() -> None:
    definition = declare(Department, Department.SALES)
    assert definition.validate({}) == {"value": Department.SALES}
    field = definition.metadata.parameters[0]
    assert (field.required, field.default_value) == (False, "sales")


def test_a_default_that_can_change_is_not_shared_between_runs() -> None:
    definition = declare(list[str], ["a"])
    definition.validate({})["value"].append("b")
    assert definition.validate({}) == {"value": ["a"]}


def test_optional_without_default_is_still_required() -> None:
    definition = declare(str | None)
    assert definition.metadata.parameters[0].required
    with pytest.raises(ValidationError):
        definition.validate({})


def test_bounds_reach_the_form() -> None:
    field = declare(int, min=1, max=9).metadata.parameters[0].validation
    assert field is not None
    assert (field.min, field.max) == (1, 9)
    field = (
        declare(Annotated[str | None, Field(min_length=2, pattern="^a")], None)
        .metadata.parameters[0]
        .validation
    )
    assert field is not None
    assert (field.min_length, field.pattern) == (2, "^a")
    field = declare(Annotated[int, Field(gt=1, lt=5)]).metadata.parameters[0].validation
    assert field is not None
    assert (field.min, field.max) == (2, 4)
    field = declare(list[str], min_length=1, max_length=3).metadata.parameters[0].validation
    assert field is not None
    assert (field.min_length, field.max_length) == (1, 3)
    assert declare(str).metadata.parameters[0].validation is None


@pytest.mark.parametrize(
    ("annotation", "options", "pairs"),
    [
        (Department, {}, [("Sales", "sales"), ("Field service", "field-service")]),
        (Literal["a", 1], {}, None),
        (Literal["a", "b"], {}, [("a", "a"), ("b", "b")]),
        (list[Literal["a", "b"]], {}, [("a", "a"), ("b", "b")]),
        (str, {"options": ["x", {"label": "Y!", "value": "y"}]}, [("x", "x"), ("Y!", "y")]),
        (Department, {"options": [{"label": "Sellers", "value": "sales"}]}, [("Sellers", "sales")]),
    ],
)
def test_choices_become_options_and_enum(
    annotation: Any, options: dict[str, Any], pairs: list[tuple[str, Any]] | None
) -> None:
    if pairs is None:  # mixed types fit no form field
        from msp_automation import DeclarationError

        with pytest.raises(DeclarationError, match="no form can show"):
            declare(annotation)
        return
    field = declare(annotation, **options).metadata.parameters[0]
    assert field.options is not None
    assert [(option.label, option.value) for option in field.options] == pairs
    assert field.validation is not None
    assert field.validation.enum == [value for _, value in pairs]


def test_options_narrow_an_enum() -> None:
    definition = declare(Department, options=["sales"])
    assert told(definition, "field-service") == "Must be one of: sales."


def test_labels_default_to_the_name_in_words() -> None:
    @workflow
    @param("license_sku", label="Licence", help_text="Which one")
    async def sample(context: OrganizationContext, first_name: str, license_sku: str) -> None: ...

    first, second = definition_of(sample).metadata.parameters
    assert (first.label, second.label, second.help_text) == ("First name", "Licence", "Which one")


def test_metadata_is_camel_case_json() -> None:
    @workflow(category="User management", tags=["m365"], timeout_seconds=120, requires_org=False)
    @param(
        "group", data_provider="groups", data_provider_inputs={"of": {"mode": "field", "value": "department"}}
    )
    async def onboard_user(context: OrganizationContext, department: str, group: str) -> None:
        """Create a user.

        More words.
        """

    data = definition_of(onboard_user).metadata.model_dump(mode="json")
    assert data["name"] == "onboard_user"
    assert data["description"] == "Create a user."
    assert data["executionMode"] == "sync"
    assert data["timeoutSeconds"] == 120
    assert data["requiresOrg"] is False
    assert data["requiredPermission"] == "canExecuteWorkflows"
    assert data["retries"] == 0
    assert set(data["parameters"][1]) == {
        "name", "label", "type", "required", "defaultValue", "validation", "options",
        "dataProvider", "dataProviderInputs", "helpText",
    }  # fmt: skip
    assert data["parameters"][1]["dataProviderInputs"] == {"of": {"mode": "field", "value": "department"}}


def test_a_json_schema_names_the_parameters() -> None:
    schema = declare(int, 3, min=1).json_schema()
    assert schema["properties"]["value"] == {"default": 3, "minimum": 1, "title": "Value", "type": "integer"}
    assert schema["additionalProperties"] is False
