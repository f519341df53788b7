"""Files that say what is to be served where, looked at again while the server runs.

A change of a file is seen by its stat. A file that cannot be read, or makes no sense, changes nothing: the last good
state stays, and the log says so once.
"""

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

logger = logging.getLogger(__name__)

SUFFIX = ".switch.json"
"""The end of the name of the file beside `migration.json`: `migration.switch.json`."""
VERSION = 1

Value = TypeVar("Value")
Signature = tuple[int, int, int]


class Watched(Generic[Value]):
    """What a JSON file says, as last understood; `parse` raises ValueError, LookupError or TypeError on nonsense.

    A file that is `optional` and not there says nothing, in contrast to one that cannot be reached: a dangling
    link, or a directory that has been unmounted.
    """

    def __init__(self, path: Path, parse: Callable[[Any], Value], absent: Value, *, optional: bool = False) -> None:
        self.path = path
        self.value = absent
        self._parse = parse
        self._absent = absent
        self._optional = optional
        self._seen: Signature | None = None
        self._complaint: str | None = None

    def look(self) -> bool:
        """Read the file if it is not the one of the last look; whether there is a new value."""
        try:
            signature = self._signature()
            if signature == self._seen:
                return False
            value = self._absent if signature is None else self._parse(json.loads(self.path.read_bytes()))
        except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
            self._complain(repr(error))
            return False
        self._seen, self._complaint, self.value = signature, None, value
        return True

    def _signature(self) -> Signature | None:
        """What changes when the file is replaced or written; None for an optional file that is not there."""
        try:
            status = self.path.stat()
        except FileNotFoundError:
            if self._optional and self.path.parent.is_dir() and not self.path.is_symlink():
                return None
            raise
        return status.st_mtime_ns, status.st_size, status.st_ino

    def _complain(self, complaint: str) -> None:
        if complaint != self._complaint:
            logger.error("%s cannot be read, what it said before still holds: %s", self.path, complaint)
        self._complaint = complaint


@dataclass(frozen=True, slots=True)
class Override:
    """What a switch says of a route: FastAPI's share, and which other requests it answers too, unseen."""

    weight: int
    shadow: str | None = None


def parse_switch(document: Any) -> Mapping[str, Override]:
    """The overrides by route of a switch file. Raises ValueError, LookupError or TypeError on another document."""
    require_version(document, VERSION)
    return {
        key: Override(parse_weight(route["weight"]), parse_shadow(route.get("shadow")))
        for key, route in document["routes"].items()
    }


def require_version(document: Any, version: int) -> None:
    """Raise ValueError on a document of a version that this module was not written for."""
    if document["version"] != version:
        raise ValueError(f"version {document['version']!r} is not {version}, the one this gateway knows")


def parse_shadow(shadow: Any) -> str | None:
    """`safe`, `all` or None. Raises ValueError on anything else."""
    if shadow not in ("safe", "all", None):
        raise ValueError(f"shadow {shadow!r} is neither 'safe' nor 'all'")
    return None if shadow is None else str(shadow)


def parse_weight(weight: Any) -> int:
    """A percentage. Raises ValueError on anything else."""
    if isinstance(weight, bool) or not isinstance(weight, int) or not 0 <= weight <= 100:
        raise ValueError(f"weight {weight!r} is not a number from 0 to 100")
    return weight
