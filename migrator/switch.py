"""The switch `migration.switch.json`: overrides of single routes that running gateways see within half a second.

It lies beside the manifest (or is mounted there), is written atomically, and wins over the manifest until it is adopted
by a new manifest or cleared.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from migrator.errors import MigrateError
from migrator.files import read_bytes, write_atomically
from migrator.manifest.model import Manifest
from migrator.tree import switch_name

VERSION = 1


@dataclass(frozen=True, slots=True)
class Override:
    """What the switch says of one route."""

    weight: int
    at: str
    reason: str
    shadow: str | None = None


def read_switch(root: Path) -> dict[str, Override]:
    """The overrides by route key; none without the file. Raises MigrateError for a file that is damaged or newer."""
    file = root / switch_name()
    content = read_bytes(file)
    if content is None:
        return {}
    try:
        document: Any = json.loads(content)
        if document["version"] != VERSION:
            raise MigrateError(
                f"{file}: has version {document['version']}, this migrate knows {VERSION}: upgrade migrate"
            )
        return {
            key: Override(
                int(entry["weight"]), str(entry.get("at", "")), str(entry.get("reason", "")), entry.get("shadow")
            )
            for key, entry in document["routes"].items()
        }
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise MigrateError(f"{file}: is damaged: delete it, the manifest then decides alone") from error


def set_overrides(root: Path, keys: Iterable[str], override: Override) -> None:
    """Override these routes, keep the others' overrides. Call it while the manifest's lock is held."""
    before = read_switch(root)
    after = before | dict.fromkeys(keys, override)
    if after != before:
        _write(root, after)


def drop_overrides(root: Path, keys: Iterable[str]) -> None:
    """Forget the overrides of these routes: the manifest decides again."""
    before = read_switch(root)
    gone = set(keys)
    after = {key: entry for key, entry in before.items() if key not in gone}
    if after != before:
        _write(root, after)


def effective_weight(key: str, weight: int, overrides: dict[str, Override]) -> int:
    """The weight that a gateway which sees the switch uses."""
    return overrides[key].weight if key in overrides else weight


def disagreements(manifest: Manifest, overrides: dict[str, Override]) -> list[str]:
    """A line for each route on which switch and manifest differ, and for each override of no known route."""
    lines = []
    routes = {key: route for _, key, route in manifest.routes()}
    for key, override in sorted(overrides.items()):
        if key not in routes:
            lines.append(f"{key}: in the switch ({override.weight} %), unknown to the manifest")
        elif routes[key].weight != override.weight:
            lines.append(f"{key}: switch {override.weight} % ({override.reason}), manifest {routes[key].weight} %")
        elif routes[key].shadow != override.shadow:
            said, recorded = override.shadow or "none", routes[key].shadow or "none"
            lines.append(f"{key}: switch shadow {said} ({override.reason}), manifest shadow {recorded}")
    return lines


def _write(root: Path, routes: dict[str, Override]) -> None:
    document = {
        "version": VERSION,
        "routes": {
            key: {
                "weight": entry.weight,
                **({"shadow": entry.shadow} if entry.shadow else {}),
                "at": entry.at,
                "reason": entry.reason,
            }
            for key, entry in sorted(routes.items())
        },
    }
    write_atomically(root / switch_name(), (json.dumps(document, indent=2, ensure_ascii=False) + "\n").encode())
