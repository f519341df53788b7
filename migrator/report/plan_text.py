"""The plan for a person at a terminal, or in a pipe."""

from collections.abc import Iterator

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from migrator.planning.model import Plan, PlannedBlueprint, PlannedRoute
from migrator.report.grouping import Group, grouped, wording

COLOURS = {"native": "green", "bridged": "yellow", "flask": "red", "blocked": "red", "review": "yellow", "note": "dim"}
WORDS = {"native": "native", "bridged": "bridged", "flask": "stays on Flask"}
MAXIMUM_PLACES = 8


def text(plan: Plan, everything: bool = False) -> Iterator[RenderableType]:
    """The parts of the report. `everything` lists all places of every finding, and the notes."""
    yield from summary(plan)
    yield from details(plan, everything)


def summary(plan: Plan) -> Iterator[RenderableType]:
    """Totals, and the order of migration."""
    yield from _head(plan)
    yield _order(plan)


def details(plan: Plan, everything: bool = False) -> Iterator[RenderableType]:
    """Every route with its verdict, and the findings."""
    for blueprint in plan.blueprints:
        yield ""
        yield _title(blueprint)
        yield _routes(blueprint)
    yield from _groups(plan)
    yield from _wire(plan)
    yield from _schemas(plan, everything)
    groups = grouped(plan)
    shown = [group for group in groups if everything or group.diagnostic.severity != "note"]
    if shown:
        yield ""
        yield Text("Findings", style="bold")
    for group in shown:
        yield from _group(group, everything)
    if len(shown) < len(groups):
        count = sum(len(group.places) for group in groups) - sum(len(group.places) for group in shown)
        yield ""
        yield Text(f"and {count} {'note' if count == 1 else 'notes'}: `migrate -v plan` shows them", style="dim")


def _head(plan: Plan) -> Iterator[RenderableType]:
    totals = plan.totals
    line = Text.assemble(
        (f"{plan.application or 'application'}: ", "bold"),
        f"{totals.routes} routes, ",
        (f"{totals.native} native", COLOURS["native"]),
        ", ",
        (f"{totals.bridged} bridged", COLOURS["bridged"]),
        ", ",
        (f"{totals.flask} stay on Flask", COLOURS["flask"]),
        f": {totals.readiness} % ready, about {totals.hours:g} h of people's work",
    )
    yield line
    if plan.live:
        yield Text("routes, hooks and handlers as the running application reports them", style="dim")
    else:
        yield Text("from the source alone: the application was not imported, so nothing confirms this", style="yellow")
    if plan.forecasts:
        verdicts = "verdict is" if plan.forecasts == 1 else "verdicts are"
        yield Text(
            f"{plan.forecasts} {verdicts} a forecast: `migrate plan --convert` tries the conversion", style="dim"
        )
    yield ""


def _order(plan: Plan) -> Table:
    table = Table(title="Order of migration", title_justify="left", title_style="bold", box=None, pad_edge=False)
    table.add_column("step", justify="right")
    table.add_column("blueprint", overflow="fold")
    for name in ("routes", "native", "bridged", "stay", "ready"):
        table.add_column(name, justify="right")
    table.add_column("effort")
    table.add_column("needs", overflow="fold")
    for one in plan.blueprints:
        needs = wording(need.name for need in one.needs if need.kind == "blueprint") or "-"
        table.add_row(
            str(one.step),
            one.name,
            str(len(one.routes)),
            _count(one, "native"),
            _count(one, "bridged"),
            _count(one, "flask"),
            f"{one.readiness} %",
            f"{one.effort.size} ({one.effort.hours:g} h)",
            needs,
        )
    return table


def _groups(plan: Plan) -> Iterator[RenderableType]:
    """The routes that share state and move together."""
    found = plan.groups()
    if found:
        yield ""
        yield Text("Groups: promoted and rolled back together", style="bold")
    for state, keys in found.items():
        yield Padding(Text.assemble((state, "cyan"), f"  {wording(keys)}"), (0, 0, 0, 3))


def _wire(plan: Plan) -> Iterator[RenderableType]:
    """What clients would notice of FastAPI's own behaviour: kind, count of routes, what is chosen."""
    rows = plan.wire()
    if not rows:
        return
    yield ""
    table = Table(title="What clients see", title_justify="left", title_style="bold", box=None, pad_edge=False)
    table.add_column("kind")
    table.add_column("routes", justify="right")
    table.add_column("choice")
    table.add_column("which means", overflow="fold")
    for difference, choice, count in rows:
        style = "yellow" if choice == "adopt" else "green"
        means = difference.adopt if choice == "adopt" else difference.preserve
        table.add_row(difference.name, str(count), Text(choice, style=style), Text(means))
    yield table
    yield Text("[tool.migrate.parity] chooses; `migrate plan --format json` has the kinds of each route", style="dim")


def _schemas(plan: Plan, everything: bool) -> Iterator[RenderableType]:
    """The schemas of the idiomatic style, and where they do otherwise than Marshmallow's: an example of each kind."""
    if plan.schemas:
        yield ""
        yield Text("Idiomatic schemas: where they differ from Marshmallow's", style="bold")
    for one in plan.schemas:
        shown = one.differences if everything else one.differences[:MAXIMUM_PLACES]
        more = len(one.differences) - len(shown)
        lines = [*map(str, shown), *([f"and {more} more: `migrate -v plan` shows them"] if more else [])]
        yield Padding(Text.assemble((one.name, "cyan"), f"  {one.state}"), (0, 0, 0, 3))
        for line in lines:
            yield Padding(Text(line), (0, 0, 0, 6))


def _count(blueprint: PlannedBlueprint, runtime: str) -> Text:
    count = sum(route.runtime == runtime for route in blueprint.routes)
    return Text(str(count), style=COLOURS[runtime] if count else "dim")


def _title(blueprint: PlannedBlueprint) -> Text:
    name = "the application itself" if blueprint.name == "." else blueprint.name
    place = f"  {blueprint.location}" if blueprint.location else ""
    title = Text.assemble((f"{blueprint.step}. {name}", "bold"), (f"  {blueprint.url_prefix}{place}".rstrip(), "dim"))
    if blueprint.effort.reasons:
        title.append(f"\n   {blueprint.effort.size}: {', '.join(blueprint.effort.reasons)}", style="dim")
    states = [need.name for need in blueprint.needs if need.kind == "state"]
    if states:
        title.append(f"\n   shares state: {wording(states)}", style="dim")
    return title


def _routes(blueprint: PlannedBlueprint) -> Padding:
    table = Table(box=None, show_header=False, pad_edge=False)
    for _ in range(5):
        table.add_column(overflow="fold")
    for route in blueprint.routes:
        table.add_row(
            Text(WORDS[route.runtime], style=COLOURS[route.runtime]),
            Text(route.method),
            Text(route.key.partition(" ")[2]),
            Text(route.endpoint, style="dim"),
            _codes(route),
        )
    return Padding(table, (0, 0, 0, 3))


def _codes(route: PlannedRoute) -> Text:
    if route.basis == "kept":
        return Text("kept by decision", style="dim")
    every = dict.fromkeys((finding.code, finding.diagnostic.severity) for finding in route.findings)
    codes = [one for one in every if one[1] != "note"]
    if not codes and route.runtime == "flask":
        codes = list(every)
    line = Text(" ").join(Text(code, style=COLOURS[severity]) for code, severity in codes)
    if route.basis == "applied":
        line.append(" applied" if codes else "applied", style="dim")
    return line


def _group(group: Group, everything: bool) -> Iterator[RenderableType]:
    diagnostic = group.diagnostic
    yield ""
    yield Text.assemble(
        (diagnostic.code, f"bold {COLOURS[diagnostic.severity]}"),
        f" {diagnostic.severity}: {diagnostic.summary}",
    )
    if diagnostic.why:
        yield Padding(Text.assemble(("why  ", "dim"), diagnostic.why), (0, 0, 0, 3))
    if diagnostic.advice:
        yield Padding(Text.assemble(("do   ", "dim"), diagnostic.advice), (0, 0, 0, 3))
    limit = len(group.places) if everything else MAXIMUM_PLACES
    for place in group.places[:limit]:
        where = str(place.location) if place.location else "the application"
        line = Text.assemble((where, "cyan"), f"  {place.detail}")
        if place.endpoints:
            line.append(f"  [{wording(place.endpoints)}]", style="dim")
        yield Padding(line, (0, 0, 0, 3))
    if len(group.places) > limit:
        yield Padding(Text(f"and {len(group.places) - limit} more: `migrate -v plan`", style="dim"), (0, 0, 0, 3))
