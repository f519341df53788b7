"""Where a report goes: rich on a terminal, the same words without boxes, colour or folding in a pipe."""

import io
from collections.abc import Iterable

import click
from rich.console import Console, RenderableType

from migrator.output import stdout

PLAIN_WIDTH = 400


def show(parts: Iterable[RenderableType]) -> None:
    """Print the parts of a report to stdout. `NO_COLOR` and `FORCE_COLOR` work as everywhere."""
    console = stdout()
    if console.is_terminal:
        for part in parts:
            console.print(part)
    else:
        click.echo(plain(parts), nl=False)


def plain(parts: Iterable[RenderableType]) -> str:
    """The parts as plain text: one line stays one line, whatever its length, so that `grep` and `diff` work on it."""
    text = io.StringIO()
    console = Console(file=text, width=PLAIN_WIDTH, color_system=None, force_terminal=False, highlight=False)
    for part in parts:
        console.print(part)
    return "".join(f"{line.rstrip()}\n" for line in text.getvalue().splitlines())
