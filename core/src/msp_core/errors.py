"""What can go wrong, as one tree.

MspError
├── Invalid                400  the request itself is wrong; `details["fields"]` names what
│   └── TooLarge           413
├── Unauthenticated        401  we do not know who asks
├── Forbidden              403  we know, and they may not
├── NotFound               404
├── Conflict               409  the request contradicts what is stored
│   └── PreconditionFailed 412  somebody changed the row first
├── TooManyRequests        429
└── Unavailable            503  try again later
    ├── UpstreamFailed     502
    └── UpstreamTimeout    504

Messages are sentences a technician can act on. `details` go to the caller and the log: never a secret.
The numbers are what the HTTP layer makes of each kind; this package knows no HTTP.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar


class MspError(Exception):
    """The root: something the platform refuses or cannot do, told in one sentence.

    Args:
        details: Context for the caller and the log, JSON-safe, never a secret.
    """

    code: ClassVar[str] = "InternalError"

    def __init__(self, message: str, *, details: Mapping[str, Any] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.details: dict[str, Any] = dict(details or {})


class Invalid(MspError):
    """The request is wrong in itself and will be wrong again."""

    code = "ValidationError"

    @classmethod
    def field(cls, name: str, message: str) -> Invalid:
        """One wrong field, in the shape that every validation error has."""
        return cls(f"{name}: {message}", details={"fields": {name: message}})


class TooLarge(Invalid):
    """The value is larger than the platform stores or accepts."""

    code = "PayloadTooLarge"


class Unauthenticated(MspError):
    """Nobody we know: no token, or one that does not hold."""

    code = "Unauthorized"


class Forbidden(MspError):
    """The caller is known and may not do this."""

    code = "Forbidden"


class NotFound(MspError):
    """There is no such thing within the caller's reach."""

    code = "NotFound"


class Conflict(MspError):
    """What is stored contradicts the request."""

    code = "Conflict"


class PreconditionFailed(Conflict):
    """Somebody changed the row after the caller read it: read again, then decide.

    `details["currentEtag"]`, where it is there, is storage's ETag of the version that is stored now, None if
    there is none any more.
    """

    code = "PreconditionFailed"

    @classmethod
    def changed(cls, current: str | None, what: str = "this") -> PreconditionFailed:
        """The version that the caller saw is not the one stored now.

        Args:
            current: Storage's ETag of the row as it is; None where there is none.
            what: As in "this role".
        """
        message = f"Somebody changed {what} meanwhile. Load it again, then decide."
        return cls(message, details={"currentEtag": current})


class RetryableError(MspError):
    """Base of what may succeed later.

    Args:
        retry_after_seconds: When trying again makes sense.
    """

    def __init__(
        self,
        message: str,
        *,
        retry_after_seconds: int = 2,
        details: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(message, details=details)
        self.retry_after_seconds = retry_after_seconds


class TooManyRequests(RetryableError):
    """The caller asks faster than the platform answers."""

    code = "TooManyRequests"


class Unavailable(RetryableError):
    """A part the platform needs does not answer now."""

    code = "Unavailable"


class UpstreamFailed(Unavailable):
    """A data provider or integration answered with a failure."""

    code = "UpstreamFailed"


class UpstreamTimeout(Unavailable):
    """A data provider or integration did not answer in time."""

    code = "UpstreamTimeout"
