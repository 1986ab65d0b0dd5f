"""Building forms in Chromium: by mouse, by keys alone, against somebody else, and against the service's rules."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from tests.e2e.browser import Visitor

from msp_devstack import demo
from msp_devstack.api import Api, ok
from msp_devstack.seed import ONBOARD_FORM
from msp_devstack.stack import Stack

pytestmark = [pytest.mark.e2e, pytest.mark.long]
Visit = Callable[..., Visitor]


@pytest.fixture
def visit(visit: Visit) -> Visit:
    def begin(scheme: str = "light", person: demo.DemoPerson = demo.ADMIN) -> Visitor:
        visitor = visit(scheme)
        visitor.sign_in(person)
        visitor.page.get_by_role("navigation").get_by_role("link", name="Forms").click()
        return visitor

    return begin


def saved_form(stack: Stack, name: str) -> dict[str, Any]:
    with Api(stack.ports, demo.ADMIN) as api:
        api.use(api.organization_id(demo.CONTOSO.name))
        forms = ok(api.management.get("/api/forms", params={"limit": 200}))
    return next(form for form in forms if form["name"] == name)


def choose(page: Page, label: str, option: str) -> None:
    page.get_by_role("combobox", name=label).click()
    page.get_by_role("option", name=option, exact=True).click()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_form_made_from_a_workflow_is_saved_loaded_and_run(stack: Stack, visit: Visit, scheme: str) -> None:
    visitor, name = visit(scheme), f"Offboard, {scheme}"
    page = visitor.page
    assert visitor.violations() == []
    page.get_by_role("link", name="New form").click()
    page.get_by_role("textbox", name="Name").fill(name)
    choose(page, "Workflow", "offboard_user")
    assert visitor.violations() == []
    page.get_by_role("button", name="Add the").click()
    page.get_by_role("list", name="Fields").get_by_text("User").click()
    assert visitor.violations() == []
    preview = page.get_by_role("form", name="Preview of the form")
    expect(preview.get_by_placeholder("Choose…")).to_be_enabled()
    page.get_by_role("button", name="Create the form").click()
    expect(page.get_by_role("heading", name=f"Edit {name}", level=1)).to_be_visible()
    expect(page.get_by_text("Saved", exact=True)).to_be_visible()
    assert saved_form(stack, name)["linkedWorkflow"] == "offboard_user"
    page.get_by_role("link", name="Open the form").click()
    expect(page.get_by_role("heading", name=name, level=1)).to_be_visible()


def test_a_form_is_built_with_the_keyboard_alone(stack: Stack, visit: Visit) -> None:
    page = visit().page
    keys = page.keyboard
    page.get_by_role("link", name="New form").focus()
    keys.press("Enter")
    page.get_by_role("textbox", name="Name").focus()
    keys.type("By keys")
    page.get_by_role("combobox", name="Workflow").focus()
    keys.type("licence_rep")
    keys.press("ArrowDown")
    keys.press("Enter")
    for type_ in ("Text", "Number"):
        page.get_by_role("group", name="Add a field").get_by_role("button", name=type_, exact=True).focus()
        keys.press("Enter")
        # The new field's label has the keyboard, with its text selected.
        expect(page.get_by_role("textbox", name="Label")).to_be_focused()
        keys.type(f"My {type_.lower()}")
    fields = page.get_by_role("list", name="Fields").get_by_role("listitem")
    expect(fields).to_have_text(["My text", "My number"])
    page.get_by_role("button", name="Drag “My number”").focus()
    keys.press("Space")
    expect(page.get_by_text("“My number” is over line 2 of 2.")).to_be_attached()
    keys.press("ArrowUp")
    expect(page.get_by_text("“My number” is over line 1 of 2.")).to_be_attached()
    keys.press("Space")
    expect(fields).to_have_text(["My number", "My text"])
    keys.press("Control+z")
    expect(fields).to_have_text(["My text", "My number"])
    keys.press("Control+Shift+z")
    expect(fields).to_have_text(["My number", "My text"])
    page.get_by_role("button", name="Move “My text” up").focus()
    keys.press("Enter")
    expect(fields).to_have_text(["My text", "My number"])
    keys.press("Control+s")
    expect(page.get_by_role("heading", name="Edit By keys", level=1)).to_be_visible()
    names = [field["name"] for field in saved_form(stack, "By keys")["formSchema"]["fields"]]
    assert names == ["text", "number"]


def test_what_would_be_refused_is_told_where_it_is(visit: Visit) -> None:
    visitor = visit("dark")
    page = visitor.page
    page.get_by_role("link", name="New form").click()
    page.get_by_role("textbox", name="Name").fill("Wrong")
    choose(page, "Workflow", "licence_report")
    palette = page.get_by_role("group", name="Add a field")
    palette.get_by_role("button", name="Text", exact=True).click()
    palette.get_by_role("button", name="Choice list").click()
    choose(page, "Show this field", "Depending on “Text”")
    page.get_by_role("button", name="Move “Choice list” up").click()
    expect(page.get_by_role("alert")).to_have_text(
        "“Choice list” depends on “Text”, so it has to come after it."
    )
    assert visitor.violations() == []
    page.get_by_role("button", name="Text", exact=True).last.click()
    page.get_by_role("textbox", name="Pattern").fill("(?=look)")
    page.get_by_role("button", name="Create the form").click()
    expect(page.get_by_role("textbox", name="Pattern")).to_be_focused()
    expect(page.get_by_text("The pattern does not work")).to_be_visible()
    assert visitor.violations() == []
    page.get_by_role("button", name="Delete the field").click()
    expect(page.get_by_role("dialog")).to_contain_text("“Choice list” will always show")
    page.get_by_role("dialog").get_by_role("button", name="Delete the field").click()
    page.get_by_role("navigation").get_by_role("link", name="Home").click()
    expect(page.get_by_role("dialog", name="Leave without saving?")).to_be_visible()


def test_somebody_elses_change_is_shown_beside_ones_own(stack: Stack, visit: Visit) -> None:
    visitor = visit()
    page = visitor.page
    page.get_by_role("link", name=f"Edit {ONBOARD_FORM}").click()
    page.get_by_label("Description").fill("My words")
    form = saved_form(stack, ONBOARD_FORM)
    kept = {key: form[key] for key in ("name", "linkedWorkflow", "formSchema", "isGlobal", "isActive")}
    with Api(stack.ports, demo.ADMIN) as api:
        api.use(api.organization_id(demo.CONTOSO.name))
        change, version = {**kept, "description": "Their words"}, {"If-Match": form["etag"]}
        ok(api.management.put(f"/api/forms/{form['id']}", json=change, headers=version))
    page.get_by_role("button", name="Save", exact=True).click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("row", name="Description Their words My words")).to_be_visible()
    assert visitor.violations() == []
    dialog.get_by_role("button", name="Take theirs").click()
    expect(page.get_by_label("Description")).to_have_value("Their words")
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_label("Description")).to_have_value("My words")
    page.get_by_role("button", name="Undo").click()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved", exact=True)).to_be_visible()
    assert saved_form(stack, ONBOARD_FORM)["description"] == form["description"]


def test_only_those_who_may_manage_forms_change_them(visit: Visit) -> None:
    page = visit(person=demo.CLIENT_USER).page
    expect(page.get_by_role("link", name=ONBOARD_FORM)).to_be_visible()
    expect(page.get_by_role("link", name="New form")).to_have_count(0)
