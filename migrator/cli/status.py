"""`migrate status`: how far the migration is."""

import json

import click
from rich.table import Table

from migrator.cli.options import formats
from migrator.errors import MigrateError
from migrator.invocation import Choices, Invocation
from migrator.output import say, stdout
from migrator.selectors import APPLICATION
from migrator.staleness import sources_changed, stale_endpoints
from migrator.status import Debt, RouteStatus, SchemaStatus, Status, read_status
from migrator.workspace import Workspace, open_workspace

STATES = ("legacy", "converted", "verified", "canary", "live", "retired", "kept")


@click.command("status")
@formats("For people, for machines, or for a page.", "markdown")
@click.option("--routes", "every_route", is_flag=True, help="List every route, not only the blueprints.")
@click.option("--static-only", is_flag=True, help="Never import the application to see what is stale.")
@click.pass_context
def command(context: click.Context, form: str, every_route: bool, static_only: bool) -> None:
    """Show how far the migration is: per blueprint and in all, what is stale, what was edited, and the debt.

    \b
    Examples:
      migrate status
      migrate status --routes
      migrate status --format json
      migrate status --format markdown > MIGRATION.md
    """
    workspace = open_workspace(context.obj)
    status = read_status(workspace.root, workspace.manifest, find_stale(context.obj, workspace, static_only))
    if form == "json":
        click.echo(json.dumps(status.document(), indent=2, ensure_ascii=False))
    elif form == "markdown":
        click.echo(markdown(status, every_route))
    else:
        show(status, every_route)


def find_stale(invocation: Invocation, workspace: Workspace, static_only: bool) -> frozenset[str] | None:
    """The stale endpoints; None, with a line on stderr, where the application cannot be asked."""
    root, settings, manifest = workspace.root, workspace.settings, workspace.manifest
    if not any(route.converted for _, _, route in manifest.routes()) or not sources_changed(root, settings):
        return frozenset()
    say(invocation, f"sources changed since the last apply: importing {settings.app} to see what is stale")
    try:
        return stale_endpoints(root, settings, manifest, Choices(static_only=static_only))
    except MigrateError as error:
        say(invocation, f"what is stale is not known: {error.message}")
        return None


def show(status: Status, every_route: bool) -> None:
    """The status for a person at a terminal."""
    console = stdout()
    total = status.counts()
    console.print(f"{status.app} → {status.target}", soft_wrap=True)
    share = round(100 * total["fastapi"] / total["routes"]) if total["routes"] else 0
    console.print(f"{total['fastapi']} of {total['routes']} routes on FastAPI ({share} %)")
    if every_route:
        table = Table("route", "endpoint", "state", "served by", "runtime", "")
        for one in status.routes:
            table.add_row(one.key, one.entry.endpoint, state(one), one.served_by, one.entry.runtime, remark(one))
    else:
        table = Table("blueprint", "routes", *STATES, "on FastAPI")
        for name in status.blueprints():
            table.add_row(*row(status, name))
        table.add_section()
        table.add_row(*row(status, None))
    console.print(table)
    for title, lines in sections(status):
        console.print(f"\n{title}")
        for line in lines:
            console.print(f"  {line}", soft_wrap=True, markup=False)


def markdown(status: Status, every_route: bool) -> str:
    """The status as Markdown."""
    total = status.counts()
    lines = [f"# {status.app} → {status.target}", "", f"{total['fastapi']} of {total['routes']} routes on FastAPI.", ""]
    if every_route:
        heading = ["route", "endpoint", "state", "served by", "runtime", "remark"]
        rows = [
            [f"`{one.key}`", f"`{one.entry.endpoint}`", state(one), one.served_by, one.entry.runtime, remark(one)]
            for one in status.routes
        ]
    else:
        heading = ["blueprint", "routes", *STATES, "on FastAPI"]
        rows = [row(status, name) for name in (*status.blueprints(), None)]
    lines.append(f"| {' | '.join(heading)} |")
    lines.append(f"|{'|'.join(['---'] * len(heading))}|")
    lines += [f"| {' | '.join(cells)} |" for cells in rows]
    for title, entries in sections(status):
        lines += ["", f"## {title}", "", *(bullet(entry) for entry in entries)]
    return "\n".join(lines)


def bullet(entry: str) -> str:
    """An entry of a list; what is indented belongs to the entry before it."""
    return f"  - {' '.join(entry.split())}" if entry.startswith(" ") else f"- {entry}"


def row(status: Status, blueprint: str | None) -> list[str]:
    """A line of the table: a blueprint's, or the total's for None."""
    counts = status.counts(blueprint)
    name = "total" if blueprint is None else "(application)" if blueprint == APPLICATION else blueprint
    return [name, *(str(counts[column] or "·") for column in ("routes", *STATES, "fastapi"))]


def state(one: RouteStatus) -> str:
    """The state, with the share of a canary."""
    name = f"canary {one.weight} %" if one.entry.state == "canary" else one.entry.state
    return f"{name}, shadow" if one.entry.shadow else name


def remark(one: RouteStatus) -> str:
    """What is worth knowing of a route."""
    if one.stale:
        return "stale"
    if one.entry.kept:
        return one.entry.kept
    if one.entry.runtime == "flask":
        return ", ".join(sorted({finding.code for finding in one.entry.findings if finding.severity == "blocked"}))
    return f"evidence: {one.objection}" if one.entry.evidence and one.objection else ""


def schema_remark(one: SchemaStatus) -> str:
    """What is worth knowing of a schema."""
    since = f"exact, although idiomatic was chosen: {one.exact_since}" if one.exact_since else ""
    remarks = ["idiomatic" if one.style == "idiomatic" else "", one.objection or "", since]
    return "; ".join(remark for remark in remarks if remark)


def ledger(debt: Debt) -> list[str]:
    """A helper's entry: what it is, what it keeps, where it is used, what living without it changes."""
    entry = [f"{debt.file}: {debt.summary}"]
    entry += [f"  keeps    {debt.preserves}"] if debt.preserves else []
    entry += [f"  used by  {', '.join(debt.used_by)}"] if debt.used_by else []
    entry += [f"  without  {debt.without}"] if debt.without else []
    entry += [f"  switch   [tool.migrate.parity] {', '.join(debt.switches)}"] if debt.switches else []
    entry += [f"  style    [tool.migrate.schema-styles] {', '.join(debt.styles)}"] if debt.styles else []
    return entry


def sections(status: Status) -> list[tuple[str, list[str]]]:
    """What needs attention, each with a title: stale endpoints, edited files, the switch against the manifest, groups,
    schemas, debt."""
    found = []
    if status.stale:
        found.append(("stale: the source changed, `migrate apply` converts again", sorted(status.stale)))
    if status.edited:
        found.append(("edited or missing: not what the manifest says, its routes are on Flask", list(status.edited)))
    if status.disagreements:
        found.append(("switch against manifest", list(status.disagreements)))
    if status.groups:
        found.append(("groups: they share state, and move together", [str(one) for one in status.groups]))
    if status.schemas:
        proved = [one for one in status.schemas if one.objection is None]
        summary = f"{len(proved)} of {len(status.schemas)} agree, on {sum(one.inputs for one in proved):,} inputs"
        others = [f"{one.name}: {schema_remark(one)}" for one in status.schemas if schema_remark(one)]
        found.append(("schemas: `migrate verify --schemas` compares them with their classes", [summary, *others]))
    if status.debt:
        lines = [line for one in status.debt for line in ledger(one)]
        found.append(("debt: helpers that keep an old behaviour", lines))
    return found
