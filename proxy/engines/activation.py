"""How a running proxy takes a new state file."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Activation:
    """What makes a proxy use the new file: a command, or else lines for its socket, or else nothing but the rename.

    `words` say it to a person. A command that fails has left the proxy as it was. Not `is_whole` is what takes nothing
    but the state: when the rules have changed, the proxy must start again, as it must for files of `at_start`.
    """

    words: str
    is_whole: bool = False
    at_start: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    socket: str = ""
    lines: tuple[str, ...] = ()
