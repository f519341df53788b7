"""What was said before the command's name: where to work, and how much to say."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Invocation:
    """The options of `migrate` itself; every command gets them as `ctx.obj`."""

    directory: Path
    verbose: bool = False
    quiet: bool = False
