"""A state that a proxy needs not read again: a folder in which it looks with every request.

The folder has a name for each route that is promoted: a link to a folder with a file for each hundredth of the clients
that FastAPI serves, `00` to `99`. A route or a client that is not found there is Flask's. The folder itself is a link,
so that another takes its place at once, with all its routes. `routes` in it says the same to a person.
"""

import re
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath

FOLDER = "migrate-state"
STATE = f"{FOLDER}/routes"
"""The text of the state, from which the rest of its folder is made."""

ALL = "99"
"""The file that is there only for a route that is promoted in full."""

LONGEST = 255
"""How many bytes a name in a folder may have."""

LINE = re.compile(r"(?!#)(\S.*) ([0-9]{1,2}|100)")

HEAD = """\
# The routes that FastAPI serves, and to which percentage of the clients. This folder is the only thing that a promotion
# or a rollback changes; the proxy looks into it with every request. `migrate proxy -o FOLDER` replaces it at once.
"""


def text(marks: Iterable[tuple[str, str, int]]) -> str:
    """The state's text, of routes, their names in the folder and their shares."""
    return HEAD + "".join(f"# {' '.join(route.split())}\n{name} {share}\n" for route, name, share in marks)


def links(text: str) -> dict[str, str]:
    """Where each name in the folder leads."""
    found = (LINE.fullmatch(line) for line in text.splitlines())
    return {match[1]: folder(int(match[2])) for match in found if match}


def files(links: Mapping[str, str]) -> list[PurePosixPath]:
    """The empty files that there have to be for these."""
    led_to = {*links.values()}
    shares = [share for share in range(101) if folder(share) in led_to]
    return [PurePosixPath(folder(share)) / f"{hundredth:02}" for share in shares for hundredth in range(share)]


def folder(share: int) -> str:
    """The folder for a share of the clients."""
    return f"share-{share}"
