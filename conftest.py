"""Fixtures that every room's tests share."""

pytest_plugins = ["msp_devstack.testing"]
