"""The local identity provider: Entra ID's sign-in for development, with a picker instead of passwords."""

from msp_devstack.identity.app import create_app
from msp_devstack.identity.settings import IdentitySettings
from msp_devstack.identity.sign_in import SignInRefused, Tokens, sign_in

__all__ = ["IdentitySettings", "SignInRefused", "Tokens", "create_app", "sign_in"]
