"""`migrate watch`: traffic, errors, durations and differences while they happen, and the gate that rolls back."""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import click
from rich.live import Live

from migrator.cli.options import formats
from migrator.invocation import Invocation
from migrator.manifest.store import load
from migrator.output import say, stdout
from migrator.promotion import rollback
from migrator.status import RouteStatus, read_status
from migrator.traffic.gate import breach
from migrator.traffic.limits import Gate
from migrator.traffic.reading import RouteTraffic, examples, read_traffic, store_of
from migrator.traffic.view import Line, lines, render
from migrator.workspace import Workspace, open_workspace


@click.command("watch")
@click.option(
    "--gate", "guards", is_flag=True, help="Roll routes back that are worse than Flask; see [tool.migrate.gate]."
)
@click.option("--interval", type=click.FloatRange(0.1), default=2, show_default=True, help="Seconds between two looks.")
@click.option("--window", type=click.IntRange(10), help="How many seconds are summed up; the gate's by default.")
@click.option("--once", is_flag=True, help="Look once, and end.")
@formats("JSON: a line a look.")
@click.option(
    "--example", nargs=2, metavar="ROUTE PLACE", help="Show the requests that caused a difference, with both answers."
)
@click.option(
    "--traffic",
    "store",
    help="The gateways' store: a file, or postgresql://…; MIGRATE_TRAFFIC by default, or that of `migrate run`.",
)
@click.pass_context
def command(
    context: click.Context,
    guards: bool,
    interval: float,
    window: int | None,
    once: bool,
    form: str,
    example: tuple[str, str] | None,
    store: str | None,
) -> None:
    """Show what happens on both sides: requests, errors and durations by route, and what the shadow has found.

    Gateways write down what they count where MIGRATE_TRAFFIC says; under `migrate run` they always do. With --gate,
    routes that fail more often than on Flask, take longer, or answer otherwise go back to Flask; the exit code is 1.

    \b
    Examples:
      migrate watch
      migrate watch --gate --format json
      migrate watch --example "GET /orders/<int:order_id>" $.total
    """
    workspace = open_workspace(context.obj)
    place = store or store_of(workspace.root)
    if example:
        for one in examples(place, *example):
            click.echo(json.dumps(one, indent=2, ensure_ascii=False))
        return
    gate = workspace.settings.gate
    watcher = Watcher(workspace, place, gate, window or gate.window, guards)
    if once:
        watcher.look()
        watcher.show(form)
    else:
        follow(context.obj, watcher, interval, form)
    context.exit(1 if watcher.gone else 0)


@dataclass
class Watcher:
    """Looks at the store again and again."""

    workspace: Workspace
    store: str
    gate: Gate
    window: int
    guards: bool
    found: list[Line] = field(default_factory=list)
    gone: dict[str, str] = field(default_factory=dict)

    def look(self) -> Mapping[str, str]:
        """Read, and roll back where the gate says so; what went back now, with the reasons."""
        root = self.workspace.root
        status = read_status(root, load(root), None)
        self.found = lines(status.routes, read_traffic(self.store, time.time() - self.window, self.gate.ignore))
        if not self.guards:
            return {}
        ever = read_traffic(self.store, ignore=self.gate.ignore)
        now = {}
        for one in status.routes:
            # A retired route has no Flask side to go back to.
            if (one.weight or one.entry.shadow) and one.entry.state != "retired" and one.key in ever:
                recent = read_traffic(self.store, max(time.time() - self.gate.window, changed_at(one)))
                why = breach(self.gate, recent.get(one.key, RouteTraffic()), ever[one.key])
                if why is not None:
                    rollback(root, [one.key], reason=f"gate: {why}")
                    now[one.key] = why
        self.gone |= now
        return now

    def show(self, form: str) -> None:
        """What was seen, once."""
        if form == "json":
            routes = [one.document(self.window) for one in self.found]
            click.echo(json.dumps({"window": self.window, "routes": routes, "rolled_back": self.gone}))
        else:
            stdout().print(render(self.found, self.window, self.gate, self.gone))


def changed_at(one: RouteStatus) -> float:
    """When the route's share was last changed: what was counted before was something else."""
    history = one.entry.history
    return datetime.fromisoformat(history[-1].at).timestamp() if history else 0.0


def follow(invocation: Invocation, watcher: Watcher, interval: float, form: str) -> None:
    """Look until Ctrl-C: on a terminal in one place, in a pipe one look below the other."""
    console = stdout()
    try:
        if form == "json" or not console.is_terminal:
            while True:
                tell(invocation, watcher.look())
                watcher.show(form)
                time.sleep(interval)
        with Live(console=console, auto_refresh=False, screen=False) as live:
            while True:
                watcher.look()
                live.update(render(watcher.found, watcher.window, watcher.gate, watcher.gone), refresh=True)
                time.sleep(interval)
    except KeyboardInterrupt:
        return


def tell(invocation: Invocation, gone: Mapping[str, str]) -> None:
    """What went back, on stderr."""
    for key, why in gone.items():
        say(invocation, f"back on Flask: {key}: {why}")
