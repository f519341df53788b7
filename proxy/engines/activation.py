"""How a running proxy takes new files."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Activation:
    """What makes a proxy use a new state: lines for its socket, or else nothing but that it is there.

    `words` say it to a person. Where more than the state has changed, `command` makes a proxy take that, too; one that
    fails has left the proxy as it was. What `is_whole` needs no command for it, and what is not has to start again, as
    it must for files of `at_start`.
    """

    words: str
    is_whole: bool = False
    at_start: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    socket: str = ""
    lines: tuple[str, ...] = ()
