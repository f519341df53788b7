"""`migrate proxy`: configuration for a real proxy in front of both sides."""

from pathlib import Path

import click

from migrator.cli.options import importing
from migrator.errors import MigrateError
from migrator.invocation import Invocation
from migrator.output import say, working
from migrator.project import Choices, load_project
from migrator.proxying import read, replace, validate, write
from migrator.routing import route_table, summary
from migrator.workspace import open_workspace
from proxy.check import check as problems_of
from proxy.engines import ENGINES, load


@click.command("proxy")
@click.option("--engine", type=click.Choice(list(ENGINES)), required=True, help="The proxy to write for.")
@click.option(
    "-o",
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write the files into this folder; without it they go to stdout.",
)
@click.option(
    "--check", is_flag=True, help="Let the proxy itself validate the configuration first; exit 1 if it objects."
)
@click.option("--reload", is_flag=True, help="Let the proxy that runs with the files in the folder take the state.")
@click.option("--flask", default="127.0.0.1:8001", show_default=True, metavar="ADDRESS", help="Where Flask is served.")
@click.option(
    "--fastapi", default="127.0.0.1:8002", show_default=True, metavar="ADDRESS", help="Where FastAPI is served."
)
@click.option("--listen", default="8080", show_default=True, metavar="ADDRESS", help="Where the proxy listens.")
@importing
@click.pass_context
def command(
    context: click.Context,
    engine: str,
    output: Path | None,
    check: bool,
    reload: bool,
    flask: str,
    fastapi: str,
    listen: str,
    python: str | None,
    env_file: Path | None,
    static_only: bool,
) -> None:
    """Write configuration for a real proxy, from the manifest: promoted routes go to FastAPI, the rest to Flask.

    For applications whose sides do not share a process. After a promotion or a rollback, write it again: only the state
    file differs, and `--reload` lets the running proxy take it. A proxy that refuses serves as before.

    \b
    Examples:
      migrate proxy --engine nginx -o deploy/nginx
      migrate proxy --engine haproxy -o deploy/haproxy --check --reload
      migrate proxy --engine nginx --flask unix:/run/shop.sock --fastapi 10.0.0.2:8000
    """
    invocation: Invocation = context.obj
    if reload and output is None:
        raise MigrateError("--reload needs the folder of the files that the proxy runs with: -o FOLDER")
    workspace = open_workspace(invocation)
    with working(invocation, "reading the project"):
        loaded = load_project(workspace.root, workspace.settings, Choices(static_only, python, env_file))
    chosen = load(engine)
    try:
        table = route_table(workspace.root, loaded.project, workspace.manifest, flask, fastapi, listen)
        files = chosen.render(table)
    except ValueError as error:
        raise MigrateError(f"no configuration for {engine}: {error}") from error
    for problem in (*problems_of(table), *chosen.limits(table)):
        if problem.kind in ("shadowed", "undecidable") or invocation.verbose:
            say(invocation, f"{problem.key}: {problem.kind}: {problem.message}")
    if check or reload:
        validate(engine, chosen, files)
    if output is None:
        show(files)
    else:
        before = read(output, files)
        write(output, files)
        say(invocation, f"{output}: {', '.join(sorted(files))}; {summary(table)['fastapi']} route(s) to FastAPI")
        if reload:
            say(invocation, replace(engine, chosen, output, before, files))
    if loaded.has_unread_files:
        context.exit(1)


def show(files: dict[str, str]) -> None:
    """The files on stdout, each under its name."""
    for name, text in files.items():
        click.echo(f"# --- {name}")
        click.echo(text, nl=not text.endswith("\n"))
