"""Findings: what the tool has to say about a place in somebody's code.

A `Diagnostic` is declared once, beside the code that reports it; a `Finding` is one occurrence. Codes read
`FM<area><nn>`: 0 project, 1 application and routes, 2 request, 3 response, 4 schemas, 5 hooks and errors, 6 context and
configuration, 7 extensions, 8 traffic, 9 internal. A code is never reused.
"""

from dataclasses import dataclass
from typing import Literal

Severity = Literal["blocked", "review", "note"]


@dataclass(frozen=True, slots=True, order=True)
class Location:
    """A place in the user's code: path relative to the project's root, with forward slashes, and a line from 1."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """A kind of finding.

    `blocked` keeps a route on Flask, `review` asks a person to look at a converted one, `note` only informs. `why` says
    why it is not automatic, `advice` what to do; both are shown by `migrate plan` and `migrate explain`. `before` and
    `after` are code, for `explain`: what is found, and what becomes of it or what to write instead.
    """

    code: str
    severity: Severity
    summary: str
    why: str
    advice: str
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """One occurrence of a diagnostic. `detail` names the thing found, lower case, without a final full stop."""

    diagnostic: Diagnostic
    location: Location | None
    detail: str

    @property
    def code(self) -> str:
        return self.diagnostic.code

    def __str__(self) -> str:
        place = f"{self.location}: " if self.location else ""
        return f"{place}{self.code} {self.diagnostic.summary}: {self.detail}"
