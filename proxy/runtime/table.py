"""Which routes are promoted: the manifest, overridden by the switch, as far as it speaks of the code that is loaded."""

import hashlib
import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import switch
from .switch import Override, Watched, parse_shadow, parse_switch, parse_weight, require_version

logger = logging.getLogger(__name__)

NAME = "migration.json"
VERSION = 1

INTERVAL = 0.5
"""Seconds between two looks at the files."""


@dataclass(frozen=True, slots=True)
class Intent:
    """What the manifest says of a route that may be served by FastAPI.

    `fellows` are the routes with which it shares state that Flask has another one of: all are served, or none.
    """

    key: str
    endpoint: str
    weight: int
    file: str
    digest: str
    fellows: frozenset[str] = frozenset()
    shadow: str | None = None
    is_served: bool = True


@dataclass(frozen=True, slots=True)
class Promotion:
    """A route that FastAPI serves for `weight` percent of the clients.

    `shadow` tells which requests that Flask answers FastAPI answers too, to be compared: `safe` ones, `all` or none.
    """

    key: str
    endpoint: str
    weight: int
    shadow: str | None = None


Table = Mapping[str, Promotion]
"""Promoted routes by their key, `GET /orders/<int:order_id>`, with the host in front of the rule where it has one."""


def parse_manifest(document: Any) -> Mapping[str, Intent]:
    """The routes that are canary, live or shadowed. Raises ValueError, LookupError or TypeError on another document."""
    require_version(document, VERSION)
    intents = {}
    routes = [one for blueprint in document["blueprints"].values() for one in blueprint["routes"].items()]
    groups: dict[str, set[str]] = {}
    for key, route in routes:
        if route.get("group"):
            groups.setdefault(route["group"], set()).add(key)
    for key, route in routes:
        output = route["output"]
        shadow = parse_shadow(route.get("shadow"))
        is_served = route["state"] in ("canary", "live")
        if (is_served or shadow) and route["runtime"] in ("native", "bridged") and output:
            weight = parse_weight(route["weight"])
            fellows = frozenset(groups.get(route.get("group"), ()))
            intents[key] = Intent(
                key, route["endpoint"], weight, output["file"], output["digest"], fellows, shadow, is_served
            )
    return intents


def find_manifest(package: Path) -> Path:
    """The nearest manifest above a target package; where there will be one if there is none.

    Of several applications of one tree the further ones have manifests that are named after their packages.
    """
    for directory in package.parents:
        for name in (f"migration.{package.name}.json", NAME):
            if (directory / name).is_file():
                return directory / name
    return package.parent / NAME


def digest_files(package: Path) -> Mapping[Path, str]:
    """The digests of a package's modules, by resolved path, in the form that the manifest has them."""
    return {path.resolve(): f"sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}" for path in package.rglob("*.py")}


def promoted(
    intents: Mapping[str, Intent], overrides: Mapping[str, Override], root: Path, digests: Mapping[Path, str]
) -> Table:
    """The routes that are on, and whose code is loaded as the manifest has it; the log names those it is not.

    Those that share state are on when all of them are, for every client.
    """
    table = {}
    for key, intent in intents.items():
        said = overrides.get(key, Override(intent.weight, intent.shadow))
        weight = said.weight if intent.is_served else 0
        if weight == 0 and said.shadow is None:
            continue
        if digests.get((root / intent.file).resolve()) != intent.digest:
            logger.warning("%s stays on Flask: %s as loaded is not the file in the manifest", key, intent.file)
            continue
        table[key] = Promotion(key, intent.endpoint, weight, said.shadow)
    whole = {key for key, one in table.items() if one.weight == 100}
    return {key: one for key, one in table.items() if intents[key].fellows <= whole}


class Intentions:
    """The table of a target package, kept up to date with the manifest and the switch beside it.

    The digests are those of the files when the gateway is made, right after they were imported: code that is replaced
    on disk is not what runs until the server starts again.
    """

    def __init__(self, package: Path) -> None:
        package = package.resolve()
        manifest = find_manifest(package)
        self._digests = digest_files(package)
        self._root = manifest.parent
        self._manifest: Watched[Mapping[str, Intent]] = Watched(manifest, parse_manifest, {})
        self._switch: Watched[Mapping[str, Override]] = Watched(
            manifest.with_suffix(switch.SUFFIX), parse_switch, {}, optional=True
        )
        self._table: Table = {}
        self._next_look = 0.0

    def table(self) -> Table:
        """The table as of now; the files are looked at if that was not done within the last half second."""
        now = time.monotonic()
        if now >= self._next_look:
            self._next_look = now + INTERVAL
            # Both are looked at, whatever the first says.
            if any([self._manifest.look(), self._switch.look()]):
                self._table = promoted(self._manifest.value, self._switch.value, self._root, self._digests)
        return self._table
