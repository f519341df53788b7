"""`migrate proxy`: configuration for a real proxy in front of both sides."""

from dataclasses import replace
from pathlib import Path

import click

from migrator import marked
from migrator.cli.options import importing
from migrator.errors import MigrateError
from migrator.invocation import Invocation
from migrator.output import say, working
from migrator.project import Choices, load_project
from migrator.proving.prove import Proof, installed
from migrator.proving.prove import prove as prove_routing
from migrator.proxying import read, validate, write
from migrator.proxying import replace as replace_running
from migrator.routing import gone, route_table, summary
from migrator.workspace import open_workspace
from proxy.check import check as problems_of
from proxy.engines import ENGINES, load, marking
from proxy.model import RouteTable
from proxy.platforms import PLATFORMS
from proxy.platforms import load as load_platform

SHOWN = 20
"""How many disagreements of one voice are shown."""


@click.command("proxy")
@click.option("--engine", type=click.Choice([*ENGINES, *PLATFORMS]), help="The proxy to write for.")
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
@click.option(
    "--prove",
    is_flag=True,
    help="Write nothing; draw requests from every rule and around it, and ask Werkzeug, FastAPI, the gateway and the "
    "proxies that are installed who takes them; exit 1 if they disagree.",
)
@click.option(
    "--requests", type=click.IntRange(1), default=2000, show_default=True, help="How many requests --prove draws."
)
@click.option("--flask", default="127.0.0.1:8001", show_default=True, metavar="ADDRESS", help="Where Flask is served.")
@click.option(
    "--fastapi", default="127.0.0.1:8002", show_default=True, metavar="ADDRESS", help="Where FastAPI is served."
)
@click.option("--listen", default="8080", show_default=True, metavar="ADDRESS", help="Where the proxy listens.")
@click.option(
    "--name",
    metavar="NAME",
    help="What the application's routers are called in a Traefik that has several applications.",
)
@importing
@click.pass_context
def command(
    context: click.Context,
    engine: str | None,
    output: Path | None,
    check: bool,
    reload: bool,
    prove: bool,
    requests: int,
    flask: str,
    fastapi: str,
    listen: str,
    name: str | None,
    python: str | None,
    env_file: Path | None,
    static_only: bool,
) -> None:
    """Write configuration for a real proxy, from the manifest: promoted routes go to FastAPI, the rest to Flask.

    For applications whose sides do not share a process. After a promotion or a rollback, write it again: only the state
    differs, and `--reload` lets the running proxy take it, and changed rules. A proxy that refuses serves as before.

    \b
    Examples:
      migrate proxy --engine nginx -o deploy/nginx
      migrate proxy --engine haproxy -o deploy/haproxy --check --reload
      migrate proxy --prove
      migrate proxy --engine nginx --flask unix:/run/shop.sock --fastapi 10.0.0.2:8000
    """
    invocation: Invocation = context.obj
    if engine is None and not prove:
        raise click.UsageError(f"say which proxy to write for: --engine {'|'.join([*ENGINES, *PLATFORMS])}")
    if reload and output is None:
        raise MigrateError("--reload needs the folder of the files that the proxy runs with: -o FOLDER")
    if engine is not None and engine in PLATFORMS and (check or reload or prove):
        raise MigrateError(f"--engine {engine}: {load_platform(engine).TAKEN_BY}")
    if name is not None and engine != "traefik":
        raise MigrateError("--name is for --engine traefik: other proxies have one application each")
    workspace = open_workspace(invocation)
    with working(invocation, "reading the project"):
        loaded = load_project(workspace.root, workspace.settings, Choices(static_only, python, env_file))
    try:
        table = route_table(workspace.root, loaded.project, workspace.manifest, flask, fastapi, listen)
        table = replace(table, name=name or table.name)
    except ValueError as error:
        raise MigrateError(f"no configuration for {engine or 'any proxy'}: {error}") from error
    for key in gone(workspace.root, loaded.project, workspace.manifest):
        say(invocation, f"{key}: promoted, and the application has no such route any more: `migrate apply` forgets it")
    if prove:
        with working(invocation, "asking who takes which request"):
            engines = [engine] if engine else list(installed())
            proof = prove_routing(loaded, workspace.manifest, table, engines, requests, env_file)
        show_proof(proof)
        context.exit(1 if proof.disagreements else 0)
    if engine is not None:
        make(invocation, engine, table, output, check, reload)
    if loaded.has_unread_files:
        context.exit(1)


def show(files: dict[str, str]) -> None:
    """The files on stdout, each under its name."""
    for name, text in files.items():
        click.echo(f"# --- {name}")
        click.echo(text, nl=not text.endswith("\n"))


def make(
    invocation: Invocation, engine: str, table: RouteTable, output: Path | None, check: bool, reload: bool
) -> None:
    """Write the configuration, checked and taken by the running proxy where that is wanted."""
    chosen = load_platform(engine) if engine in PLATFORMS else load(engine)
    try:
        files = chosen.render(table)
    except ValueError as error:
        raise MigrateError(f"no configuration for {engine}: {error}") from error
    promoted = {rule.key for rule in table.rules if rule.is_promoted}
    for problem in (*problems_of(table), *chosen.limits(table)):
        if problem.key in promoted or invocation.verbose:
            say(invocation, f"{problem.key}: {problem.kind}: {problem.message}")
    if check or reload:
        validate(engine, load(engine), files)
    if output is None:
        show(files)
        return
    kept = () if engine in PLATFORMS else load(engine).KEPT
    files = {name: text for name, text in files.items() if name not in kept or not (output / name).exists()}
    before = read(output, files)
    write(output, files)
    say(invocation, f"{output}: {', '.join(sorted(files))}; {summary(table)['fastapi']} route(s) to FastAPI")
    if marking.STATE in files and (hiding := marked.hidden_by(output)):
        say(invocation, f"{hiding}: other users may not enter it: a {engine} that runs as one leaves all to Flask")
    if reload:
        say(invocation, replace_running(engine, load(engine), output, before, files))


def show_proof(proof: Proof) -> None:
    """What came out, a line for each that was asked, and the first requests that there is no agreement on."""
    for verdict in proof.verdicts:
        click.echo(
            f"{verdict.voice}: {verdict.asked} request(s), {verdict.on_fastapi} on FastAPI, "
            f"{verdict.left} left to Flask, {verdict.refused} refused, {len(verdict.disagreements)} disagreement(s)"
        )
        for disagreement in verdict.disagreements[:SHOWN]:
            click.echo(f"  {disagreement}")
    for reason in proof.unasked:
        click.echo(f"not asked: {reason}")
    missing = [name for name in ENGINES if name not in {verdict.voice for verdict in proof.verdicts}]
    if missing:
        click.echo(f"not asked: {', '.join(missing)}")
