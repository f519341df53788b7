"""What a run has recorded: its exchanges and its tests, read from the files that its processes wrote."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its answer. `route` is the manifest's key where FastAPI answered, `error` what was raised."""

    test: str
    index: int
    method: str
    target: str
    status: int = 0
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    complete: bool = True
    error: str | None = None
    served_by: str = "flask"
    route: str | None = None

    @property
    def request(self) -> str:
        """The request in words."""
        return f"{self.method} {self.target}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a test ended; `detail` is the line that says why it failed."""

    outcome: str
    detail: str = ""


Notes = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a suite, or of a list of requests.

    By test: what it read of Flask's kept contexts, what it replaced, and why its requests were held back from FastAPI.
    `problems` are errors of the run itself.
    """

    tests: Mapping[str, Outcome] = field(default_factory=dict)
    exchanges: tuple[Exchange, ...] = ()
    context_reads: Notes = field(default_factory=dict)
    replaced: Notes = field(default_factory=dict)
    apart: Notes = field(default_factory=dict)
    problems: tuple[str, ...] = ()

    def by_test(self) -> dict[str, list[Exchange]]:
        """The exchanges of each test, in order."""
        found: dict[str, list[Exchange]] = {}
        for exchange in sorted(self.exchanges, key=lambda one: one.index):
            found.setdefault(exchange.test, []).append(exchange)
        return found


def read_run(folder: Path) -> Run | None:
    """The run whose processes wrote into `folder`; None where none of them did."""
    documents = [json.loads(file.read_text("utf-8")) for file in sorted(folder.glob("*.json"))]
    if not documents:
        return None
    tests: dict[str, Outcome] = {}
    notes: dict[str, dict[str, tuple[str, ...]]] = {"context_reads": {}, "replaced": {}, "apart": {}}
    for document in documents:
        tests.update({name: Outcome(one["outcome"], one["detail"]) for name, one in document["tests"].items()})
        for kind, found in notes.items():
            found.update({name: tuple(said) for name, said in document[kind].items()})
    return Run(
        tests=tests,
        exchanges=tuple(exchange_of(one) for document in documents for one in document["exchanges"]),
        problems=tuple(problem for document in documents for problem in document["problems"]),
        **notes,
    )


def exchange_of(document: Mapping[str, Any]) -> Exchange:
    """An exchange out of its recorded form."""
    return Exchange(
        test=document["test"],
        index=document["index"],
        method=document["method"],
        target=document["target"],
        status=document["status"],
        headers=tuple((name, value) for name, value in document["headers"]),
        body=base64.b64decode(document["body"]),
        complete=document["complete"],
        error=document["error"],
        served_by=document["served_by"],
        route=document["route"],
    )
