"""What can happen to somebody in the middle of their work: their access, their sign-in, the platform's storage."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Page
from tests.e2e.browser import Visitor

from msp_devstack import demo
from msp_devstack.api import Api, ok
from msp_devstack.stack import Stack

_TECHNICIAN = {
    demo.CONTOSO.name: {"canManageConfig": True, "canManageForms": True},
    demo.FABRIKAM.name: {"canManageConfig": False, "canManageForms": False},
}


def go(page: Page, path: str) -> None:
    """To an address within the open page, as a link there would lead."""
    page.evaluate(
        "path => { history.pushState({}, '', path); dispatchEvent(new PopStateEvent('popstate')); }", path
    )


@contextmanager
def disabled(stack: Stack, person: demo.DemoPerson) -> Iterator[None]:
    """An admin disables somebody, and lets them in again afterwards."""
    with Api(stack.ports, demo.ADMIN) as admin:
        _set_active(admin, person, is_active=False)
        try:
            yield
        finally:
            _set_active(admin, person, is_active=True)


def _set_active(admin: Api, person: demo.DemoPerson, *, is_active: bool) -> None:
    path = f"/api/users/{person.user_id}"
    version = admin.management.get(path).headers["ETag"]
    ok(admin.management.patch(path, json={"isActive": is_active}, headers={"If-Match": version}))


@contextmanager
def without_rights(stack: Stack, organization: str, *rights: str) -> Iterator[None]:
    """The technician without some rights in an organization, or without any; afterwards as seeded."""
    seeded = {"canExecuteWorkflows": True, "canViewHistory": True, **_TECHNICIAN[organization]}
    with Api(stack.ports, demo.ADMIN) as admin:
        place = {"userId": demo.TECHNICIAN.user_id, "orgId": admin.organization_id(organization)}
        if rights:
            less = seeded | dict.fromkeys(rights, False)
            ok(admin.management.post("/api/permissions", json={**place, "permissions": less}))
        else:
            ok(admin.management.delete("/api/permissions", params=place))
        try:
            yield
        finally:
            ok(admin.management.post("/api/permissions", json={**place, "permissions": seeded}))


@contextmanager
def frozen_storage(stack: Stack) -> Iterator[None]:
    """Storage stopped in its tracks: connections stay open and nothing answers."""
    process = stack.azurite.process
    assert process is not None
    process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        process.send_signal(signal.SIGCONT)


def end_sign_in(visitor: Visitor) -> None:
    """The session at the identity provider ends, and what the page has of it has run out."""
    visitor.context.clear_cookies()
    visitor.page.evaluate(
        "() => Object.keys(sessionStorage).filter((key) => /accesstoken|refreshtoken/.test(key))"
        ".forEach((key) => sessionStorage.removeItem(key))"
    )


def sign_in_again(visitor: Visitor, person: demo.DemoPerson) -> None:
    """Press "Sign in again", and pick the person in the window that opens."""
    with visitor.page.expect_popup() as opened:
        visitor.page.get_by_role("button", name="Sign in again").last.click()
    with opened.value.expect_event("close"):
        opened.value.get_by_role("button", name=person.name).click()
