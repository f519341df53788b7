"""`migrate rollback`: move traffic back to Flask."""

import click

from migrator.cli.options import selectors
from migrator.cli.promote import reach, report
from migrator.invocation import Invocation
from migrator.output import say
from migrator.promotion import rollback
from migrator.workspace import open_workspace


@click.command("rollback")
@selectors()
@click.option("--all", "everything", is_flag=True, help="Every route.")
@click.option("--reason", default="rollback", show_default=True, help="Why, for the history.")
@click.pass_context
def command(context: click.Context, selectors: tuple[str, ...], everything: bool, reason: str) -> None:
    """Let Flask serve what the selectors name, at once. The generated code stays where it is.

    The other routes of a group, which share state with what is named, go back too.

    \b
    Examples:
      migrate rollback orders
      migrate rollback "GET /orders/<int:order_id>" --reason "timeouts"
      migrate rollback --all
    """
    invocation: Invocation = context.obj
    if everything == bool(selectors):
        raise click.UsageError("give selectors, or --all")
    workspace = open_workspace(invocation)
    moved = rollback(workspace.root, selectors, everything=everything, reason=reason)
    report(moved, "back on Flask")
    if moved.changed:
        say(invocation, reach(workspace.root.as_posix()))
