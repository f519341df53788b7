"""The plan as Markdown, for an issue or a pull request."""

from collections.abc import Iterator

from migrator.planning.model import Plan, PlannedBlueprint
from migrator.report.grouping import Group, grouped, wording
from migrator.report.plan_text import WORDS


def as_markdown(plan: Plan) -> str:
    """The plan as a Markdown document."""
    return "\n".join(_lines(plan)) + "\n"


def _lines(plan: Plan) -> Iterator[str]:
    totals = plan.totals
    yield f"# Plan: {cell(plan.application)} to FastAPI"
    yield ""
    yield (
        f"{totals.routes} routes: {totals.native} native, {totals.bridged} bridged, {totals.flask} stay on Flask. "
        f"{totals.readiness} % ready, about {totals.hours:g} hours of people's work."
    )
    if not plan.live:
        yield ""
        yield "From the source alone: the application was not imported, so nothing confirms this."
    if plan.forecasts:
        yield ""
        yield f"Forecast, not tried by a conversion: {plan.forecasts} of {totals.routes} verdicts."
    yield ""
    yield "## Order of migration"
    yield ""
    yield "| step | blueprint | routes | native | bridged | stay | ready | effort | needs |"
    yield "|---:|---|---:|---:|---:|---:|---:|---|---|"
    for one in plan.blueprints:
        counts = " | ".join(str(one.count(runtime)) for runtime in ("native", "bridged", "flask"))
        needs = cell(wording(need.name for need in one.needs)) or "-"
        effort = f"{one.effort.size} ({one.effort.hours:g} h)"
        row = (str(one.step), cell(one.name), str(len(one.routes)), counts, f"{one.readiness} %", effort, needs)
        yield f"| {' | '.join(row)} |"
    yield from _groups(plan)
    yield from _wire(plan)
    yield from _schemas(plan)
    for one in plan.blueprints:
        yield from _blueprint(one)
    groups = grouped(plan)
    if groups:
        yield ""
        yield "## Findings"
    for group in groups:
        yield from _group(group)


def _groups(plan: Plan) -> Iterator[str]:
    found = plan.groups()
    if found:
        yield ""
        yield "## Groups: promoted and rolled back together"
        yield ""
    for state, keys in found.items():
        yield f"- {code(state)}: {', '.join(map(code, keys))}"


def _wire(plan: Plan) -> Iterator[str]:
    rows = plan.wire()
    if not rows:
        return
    yield ""
    yield "## What clients see"
    yield ""
    yield "`[tool.migrate.parity]` in pyproject.toml chooses for each kind; without a choice it is preserved."
    yield ""
    yield "| kind | choice | routes | preserve | adopt |"
    yield "|---|---|---:|---|---|"
    for difference, choice, count in rows:
        yield f"| {difference.name} | {choice} | {count} | {cell(difference.preserve)} | {cell(difference.adopt)} |"


def _schemas(plan: Plan) -> Iterator[str]:
    if plan.schemas:
        yield ""
        yield "## Idiomatic schemas: where they differ from Marshmallow's"
    for one in plan.schemas:
        yield ""
        yield f"{code(one.name)} {cell(one.state)}."
        if one.differences:
            yield ""
            yield "| field | call | input | Marshmallow | Pydantic |"
            yield "|---|---|---|---|---|"
        for kind in one.differences:
            place = code(kind.place) if kind.place else "-"
            row = (place, code(kind.call), code(kind.input), cell(kind.marshmallow), cell(kind.pydantic))
            yield f"| {' | '.join(row)} |"


def _blueprint(blueprint: PlannedBlueprint) -> Iterator[str]:
    name = "The application itself" if blueprint.name == "." else blueprint.name
    yield ""
    yield f"### {blueprint.step}. {cell(name)}"
    yield ""
    if blueprint.effort.reasons:
        yield f"{', '.join(blueprint.effort.reasons)}."
        yield ""
    for need in blueprint.needs:
        yield f"- needs {need.kind} `{need.name}`: {need.reason}"
    if blueprint.needs:
        yield ""
    yield "| route | endpoint | verdict | findings | on the wire |"
    yield "|---|---|---|---|---|"
    for route in blueprint.routes:
        codes = ", ".join(dict.fromkeys(finding.code for finding in route.findings)) or "-"
        wire = ", ".join(route.wire) or "-"
        yield f"| {code(route.key)} | {cell(route.endpoint)} | {WORDS[route.runtime]} | {codes} | {wire} |"


def _group(group: Group) -> Iterator[str]:
    diagnostic = group.diagnostic
    yield ""
    yield f"### {diagnostic.code} ({diagnostic.severity}): {diagnostic.summary}"
    yield ""
    yield f"Why: {diagnostic.why}. What to do: {diagnostic.advice}."
    yield ""
    for place in group.places:
        where = code(str(place.location)) if place.location else "the application"
        concerned = f" ({wording(map(cell, place.endpoints))})" if place.endpoints else ""
        yield f"- {where}: {cell(place.detail)}{concerned}"


def code(value: str) -> str:
    """A value as inline code that is safe inside a table."""
    fence = "``" if "`" in value else "`"
    return f"{fence}{value}{fence}".replace("|", "\\|")


def cell(value: str) -> str:
    """A value as text that is safe inside a table: no bars, no tags, no line breaks."""
    return " ".join(value.split()).replace("|", "\\|").replace("<", "&lt;").replace("*", "\\*").replace("_", "\\_")
