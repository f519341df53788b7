"""Caddy: shapes as regular expressions, literals as members of constant lists, which CEL looks up by their hash.

The cost of a request does not grow with the number of rules, only with that of their shapes. Caddy can hash no client,
so that it cannot decide a canary as the gateway does: a route that is not promoted in full stays on Flask.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePath

from proxy import plain
from proxy.check import Problem
from proxy.engines.activation import Activation
from proxy.engines.filling import fill, quoted, require_sound
from proxy.engines.limits import canaries
from proxy.model import RouteTable, Upstream
from proxy.shapes import LEGACY, Group, Key, groups

STATE = "migrate-state.caddy"
LONGEST = 90_000
"""How many characters of keys stand in one expression: CEL takes a hundred thousand, and the rest needs some. Each
expression costs a request a few microseconds, however many keys it has."""
BETWEEN = len("\t\t\t,\n")
"""What stands around a key."""

DECODES = True
OLDEST = "Caddy 2.8"
VERSION = ("caddy", "version")
KEPT = ()
SOCKET = "migrate-admin.sock"


@dataclass(frozen=True, slots=True)
class Step:
    """A shape, or a part of its keys, as Caddy tries it; `path` is what is looked up, in CEL and elsewhere."""

    name: str
    number: int
    regex: str | None
    cel_path: str
    path: str
    keys: tuple[str, ...]


def limits(table: RouteTable) -> tuple[Problem, ...]:
    """Canaries."""
    return canaries(table, "Caddy")


def validation(directory: PurePath) -> tuple[str, ...]:
    """`caddy validate` for the configuration in a directory."""
    return ("caddy", "validate", "--adapter", "caddyfile", "--config", str(directory / "Caddyfile"))


def foreground(directory: PurePath) -> tuple[str, ...]:
    """Caddy, which stays in the foreground; its socket is made in the folder where it is started."""
    return ("caddy", "run", "--adapter", "caddyfile", "--config", str(directory / "Caddyfile"))


def activation(directory: PurePath, files: Mapping[str, str]) -> Activation:
    """Caddy reads its files again; when it does not take them it says so and serves as before.

    It closes connections that wait for a request, even with one on its way: clients send it again on another, as HTTP
    has it.
    """
    config = ("--adapter", "caddyfile", "--config", str(directory / "Caddyfile"))
    address = f"unix/{directory / SOCKET}"
    return Activation("Caddy has reloaded", is_whole=True, command=("caddy", "reload", *config, "--address", address))


def render(table: RouteTable) -> dict[str, str]:
    """A whole Caddyfile, what it imports, and the state file. Raises ValueError where the table has errors."""
    require_sound(table)
    shapes = groups(table)
    values = {
        "bind": table.listen.rpartition(":")[0].strip("[]"),
        "port": table.listen.rpartition(":")[2],
        "socket": SOCKET,
        "steps": [step for number, group in enumerate(shapes) for step in steps(number, group)],
        "hosts": sorted({key.host for group in shapes for key in group.targets if key.host}),
        "upstreams": {upstream.side: addresses(upstream) for upstream in table.upstreams},
        "state_file": STATE,
        "legacy": LEGACY,
        "plain": plain,
    }
    promoted = {rule.identifier for rule in table.rules if rule.is_promoted and rule.weight == 100}
    lines = [
        looked_up(number, key)
        for number, group in enumerate(shapes)
        for key, target in group.targets.items()
        if target.name in promoted
    ]
    return {
        "Caddyfile": fill("Caddyfile.j2", values),
        "migrate.caddy": fill("caddy-migrate.caddy.j2", values),
        STATE: fill("caddy-state.caddy.j2", {"lists": list(chunks(lines))}),
    }


def steps(number: int, group: Group) -> Iterator[Step]:
    """A shape, and all that is known of it: a path that is none of them is tried with the next."""
    for part, keys in enumerate(chunks([looked_up(number, key) for key in group.targets])):
        yield step(f"{number}_{part}", number, group, keys)


def step(name: str, number: int, group: Group, keys: tuple[str, ...]) -> Step:
    """A part of the keys of a shape."""
    path = "{http.request.uri.path}"
    if group.regex is None:
        return Step(name, number, None, path, path, keys)
    pieces = re.split(r"\$([0-9])", group.template)
    literals, captures = pieces[::2], [f"{{http.regexp.migrate_{name}.{capture}}}" for capture in pieces[1::2]]
    pairs = list(zip(literals, [*captures, ""], strict=True))
    cel = " + ".join(one for literal, capture in pairs for one in (literal and cel_string(literal), capture) if one)
    return Step(name, number, group.regex, cel, "".join(map("".join, pairs)), keys)


def chunks(keys: Iterable[str]) -> Iterator[tuple[str, ...]]:
    """The keys in parts that an expression can hold."""
    part: list[str] = []
    size = 0
    for key in keys:
        if size + len(key) + BETWEEN > LONGEST:
            yield tuple(part)
            part, size = [], 0
        part.append(key)
        size += len(key) + BETWEEN
    if part:
        yield tuple(part)


def looked_up(number: int, key: Key) -> str:
    """What is looked up, as a string of CEL."""
    return cel_string(f"{number} {key.method} {key.host}{key.path}")


def cel_string(text: str) -> str:
    """A string of CEL in backquotes of a Caddyfile: what either could take for its own is written by its number."""
    return "'" + re.sub(r"[^\w /.:*~!@%^&()+=,;<>?|\[\]-]", lambda found: f"\\u{ord(found[0]):04x}", text) + "'"


def addresses(upstream: Upstream) -> str:
    """The addresses of a side as Caddy has them."""
    return " ".join(quoted(server.replace("unix:", "unix/")) for server in upstream.servers)
