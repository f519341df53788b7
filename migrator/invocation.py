"""What a command line says: before the command's name, and over the settings."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Invocation:
    """The options of `migrate` itself; every command gets them as `ctx.obj`.

    `application` is the package of the application that the command is about, where one was named.
    """

    directory: Path
    application: str | None = None
    verbose: bool = False
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class Choices:
    """What a command line says over the settings about how the application is asked."""

    static_only: bool = False
    python: str | None = None
    env_file: Path | None = None
