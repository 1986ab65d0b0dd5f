"""The Microsoft Graph sandbox: Entra's token endpoint and the part of Graph that the workflows use."""

from msp_devstack.graph.app import create_app
from msp_devstack.graph.control_client import GraphControl

__all__ = ["GraphControl", "create_app"]
