"""Why a piece of code is not converted: raised anywhere below a translation, caught where the piece is decided."""

from codemods.findings import Diagnostic, Finding, Location


class Refused(Exception):  # noqa: N818  (it is an answer, no error)
    """This piece stays on Flask. `finding` says what was found, where, and what to do."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(str(finding))
        self.finding = finding


def refuse(diagnostic: Diagnostic, location: Location | None, detail: str) -> Refused:
    """The exception to raise; the caller writes `raise refuse(...)`, so that type checkers see the end of the path."""
    return Refused(Finding(diagnostic, location, detail))
