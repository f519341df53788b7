"""`migrate switch`: the overrides that running gateways obey, brought back together with the manifest."""

import click

from migrator.cli.options import selectors
from migrator.cli.promote import report
from migrator.invocation import Invocation
from migrator.promotion import adopt_switch, clear_switch
from migrator.selectors import select
from migrator.switch import read_switch
from migrator.tree import manifest_name
from migrator.workspace import Workspace, open_workspace


@click.command("switch")
@selectors()
@click.option("--adopt", is_flag=True, help="Write what the overrides say into migration.json, then drop them.")
@click.option("--clear", is_flag=True, help="Drop the overrides: migration.json decides again.")
@click.pass_context
def command(context: click.Context, selectors: tuple[str, ...], adopt: bool, clear: bool) -> None:
    """Show what migration.switch.json overrides. An override outlives a deploy until it is adopted or cleared.

    \b
    Examples:
      migrate switch
      migrate switch --adopt
      migrate switch "GET /orders/<int:order_id>" --clear
    """
    invocation: Invocation = context.obj
    if adopt and clear:
        raise click.UsageError("give --adopt or --clear")
    workspace = open_workspace(invocation)
    if adopt:
        report(adopt_switch(workspace.root, selectors), "as the switch says")
    elif clear:
        for key in clear_switch(workspace.root, selectors):
            click.echo(f"{key}: cleared")
    else:
        show(workspace, selectors)


def show(workspace: Workspace, selectors: tuple[str, ...]) -> None:
    """A line for each override, with what the manifest says where that differs."""
    weights = {key: route.weight for _, key, route in workspace.manifest.routes()}
    chosen = {one.key for one in select(workspace.manifest, selectors)}
    overrides = {key: one for key, one in sorted(read_switch(workspace.root).items()) if not selectors or key in chosen}
    if not overrides:
        click.echo(f"no overrides: {manifest_name()} decides")
    for key, override in overrides.items():
        manifest = f", manifest {weights[key]} %" if key in weights else ", unknown to the manifest"
        differs = weights.get(key) != override.weight
        click.echo(f"{key}: {override.weight} % ({override.reason}){manifest if differs else ''}")
