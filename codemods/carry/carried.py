"""What is carried, in the shapes that the rest reads."""

from dataclasses import dataclass
from typing import Literal

from codemods.findings import Finding
from codemods.view.imports import Need
from codemods.view.signature import Parameter

Policy = Literal["native", "bridged"]
"""What a file of the target may import: nothing of Flask, or the Flask application's own modules."""


@dataclass(frozen=True, slots=True)
class Carried:
    """A definition as it stands in the target: its text, its imports, what its callers have to hand it.

    `application` says why it runs only inside an application context; None where it runs without. `kind` tells what a
    function returns (see `Translation.kind`).
    """

    qualified: str
    name: str
    text: str
    needs: frozenset[Need]
    application: Finding | None
    parameters: tuple[Parameter, ...] = ()
    line: int = 0
    home: str = ""
    kind: str = "unknown"


@dataclass(frozen=True, slots=True)
class SharedState:
    """An object that both applications share: where it lives in Flask's modules and how it starts alone.

    `path` is its name in its module (`ROWS`, `Shelf.rows`), `name` that in the target. Without a `path` it is the
    module itself, with the `names` that its functions bind again and how each starts. A class or function that shared
    objects are made of has its `text` in the place of an initialiser. `fillings` are the statements that fill an
    object behind its initialiser; `line` is that of its own module. `spelling` is the initialiser as the source spells
    it, where that is the same, with the comment behind it; `comment` the one above.
    """

    module: str
    path: str
    name: str
    initialiser: str
    needs: frozenset[Need] = frozenset()
    names: tuple[tuple[str, str], ...] = ()
    text: str = ""
    line: int = 0
    fillings: tuple[str, ...] = ()
    spelling: str = ""
    comment: str = ""
