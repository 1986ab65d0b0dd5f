"""Run the `msp` command as `python -m msp_devstack`."""

from msp_devstack.cli import app

app()
