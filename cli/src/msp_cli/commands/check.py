"""`msp check`: what is wrong in author files, at its file and line."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from msp_cli.output import AsJson, show
from msp_cli.roots import find_root

if TYPE_CHECKING:
    from rich.console import Console

    from msp_automation.metadata import Catalog
    from msp_cli.checking.problems import Problem

app = typer.Typer()


@app.command()
def check(
    path: Annotated[
        Path | None,
        typer.Argument(help="The author's folder, or one file in it; found from here if not given."),
    ] = None,
    types: Annotated[bool, typer.Option("--types", help="Ask mypy or pyright as well.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Warnings fail, too.")] = False,
    as_json: AsJson = False,
) -> None:
    """Look for mistakes in workflows, data providers and integrations, as the engine would find them.

    Example: msp check --types
    """
    from msp_automation.author_files import author_paths
    from msp_automation.discovery import FOLDERS, discover
    from msp_cli.checking.described import undescribed
    from msp_cli.checking.shared_state import shared_state

    root = find_root(path)
    only = path.absolute().relative_to(root).as_posix() if path is not None and path.is_file() else None
    found = discover(root)
    paths = [one for folder in (*FOLDERS, "lib") for one in author_paths(root, folder)]
    problems = [*_declared(found.catalog), *undescribed(root, found), *shared_state(root, paths)]
    checker = None
    if types:
        from msp_cli.checking.types import check_types

        asked = paths if only is None else [root / only]
        checker, wrong = check_types(root, [one.relative_to(root) for one in asked])
        problems += wrong
    _tell(
        root,
        found.catalog,
        [one for one in problems if only in (None, one.file)],
        checker=checker,
        as_json=as_json,
        strict=strict,
    )


def _declared(catalog: Catalog) -> list[Problem]:
    from msp_cli.checking.problems import Problem

    return [Problem(error.source_file, error.line or 0, error.message) for error in catalog.errors]


def _tell(
    root: Path, catalog: Catalog, problems: list[Problem], *, checker: str | None, as_json: bool, strict: bool
) -> None:
    problems = sorted(problems)
    errors = [one for one in problems if one.severity == "error"]
    names = {
        "workflows": [one.name for one in catalog.workflows],
        "dataProviders": [one.name for one in catalog.data_providers],
    }
    document: dict[str, Any] = {
        "root": str(root),
        **names,
        "typeChecker": checker,
        "problems": [one.document() for one in problems],
        "ok": not (problems if strict else errors),
    }

    def render(out: Console) -> None:
        for one in problems:
            style = "red" if one.severity == "error" else "yellow"
            out.print(f"{one.place}: {one.severity}: {one.message}", style=style, soft_wrap=True)
        counts = f"{len(names['workflows'])} workflow(s), {len(names['dataProviders'])} data provider(s)"
        found = f"{len(errors)} error(s), {len(problems) - len(errors)} warning(s)"
        out.print(f"{counts}: {found if problems else 'nothing to mend.'}")

    show(document, as_json, render)
    if not document["ok"]:
        raise typer.Exit(1)
