"""A report for people (tables on a terminal, lines in a pipe) and for machines (JSON)."""

from collections.abc import Iterator
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from migrator.verify.evidence import Recorded
from migrator.verify.report import APART, ChangedExchange, Report

ENDINGS = {"tests": "test(s)", "requests": "request(s)"}


def show(console: Console, report: Report, recorded: Recorded) -> None:
    """Print a report: what differs first, then what is counted apart, then evidence, then the sum."""
    for changed in report.changed:
        _exchange(console, changed)
    for outcome in report.outcomes:
        console.print(
            Text.assemble(("outcome ", "bold red"), f"{outcome.test}: {outcome.gateway}, Flask: {outcome.flask}")
        )
        if outcome.detail:
            console.print(Text(f"    {outcome.detail}"))
    for line in _apart(report):
        console.print(Text(line))
    for line in _evidence(report, recorded):
        console.print(Text(line))
    console.print(Text(summary(report), style="bold green" if report.is_same else "bold red"))


def _exchange(console: Console, changed: ChangedExchange) -> None:
    title = f"{changed.test}: {changed.request} (served by {changed.served_by})"
    console.print(Text.assemble(("differs ", "bold red"), title))
    if console.is_terminal:
        table = Table("where", "Flask", "gateway", show_edge=False, pad_edge=False)
        for one in changed.differences:
            table.add_row(Text(one.where), Text(one.flask), Text(one.gateway))
        console.print(table)
        return
    for one in changed.differences:
        console.print(Text(f"    {one.where}"))
        console.print(Text(f"        Flask:   {one.flask}"))
        console.print(Text(f"        gateway: {one.gateway}"))


def _apart(report: Report) -> Iterator[str]:
    for why, meaning in APART.items():
        tests = [one for one in report.apart if one.why == why]
        if tests:
            yield f"{len(tests)} test(s) counted apart, which {meaning}:"
            yield from (f"    {one.test}: {one.reason}" for one in tests)


def _evidence(report: Report, recorded: Recorded) -> Iterator[str]:
    for what, keys in (
        ("evidence recorded", recorded.verified),
        ("evidence against promotion recorded", recorded.refused),
        ("no evidence, the code has changed meanwhile", recorded.changed),
        ("no evidence, nothing reached FastAPI there", report.unreached),
    ):
        if keys:
            yield f"{what}: {len(keys)} route(s)"
            yield from (f"    {key}{_counts(report, key)}" for key in keys)


def _counts(report: Report, key: str) -> str:
    result = report.routes[key]
    if not result.exchanges and not result.differences:
        return ""
    against = f", {result.differences} difference(s)" if result.differences else ""
    return f": {result.exchanges} exchange(s){against}"


def summary(report: Report) -> str:
    """One line: how much was compared and what came of it."""
    result = (
        "no difference"
        if report.is_same
        else f"{len(report.changed)} exchange(s) and {len(report.outcomes)} outcome(s) differ"
    )
    return (
        f"{result}: {report.tests} {ENDINGS[report.kind]}, {report.exchanges} exchange(s) compared, "
        f"{report.on_fastapi} served by FastAPI, {report.noisy} with noise, {len(report.apart)} counted apart"
    )


def as_document(report: Report, recorded: Recorded) -> dict[str, Any]:
    """The report as JSON."""
    return {
        "kind": report.kind,
        "same": report.is_same,
        "tests": report.tests,
        "exchanges": report.exchanges,
        "on_fastapi": report.on_fastapi,
        "noisy": report.noisy,
        "differences": [
            {
                "test": one.test,
                "request": one.request,
                "served_by": one.served_by,
                "route": one.gateway.route if one.gateway else None,
                "places": [{"where": d.where, "flask": d.flask, "gateway": d.gateway} for d in one.differences],
            }
            for one in report.changed
        ],
        "outcomes": [
            {"test": one.test, "flask": one.flask, "gateway": one.gateway, "detail": one.detail}
            for one in report.outcomes
        ],
        "apart": [{"test": one.test, "why": one.why, "reason": one.reason} for one in report.apart],
        "replaced": {test: list(names) for test, names in report.replaced.items()},
        "routes": {
            key: {"exchanges": one.exchanges, "differences": one.differences} for key, one in report.routes.items()
        },
        "evidence": {
            "recorded": list(recorded.verified),
            "against": list(recorded.refused),
            "changed": list(recorded.changed),
            "unreached": list(report.unreached),
        },
    }
