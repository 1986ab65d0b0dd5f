"""The HaloPSA sandbox: client-credentials tokens, clients, tickets and the rolling rate limit."""

from msp_devstack.halopsa.app import create_app
from msp_devstack.halopsa.control_client import HaloControl

__all__ = ["HaloControl", "create_app"]
