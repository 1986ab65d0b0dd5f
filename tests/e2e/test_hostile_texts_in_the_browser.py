"""Markup and script in every text that the client shows appear as what they are: text."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect
from tests.e2e.browser import Visitor
from tests.e2e.trouble import go

from msp_devstack import demo
from msp_devstack.api import Api, ok
from msp_devstack.services import REPOSITORY
from msp_devstack.stack import Stack

Visit = Callable[..., Visitor]

MARKUP = "<img src=x onerror=\"document.documentElement.dataset.broken='1'\">"
MARKDOWN = f"""# Read this {MARKUP}

[a link](javascript:document.documentElement.dataset.broken='1') and [another](https://elsewhere.example/page)

![picture](https://elsewhere.example/picture.png) <script>document.documentElement.dataset.broken='1'</script>
"""


def directives(policy: str) -> dict[str, str]:
    return {part.split()[0]: " ".join(part.split()[1:]) for part in policy.split(";")}


@pytest.mark.e2e
@pytest.mark.parametrize("path", ["/", "/forms/anything", "/auth.html", "/config.json", "/color-scheme.js"])
def test_the_local_host_sends_the_headers_of_the_deployment(stack: Stack, path: str) -> None:
    settings = json.loads((REPOSITORY / "client" / "staticwebapp.config.json").read_text())
    wanted = dict(settings["globalHeaders"])
    answer = httpx.get(stack.url("client") + path)
    assert answer.status_code == 200
    ours, theirs = (directives(headers["Content-Security-Policy"]) for headers in (answer.headers, wanted))
    # Where the services are is all that differs.
    for place in ("connect-src", "frame-src"):
        assert ours.pop(place).startswith("'self'")
        assert theirs.pop(place).startswith("'self'")
    assert ours == theirs
    assert theirs["script-src"] == "'self'"
    del wanted["Content-Security-Policy"]
    assert {name: answer.headers[name] for name in wanted} == wanted
    cached = [route for route in settings["routes"] if route["route"] == path]
    for route in cached:
        assert {name: answer.headers[name] for name in route["headers"]} == route["headers"]


@pytest.mark.e2e
def test_a_missing_file_is_not_answered_with_the_page(stack: Stack) -> None:
    for path in ("/assets/gone.js", "/gone.svg"):
        assert httpx.get(stack.url("client") + path).status_code == 404


@pytest.fixture
def hostile(stack: Stack) -> Iterator[dict[str, Any]]:
    """An organization whose every text is markup, with a form; closed again afterwards."""
    with Api(stack.ports, demo.ADMIN) as admin:
        made = ok(admin.management.post("/api/organizations", json={"name": f"Org {MARKUP}"}))
        admin.use(made["id"])
        path = f"/api/organizations/{made['id']}"
        config = {"key": "k", "value": f"Value {MARKUP}", "type": "string", "description": f"Why {MARKUP}"}
        ok(admin.management.post(f"{path}/config", json=config))
        ok(admin.management.post("/api/roles", json={"name": f"Role {MARKUP}", "description": MARKUP}))
        form = ok(admin.management.post("/api/forms", json=_form()))
        yield {"organization": made["id"], "form": form["id"]}
        ok(admin.management.delete(path))


def _form() -> dict[str, Any]:
    text = {"name": "note", "label": f"Label {MARKUP}", "type": "text", "helpText": f"Help {MARKUP}"}
    choice = {
        "name": "choice",
        "label": "Choice",
        "type": "radio",
        "options": [{"label": f"Option {MARKUP}", "value": "a"}],
    }
    loaded = {"name": "loaded", "label": "Loaded", "type": "select", "dataProvider": "hostile_options"}
    words = {"name": "words", "label": "Words", "type": "markdown", "content": MARKDOWN}
    fail = {"name": "fail", "label": "Fail", "type": "checkbox"}
    placed = [{**one, "section": "s"} for one in (words, text | {"placeholder": MARKUP}, choice, loaded)]
    return {
        "name": f"Form {MARKUP}",
        "description": f"About {MARKUP}",
        "linkedWorkflow": "hostile",
        "formSchema": {
            "sections": [{"name": "s", "title": f"Section {MARKUP}", "description": MARKUP}],
            "fields": [*placed, fail],
        },
    }


def nothing_ran(page: Page) -> None:
    assert page.evaluate("document.documentElement.dataset.broken") is None
    assert page.locator("main img").count() == 0
    assert page.locator("main script").count() == 0


@pytest.mark.e2e
@pytest.mark.long
def test_markup_in_every_text_is_shown_and_never_runs(
    stack: Stack, visit: Visit, hostile: dict[str, Any]
) -> None:
    visitor = visit()
    page = visitor.page
    visitor.sign_in(demo.ADMIN)
    organization, query = hostile["organization"], f"?org={hostile['organization']}"
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    for path, texts in {
        "/organizations": [f"Org {MARKUP}"],
        f"/organizations/{organization}": [f"Org {MARKUP}"],
        f"/organizations/{organization}/configuration": [f"Value {MARKUP}", f"Why {MARKUP}"],
        "/roles": [f"Role {MARKUP}"],
        "/audit": ["Audit log"],
        f"/forms{query}": [f"Form {MARKUP}", f"About {MARKUP}"],
        f"/forms/{hostile['form']}/edit{query}": [f"Section {MARKUP}", f"Label {MARKUP}", f"Help {MARKUP}"],
        f"/forms/{hostile['form']}{query}": [
            f"Section {MARKUP}",
            f"Label {MARKUP}",
            f"Help {MARKUP}",
            f"Option {MARKUP}",
            f"Read this {MARKUP}",
        ],
    }.items():
        go(page, path)
        for text in texts:
            expect(page.locator("main").get_by_text(text).first).to_be_visible(timeout=15_000)
        nothing_ran(page)
    # Links of markdown lead where they say or nowhere, and its pictures are not asked for.
    assert page.get_by_role("link", name="a link").get_attribute("href") in (None, "")
    expect(page.get_by_role("link", name="another")).to_have_attribute("rel", re.compile("noopener"))
    page.get_by_role("combobox", name="Loaded").click()
    expect(page.get_by_role("option", name=f"{MARKUP} option")).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_label(f"Label {MARKUP}").fill(f"Typed {MARKUP}")
    page.get_by_role("button", name="Run", exact=True).click()
    for text in (f"Cell {MARKUP}", f"Typed {MARKUP}", f"Column {MARKUP}", f"Log {MARKUP}"):
        expect(page.locator("main").get_by_text(text).first).to_be_visible(timeout=20_000)
    nothing_ran(page)
    page.get_by_label("Fail").check()
    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.get_by_text(f"Error {MARKUP}").first).to_be_visible(timeout=20_000)
    nothing_ran(page)
    page.get_by_role("link", name="Open details").click()
    expect(page.get_by_text(f"Error {MARKUP}").first).to_be_visible()
    nothing_ran(page)


@pytest.mark.e2e
@pytest.mark.long
def test_tokens_are_kept_for_this_window_alone(visit: Visit) -> None:
    visitor = visit()
    visitor.sign_in(demo.TECHNICIAN)
    expect(visitor.page.get_by_role("heading", level=1)).to_be_visible()
    kept = "(store) => JSON.stringify({...store})"
    session = visitor.page.evaluate_handle("sessionStorage").evaluate(kept)
    lasting = visitor.page.evaluate_handle("localStorage").evaluate(kept)
    # Base64url of `{"`, with which each part of a signed token begins.
    assert "eyJ" in session
    assert "eyJ" not in lasting
    assert "eyJ" not in visitor.page.evaluate("document.cookie")
