"""What came of comparing schemas, for people and for machines."""

from typing import Any

from rich.console import Console
from rich.text import Text

from migrator.verify.schemas.report import Compared, Disagreement, SchemaReport


def show(console: Console, report: SchemaReport) -> None:
    """Print what differs, with the smallest input and both answers, then a line for each schema, then the sum."""
    for one in report.compared:
        for found in one.disagreements:
            console.print(Text.assemble(("differs ", "bold red"), f"{one.schema}: {found.call}"))
            console.print(Text(f"    input:       {found.input}"))
            console.print(Text(f"    Marshmallow: {found.marshmallow}"))
            console.print(Text(f"    Pydantic:    {found.pydantic}"))
        if one.kinds:
            console.print(Text.assemble(("idiomatic ", "bold yellow"), f"{one.schema}: where it differs"))
        for kind in one.kinds:
            console.print(Text(f"    {kind_in_words(kind)}"))
        if one.problem:
            console.print(Text.assemble(("not compared ", "bold red"), f"{one.schema}: {one.problem}"))
    for one in report.compared:
        if not one.problem:
            console.print(Text(f"{one.schema}: {counts(one)}"))
    for key in report.sent_back:
        console.print(Text(f"{key}: verified no more"))
    console.print(Text(summary(report), style="bold green" if report.is_same else "bold red"))


def counts(one: Compared) -> str:
    """How many inputs, and what Marshmallow made of them."""
    if one.is_nameless:
        return "has no name in its module: compare what uses it, with --tests or --requests"
    failed = f", {one.failed} ended in another error" if one.failed else ""
    return f"{one.inputs} inputs ({one.accepted} taken, {one.refused} refused{failed})"


def kind_in_words(kind: Disagreement) -> str:
    """A kind of difference in one line."""
    place = f"{kind.place}: " if kind.place else ""
    return f"{place}{kind.call} of {kind.input}: Marshmallow {kind.marshmallow}, Pydantic {kind.pydantic}"


def summary(report: SchemaReport) -> str:
    """One line: how much was compared and what came of it."""
    differing = sum(bool(one.disagreements) for one in report.compared)
    problems = sum(bool(one.problem) for one in report.compared)
    result = f"{differing} schema(s) disagree" if differing else "no difference"
    left = f", {problems} not compared" if problems else ""
    kinds = sum(len(one.kinds) for one in report.compared)
    left += f", {kinds} kind(s) of difference of idiomatic schemas" if kinds else ""
    return f"{result}{left}: {len(report.compared)} schema(s), {report.inputs} inputs, --seed {report.seed}"


def as_document(report: SchemaReport) -> dict[str, Any]:
    """The report as JSON."""
    return {
        "kind": "schemas",
        "same": report.is_same,
        "inputs": report.inputs,
        "seed": report.seed,
        "schemas": {
            one.schema: {
                "inputs": one.inputs,
                "accepted": one.accepted,
                "refused": one.refused,
                "failed": one.failed,
                "problem": one.problem or None,
                "style": "idiomatic" if one.is_idiomatic else "exact",
                "disagreements": [_as_document(found) for found in one.disagreements],
                "kinds": [{"place": found.place, **_as_document(found)} for found in one.kinds],
            }
            for one in report.compared
        },
        "sent_back": list(report.sent_back),
    }


def _as_document(found: Disagreement) -> dict[str, str]:
    answers = {"marshmallow": found.marshmallow, "pydantic": found.pydantic}
    return {"call": found.call, "input": found.input, **answers}
