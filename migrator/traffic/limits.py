"""The limits of the gate: `[tool.migrate.gate]`."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from migrator.errors import MigrateError

SHORTEST_WINDOW = 10
"""Gateways count in slots of ten seconds."""


@dataclass(frozen=True, slots=True)
class Gate:
    """When a route is so much worse on FastAPI that it goes back.

    `errors`: how many percentage points more may fail. `p95`: how many times as long the 95th percentile may be.
    `differences`: how many comparisons of the shadow may differ. `requests`: how many each side must have answered
    before it is judged. `window`: the seconds that count. `ignore`: places of differences that are none: `$.now`.
    """

    errors: float = 0.1
    p95: float = 1.2
    differences: int = 0
    requests: int = 100
    window: int = 300
    ignore: tuple[str, ...] = ()


def gate_from(table: Mapping[str, Any], where: str) -> Gate:
    """The gate of a parsed table. Raises MigrateError for a key that is not known, or a value that makes no sense."""
    known = [field.name for field in fields(Gate)]
    values: dict[str, Any] = {}
    for key, value in table.items():
        if key not in known:
            raise MigrateError(f"{where}: [tool.migrate.gate] has no key '{key}': there are {', '.join(known)}")
        if key == "ignore":
            fits = isinstance(value, list) and all(isinstance(one, str) for one in value)
        else:
            kinds = (int, float) if key in ("errors", "p95") else (int,)
            fits = isinstance(value, kinds) and not isinstance(value, bool) and value >= 0
        if key == "window" and fits:
            fits = value >= SHORTEST_WINDOW
        if not fits:
            wanted = "a list of texts" if key == "ignore" else "a number"
            wanted += f" of {SHORTEST_WINDOW} or more seconds" if key == "window" else ""
            raise MigrateError(f"{where}: [tool.migrate.gate] {key} = {value!r}: {wanted} is expected")
        values[key] = tuple(value) if key == "ignore" else value
    return Gate(**values)
