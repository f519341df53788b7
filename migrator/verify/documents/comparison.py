"""What one document says of an operation and the other does not."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from migrator.verify.documents.operations import Operation, Place, shape


@dataclass(frozen=True, slots=True)
class Difference:
    """A fact of the Flask application's document that FastAPI's lacks, or tells otherwise."""

    kind: Literal["lost", "changed"]
    place: Place
    flask: Any
    fastapi: Any = None

    @property
    def where(self) -> str:
        """The place for people: `query page: required`."""
        *parents, last = self.place
        return f"{' '.join(parents)}: {last}" if parents else last


@dataclass(frozen=True, slots=True)
class ComparedOperation:
    """An operation of the Flask application's document. One that `is_missing` is not in FastAPI's at all, though its
    route is converted."""

    name: str
    differences: tuple[Difference, ...] = ()
    is_missing: bool = False

    @property
    def is_same(self) -> bool:
        """Whether FastAPI's document tells all that Flask's does."""
        return not self.differences and not self.is_missing


@dataclass(frozen=True, slots=True)
class DocumentReport:
    """`sources` are where the documents came from; `on_flask` counts operations whose routes are not converted."""

    sources: tuple[str, ...]
    operations: tuple[ComparedOperation, ...]
    on_flask: int

    @property
    def is_same(self) -> bool:
        """Whether nothing got lost."""
        return all(one.is_same for one in self.operations)


def compare(
    sources: Iterable[str],
    flask: Iterable[Operation],
    fastapi: Iterable[Operation],
    converted: Iterable[tuple[str, str]],
) -> DocumentReport:
    """Compare the operations of both; `converted` are method and rule of the routes to look at."""
    wanted = {(method, shape(rule)) for method, rule in converted}
    new = {one.key: one for one in fastapi}
    compared, on_flask = [], 0
    for one in sorted(flask, key=lambda one: (one.path, one.method)):
        name = f"{one.method} {one.path}"
        if one.key not in wanted:
            on_flask += 1
        elif one.key not in new:
            compared.append(ComparedOperation(name, is_missing=True))
        else:
            compared.append(ComparedOperation(name, tuple(differences(one.facts, new[one.key].facts))))
    return DocumentReport(tuple(sources), tuple(compared), on_flask)


def differences(flask: Mapping[Place, Any], fastapi: Mapping[Place, Any]) -> Iterator[Difference]:
    """What got lost, or is told otherwise. What stands inside something lost is not listed for itself."""
    lost: set[Place] = set()
    for place, value in flask.items():
        if any(place[:length] in lost for length in range(1, len(place))):
            continue
        if place not in fastapi:
            lost.add(place)
            yield Difference("lost", place, value)
        elif fastapi[place] != value and not _tells(place, value, fastapi[place]):
            yield Difference("changed", place, value, fastapi[place])


def _tells(place: Place, flask: Any, fastapi: Any) -> bool:
    """Whether a description has all of the other: FastAPI's is the whole docstring, first line and all."""
    return place[-1] == "description" and str(flask) in str(fastapi)
