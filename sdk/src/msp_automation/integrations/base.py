"""What every integration is: a name, settings, a way to sign in, and a client over one transport."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Protocol
from urllib.parse import quote

from msp_automation.capabilities import IntegrationToken, OrganizationInfo
from msp_automation.declaring import Place, check_name
from msp_automation.errors import ConfigurationError, IntegrationError
from msp_automation.integrations.settings import IntegrationSettings
from msp_automation.settings import where_to_set, whose

if TYPE_CHECKING:
    import httpx

    from msp_automation.integrations.paging import Paging

GetSecret = Callable[[str], Awaitable[str | None]]


class StoreSecret(Protocol):
    """Keeps the new value of a secret that changes as it is used, such as a refresh token."""

    async def __call__(self, name: str, value: str, *, replaces: str) -> bool:
        """Store `value` as a new version, unless the secret holds something other than `replaces`.

        Returns:
            False when somebody stored another value meanwhile; theirs stays.
        """


_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_FIRST_ERROR_STATUS = 300
_NO_CONTENT = frozenset({202, 204, 205})
_LONGEST_REASON = 1_000


@dataclass(frozen=True)
class IntegrationTestResult:
    """Whether an integration works, in one sentence, with what was found."""

    ok: bool
    message: str
    details: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Authentication:
    """What `authenticate` may use.

    Attributes:
        org: The organization to sign in for, or None.
        get_secret: Reads a secret by name: the organization's, else the global one.
        http: A client without any token, for the token endpoint.
        store_secret: What the platform lends to built-in integrations only; None for all others.
    """

    org: OrganizationInfo | None
    settings: Any
    get_secret: GetSecret
    http: httpx.AsyncClient
    store_secret: StoreSecret | None = None

    async def require_secret(self, name: str) -> str:
        """A secret's value, or an error that says where to set it.

        Raises:
            ConfigurationError: Nobody set it.
        """
        value = await self.get_secret(name)
        if value is None:
            raise ConfigurationError(
                f"Secret {name!r} is not set for {whose(self.org)}. "
                f"Set it under {where_to_set(self.org, 'Secrets')}.",
                details={"secret": name},
            )
        return value


@dataclass(frozen=True)
class Connection:
    """What the host hands to an integration's client."""

    org: OrganizationInfo | None
    settings: Any
    open_client: Callable[[Integration], httpx.AsyncClient]


class Integration(ABC):
    """Base of every integration; subclass it in a file under `integrations/`.

    Attributes:
        name: Its name in `context.get_integration(name)`.
        label: Its name for people.
        Settings: What an organization sets, as a pydantic model.
        needs_own_tenant: Whether a token must belong to the organization's Microsoft 365 tenant.
    """

    name: ClassVar[str]
    label: ClassVar[str] = ""
    Settings: ClassVar[type[IntegrationSettings]] = IntegrationSettings
    needs_own_tenant: ClassVar[bool] = False

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if getattr(cls.authenticate, "__isabstractmethod__", False):
            return
        place = Place.of(cls.authenticate)
        name = getattr(cls, "name", None)
        if not isinstance(name, str):
            raise place.error(
                f"Integration {cls.__name__} has no name.", f'Write `name = "{cls.__name__.lower()}"`.'
            )
        check_name(name, "integration", place)
        if not (isinstance(cls.Settings, type) and issubclass(cls.Settings, IntegrationSettings)):
            raise place.error(
                f"{cls.__name__}.Settings is no IntegrationSettings.", "Subclass IntegrationSettings there."
            )
        cls.Settings.model_rebuild()
        cls.label = cls.label or name

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._client: httpx.AsyncClient | None = None

    @property
    def org(self) -> OrganizationInfo | None:
        """The organization this client is bound to."""
        return self._connection.org

    @property
    def settings(self) -> Any:
        """The organization's settings, of type `Settings`."""
        return self._connection.settings

    @property
    def base_url(self) -> str:
        """Where the API is; no token ever goes to another host."""
        return str(self.settings.base_url)

    @abstractmethod
    async def authenticate(self, auth: Authentication) -> IntegrationToken:
        """Get an access token.

        Raises:
            IntegrationError: The other system refuses.
            ConfigurationError: A setting or secret is missing.
        """

    async def test(self) -> IntegrationTestResult:
        """Make one real call and say what it found; override it with a call that proves more.

        Raises:
            IntegrationError: The call failed.
        """
        await self.call("GET", "")
        return IntegrationTestResult(True, f"{self.label} answers.")

    def paging(self) -> Paging:
        """How this API pages its lists; OData unless overridden."""
        from msp_automation.integrations.paging import ODataPaging

        return ODataPaging()

    def explain(self, response: httpx.Response) -> ErrorReason:
        """What an error answer says; override it for an API with error bodies of its own."""
        return ErrorReason(
            None, response.text[:_LONGEST_REASON] or None, response.headers.get("x-request-id")
        )

    async def get(
        self,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        **values: Any,
    ) -> Any:
        """Read one thing: `await graph.get("/users/{user}", user=email)`.

        Args:
            path: Relative to the base address. `{names}` in it are filled from
                `values`, each as one segment, whatever it holds.

        Raises:
            IntegrationError: The other system refused, failed or did not answer.
        """
        return await self.call("GET", path, params=params, headers=headers, **values)

    async def post(
        self,
        path: str,
        *,
        json: Any = None,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        safe_to_repeat: bool = False,
        **values: Any,
    ) -> Any:
        """Create something, or call an action; see `get`.

        Args:
            safe_to_repeat: True if the same call twice does no harm; it is then
                tried again after errors that leave open whether it was done.

        Raises:
            IntegrationError: The other system refused, failed or did not answer.
        """
        return await self.call(
            "POST", path, json=json, params=params, headers=headers, safe_to_repeat=safe_to_repeat, **values
        )

    async def patch(
        self,
        path: str,
        *,
        json: Any = None,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        safe_to_repeat: bool = False,
        **values: Any,
    ) -> Any:
        """Change something; see `post`."""
        return await self.call(
            "PATCH", path, json=json, params=params, headers=headers, safe_to_repeat=safe_to_repeat, **values
        )

    async def put(
        self,
        path: str,
        *,
        json: Any = None,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        **values: Any,
    ) -> Any:
        """Write the whole of something; see `get`."""
        return await self.call("PUT", path, json=json, params=params, headers=headers, **values)

    async def delete(
        self,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        **values: Any,
    ) -> Any:
        """Remove something; see `get`."""
        return await self.call("DELETE", path, params=params, headers=headers, **values)

    async def iter_pages(
        self,
        path: str,
        params: Mapping[str, Any] | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        **values: Any,
    ) -> AsyncIterator[list[Any]]:
        """The pages of a list, one request each, empty ones included.

        Args:
            headers: Sent with each page, such as `{"ConsistencyLevel": "eventual"}` for Graph.

        Raises:
            IntegrationError: A page failed, or the paging goes round in circles.
        """
        from msp_automation.integrations.paging import iter_pages

        async def fetch(page_path: str, page_params: Mapping[str, Any] | None) -> Any:
            if page_path != path:  # a next link is a whole address; braces in it are its own
                return await self.call("GET", page_path, params=page_params, headers=headers)
            return await self.call("GET", page_path, params=page_params, headers=headers, **values)

        async for items in iter_pages(fetch, self.paging(), path, params, integration=self.name):
            yield items

    async def get_all(
        self,
        path: str,
        params: Mapping[str, Any] | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        **values: Any,
    ) -> list[Any]:
        """All entries of a list, over all its pages; see `iter_pages`."""
        pages = self.iter_pages(path, params, headers=headers, **values)
        return [item async for page in pages for item in page]

    async def call(
        self,
        method: str,
        path: str,
        *,
        json: Any = None,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        safe_to_repeat: bool = False,
        **values: Any,
    ) -> Any:
        """Make one call and read its JSON; None where the answer has no content."""
        request = self._http.build_request(
            method,
            _fill(path, values),
            params=_present(params),
            headers=None if headers is None else dict(headers),
            json=json,
            extensions={
                "safe_to_repeat": safe_to_repeat,
                "template": path if values else None,
                "base_path": self._http.base_url.path,
            },
        )
        response = await self._http.send(request)
        if response.status_code >= _FIRST_ERROR_STATUS:
            raise self._error(response)
        if response.status_code in _NO_CONTENT and not response.content:
            return None
        try:
            return response.json() if response.content else None
        except ValueError as error:
            raise self._error(response, "answered with something that is not JSON") from error

    @property
    def _http(self) -> httpx.AsyncClient:
        if self._client is None:
            self._client = self._connection.open_client(self)
        return self._client

    def _error(self, response: httpx.Response, problem: str | None = None) -> IntegrationError:
        from msp_automation.integrations.transport import endpoint_of

        told = self.explain(response)
        endpoint = f"{response.request.method} {endpoint_of(response.request)}"
        said = told.message or f"it answered {response.status_code} without a reason"
        return IntegrationError(
            f"{self.label} {problem} ({endpoint})."
            if problem
            else f"{self.label} refused {endpoint} with {response.status_code}: {said}",
            details={
                "integration": self.name,
                "status": response.status_code,
                "code": told.code,
                "reason": told.reason or told.message,
                "endpoint": endpoint,
                "requestId": told.request_id,
            },
        )

    def __repr__(self) -> str:
        return f"{type(self).__name__}(org={self.org.name if self.org else None!r})"


@dataclass(frozen=True)
class ErrorReason:
    """What an error answer says.

    Attributes:
        code: The other system's code for it.
        message: The sentence for the technician; may add what to do.
        request_id: The other system's id of the request, for its support.
        reason: The other system's own words, where `message` adds to them.
    """

    code: str | None
    message: str | None
    request_id: str | None = None
    reason: str | None = None


def _fill(path: str, values: Mapping[str, object]) -> str:
    if not values:
        return path
    missing = [name for name in _PLACEHOLDER.findall(path) if name not in values]
    if missing:
        raise TypeError(f"{path!r} names {missing[0]!r}, but no such value was given.")
    return _PLACEHOLDER.sub(lambda match: _segment(match[1], values[match[1]]), path)


def _segment(name: str, value: object) -> str:
    text = str(value)
    if text in {"", ".", ".."}:
        # These would address the parent instead of what the template names.
        raise IntegrationError(f"{text!r} cannot stand for {name!r} in an address.")
    return quote(text, safe="@$,=")


def _present(params: Mapping[str, Any] | None) -> dict[str, Any] | None:
    return None if params is None else {key: value for key, value in params.items() if value is not None}
