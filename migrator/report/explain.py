"""The pages of `migrate explain`: one diagnostic, or the list of all."""

import json
from collections.abc import Iterator, Mapping

from rich.console import RenderableType
from rich.padding import Padding
from rich.syntax import Syntax
from rich.table import Table
from rich.text import Text

from codemods.diagnostics import area
from codemods.findings import Diagnostic
from migrator.report.plan_text import COLOURS

EFFECTS = {
    "blocked": "keeps the route on Flask",
    "review": "the route is converted: a person should look at this place",
    "note": "for your information",
}


def page(diagnostic: Diagnostic) -> Iterator[RenderableType]:
    """One diagnostic in full."""
    yield Text.assemble(
        (diagnostic.code, f"bold {COLOURS[diagnostic.severity]}"),
        (f" {diagnostic.summary}", "bold"),
    )
    yield Text(f"{diagnostic.severity}: {EFFECTS[diagnostic.severity]} ({area(diagnostic.code)})", style="dim")
    for heading, words in (("Why it is not automatic", diagnostic.why), ("What to do", diagnostic.advice)):
        yield ""
        yield Text(heading, style="bold")
        yield Padding(Text(words), (0, 0, 0, 2))
    for heading, code in (("Before", diagnostic.before), ("After", diagnostic.after)):
        if code:
            yield ""
            yield Text(heading, style="bold")
            yield Padding(Syntax(code.strip("\n"), "python", background_color="default"), (0, 0, 0, 2))


def listing(diagnostics: Mapping[str, Diagnostic]) -> Iterator[RenderableType]:
    """Every code with its summary, by area."""
    seen = ""
    table = Table(box=None, pad_edge=False, show_header=False)
    for column in ("code", "severity", "summary"):
        table.add_column(column, overflow="fold")
    for diagnostic in diagnostics.values():
        if area(diagnostic.code) != seen:
            if seen:
                table.add_row("", "", "")
            seen = area(diagnostic.code)
            table.add_row("", "", Text(seen.capitalize(), style="bold"))
        severity = Text(diagnostic.severity, style=COLOURS[diagnostic.severity])
        table.add_row(diagnostic.code, severity, diagnostic.summary)
    yield table


def page_json(diagnostic: Diagnostic) -> str:
    """One diagnostic as JSON."""
    return json.dumps(_document(diagnostic), indent=2, ensure_ascii=False) + "\n"


def listing_json(diagnostics: Mapping[str, Diagnostic]) -> str:
    """All diagnostics as JSON."""
    return json.dumps([_document(one) for one in diagnostics.values()], indent=2, ensure_ascii=False) + "\n"


def _document(diagnostic: Diagnostic) -> dict[str, str]:
    return {
        "code": diagnostic.code,
        "severity": diagnostic.severity,
        "area": area(diagnostic.code),
        "summary": diagnostic.summary,
        "why": diagnostic.why,
        "advice": diagnostic.advice,
        "before": diagnostic.before,
        "after": diagnostic.after,
    }
