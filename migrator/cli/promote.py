"""`migrate promote`: move traffic to FastAPI."""

import click

from migrator.cli.options import selectors
from migrator.invocation import Invocation
from migrator.output import say
from migrator.promotion import Moved, promote
from migrator.shadowing import shadow as shadowed
from migrator.tree import manifest_name, switch_name
from migrator.workspace import open_workspace


@click.command("promote")
@selectors()
@click.option("--all", "everything", is_flag=True, help="Every route that has a FastAPI side.")
@click.option(
    "--to",
    "weight",
    type=click.IntRange(1, 100),
    default=100,
    show_default=True,
    metavar="PERCENT",
    help="Share of the clients; the same client stays on the same side.",
)
@click.option(
    "--shadow", is_flag=True, help="Flask goes on answering; FastAPI answers too, unseen, and the gateway compares."
)
@click.option(
    "--unsafe", is_flag=True, help="With --shadow: POST, PUT, PATCH and DELETE too, which both sides then do."
)
@click.option("--unverified", is_flag=True, help="Promote without evidence that the answers are the same.")
@click.pass_context
def command(
    context: click.Context,
    selectors: tuple[str, ...],
    everything: bool,
    weight: int,
    shadow: bool,
    unsafe: bool,
    unverified: bool,
) -> None:
    """Let FastAPI serve what the selectors name. Routes without a FastAPI side stay on Flask.

    A route needs evidence, made by `migrate verify` with the code as it is now; --unverified goes without. Routes that
    share state which Flask and FastAPI cannot share are a group and move together; `migrate status` lists them. Running
    gateways that see this folder follow within half a second, without a restart.

    \b
    Examples:
      migrate promote orders
      migrate promote "GET /orders/<int:order_id>" --to 10
      migrate promote orders --shadow
      migrate promote --all --unverified
    """
    invocation: Invocation = context.obj
    if everything == bool(selectors):
        raise click.UsageError("give selectors, or --all")
    if unsafe and not shadow:
        raise click.UsageError("--unsafe goes with --shadow")
    workspace = open_workspace(invocation)
    if shadow:
        moved = shadowed(workspace.root, selectors, everything=everything, unsafe=unsafe)
        report(moved, "shadowed: Flask answers, FastAPI is compared")
        if moved.left:
            say(invocation, f"{len(moved.left)} route(s) are not shadowed: not converted, live, in a group or unsafe")
        if moved.changed:
            say(invocation, f"{reach(workspace.root.as_posix())}; `migrate watch` shows what differs")
        return
    moved = promote(workspace.root, selectors, everything=everything, weight=weight, unverified=unverified)
    report(moved, f"{weight} % on FastAPI")
    if moved.left:
        say(invocation, f"{len(moved.left)} route(s) stay on Flask: they have no FastAPI side, or share state")
    if moved.changed:
        say(invocation, reach(workspace.root.as_posix()))


def report(moved: Moved, what: str) -> None:
    """One line for each route on stdout, for promote and rollback."""
    shared = dict(moved.along)
    for key in moved.changed:
        click.echo(f"{key}: {what}" + (f" (goes along: it shares {shared[key]})" if key in shared else ""))
    if not moved.changed:
        click.echo(f"nothing to do: {len(moved.unchanged)} route(s) are there already")


def reach(folder: str) -> str:
    """Which gateways will see a change, and which will not."""
    return (
        f"gateways that read {folder}/{manifest_name()} and {switch_name()} follow within half a second; "
        f"others with their next deploy, or when they are given the switch file"
    )
