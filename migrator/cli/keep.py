"""`migrate keep`: a person's decision that something stays on Flask."""

import click

from migrator.cli.options import selectors
from migrator.invocation import Invocation
from migrator.manifest.model import Manifest, RouteEntry
from migrator.manifest.store import editing
from migrator.promotion import rollback
from migrator.selectors import select
from migrator.states import move
from migrator.workspace import open_workspace


@click.command("keep")
@selectors(required=True)
@click.option("--reason", help="Why; wanted unless --undo.")
@click.option("--undo", is_flag=True, help="Let it go: it may be converted again.")
@click.pass_context
def command(context: click.Context, selectors: tuple[str, ...], reason: str | None, undo: bool) -> None:
    """Decide that what the selectors name stays on Flask. `apply --all` then leaves it alone.

    \b
    Examples:
      migrate keep "GET /reports/events" --reason "goes away next quarter"
      migrate keep "GET /reports/events" --undo
    """
    invocation: Invocation = context.obj
    if undo == bool(reason):
        raise click.UsageError("give --reason, or --undo")
    workspace = open_workspace(invocation)
    if not undo:
        rollback(workspace.root, selectors, reason=f"kept: {reason}")
    with editing(workspace.root) as manifest:
        for one in select(manifest, selectors):
            if undo and one.route.state == "kept":
                one.route.kept = None
                move(one.key, one.route, "legacy", "not kept any more")
                click.echo(f"{one.key}: may move again")
            elif not undo:
                move(one.key, one.route, "kept", reason or "")
                one.route.kept = reason
                release_output(manifest, one.route)
                click.echo(f"{one.key}: kept on Flask")


def release_output(manifest: Manifest, route: RouteEntry) -> None:
    """Let go of a route's generated file; the next `apply` writes it without the route, or removes it."""
    if route.output is None:
        return
    file, digest = route.output.file, route.output.digest
    route.output, route.runtime = None, "flask"
    if not any(other.output and other.output.file == file for _, _, other in manifest.routes()):
        manifest.files[file] = digest
