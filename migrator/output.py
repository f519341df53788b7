"""The terminal: what a person reads on stdout, narration and progress on stderr. Plain in a pipe."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from migrator.invocation import Invocation

PIPE_WIDTH = 160


def stdout() -> Console:
    """A console for the product of a command, as wide as the terminal, and of a fixed width in a pipe."""
    return Console(file=sys.stdout, highlight=False, width=None if sys.stdout.isatty() else PIPE_WIDTH)


def say(invocation: Invocation, text: str) -> None:
    """A line of narration on stderr, unless `--quiet`."""
    if not invocation.quiet:
        click.echo(text, err=True)


@contextmanager
def working(invocation: Invocation, text: str) -> Iterator[None]:
    """Show that something takes a while: a spinner on a terminal, nothing in a pipe."""
    if invocation.quiet or not sys.stderr.isatty():
        yield
        return
    with Console(stderr=True).status(text):
        yield


@contextmanager
def counting(invocation: Invocation, text: str, total: int) -> Iterator[Callable[[], None]]:
    """Show how much of something is done: a bar on a terminal, nothing in a pipe. What it gives is called for each."""
    if invocation.quiet or not sys.stderr.isatty():
        yield lambda: None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(text, total=total)
        yield lambda: progress.advance(task)
