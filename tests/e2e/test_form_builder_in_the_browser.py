"""Building forms in Chromium: by mouse, by keys alone, against somebody else, and against the service's rules."""

from __future__ import annotations

import re
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
    kept = {
        key: form[key]
        for key in ("name", "linkedWorkflow", "formSchema", "isGlobal", "isActive", "runInBackground")
    }
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


def by_hand() -> dict[str, Any]:
    """A definition that nobody made in the builder: every type, property, operator and kind of value."""

    def shown(name: str, operator: str, value: Any = None) -> dict[str, Any]:
        return {"field": name, "operator": operator, "value": value}

    options = [
        {"label": "One", "value": 1},
        {"label": "Text one", "value": "1"},
        {"label": "Yes", "value": True},
    ]
    inputs = {
        "building": {"mode": "field", "value": "text"},
        "floors": {"mode": "static", "value": ["1", "2"]},
    }
    words = {"placeholder": "Type", "helpText": "Helps\nin lines"}
    text_rules = {"pattern": "^[A-Z]{2}", "minLength": 2, "maxLength": 20, "message": "Two letters first."}
    fields: list[dict[str, Any]] = [
        {"name": "text", "type": "text", "required": True, "defaultValue": "ABc", "validation": text_rules, **words},
        {"name": "email", "type": "email", "defaultValue": "a@b.example", "visibleWhen": shown("text", "isNotEmpty")},
        {"name": "number", "type": "number", "defaultValue": 2.5, "validation": {"min": -1, "max": 10.5, "message": "No."},
         "visibleWhen": shown("email", "contains", "@")},
        {"name": "select", "type": "select", "options": options, "defaultValue": True, "section": "b",
         "visibleWhen": shown("number", "greaterThan", 1.5)},
        {"name": "radio", "type": "radio", "options": options[:2], "defaultValue": "1", "section": "b",
         "visibleWhen": shown("select", "in", [1, True])},
        {"name": "several", "type": "multiselect", "options": options, "defaultValue": [1, "1"], "section": "b",
         "validation": {"minLength": 1, "maxLength": 2}, "visibleWhen": shown("radio", "notIn", [1])},
        {"name": "room", "type": "select", "dataProvider": "rooms", "dataProviderInputs": inputs, "section": "a",
         "visibleWhen": shown("several", "contains", "1")},
        {"name": "rooms", "type": "multiselect", "dataProvider": "good", "defaultValue": ["one"],
         "visibleWhen": shown("room", "isEmpty")},
        {"name": "ticked", "type": "checkbox", "defaultValue": False, "visibleWhen": shown("number", "lessThan", 9)},
        {"name": "must", "type": "checkbox", "required": True, "visibleWhen": shown("ticked", "equals", True)},
        {"name": "lines", "type": "textarea", "defaultValue": "a\nb", "validation": {"maxLength": 5000}, **words},
        {"name": "day", "type": "date", "defaultValue": "2026-03-01",
         "validation": {"min": "2026-01-01", "max": "2026-12-31"}, "visibleWhen": shown("text", "notEquals", "x")},
        {"name": "moment", "type": "datetime", "defaultValue": "2026-03-01T09:00:00+05:45",
         "validation": {"min": "2026-01-01T00:00:00Z"}, "visibleWhen": shown("day", "greaterThan", "2026-02-01")},
        {"name": "table", "type": "file", "accept": [".csv", "image/*"], "maxSizeBytes": 12345,
         "visibleWhen": shown("moment", "isNotEmpty")},
        {"name": "note", "type": "markdown", "label": "", "content": "# **Note** [link](https://a.example)",
         "visibleWhen": shown("table", "isEmpty")},
    ]  # fmt: skip
    sections = [
        {"name": "b", "title": "Second", "description": "Below"},
        {"name": "a", "title": "", "description": None},
    ]
    return {
        "name": "By hand",
        "description": "Nobody built it",
        "linkedWorkflow": "echo",
        "formSchema": {
            "fields": [{"label": field["name"].title()} | field for field in fields],
            "sections": sections,
        },
    }


def test_a_definition_made_by_hand_opens_and_is_saved_as_it_was(stack: Stack, visit: Visit) -> None:
    with Api(stack.ports, demo.ADMIN) as api:
        api.use(api.organization_id(demo.CONTOSO.name))
        ok(api.management.post("/api/forms", json=by_hand()))
    before = saved_form(stack, "By hand")
    visitor = visit()
    page = visitor.page
    page.get_by_role("link", name="Edit By hand").click()
    expect(page.get_by_role("heading", name="Edit By hand", level=1)).to_be_visible(timeout=20_000)
    names = page.get_by_role("list", name="Fields").get_by_role("listitem")
    expect(names).to_have_count(15 + 2)
    expect(page.get_by_text("Saved", exact=True)).to_be_visible()
    # Each field's properties are shown once: to look at them changes nothing.
    for field in before["formSchema"]["fields"]:
        called = field["label"] or field["name"]
        names.get_by_role("button", name=re.compile(rf"^{called}(\s*, required)?$")).click()
        expect(page.get_by_role("textbox", name="Label", exact=True)).to_have_value(field["label"])
        expect(page.get_by_text("which does not fit")).to_have_count(0)
    expect(page.get_by_text("Saved", exact=True)).to_be_visible()
    assert visitor.violations() == []
    page.keyboard.press("Control+s")
    expect(page.get_by_text("“By hand” is saved.")).to_be_visible()
    after = saved_form(stack, "By hand")
    assert after["etag"] != before["etag"]
    assert {**after, "etag": 0, "updatedAt": 0} == {**before, "etag": 0, "updatedAt": 0}


def test_only_those_who_may_manage_forms_change_them(visit: Visit) -> None:
    page = visit(person=demo.CLIENT_USER).page
    expect(page.get_by_role("link", name=ONBOARD_FORM)).to_be_visible()
    expect(page.get_by_role("link", name="New form")).to_have_count(0)
