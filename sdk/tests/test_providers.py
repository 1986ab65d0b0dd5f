"""What a data provider may return."""

from __future__ import annotations

from typing import Any

import pytest

from msp_automation import Option, OrganizationContext, WorkflowError, data_provider, definition_of, param
from msp_automation.providers import MOST_OPTIONS, normalise_options


async def test_a_provider_runs_with_its_inputs() -> None:
    @data_provider(name="get_groups", cache_ttl_seconds=60)
    @param("department", label="Department")
    async def groups(context: OrganizationContext, department: str = "all") -> list[dict[str, Any]]:
        return [{"label": department.title(), "value": department, "metadata": {"of": context.org.name}}]

    definition = definition_of(groups)
    context = OrganizationContext.for_testing()
    assert await definition.call(context, definition.validate({})) == [
        Option(label="All", value="all", metadata={"of": "Contoso"})
    ]
    assert definition.metadata.name == "get_groups"
    assert [field.name for field in definition.metadata.parameters] == ["department"]


async def test_a_plain_function_is_a_provider_too() -> None:
    @data_provider
    def colours(context: OrganizationContext) -> list[str]:
        return ["red", "blue"]

    options = await definition_of(colours).call(OrganizationContext.for_testing(), {})
    assert [(option.label, option.value) for option in options] == [("red", "red"), ("blue", "blue")]


def test_options_may_be_texts_dicts_and_options() -> None:
    given = ["a", {"label": "B", "value": 2}, Option(label="C", value=True)]
    assert [option.value for option in normalise_options(given)] == ["a", 2, True]
    assert [type(option.value) for option in normalise_options(given)] == [str, int, bool]
    assert normalise_options([]) == []
    assert normalise_options(({"label": "t", "value": 1.5},))[0].model_dump(mode="json") == {
        "label": "t",
        "value": 1.5,
        "metadata": None,
    }


@pytest.mark.parametrize(
    ("returned", "problem"),
    [
        (None, "returned nothing instead of a list of options"),
        ({"a": 1}, "returned a value of type 'dict' instead of a list"),
        ("abc", "returned a value of type 'str' instead of a list"),
        ([1], "returned a value of type 'int' as option 1"),
        (["a", None], "returned nothing as option 2"),
        ([{"label": "x"}], "returned a dict with 'label' as option 1"),
        ([{}], "returned a dict with nothing as option 1"),
        ([{"label": "x", "value": {"id": 1}}], "returned a dict with 'label', 'value' as option 1"),
        ([{"label": 3, "value": 3}], "as option 1"),
        ([{"label": "x", "value": 1, "hint": "y"}], "returned a dict with 'label', 'value', 'hint'"),
        (["a"] * (MOST_OPTIONS + 1), "returned 1001 options; at most 1000"),
    ],
)
def test_anything_else_is_an_error_that_names_the_provider(returned: Any, problem: str) -> None:
    with pytest.raises(WorkflowError) as caught:
        normalise_options(returned, provider="get_groups")
    assert caught.value.message.startswith("Data provider 'get_groups' ")
    assert problem in caught.value.message
    assert caught.value.details == {"provider": "get_groups"}
