"""The environments a person works with: the local stack, and those they named."""

from __future__ import annotations

import json
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import typer

from msp_cli.errors import Missing, Unreachable, Usage
from msp_cli.private_files import write_private

LOCAL: Final = "local"
ENTRA: Final = "https://login.microsoftonline.com"

_FILE = "environments.toml"
_NO_STACK = "No local stack is running: start one with `msp up` in another terminal."
_NO_STACK_KNOWN = (
    "No local stack is known here. `make up` in a checkout of the platform starts one, and "
    "MSP_DATA=/path/to/checkout/.msp names it. Add another environment with `msp env add`."
)
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True)
class Environment:
    """Where the two services are, and how to sign in to them.

    Attributes:
        client: The web client's address, for `msp open`; None if it is not known.
        authority: The identity provider with the tenant, such as `https://login.microsoftonline.com/{id}`.
        scope: What the access token is for.
    """

    name: str
    management: str
    engine: str
    authority: str
    client_id: str
    scope: str
    client: str | None = None

    @property
    def is_local(self) -> bool:
        """Whether it is this machine's stack."""
        return self.name == LOCAL


def folder() -> Path:
    """The person's own folder for environments and sign-ins."""
    given = os.environ.get("MSP_CONFIG_FOLDER")
    return Path(given) if given else Path(typer.get_app_dir("msp"))


def data_folder(given: Path | None = None) -> Path | None:
    """The running stack's folder: as given, by MSP_DATA, or found from here.

    It is known by its `stack.json`; None if there is none.
    """
    named = given or (Path(os.environ["MSP_DATA"]) if os.environ.get("MSP_DATA") else None)
    if named is not None:
        return named if (named / "stack.json").exists() else None
    here = Path().absolute()
    candidates = [place / ".msp" for place in (here, *here.parents)]
    if (repository := _repository()) is not None:
        candidates.append(repository / ".msp")
    return next((one for one in candidates if (one / "stack.json").exists()), None)


def _repository() -> Path | None:
    import importlib.util

    spec = importlib.util.find_spec("msp_devstack")
    return None if spec is None or spec.origin is None else Path(spec.origin).parents[3]


def stack_state() -> dict[str, Any]:
    """What the running stack wrote down of itself.

    Raises:
        Unreachable: None runs here.
    """
    data = data_folder()
    if data is None:
        raise Unreachable(_NO_STACK if _repository() is not None else _NO_STACK_KNOWN)
    state: dict[str, Any] = json.loads((data / "stack.json").read_text())
    return state


def local() -> Environment:
    """The running local stack, on whatever ports it has.

    Raises:
        Unreachable: None runs here.
    """
    state = stack_state()
    url = {name: f"http://localhost:{port}" for name, port in state["ports"].items()}
    given = state["signIn"]
    return Environment(
        LOCAL,
        url["management"],
        url["engine"],
        authority=given["authority"],
        client_id=given["clientId"],
        scope=given["scope"],
        client=url["client"],
    )


class Environments:
    """The environments by name, kept in a TOML file."""

    def __init__(self) -> None:
        self._path = folder() / _FILE

    @property
    def current(self) -> str:
        """The name of the one in use."""
        return str(self._read().get("current", LOCAL))

    def names(self) -> list[str]:
        """All names, the local one first."""
        return [LOCAL, *sorted(self._read().get("environments", {}))]

    def get(self, name: str | None = None) -> Environment:
        """The environment of that name; the one in use where none is given.

        Raises:
            Missing: Nobody added it.
            Unreachable: It is the local one, and no stack runs.
        """
        wanted = name or self.current
        if wanted == LOCAL:
            return local()
        found = self._read().get("environments", {}).get(wanted)
        if found is None:
            raise Missing(
                f"There is no environment {wanted!r}. There are: {', '.join(self.names())}. "
                "Add one with `msp env add`."
            )
        return Environment(name=wanted, **found)

    def add(self, environment: Environment) -> None:
        """Keep an environment, or what was changed in it.

        Raises:
            Usage: Its name or an address is not usable.
        """
        if not _NAME.fullmatch(environment.name) or environment.is_local:
            raise Usage(f"{environment.name!r} cannot name an environment: use a word such as production.")
        for address in (
            environment.management,
            environment.engine,
            environment.authority,
            environment.client,
        ):
            if address is not None:
                _check_address(address)
        kept = {name: value for name, value in asdict(environment).items() if value is not None}
        name = kept.pop("name")
        content = self._read()
        content.setdefault("environments", {})[name] = kept
        self._write(content)

    def use(self, name: str) -> None:
        """Make it the one in use.

        Raises:
            Missing: Nobody added it.
        """
        if name not in self.names():
            raise Missing(f"There is no environment {name!r}. There are: {', '.join(self.names())}.")
        self._write(self._read() | {"current": name})

    def remove(self, name: str) -> None:
        """Forget it.

        Raises:
            Missing: Nobody added it.
        """
        content = self._read()
        if name not in content.get("environments", {}):
            raise Missing(f"There is no environment {name!r} to remove.")
        del content["environments"][name]
        if content.get("current") == name:
            del content["current"]
        self._write(content)

    def _read(self) -> dict[str, Any]:
        try:
            return tomllib.loads(self._path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise Usage(f"{self._path} cannot be read: {error}. Correct or delete it.") from None

    def _write(self, content: Mapping[str, Any]) -> None:
        import tomli_w

        write_private(self._path, tomli_w.dumps(content))


def _check_address(address: str) -> None:
    parts = urlsplit(address)
    is_here = parts.scheme == "http" and parts.hostname in _LOOPBACK
    if not parts.hostname or parts.username or not (parts.scheme == "https" or is_here):
        raise Usage(f"{address!r} is no https address: a token would travel in the open.")
