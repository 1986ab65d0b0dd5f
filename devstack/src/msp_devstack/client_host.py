"""Serve the built web client as Static Web Apps would: same files, same headers, same fallback."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from msp_devstack.client_config import runtime_config

_NOT_FOUND = 404
_YEAR = "public, max-age=31536000, immutable"


class ClientFiles(StaticFiles):
    """Files of the build; an address that names no file gets the single page."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Answer with the file, or the page that routes in the browser."""
        try:
            answer = await super().get_response(path, scope)
        except HTTPException as error:
            if error.status_code != _NOT_FOUND or "." in path.rsplit("/", 1)[-1]:
                raise
            answer = FileResponse(Path(str(self.directory)) / "index.html")
        answer.headers["Cache-Control"] = _YEAR if path.startswith("assets/") else "no-cache"
        return answer


class SecurityHeaders:
    """Put the headers of `staticwebapp.config.json` on every answer."""

    def __init__(self, app: ASGIApp, headers: dict[str, str]) -> None:
        self._app = app
        self._headers = [(name.lower().encode(), value.encode()) for name, value in headers.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand the request on, with the headers added to its answer."""

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *self._headers]
            await send(message)

        await self._app(scope, receive, with_headers)


def create_app(dist: Path, *, management: str, engine: str, identity: str) -> Starlette:
    """The static host for one stack.

    Args:
        dist: Folder with the client's build and its `staticwebapp.config.json`.
        management, engine, identity: Base addresses of the services the browser speaks to.
    """
    config = runtime_config(management, engine, identity)

    async def answer_config(_request: Request) -> Response:
        return JSONResponse(config, headers={"Cache-Control": "no-store"})

    settings = json.loads((dist / "staticwebapp.config.json").read_text())
    headers = {
        name: _with_sources(value, connect=(management, engine, identity), frame=(identity,))
        if name.lower() == "content-security-policy"
        else value
        for name, value in settings["globalHeaders"].items()
    }
    return Starlette(
        routes=[Route("/config.json", answer_config), Mount("/", ClientFiles(directory=dist, html=True))],
        middleware=[Middleware(SecurityHeaders, headers=headers)],
    )


def _with_sources(policy: str, *, connect: tuple[str, ...], frame: tuple[str, ...]) -> str:
    """The policy with this stack's addresses in place of the deployment's."""
    directives = dict(part.strip().split(" ", 1) for part in policy.split(";") if " " in part.strip())
    directives["connect-src"] = " ".join(("'self'", *connect))
    directives["frame-src"] = " ".join(("'self'", *frame))
    return "; ".join(f"{name} {value}" for name, value in directives.items())


def main() -> None:
    """Parse the arguments and serve until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dist", type=Path, required=True)
    for name in ("client", "management", "engine", "identity"):
        parser.add_argument(f"--{name}", type=int, required=True, help="port")
    arguments = parser.parse_args()
    app = create_app(
        arguments.dist,
        management=f"http://localhost:{arguments.management}",
        engine=f"http://localhost:{arguments.engine}",
        identity=f"http://localhost:{arguments.identity}",
    )
    uvicorn.run(app, host="127.0.0.1", port=arguments.client, access_log=False, log_level="warning")


if __name__ == "__main__":
    main()
