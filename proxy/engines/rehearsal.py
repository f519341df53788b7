"""How a proxy without a command for it checks its configuration: it runs, and is asked."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """A command, and what is asked over HTTP at a port of its own.

    `configuration` is the text of a file with `{port}` in it, whose path stands for `{file}` in the command. `judge`
    makes objections of the answer, None as long as the configuration has not been read. What the command writes is an
    objection too.
    """

    command: tuple[str, ...]
    configuration: str
    path: str
    judge: Callable[[str], tuple[str, ...] | None]
