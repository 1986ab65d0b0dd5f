"""Run the `msp` command as `python -m msp_cli`."""

from msp_cli.app import main

main()
