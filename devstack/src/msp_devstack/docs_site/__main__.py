"""`make docs` and `make docs-serve`."""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

from msp_devstack.docs_site.api_pages import write_pages
from msp_devstack.docs_site.links import problems
from msp_devstack.docs_site.navigation import EXPANDED, SOURCE, expand
from msp_devstack.docs_site.sources import bring_sources
from msp_devstack.services import REPOSITORY

DOCS = REPOSITORY / "docs"
SITE = REPOSITORY / "build" / "site"


def main() -> None:
    """Write the HTTP reference, then build the site, or show it and follow every saved file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--serve", action="store_true", help="show it, and again after every saved file")
    write_pages(DOCS / "api")
    if parser.parse_args().serve:
        sys.exit(zensical("serve"))
    if status := zensical("build", "--strict", "--clean"):
        sys.exit(status)
    bring_sources(SITE, DOCS, REPOSITORY)
    if found := list(problems(SITE)):
        sys.exit("\n".join(found))
    print(f"{SITE / 'index.html'}: open it in a browser.")


def zensical(*arguments: str) -> int:
    """Run the site's generator of this environment in the repository; its exit code."""
    EXPANDED.write_text(expand(SOURCE.read_text("utf-8"), DOCS), "utf-8")
    command = [str(Path(sys.executable).parent / "zensical"), *arguments, "--config-file", EXPANDED.name]
    return subprocess.run(command, cwd=REPOSITORY, check=False).returncode


if __name__ == "__main__":
    main()
