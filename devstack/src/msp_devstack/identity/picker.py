"""The pages a person sees: the picker, the error page and the signed-out page."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from starlette.responses import HTMLResponse, Response

from msp_devstack.demo import DemoPerson

STYLESHEET_PATH = "/assets/sign-in.css"

STYLESHEET = """
:root {
  color-scheme: light dark;
  --page: #f3f5f8; --card: #ffffff; --text: #1b2330; --dim: #566072; --line: #c9d0da; --accent: #1b57c4;
}
@media (prefers-color-scheme: dark) {
  :root { --page: #12161d; --card: #1b212b; --text: #eef1f6; --dim: #a9b3c3; --line: #465064;
    --accent: #8db4ff; }
}
* { box-sizing: border-box; }
body {
  margin: 0; min-height: 100vh; padding: 2rem 1rem; background: var(--page); color: var(--text);
  font: 1rem/1.5 system-ui, sans-serif; display: grid; place-items: start center;
}
main {
  width: 100%; max-width: 30rem; background: var(--card); border: 1px solid var(--line);
  border-radius: 0.5rem; padding: 1.5rem;
}
h1 { font-size: 1.375rem; margin: 0 0 0.25rem; }
p { margin: 0 0 1.25rem; color: var(--dim); overflow-wrap: anywhere; }
ul { list-style: none; margin: 0; padding: 0; display: grid; gap: 0.625rem; }
button {
  font: inherit; color: inherit; text-align: start; cursor: pointer; width: 100%; min-height: 2.75rem;
  background: transparent; border: 1px solid var(--line); border-radius: 0.375rem; padding: 0.625rem 0.875rem;
}
input {
  font: inherit; width: 100%; min-height: 2.75rem; padding: 0.625rem 0.875rem; color: inherit;
  background: transparent; border: 1px solid var(--line); border-radius: 0.375rem;
}
button:hover { border-color: var(--accent); }
button:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
button strong, button span { display: block; overflow-wrap: anywhere; }
button span { color: var(--dim); font-size: 0.875rem; }
button.plain { margin-top: 1rem; width: auto; text-align: center; color: var(--accent); }
code { font-size: 0.875rem; }
"""


def picker_page(people: Iterable[DemoPerson], *, action: str, return_origin: str) -> Response:
    """Ask who is signing in.

    Args:
        action: Address that takes the choice, with the whole authorization request in its query.
        return_origin: Where the answer redirects to: Chromium checks `form-action` there too.
    """
    rows = "".join(_row(person) for person in people)
    body = (
        "<h1>Who is signing in?</h1>"
        "<p>Local development only: no password, nothing leaves this machine.</p>"
        f'<form method="post" action="{escape(action)}"><ul>{rows}</ul>'
        '<button class="plain" name="person" value="">Cancel</button></form>'
    )
    return _page("Sign in", body, form_action=f"'self' {return_origin}")


def device_code_page(action: str) -> Response:
    """Ask for the code that a device shows."""
    body = (
        "<h1>Enter code</h1><p>Type the code that the command shows.</p>"
        f'<form method="get" action="{escape(action)}"><label>Code '
        '<input name="user_code" autocomplete="off" autofocus required></label>'
        '<button class="plain">Next</button></form>'
    )
    return _page("Enter code", body, form_action="'self'")


def device_picker_page(people: Iterable[DemoPerson], *, action: str, user_code: str) -> Response:
    """Ask who signs the device with this code in."""
    rows = "".join(_row(person) for person in people)
    body = (
        f"<h1>Who signs in with {escape(user_code)}?</h1>"
        "<p>Go on only if a command of yours shows this code.</p>"
        f'<form method="post" action="{escape(action)}">'
        f'<input type="hidden" name="user_code" value="{escape(user_code)}"><ul>{rows}</ul>'
        '<button class="plain" name="person" value="">Cancel</button></form>'
    )
    return _page("Sign in on a device", body, form_action="'self'")


def device_done_page(message: str) -> Response:
    """Say how it went; the rest happens on the device."""
    return _page("Sign in on a device", f"<h1>{escape(message)}</h1><p>You can close this page.</p>")


def error_page(message: str, code: str, *, status: int = 400) -> Response:
    """Say what is wrong with a request that cannot be answered by a redirect."""
    body = f"<h1>Sign-in cannot go on</h1><p>{escape(message)}</p><p><code>{escape(code)}</code></p>"
    return _page("Sign-in cannot go on", body, status=status)


def signed_out_page() -> Response:
    """Say that this browser is signed out."""
    return _page("Signed out", "<h1>Signed out</h1><p>You can close this page.</p>")


def stylesheet() -> Response:
    """The one stylesheet of these pages."""
    return Response(STYLESHEET, media_type="text/css", headers={"Cache-Control": "max-age=3600"})


def _row(person: DemoPerson) -> str:
    return (
        f'<li><button name="person" value="{escape(person.key)}"><strong>{escape(person.name)}</strong>'
        f"<span>{escape(person.email)}</span><span>{escape(person.summary)}</span></button></li>"
    )


def _page(title: str, body: str, *, status: int = 200, form_action: str = "'none'") -> Response:
    html = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<title>{escape(title)}</title><link rel="stylesheet" href="{STYLESHEET_PATH}"></head>'
        f"<body><main>{body}</main></body></html>"
    )
    policy = (
        "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'; "
        f"form-action {form_action}"
    )
    headers = {
        "Content-Security-Policy": policy,
        "X-Frame-Options": "DENY",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Cache-Control": "no-store",
    }
    return HTMLResponse(html, status, headers)
