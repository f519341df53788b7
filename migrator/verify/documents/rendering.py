"""What came of comparing documents, for people and for machines."""

from typing import Any

from rich.console import Console
from rich.text import Text

from migrator.verify.documents.comparison import ComparedOperation, Difference, DocumentReport

LONGEST = 80


def show(console: Console, report: DocumentReport) -> None:
    """Print what got lost, operation by operation, then the sum."""
    for one in report.operations:
        if not one.is_same:
            console.print(Text(one.name, style="bold"))
        if one.is_missing:
            console.print(Text("    not in FastAPI's document, though its route is converted"))
        for found in one.differences:
            console.print(Text(f"    {line(found)}"), soft_wrap=True)
    console.print(Text(summary(report), style="bold green" if report.is_same else "bold red"), soft_wrap=True)


def line(found: Difference) -> str:
    """One difference; what is only there or not needs no value."""
    if found.kind == "changed":
        return f"changed  {found.where}: {short(found.flask)} → {short(found.fastapi)}"
    value = "" if found.flask is True else f" ({short(found.flask)})"
    return f"lost     {found.where}{value}"


def short(value: Any) -> str:
    """A value as text, its beginning where it is long."""
    text = str(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def summary(report: DocumentReport) -> str:
    """One line: how much was compared and what came of it."""
    differing = [one for one in report.operations if not one.is_same]
    count = sum(len(one.differences) + one.is_missing for one in differing)
    result = f"{count} fact(s) lost or changed in {len(differing)} operation(s)" if differing else "nothing lost"
    left = f", {report.on_flask} operation(s) not compared: their routes are not converted" if report.on_flask else ""
    return f"{result}: {len(report.operations)} operation(s) of {', '.join(report.sources)}{left}"


def as_document(report: DocumentReport) -> dict[str, Any]:
    """The report as JSON."""
    return {
        "kind": "openapi",
        "same": report.is_same,
        "sources": list(report.sources),
        "on_flask": report.on_flask,
        "operations": {one.name: operation(one) for one in report.operations},
    }


def operation(one: ComparedOperation) -> dict[str, Any]:
    """An operation as JSON."""
    return {
        "missing": one.is_missing,
        "differences": [
            {"kind": found.kind, "place": list(found.place), "flask": found.flask, "fastapi": found.fastapi}
            for found in one.differences
        ],
    }
