"""What Entra ID's error codes mean, and what to do about each.

Source: https://learn.microsoft.com/entra/identity-platform/reference-error-codes
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

_CODE = re.compile(r"AADSTS(\d+)")
_NOISE = re.compile(r"\s*(?:Trace ID|Correlation ID|Timestamp):.*", re.DOTALL)


@dataclass(frozen=True)
class EntraRefusal:
    """A refusal of Entra's token endpoint, in words.

    Attributes:
        code: Such as `AADSTS7000215`, or OAuth's word where Entra gives no number.
        reason: Entra's own sentence.
        explanation: What it means and what to do; Entra's sentence where we know no better.
    """

    code: str
    reason: str
    explanation: str
    request_id: str | None


EXPLANATIONS = {
    16000: "Several accounts are signed in and Entra cannot choose one. Sign in again and pick the account.",
    50020: "The account does not exist in this tenant. Use an account of the tenant, or invite it.",
    50034: "The account does not exist in this tenant. Check the sign-in name.",
    50053: "The account is locked after too many wrong sign-ins. Wait, or unlock it in Entra ID.",
    50055: "The account's password has expired. Set a new one.",
    50057: "The account is disabled. Enable it in Entra ID or use another.",
    50059: "Entra found no tenant in the request. Check the organization's tenant id.",
    50076: "The tenant asks for multi-factor authentication here. "
    "Use an app-only sign-in, or sign in again with it.",
    50079: "The account has not set up multi-factor authentication. Register it and sign in again.",
    50105: "The application is restricted to assigned accounts, and this one is not assigned. "
    "Assign it in Entra ID under Enterprise applications, Users and groups.",
    50126: "The user name or password is wrong. Correct it.",
    50173: "The sign-in was revoked, for example by a password change. Connect the account again.",
    53000: "A Conditional Access policy asks for a compliant device. Exclude this application from it.",
    53003: "A Conditional Access policy of the tenant blocks this sign-in. "
    "Look it up in the tenant's sign-in log and exclude this application.",
    65001: "The tenant has not consented to the application. "
    "Let one of the tenant's administrators grant admin consent.",
    70011: "The requested scope is not valid. Check the Graph address in the deployment's settings.",
    70021: "The application's federated credential does not match. Compare its issuer and subject.",
    70043: "The refresh token was ended by a Conditional Access policy. Connect the account again.",
    70044: "The session has ended by a Conditional Access policy. Connect the account again.",
    700003: "The device of this sign-in was removed from the tenant. Connect from another device.",
    700016: "The application does not exist in the tenant, or nobody there has consented to it. "
    "Check the client id, then let an administrator of the tenant grant admin consent.",
    700027: "The application's certificate is not accepted. Upload the current one to the app registration.",
    700082: "The refresh token has expired because it was not used. Connect the account again.",
    7000112: "The application is disabled in the tenant. Enable it under Enterprise applications.",
    7000215: "The client secret is wrong. Store the secret's value, not its id, under Secrets.",
    7000218: "The sign-in carried no client secret. Set the secret of the integration.",
    7000222: "The client secret has expired. "
    "Create a new one in the app registration and store it under Secrets.",
    7000229: "The application has no service principal in the tenant. "
    "Let an administrator of the tenant grant admin consent.",
    90002: "The tenant does not exist. Check the organization's tenant id.",
    900023: "The tenant id is neither an id nor a domain. Correct it on the organization.",
    90013: "Entra did not accept the request's values. Check client id and tenant id.",
    90033: "Entra is unavailable for the moment. Run it again later.",
    90072: "The account does not exist in this tenant. Use an account of the tenant.",
    500011: "Microsoft Graph is not available to the application in this tenant. "
    "Let an administrator of the tenant grant admin consent.",
    500133: "The signed request is outside its time. Check the clock of this machine.",
    500571: "The guest account is disabled. Enable it in Entra ID or use another.",
}


def read_refusal(body: Any, status: int) -> EntraRefusal:
    """Read an error answer of Entra's token endpoint, whatever it holds."""
    fields = body if isinstance(body, dict) else {}
    description = str(fields.get("error_description") or fields.get("error") or "").strip()
    number = _number(fields, description)
    code = f"AADSTS{number}" if number is not None else str(fields.get("error") or f"HTTP {status}")
    reason = _NOISE.sub("", description) or f"Entra answered {status} without a reason."
    request_id = fields.get("trace_id") or fields.get("correlation_id")
    return EntraRefusal(
        code,
        reason,
        EXPLANATIONS.get(number, reason) if number is not None else reason,
        str(request_id) if request_id else None,
    )


def _number(fields: dict[str, Any], description: str) -> int | None:
    match = _CODE.search(description)
    if match is not None:
        return int(match[1])
    codes = fields.get("error_codes")
    return codes[0] if isinstance(codes, list) and codes and isinstance(codes[0], int) else None
