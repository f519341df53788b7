"""HAProxy: shapes as regular expressions, literals as look-ups in a map file, the state of the routes in another.

The cost of a request does not grow with the number of rules, only with that of their shapes. A promotion is a change of
the state's map over the socket, which takes effect at once and without a reload.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePath

from proxy import plain
from proxy.check import Problem
from proxy.engines.activation import Activation
from proxy.engines.filling import fill, require_sound
from proxy.model import RouteTable
from proxy.shapes import LEGACY, Group, Key, groups

STATE = "migrate-state.map"
DECODES = True
OLDEST = "HAProxy 2.6 with Lua"
VERSION = ("haproxy", "-v")
KEPT = ()
RULES = "migrate-rules.map"
SOCKET = "migrate.sock"
AT_ONCE = 100
"""How many changes are sent in one line: HAProxy's buffer for a line has 16 kB."""


@dataclass(frozen=True, slots=True)
class Step:
    """A shape as HAProxy tries it. What `substitution` leaves begins with a number only where the shape matches."""

    regex: str | None
    substitution: str


def limits(table: RouteTable) -> tuple[Problem, ...]:
    """None."""
    return ()


def validation(directory: PurePath) -> tuple[str, ...]:
    """`haproxy -c` for the configuration in a directory."""
    return ("haproxy", "-c", "-f", str(directory / "migrate.cfg"), "-f", str(directory / "haproxy.cfg"))


def foreground(directory: PurePath) -> tuple[str, ...]:
    """HAProxy that stays in the foreground; its socket is made in the folder where it is started."""
    return ("haproxy", "-db", "-f", str(directory / "migrate.cfg"), "-f", str(directory / "haproxy.cfg"))


def activation(directory: PurePath, files: Mapping[str, str]) -> Activation:
    """The lines of the state file, said over the socket: each is taken at once, and none needs a reload."""
    lines = [f"set map {STATE} {line}" for line in files[STATE].splitlines() if not line.startswith("#")]
    chunks = (lines[start : start + AT_ONCE] for start in range(0, len(lines), AT_ONCE))
    return Activation(
        f"HAProxy takes the lines of {STATE} over its socket",
        socket=str(directory / SOCKET),
        lines=tuple("; ".join(chunk) for chunk in chunks),
    )


def render(table: RouteTable) -> dict[str, str]:
    """The configuration, the maps and the hash of clients. Raises ValueError where the table has errors."""
    require_sound(table)
    shapes = groups(table)
    has_spaces = any(" " in key.path for group in shapes for key in group.targets)
    hosts = sorted({key.host for group in shapes for key in group.targets if key.host})
    keys = {
        looked_up(number, group, key, has_spaces): target.name
        for number, group in enumerate(shapes)
        for key, target in group.targets.items()
    }
    values = {
        "table": table,
        "bind": table.listen if ":" in table.listen else f":{table.listen}",
        "steps": [step(number, group) for number, group in enumerate(shapes)],
        "hosts": hosts,
        "has_spaces": has_spaces,
        "state_file": STATE,
        "rules_file": RULES,
        "socket": SOCKET,
        "legacy": LEGACY,
        "plain": plain,
    }
    ids = {*keys.values()} - {LEGACY}
    state = {"rules": [rule for rule in table.rules if rule.identifier in ids]}
    return {
        "haproxy.cfg": fill("haproxy.cfg.j2", values),
        "migrate.cfg": fill("haproxy-migrate.cfg.j2", values),
        "migrate-client.lua": fill("haproxy-client.lua.j2", {}),
        RULES: "".join(f"{key} {name}\n" for key, name in keys.items()),
        STATE: fill("haproxy-state.map.j2", state),
    }


def step(number: int, group: Group) -> Step:
    """A shape. A path begins with a slash, so that one which does not match is looked up as it is: that has been done,
    and nothing was found, as literals are tried first."""
    return Step(group.regex, f"{number}{re.sub(r'[$]', lambda _: chr(92), group.template)}")


def looked_up(number: int, group: Group, key: Key, has_spaces: bool) -> str:
    """What is looked up, as a line of a map can hold it: between path, method and host is what no literal has in it.

    A space would end it, so all are encoded if one has any.
    """
    path = key.path.replace("%", "%25").replace(" ", "%20") if has_spaces else key.path
    return f"{number if group.regex else ''}{path}<{key.method}<{key.host}"
