"""`migrate plan`: what can move, what cannot, why, how much work it is, and in which order."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import click

from migrator.cli.options import formats, importing, selectors
from migrator.diagnostics import diagnostics
from migrator.errors import Refused, our_mistake
from migrator.files import write_atomically
from migrator.invocation import Invocation
from migrator.output import say, working
from migrator.planning.forecast import forecast
from migrator.planning.model import Plan
from migrator.planning.recorded import recorded, styled
from migrator.planning.selection import narrowed
from migrator.project import Choices, load_project
from migrator.report.plan_data import as_json
from migrator.report.plan_markdown import as_markdown
from migrator.report.plan_text import text
from migrator.report.terminal import plain, show
from migrator.selectors import select
from migrator.workspace import open_workspace


@click.command("plan")
@selectors()
@formats("For people, for machines, or for an issue or pull request.", "markdown")
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the plan to a file instead of stdout.",
)
@click.option("--check", is_flag=True, help="Exit 1 when something keeps a route on Flask.")
@click.option("--convert", is_flag=True, help="Convert in memory, as `apply --all` would, instead of a forecast.")
@importing
@click.pass_context
def command(
    context: click.Context,
    selectors: tuple[str, ...],
    form: str,
    output: Path | None,
    check: bool,
    convert: bool,
    python: str | None,
    env_file: Path | None,
    static_only: bool,
) -> None:
    """Say which routes can move to FastAPI, which stay on Flask, and why; with effort and an order of migration.

    A route is native (plain FastAPI), bridged (FastAPI inside the Flask application's context) or stays on Flask. Every
    finding says what was found, where, why it is not automatic, and what to do. Nothing is written but FILE. What
    `migrate apply` has done already counts as it is; the rest is a forecast from what the scan knows, quick and a
    little too hopeful. With --convert everything is converted in memory: slower, and what `apply --all` would do.

    \b
    Examples:
      migrate plan                             everything
      migrate plan orders                      one blueprint
      migrate plan --convert                   no forecast: try it
      migrate plan --format markdown -o PLAN.md
      migrate plan --check                     for continuous integration
    """
    invocation: Invocation = context.obj
    workspace = open_workspace(invocation)
    chosen = {(one.blueprint, one.key) for one in select(workspace.manifest, selectors)}
    with working(invocation, "reading the project"):
        choices = Choices(static_only, python, env_file)
        loaded = load_project(workspace.root, workspace.settings, choices, keeps_trees=convert)
    known = recorded(workspace.manifest, diagnostics)
    failures: Mapping[str, Exception] = {}
    if convert:
        from migrator.planning.tried import tried  # with it comes libcst, which a forecast does not pay for

        with working(invocation, "converting"):
            trial = tried(loaded, workspace.manifest)
        known |= trial.outcomes
        failures = trial.failures
    plan = forecast(
        loaded.project,
        known,
        loaded.sources.findings,
        loaded.settings.parity,
        is_apart=loaded.is_apart,
    )
    plan = replace(plan, schemas=styled(workspace.manifest, loaded.settings))
    if selectors:
        plan = narrowed(plan, chosen)
    write(plan, form, output, invocation)
    if failures:
        raise our_mistake(failures)
    blocked = sorted(route.key for route in plan.routes if route.runtime == "flask" and route.basis != "kept")
    if check and blocked:
        raise Refused(f"{len(blocked)} of {len(plan.routes)} routes stay on Flask, the first is '{blocked[0]}'")
    if loaded.has_unread_files:
        context.exit(1)


def write(plan: Plan, form: str, output: Path | None, invocation: Invocation) -> None:
    """Print the plan, or write it to a file."""
    parts = text(plan, everything=invocation.verbose)
    if form == "text" and output is None:
        show(parts)
        return
    document = {"json": as_json, "markdown": as_markdown}[form](plan) if form != "text" else plain(parts)
    if output is None:
        click.echo(document, nl=False)
    else:
        write_atomically(output.absolute(), document.encode())
        say(invocation, f"{output}: plan of {len(plan.routes)} routes")
