"""Caddy: shapes as regular expressions, literals as members of constant lists, which CEL looks up by their hash.

The cost of a request does not grow with the number of rules, only with that of their shapes. A promotion needs no
reload, which ends connections that wait for a request: Caddy looks for the name of what it has found in a folder with
each request. Caddy can hash no client, so that it cannot decide a canary as the gateway does: a route that is not
promoted in full stays on Flask.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from proxy import plain
from proxy.check import Problem
from proxy.engines import marking
from proxy.engines.activation import Activation
from proxy.engines.filling import fill, quoted, require_sound
from proxy.engines.limits import canaries
from proxy.model import RouteTable, Upstream
from proxy.shapes import Group, Key, groups

STATE = marking.STATE
LONGEST = 90_000
"""How many characters of keys stand in one expression: CEL takes a hundred thousand, and the rest needs some. Each
expression costs a request a few microseconds, however many keys it has."""
BETWEEN = len("\t\t\t\t,\n")
"""What stands around a key."""

DECODES = True
OLDEST = "Caddy 2.8"
VERSION = ("caddy", "version")
KEPT = ()
SOCKET = "migrate-admin.sock"


@dataclass(frozen=True, slots=True)
class Step:
    """A shape, or a part of its keys, as Caddy tries it: `path` is looked up, in CEL, and `mark` is its name then."""

    name: str
    regex: str | None
    path: str
    keys: tuple[str, ...]
    mark: str


@dataclass(frozen=True, slots=True)
class Branch:
    """The shapes for requests with a method, to a host or, without one, to all that have none of their own."""

    name: str
    methods: str
    host: str
    steps: tuple[Step, ...]


def limits(table: RouteTable) -> tuple[Problem, ...]:
    """Canaries, and rules that are longer than a file's name."""
    too_long = {
        target.name
        for group in groups(table)
        for key, target in group.targets.items()
        if len(mark(group, key)) > marking.LONGEST
    }
    message = f"its name in {marking.FOLDER} would be too long for a file: all its requests go to Flask"
    promoted = (rule for rule in table.rules if rule.is_promoted and rule.identifier in too_long)
    return (*canaries(table, "Caddy"), *(Problem("undecidable", rule.key, message) for rule in promoted))


def validation(directory: PurePath) -> tuple[str, ...]:
    """`caddy validate` for the configuration in a directory."""
    return ("caddy", "validate", "--adapter", "caddyfile", "--config", str(directory / "Caddyfile"))


def foreground(directory: PurePath) -> tuple[str, ...]:
    """Caddy, which stays in the foreground; its socket is made in the folder where it is started."""
    return ("caddy", "run", "--adapter", "caddyfile", "--config", str(directory / "Caddyfile"))


def activation(directory: PurePath, files: Mapping[str, str]) -> Activation:
    """Nothing needs to be said of a state. Changed rules are read on a reload, which closes connections that wait for a
    request; when Caddy does not take them it says so and serves as before."""
    config = ("--adapter", "caddyfile", "--config", str(directory / "Caddyfile"))
    command = ("caddy", "reload", *config, "--address", f"unix/{directory / SOCKET}")
    return Activation(f"Caddy looks into {marking.FOLDER} with every request", command=command)


def render(table: RouteTable) -> dict[str, str]:
    """A whole Caddyfile, what it imports, and the state. Raises ValueError where the table has errors."""
    require_sound(table)
    shapes = groups(table)
    values = {
        "bind": table.listen.rpartition(":")[0].strip("[]"),
        "port": table.listen.rpartition(":")[2],
        "socket": SOCKET,
        "branches": list(branches(shapes)),
        "upstreams": {upstream.side: addresses(upstream) for upstream in table.upstreams},
        "state_folder": marking.FOLDER,
        "all": marking.ALL,
        "plain": plain,
    }
    return {
        "Caddyfile": fill("Caddyfile.j2", values),
        "migrate.caddy": fill("caddy-migrate.caddy.j2", values),
        STATE: marking.text(marks(table, shapes)),
    }


def marks(table: RouteTable, shapes: Iterable[Group]) -> Iterator[tuple[str, str, int]]:
    """The names of what is promoted in full."""
    promoted = {rule.identifier: rule.key for rule in table.rules if rule.is_promoted and rule.weight == 100}
    for group in shapes:
        for key, target in group.targets.items():
            if target.name in promoted and len(name := mark(group, key)) <= marking.LONGEST:
                yield promoted[target.name], name, 100


def mark(group: Group, key: Key) -> str:
    """The name of a key in the state's folder, which stays the same when other rules come and go.

    Where a path has slashes or variables it has `<` and `>`: no literal has the former, and the latter is all that
    keys of a shape have at the place of a variable.
    """
    literals = key.path.split("/")
    if group.regex is not None:
        literals[1:] = [
            ">" if part.literal is None else literal for part, literal in zip(group.parts, literals[1:], strict=True)
        ]
    return f"{beginning(group, key)}{'<'.join(literals)}"


def beginning(group: Group, key: Key) -> str:
    """The beginning of the names of a shape's keys with this method and host."""
    shape = hashlib.sha256((group.regex or "").encode()).hexdigest()[:8]
    return f"{shape}.{key.method}.{key.host}"


def branches(shapes: Iterable[Group]) -> Iterator[Branch]:
    """All that is known, by host and method; those of a named host come before those of all others."""
    found: dict[tuple[str, str], list[tuple[Group, list[Key]]]] = {}
    for group in shapes:
        by_request: dict[tuple[str, str], list[Key]] = {}
        for key in group.targets:
            by_request.setdefault((key.host, key.method), []).append(key)
        for request, keys in by_request.items():
            found.setdefault(request, []).append((group, keys))
    for number, (host, method) in enumerate(sorted(found, key=lambda request: (not request[0], request))):
        parts = [(group, part) for group, keys in found[host, method] for part in chunks(keys)]
        name = f"migrate_{number}"
        steps = tuple(step(f"{name}_{place}", group, part) for place, (group, part) in enumerate(parts))
        yield Branch(name, "GET HEAD" if method == "GET" else method, host_regex(host), steps)


def host_regex(host: str) -> str:
    """An expression for a host as it is sent, if one is named."""
    return f"(?i)^{host.replace('.', '[.]')}$" if host else ""


def step(name: str, group: Group, keys: Sequence[Key]) -> Step:
    """A part of the keys of a shape that have a method and a host in common."""
    looked_up = tuple(cel_string(key.path) for key in keys)
    start = beginning(group, keys[0])
    if group.regex is None:
        path = "{http.request.uri.path}"
        return Step(name, None, path, looked_up, f"{start}{path}")
    pieces = re.split(r"\$([0-9])", group.template)
    literals, captures = pieces[::2], [f"{{http.regexp.{name}.{capture}}}" for capture in pieces[1::2]]
    pairs = list(zip(literals, [*captures, ""], strict=True))
    path = " + ".join(one for literal, capture in pairs for one in (literal and cel_string(literal), capture) if one)
    mark = "".join(f"{literal.replace('*', '>')}{capture}" for literal, capture in pairs)
    return Step(name, group.regex, f"({path})", looked_up, f"{start}{mark}")


def chunks(keys: Iterable[Key]) -> Iterator[tuple[Key, ...]]:
    """The keys in parts that an expression can hold."""
    part: list[Key] = []
    size = 0
    for key in keys:
        length = len(cel_string(key.path)) + BETWEEN
        if size + length > LONGEST:
            yield tuple(part)
            part, size = [], 0
        part.append(key)
        size += length
    if part:
        yield tuple(part)


def cel_string(text: str) -> str:
    """A string of CEL in backquotes of a Caddyfile: what either could take for its own is written by its number."""
    return "'" + re.sub(r"[^\w /.:*~!@%^&()+=,;<>?|\[\]-]", lambda found: f"\\u{ord(found[0]):04x}", text) + "'"


def addresses(upstream: Upstream) -> str:
    """The addresses of a side as Caddy has them."""
    return " ".join(quoted(server.replace("unix:", "unix/")) for server in upstream.servers)
