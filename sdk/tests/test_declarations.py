"""A wrong declaration fails at import and names file, line and mend."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path

import pytest

from msp_automation import (
    DeclarationError,
    OrganizationContext,
    data_provider,
    definition_of,
    param,
    workflow,
)
from msp_automation.discovery import discover


class Own(OrganizationContext):
    """An author's own context, for a method or two."""


HEAD = """from typing import *
from msp_automation import *
"""


@pytest.mark.parametrize(
    ("source", "line", "problem", "mend"),
    [
        ("@workflow\n@param('nam')\ndef w(context: OrganizationContext, name: str): ...", 2, "names no parameter of w()", "Its parameters are: name."),
        ("@workflow\ndef w(context: OrganizationContext, f: list[FileReference]): ...", 2, "takes several files", "one FileReference for each"),
        ("@workflow\n@param('f', data_provider='p')\ndef w(context: OrganizationContext, f: FileReference): ...", 2, "a file is uploaded", "Leave it out"),
        ("@workflow\n@param('f', options=['a'])\ndef w(context: OrganizationContext, f: FileReference): ...", 2, "a file is uploaded", "Leave it out"),
        ("@workflow\n@param('f', max_length=1)\ndef w(context: OrganizationContext, f: FileReference): ...", 2, "sets min_length or max_length", "min and max"),
        ("@data_provider\ndef p(context: OrganizationContext, f: FileReference): ...", 1, "which only workflows get", "another field"),
        ("@workflow\n@param('n', type='int')\ndef w(context: OrganizationContext, n: str): ...", 2, "contradicts the annotation, which says 'string'", "leave `type` out"),
        ("@workflow\n@param('n', min=1)\ndef w(context: OrganizationContext, n: str): ...", 2, "sets min or max", "min_length and max_length"),
        ("@workflow\n@param('n', max_length=1)\ndef w(context: OrganizationContext, n: int): ...", 2, "sets min_length or max_length", "min and max"),
        ("@workflow\n@param('n', pattern='x')\ndef w(context: OrganizationContext, n: int): ...", 2, "is for text", "Leave it out"),
        ("@workflow\n@param('n', pattern='(?=x)')\ndef w(context: OrganizationContext, n: str): ...", 2, "does not compile", "Rust regular expressions"),
        ("@workflow\n@param('n', min=5, max=1)\ndef w(context: OrganizationContext, n: int): ...", 2, "leave no value", "Swap them"),
        ("@workflow\n@param('n', options=[])\ndef w(context: OrganizationContext, n: str): ...", 2, "offers nothing", "Offer values"),
        ("@workflow\n@param('n', options=['c'])\ndef w(context: OrganizationContext, n: Literal['a']): ...", 2, "offers ['c']", "Offer values"),
        ("@workflow\n@param('n', options=[None])\ndef w(context: OrganizationContext, n: str): ...", 2, "None is no option", "Write values"),
        ("@workflow\n@param('n', options=['a'], data_provider='p')\ndef w(context: OrganizationContext, n: str): ...", 2, "a data provider and fixed options", "Keep the one"),
        ("@workflow\n@param('n', data_provider_inputs={'a': 1})\ndef w(context: OrganizationContext, n: str): ...", 2, "no data_provider", "Name the data provider"),
        ("@workflow\n@param('n', data_provider='p', data_provider_inputs={'a': 1})\ndef w(context: OrganizationContext, n: str): ...", 2, "are not understood", '"mode": "field"'),
        ("@workflow\n@param('n', data_provider='p', data_provider_inputs={'a': {'mode': 'field', 'value': 'm'}})\ndef w(context: OrganizationContext, n: str): ...", 2, "reads from 'm'", "Name one of"),
        ("@workflow\n@param('n', data_provider='p', data_provider_inputs={'a': {'mode': 'field', 'value': 'n'}})\ndef w(context: OrganizationContext, n: str): ...", 2, "which is itself", "Name one of"),
        ("@workflow\n@param('n')\n@param('n')\ndef w(context: OrganizationContext, n: str): ...", 3, "stands twice", "Merge"),
        ("@param('n')\n@workflow\ndef w(context: OrganizationContext, n: str): ...", 1, "stands above", "Move it below"),
        ("@workflow\ndef w(name: str): ...", 2, "is not the context", "Begin with `def w(context: OrganizationContext"),
        ("@workflow\ndef w(): ...", 2, "is not the context", "Begin with"),
        ("@workflow\ndef w(context): ...", 2, "is not the context", "Begin with"),
        ("@workflow\ndef w(context: OrganizationContext, name): ...", 2, "has no annotation", "Write `name: str`"),
        ("@workflow\ndef w(context: OrganizationContext, *names: str): ...", 2, "takes *names", "Name each parameter"),
        ("@workflow\ndef w(context: OrganizationContext, **names: str): ...", 2, "takes **names", "Name each parameter"),
        ("@workflow\ndef w(context: OrganizationContext, n: str, /): ...", 2, "positional-only", "Remove the `/`"),
        ("@workflow\ndef w(context: OrganizationContext, n: bytes): ...", 2, "no form can show", "Use str, int"),
        ("@workflow\ndef w(context: OrganizationContext, n: str | int): ...", 2, "no form can show", "Use str, int"),
        ("@workflow\ndef w(context: OrganizationContext, n: 'Missing'): ...", 2, "not defined here", "Import it at the top"),
        ("@workflow\ndef w(context: OrganizationContext, n: str = None): ...", 2, "The default of 'n', None, is refused", "Optional"),
        ("@workflow\ndef w(context: OrganizationContext, n: int = 'x'): ...", 2, "is refused: Must be a whole number.", "Give a default"),
        ("@workflow\n@param('n', min=5)\ndef w(context: OrganizationContext, n: int = 1): ...", 2, "is refused: Must be at least 5.", "Give a default"),
        ("@workflow(timeout_seconds=0)\ndef w(context: OrganizationContext): ...", 1, "timeout_seconds=0", "from 1 to 1800"),
        ("@workflow(timeout_seconds=3600)\ndef w(context: OrganizationContext): ...", 1, "timeout_seconds=3600", "from 1 to 1800"),
        ("@workflow(timeout_seconds='5')\ndef w(context: OrganizationContext): ...", 1, "timeout_seconds='5'", "from 1 to 1800"),
        ("@workflow(timeout_seconds=True)\ndef w(context: OrganizationContext): ...", 1, "timeout_seconds=True", "from 1 to 1800"),
        ("@workflow(name='on board')\ndef w(context: OrganizationContext): ...", 1, "'on board' is not a usable workflow name", "Start with a letter"),
        ("@workflow(execution_mode='later')\ndef w(context: OrganizationContext): ...", 1, "execution_mode='later'", "sync, async"),
        ("@workflow(required_permission='admin')\ndef w(context: OrganizationContext): ...", 1, "required_permission='admin'", "canExecuteWorkflows"),
        ("@workflow(tags='m365')\ndef w(context: OrganizationContext): ...", 1, "is one text", "tags=['m365']"),
        ("@workflow\nclass W: ...", 1, "no function", "Put it on a `def`"),
        ("@workflow\ndef w(context: OrganizationContext):\n    yield 1", 1, "yields", "return them"),
        ("@workflow\n@workflow\ndef w(context: OrganizationContext): ...", 1, "twice", "Keep one"),
        ("@workflow\n@data_provider\ndef w(context: OrganizationContext): ...", 1, "twice", "Keep one"),
        ("@data_provider(cache_ttl_seconds=-1)\ndef w(context: OrganizationContext): ...", 1, "cache_ttl_seconds=-1", "from 0"),
        ("@data_provider(timeout_seconds=600)\ndef w(context: OrganizationContext): ...", 1, "timeout_seconds=600", "from 1 to 60"),
        ("@param('n')\ndef w(context: OrganizationContext, n: str): ...", 1, "carries @param alone", "Add @workflow"),
        ("@workflow\n@schedule('0 6 * *')\ndef w(context: OrganizationContext): ...", 2, "not a cron expression of five fields", '0 6 * * 1-5'),
        ("@workflow\n@schedule('0 0 6 * * *')\ndef w(context: OrganizationContext): ...", 2, "not a cron expression of five fields", '0 6 * * 1-5'),
        ("@workflow\n@schedule('@daily')\ndef w(context: OrganizationContext): ...", 2, "not a cron expression of five fields", '0 6 * * 1-5'),
        ("@workflow\n@schedule('0 25 * * *')\ndef w(context: OrganizationContext): ...", 2, "bad hour", '0 6 * * 1-5'),
        ("@workflow\n@schedule('0 6 */20 * 1L')\ndef w(context: OrganizationContext): ...", 2, "No day ever fits", 'that its months have'),
        ("@workflow\n@schedule('0 6 * * *', timezone='Europe/Berlln')\ndef w(context: OrganizationContext): ...", 2, "no time zone 'Europe/Berlln'", 'Europe/Berlin'),
        ("@workflow\n@schedule('0 6 * * *', timezone='../../etc/passwd')\ndef w(context: OrganizationContext): ...", 2, "no time zone", 'Europe/Berlin'),
        ("@workflow\n@schedule('0 6 * * *', name='at six')\ndef w(context: OrganizationContext): ...", 2, "not a usable schedule name", 'at most 60'),
        ("@workflow\n@schedule('0 6 * * *')\n@schedule('0 7 * * *')\ndef w(context: OrganizationContext): ...", 3, "Two schedules are called 'default'", 'name='),
        ("@workflow\n@schedule('0 6 * * *', overlap='run')\ndef w(context: OrganizationContext): ...", 2, "overlap='run'", 'skip, queue'),
        ("@workflow\n@schedule('0 6 * * *', catch_up_seconds=-1)\ndef w(context: OrganizationContext): ...", 2, "catch_up_seconds=-1", 'from 0 to 86400'),
        ("@workflow\n@schedule('0 6 * * *', tags='vip')\ndef w(context: OrganizationContext): ...", 2, "is one text", "tags=['vip']"),
        ("@workflow\n@schedule('0 6 * * *', tags=['VIP'])\ndef w(context: OrganizationContext): ...", 2, "no tag of an organization", 'lower-case'),
        ("@workflow\n@schedule('0 6 * * *', organizations='all', tags=['vip'])\ndef w(context: OrganizationContext): ...", 2, "contradict", 'Keep the one'),
        ("@workflow\n@schedule('0 6 * * *', organizations=['contoso'])\ndef w(context: OrganizationContext): ...", 2, "no organization's id", 'organizations='),
        ("@workflow\n@schedule('0 6 * * *', organizations=[])\ndef w(context: OrganizationContext): ...", 2, "no list of ids", 'leave it out'),
        ("@workflow(requires_org=False)\n@schedule('0 6 * * *', organizations='all')\ndef w(context: OrganizationContext): ...", 2, "without an organization", 'once for all'),
        ("@workflow\n@schedule('0 6 * * *', parameters={'n': 1})\ndef w(context: OrganizationContext): ...", 2, "n: There is no parameter of this name.", 'as a form would'),
        ("@schedule('0 6 * * *')\n@workflow\ndef w(context: OrganizationContext): ...", 1, "stands above", 'below @workflow'),
        ("@schedule('0 6 * * *')\ndef w(context: OrganizationContext): ...", 1, "carries @schedule alone", 'Add @workflow'),
        ("@data_provider\n@schedule('0 6 * * *')\ndef w(context: OrganizationContext): ...", 2, "has no schedule", 'on a workflow'),
        ("@workflow\n@schedule('0 6 * * *')\ndef w(context: OrganizationContext, n: int): ...", 2, "n: Required.", "as a form would"),
    ],
)  # fmt: skip
def test_it_names_line_problem_and_mend(
    author_root: Callable[[dict[str, str]], Path], source: str, line: int, problem: str, mend: str
) -> None:
    root = author_root({"workflows/wrong.py": HEAD + source + "\n"})
    found = discover(root)
    assert found.workflows == {}
    assert [(error.source_file, error.line) for error in found.catalog.errors] == [
        ("workflows/wrong.py", line + HEAD.count("\n"))
    ]
    assert problem in found.catalog.errors[0].message
    assert mend in found.catalog.errors[0].message


def test_outside_discovery_the_error_names_file_and_line() -> None:
    with pytest.raises(DeclarationError) as caught:

        @workflow
        @param("nobody")
        async def sample(context: OrganizationContext, name: str) -> None: ...

    here = inspect.getsourcelines(test_outside_discovery_the_error_names_file_and_line)[1]
    assert caught.value.file == __file__
    assert caught.value.line == here + 4
    assert str(caught.value).startswith(f"{__file__}:{here + 4}: ")


async def test_the_decorated_object_is_still_the_plain_function() -> None:
    async def plain(context: OrganizationContext, name: str) -> str:
        return name.upper()

    decorated = workflow(category="x")(param("name", label="Name")(plain))
    assert decorated is plain
    assert await decorated(OrganizationContext.for_testing(), "ada") == "ADA"


def test_a_function_without_decorator_has_no_definition() -> None:
    with pytest.raises(LookupError, match="carries no @workflow"):
        definition_of(test_a_function_without_decorator_has_no_definition)


def test_a_data_provider_stays_a_plain_function_too() -> None:
    @data_provider
    def colours(context: OrganizationContext) -> list[str]:
        """Colours to choose from."""
        return ["red"]

    assert colours(OrganizationContext.for_testing()) == ["red"]
    metadata = definition_of(colours).metadata
    assert (metadata.name, metadata.description) == ("colours", "Colours to choose from.")
    assert (metadata.cache_ttl_seconds, metadata.timeout_seconds) == (300, 15)


def test_a_subclass_of_the_context_is_a_context() -> None:
    @workflow
    def sample(context: Own, name: str) -> None: ...

    assert [field.name for field in definition_of(sample).metadata.parameters] == ["name"]
