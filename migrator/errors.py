"""What can go wrong, and the exit code of each kind.

    MigrateError (click.ClickException)   the user's mistake: usage, configuration, environment    exit 2
    └─ Refused                            the answer is no: a gate, a difference, an edited file   exit 1
    InternalError                         our own mistake, with the file it happened on            exit 123

Findings are no errors: they are what the tool has to say about the user's code, and never end a command.
"""

from collections.abc import Mapping
from typing import IO, Any

import click


class MigrateError(click.ClickException):
    """The user's mistake: one line that says what was found, where, and what to do. `detail` is shown above it."""

    exit_code = 2
    label = "error"

    def __init__(self, message: str, detail: str = "") -> None:
        super().__init__(message)
        self.detail = detail.rstrip("\n")

    def show(self, file: IO[Any] | None = None) -> None:
        """Print the detail, then the message on one last line, to stderr."""
        if self.detail:
            click.echo(self.detail, file=file, err=True)
        click.echo(f"{self.label}: {self.format_message()}", file=file, err=True)


class Refused(MigrateError):  # noqa: N818  (a "no" is an answer)
    """The answer is no, and nothing was changed."""

    exit_code = 1
    label = "refused"


class InternalError(Exception):
    """A mistake of this tool, seen while it worked on `file`. Exit code 123, with a report to send in."""

    def __init__(self, message: str, file: str | None = None) -> None:
        super().__init__(message)
        self.file = file


def our_mistake(failures: Mapping[str, Exception]) -> InternalError:
    """The error for the endpoints that we failed on, raised from the first one's, so that the report has it."""
    error = InternalError(f"{', '.join(failures)} could not be converted and stay(s) on Flask; the rest is done")
    error.__cause__ = next(iter(failures.values()))
    return error
