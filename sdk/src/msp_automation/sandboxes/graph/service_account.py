"""The MSP's service account at the token endpoint: its refresh tokens, and who lets it in.

Source: https://learn.microsoft.com/entra/identity-platform/refresh-tokens
"""

from __future__ import annotations

import secrets

from msp_automation.sandboxes.graph.errors import EntraError
from msp_automation.sandboxes.graph.state import AccountState, Consent, ServiceAccount, Tenant, now

# Entra keeps more; the sandbox need not keep every token it ever gave.
_MOST_TOKENS = 200


def check_refresh_token(account: ServiceAccount, token: str) -> None:
    """Refuse what is no refresh token of the account's, or no longer.

    Raises:
        EntraError: AADSTS70000, 50173 or 700082.
    """
    if not any(secrets.compare_digest(token.encode(), one.encode()) for one in account.tokens):
        raise EntraError(400, "invalid_grant", 70000, "The provided grant is invalid or malformed.")
    if account.state is AccountState.REVOKED:
        message = (
            "The provided grant has expired due to it being revoked, a fresh auth token is needed. The user "
            "might have changed or reset their password. The grant was issued before the TokensValidFrom "
            f"date (before which tokens are not valid) for this user, which is '{now()}'."
        )
        raise EntraError(400, "invalid_grant", 50173, message)
    if account.state is AccountState.EXPIRED:
        message = "The refresh token has expired due to inactivity. It was inactive for 90.00:00:00."
        raise EntraError(400, "invalid_grant", 700082, message)


def check_sign_in(
    account: ServiceAccount, tenant: Tenant, *, app_id: str, home_tenant_id: str, is_let_in: bool
) -> None:
    """Refuse a tenant that does not let the account in, or that the application may not act in.

    Raises:
        EntraError: AADSTS50020, 65001 or 50105.
    """
    if not is_let_in:
        message = (
            f"User account '{account.principal_name}' from identity provider "
            f"'https://sts.windows.net/{home_tenant_id}/' does not exist in tenant '{tenant.name}' and "
            f"cannot access the application '{app_id}' in that tenant. The account needs to be added as an "
            "external user in the tenant first. Sign out and sign in again with a different Azure "
            "Active Directory user account."
        )
        raise EntraError(400, "invalid_grant", 50020, message)
    if tenant.consent is not Consent.GRANTED:
        message = (
            f"The user or administrator has not consented to use the application with ID '{app_id}'. Send an "
            "interactive authorization request for this user and resource."
        )
        raise EntraError(400, "invalid_grant", 65001, message)
    if account.state is AccountState.UNASSIGNED:
        message = (
            f"Your administrator has configured the application '{app_id}' to block users unless they are "
            f"specifically granted ('assigned') access to the application. The signed in user "
            f"'{account.principal_name}' is blocked because they are not a direct member of a group with "
            "access, nor had access directly assigned by an administrator."
        )
        raise EntraError(400, "invalid_grant", 50105, message)


def rotate(account: ServiceAccount, used: str) -> str:
    """A new refresh token; the used one lives on unless the account forgets used ones."""
    if account.forgets_used:
        account.tokens.remove(used)
    successor = f"1.{secrets.token_urlsafe(48)}"
    account.tokens.append(successor)
    del account.tokens[:-_MOST_TOKENS]
    return successor
