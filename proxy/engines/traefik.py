"""Traefik: shapes as regular expressions with all literals, routers by priority, promoted ones in a file of their own.

Traefik looks nothing up by a hash, but an expression of many literals costs little more than one of few, as Go joins
their common beginnings: the cost of a request grows with the number of shapes. Routers of the state file come before
the one that gives the whole shape to Flask. Traefik takes the file by itself when it is renamed into place. Paths are
passed on with unreserved characters decoded, which are the same encoded and not (RFC 3986, 2.3).

Traefik can hash no client, so that it cannot decide a canary as the gateway does: a route that is not promoted in full
stays on Flask.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePath

from proxy import plain
from proxy.check import Problem
from proxy.engines.activation import Activation
from proxy.engines.filling import fill, require_sound
from proxy.engines.limits import canaries
from proxy.engines.rehearsal import Rehearsal
from proxy.match import quote
from proxy.model import RouteTable, Upstream
from proxy.shapes import Group, Key, groups

FOLDER = "migrate"
STATE = f"{FOLDER}/migrate-state.yml"
RULES = f"{FOLDER}/migrate-rules.yml"
SITE = f"{FOLDER}/migrate-site.yml"
DECODES = True
OLDEST = "Traefik 3.7"
VERSION = ("traefik", "version")
KEPT = (SITE,)

RESERVED = ":/?#[]@!$&'()*+,;=%"
"""What stays encoded in the path that Traefik matches (`reservedCharacters` in its `pkg/muxer/http/mux.go`)."""

ANY_IN_SEGMENT = "(?:[^/%]|%[0-9A-F][0-9A-F])"
ANY = "(?:[^%]|%[0-9A-F][0-9A-F])"

ENCODED = "|".join(f"{ord(character):02X}" for character in sorted(RESERVED) if character != "/")
PLAIN = f"^(?:[ -$&-~]|%(?:{ENCODED}))*$"
"""A path of printable ASCII without encoded slashes, as Traefik matches it."""

REHEARSAL = """\
entryPoints: {web: {address: '127.0.0.1:0'}, traefik: {address: '127.0.0.1:{port}'}}
providers: {file: {directory: '{directory}'}}
api: {insecure: true}
log: {level: ERROR}
global: {checkNewVersion: false, sendAnonymousUsage: false}
"""
"""Without a file, Traefik would take what it finds in folders of its own."""

TOKEN = re.compile(r"\(\?:|\[.*?\]|\\x[0-9a-f]{2}|\\\.|[.=@:]")


@dataclass(frozen=True, slots=True)
class Router:
    """A rule of Traefik's, by the place of its shape; the lower ones are tried later."""

    name: str
    priority: int
    rule: str


def limits(table: RouteTable) -> tuple[Problem, ...]:
    """Canaries."""
    return canaries(table, "Traefik")


def validation(directory: PurePath) -> Rehearsal:
    """Traefik has no command that checks a configuration: it runs for a moment, and says what it thinks of it."""
    configuration = REHEARSAL.replace("{directory}", str(directory / FOLDER))
    return Rehearsal(("traefik", "--configFile={file}"), configuration, "/api/rawdata", judge)


def judge(text: str) -> tuple[str, ...] | None:
    """What Traefik has against its routers and services; None before it has read them."""
    document = json.loads(text)
    if not any(name.endswith("@file") for name in document.get("routers", {})):
        return None
    found = (*document["routers"].items(), *document.get("services", {}).items())
    return tuple(f"{name}: {error}" for name, one in found for error in one.get("error") or ())


def foreground(directory: PurePath) -> tuple[str, ...]:
    """Traefik, which stays in the foreground; it looks for its rules in the folder where it is started."""
    return ("traefik", f"--configFile={directory / 'traefik.yml'}")


def activation(directory: PurePath, files: Mapping[str, str]) -> Activation:
    """Nothing needs to be said."""
    return Activation(f"Traefik takes what is in {FOLDER} by itself", is_whole=True, at_start=("traefik.yml",))


def render(table: RouteTable) -> dict[str, str]:
    """The static configuration, the routers for Flask, and those of the state. Raises ValueError on a table with errors
    or a side at a socket, of which Traefik knows nothing."""
    require_sound(table)
    shapes = groups(table)
    hosts = ["", *sorted({key.host for group in shapes for key in group.targets if key.host})]
    all_keys = routers(shapes, hosts, None)
    promoted = {rule.identifier for rule in table.rules if rule.is_promoted and rule.weight == 100}
    # A state that was made for other rules names a service which there is none of, and so takes nothing.
    fingerprint = hashlib.sha256(repr(all_keys).encode()).hexdigest()[:8]
    values = {
        "name": table.name,
        "listen": table.listen if ":" in table.listen else f":{table.listen}",
        "port": table.listen.rpartition(":")[2],
        "fingerprint": fingerprint,
        "changes": " || ".join(f"HeaderRegexp(`{name}`, `^`)" for name in plain.CHANGES_OF_REQUEST),
        "unplain": f"!PathRegexp(`{PLAIN}`) || PathRegexp(`//|/[.][.]?(?:/|$)`)",
        "highest": (len(shapes) + 1) * 2 * len(hosts) + 1,
        "hosts": [(on_host(host), number * 2 * (len(shapes) + 1)) for number, host in enumerate(hosts) if host],
    }
    servers = {upstream.side: addresses(upstream) for upstream in table.upstreams}
    state = {"name": table.name, "fingerprint": fingerprint, "routers": routers(shapes, hosts, promoted)}
    return {
        "traefik.yml": fill("traefik.yml.j2", values),
        SITE: fill("traefik-site.yml.j2", values),
        RULES: fill("traefik-rules.yml.j2", {**values, "routers": all_keys, "servers": servers}),
        STATE: fill("traefik-state.yml.j2", state),
    }


def addresses(upstream: Upstream) -> list[str]:
    """The URLs of a side."""
    for server in upstream.servers:
        if server.startswith("unix:"):
            raise ValueError(f"Traefik cannot reach {server}: serve {upstream.side} at an address with a port")
    return [f"http://{server}" for server in upstream.servers]


def routers(shapes: tuple[Group, ...], hosts: list[str], promoted: set[str] | None) -> list[Router]:
    """A router for every shape, method and host: of all that is known, or of what is promoted, which comes before it.

    Those of a named host come before those of all hosts.
    """
    found = []
    for number, group in enumerate(shapes):
        for (host, method), expressions in by_method(group, promoted).items():
            place = hosts.index(host)
            priority = 2 * (place * (len(shapes) + 1) + len(shapes) - number) + (promoted is not None)
            rule = [on_method(method), *([on_host(host)] if host else []), f"PathRegexp(`{one_of(expressions)}`)"]
            found.append(Router(f"{number}-{place}-{method.lower()}", priority, " && ".join(rule)))
    return found


def by_method(group: Group, promoted: set[str] | None) -> dict[tuple[str, str], list[str]]:
    """The expressions of a shape's keys, by host and method."""
    found: dict[tuple[str, str], list[str]] = {}
    for key, target in group.targets.items():
        # What is beyond ASCII is Flask's before any of these is tried.
        if key.path.isascii() and (promoted is None or target.name in promoted):
            found.setdefault((key.host, key.method), []).append(expression(group, key))
    return found


def on_method(method: str) -> str:
    """HEAD goes with its GET."""
    return "(Method(`GET`) || Method(`HEAD`))" if method == "GET" else f"Method(`{method}`)"


def on_host(host: str) -> str:
    """The host as the client has sent it; Traefik's own matcher of hosts takes any port, and a dot at the end."""
    return f"HeaderRegexp(`X-Forwarded-Host`, `(?i)^{quote(host)}$`)"


def one_of(expressions: Iterable[str]) -> str:
    """An expression for all of these, in an order in which common beginnings are next to each other."""
    return f"^(?:{'|'.join(sorted(expressions))})$"


def expression(group: Group, key: Key) -> str:
    """The expression for a key of a shape."""
    literals = key.path.split("/")[1:]
    if group.regex is None:
        return "".join(f"/{still_encoded(quote(literal))}" for literal in literals)
    pieces = zip(group.parts, literals, strict=True)
    return "".join(
        f"/{still_encoded(part.regex if part.literal is None else quote(literal))}" for part, literal in pieces
    )


def still_encoded(regex: str) -> str:
    """An expression for a path in which what is reserved may be encoded; for one that is decoded it is `regex`."""
    return TOKEN.sub(lambda found: "".join(token(found[0])), regex)


def token(text: str) -> Iterator[str]:
    """A token of an expression."""
    if text == "[^/]":
        yield ANY_IN_SEGMENT
    elif text == ".":
        yield ANY
    elif text == r"\x25":
        yield "%25"
    else:
        character = chr(int(text[2:], 16)) if text.startswith(r"\x") else text
        yield f"(?:{text}|%{ord(character):02X})" if len(character) == 1 and character in RESERVED else text
