"""Envoy: literal beginnings of paths in a tree, below each a list of routes, the state of the routes in the runtime.

The cost of a request does not grow with the number of rules, only with that of rules of the same beginning. Envoy
matches paths as they were sent: those with something encoded are left to Flask. A promotion is a new runtime file,
which Envoy takes by itself when it is renamed into place. A site that exists takes routes and clusters from files of
their own; `envoy.json` has them in itself, as Envoy's own check looks at nothing else.
"""

import itertools
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePath

from proxy import plain
from proxy.check import Problem
from proxy.engines.activation import Activation
from proxy.engines.filling import fill, require_sound
from proxy.match import quote
from proxy.model import RouteTable, Rule, Upstream
from proxy.shapes import LEGACY, Group, Key, Target, groups

STATE = "migrate-state.json"
ROUTES, CLUSTERS, CLIENT = "migrate-routes.json", "migrate-clusters.json", "migrate-client.lua"
DECODES = False
OLDEST = "Envoy 1.40"
VERSION = ("envoy", "--version")
KEPT = ()
BUCKET = "x-migrate-bucket"
TYPE = "type.googleapis.com/envoy"
PROTOCOL = "extensions.upstreams.http.v3.HttpProtocolOptions"

EXPRESSIONS = {f"re2.max_program_size.{level}_level": 100_000 for level in ("warn", "error")}
"""Expressions of rules with many parts are larger than Envoy takes by default."""

Json = dict[str, object]


@dataclass(frozen=True, slots=True)
class Entry:
    """A key of a shape: what it begins with, how it is matched, the methods and what is found."""

    prefix: str
    match: Json
    methods: str
    name: str


def limits(table: RouteTable) -> tuple[Problem, ...]:
    """Rules whose literals are sent encoded."""
    promoted = (rule for rule in table.rules if rule.is_promoted)
    return tuple(
        Problem("undecidable", rule.key, "Envoy does not decode paths: its requests, which are encoded, go to Flask")
        for rule in promoted
        if any(not character.isascii() or character in ' "<>\\^`{|}%' for character in literals(rule))
    )


def literals(rule: Rule) -> str:
    """The rule without its variables."""
    return "".join(piece.partition(">")[2] if ">" in piece else piece for piece in rule.rule.split("<"))


def validation(directory: PurePath) -> tuple[str, ...]:
    """Envoy's own check of the configuration in a directory."""
    return ("envoy", "--mode", "validate", "--log-level", "error", "--config-path", str(directory / "envoy.json"))


def foreground(directory: PurePath) -> tuple[str, ...]:
    """Envoy, which stays in the foreground; it looks for the state in the folder where it is started."""
    return ("envoy", "--use-dynamic-base-id", "--log-level", "error", "--config-path", str(directory / "envoy.json"))


def activation(directory: PurePath, files: Mapping[str, str]) -> Activation:
    """Nothing needs to be said."""
    return Activation(f"Envoy takes {STATE} by itself")


def render(table: RouteTable) -> dict[str, str]:
    """The bootstrap configuration, its parts for an Envoy that there is, and the runtime file.

    Raises ValueError where the table has errors.
    """
    require_sound(table)
    shapes = groups(table)
    names = {target.name for group in shapes for target in group.targets.values()} - {LEGACY}
    hosts = sorted({key.host for group in shapes for key in group.targets if key.host})
    routes = {
        "name": "migrate",
        "virtual_hosts": [virtual_host(host, tuple(entries(shapes, host))) for host in ("", *hosts)],
        "request_headers_to_remove": ["forwarded", "x-forwarded-prefix", "x-envoy-external-address", BUCKET],
        "request_headers_to_add": [
            header("x-forwarded-for", "%DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT%"),
            header("x-forwarded-host", "%REQ(:AUTHORITY)%"),
            header("x-forwarded-port", "%DOWNSTREAM_LOCAL_PORT%"),
            header("x-real-ip", "%DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT%"),
        ],
    }
    clusters = [cluster(upstream) for upstream in table.upstreams]
    runtime_source = {"name": "migrate", "rtds_config": source(STATE)}
    bootstrap = {
        "node": {"id": "migrate", "cluster": "migrate"},
        "layered_runtime": {
            "layers": [
                {"name": "limits", "static_layer": EXPRESSIONS},
                {"name": "migrate", "rtds_layer": runtime_source},
            ]
        },
        "static_resources": {"listeners": [listener(table.listen, routes)], "clusters": clusters},
    }
    weights = {
        rule.identifier: rule.weight if rule.is_promoted else 0 for rule in table.rules if rule.identifier in names
    }
    layer = {f"migrate.{name}.{side}": share for name, weight in weights.items() for side, share in shares(weight)}
    return {
        "envoy.json": text(bootstrap),
        CLIENT: fill("envoy-client.lua.j2", {"header": BUCKET}),
        CLUSTERS: resources("config.cluster.v3.Cluster", *clusters),
        ROUTES: resources("config.route.v3.RouteConfiguration", routes),
        STATE: resources("service.runtime.v3.Runtime", {"name": "migrate", "layer": layer}),
    }


def shares(weight: int) -> Iterator[tuple[str, int]]:
    """The share of each side, in the order in which Envoy counts the buckets."""
    yield "fastapi", weight
    yield LEGACY, 100 - weight


def source(file: str) -> Json:
    """A file of resources, taken whenever another is renamed into its place."""
    path = {"path": file, "watched_directory": {"path": "."}}
    return {"resource_api_version": "V3", "path_config_source": path}


def resources(kind: str, *found: Mapping[str, object]) -> str:
    """A file of resources."""
    return text({"resources": [{"@type": f"{TYPE}.{kind}", **one} for one in found]})


def entries(shapes: tuple[Group, ...], host: str) -> Iterator[Entry]:
    """What is matched for a host, in Werkzeug's order."""
    for group in shapes:
        for key, target in group.targets.items():
            if key.host == host:
                yield entry(group, key, target)


def entry(group: Group, key: Key, target: Target) -> Entry:
    """A key of a shape, with its literals in the shape's expression."""
    methods = "GET|HEAD" if key.method == "GET" else key.method
    if group.regex is None:
        return Entry(key.path, {"path": key.path}, methods, target.name)
    pieces = list(zip(group.parts, key.path.split("/")[1:], strict=True))
    regex = "".join(f"/{part.regex if part.literal is None else quote(literal)}" for part, literal in pieces)
    first = next(number for number, (part, _) in enumerate(pieces) if part.literal is None)
    prefix = "".join(f"/{literal}" for _, literal in pieces[:first])
    return Entry(f"{prefix}/", {"safe_regex": {"regex": regex}}, methods, target.name)


def virtual_host(host: str, found: tuple[Entry, ...]) -> Json:
    """The rules of a host, or of all others: guards first, then the tree of beginnings."""
    tree = {prefix: route_list(below) for prefix, below in beginnings(found)}
    to_flask = route_list([])
    guards: list[Json] = [
        {"not_matcher": on_header(name, "(?s).*")} for name in (one.lower() for one in plain.CHANGES_OF_REQUEST)
    ]
    guards.append(on_header(":path", f"{plain.UNDECODED_IN_ONE}(?s).*"))
    by_prefix = {"input": header_input(":path"), "prefix_match_map": {"map": tree}}
    decided = {"matcher": {"matcher_tree": by_prefix, "on_no_match": to_flask}}
    return {
        "name": host or "all",
        "domains": [host or "*"],
        "matcher": {
            "matcher_list": {"matchers": [{"predicate": {"and_matcher": {"predicate": guards}}, "on_match": decided}]},
            "on_no_match": to_flask,
        },
    }


def beginnings(found: tuple[Entry, ...]) -> Iterator[tuple[str, list[Entry]]]:
    """Each beginning of a path, with all that may match a path of which it is the longest, in its order."""
    whole: dict[str, list[int]] = {"/": []}
    begun: dict[str, list[int]] = {}
    for number, one in enumerate(found):
        (whole if "path" in one.match else begun).setdefault(one.prefix, []).append(number)
    for prefix in sorted(whole.keys() | begun.keys()):
        shorter = (begun.get(prefix[:length], ()) for length in range(1, len(prefix) + 1))
        yield prefix, [found[number] for number in sorted(itertools.chain(whole.get(prefix, ()), *shorter))]


def header_input(name: str) -> Json:
    """A header of the request as what a matcher looks at."""
    return {
        "name": "header",
        "typed_config": {"@type": f"{TYPE}.type.matcher.v3.HttpRequestHeaderMatchInput", "header_name": name},
    }


def on_header(name: str, regex: str) -> Json:
    """A predicate that a header is there and all of it matches."""
    value = {"safe_regex": {"google_re2": {}, "regex": regex}}
    return {"single_predicate": {"input": header_input(name), "value_match": value}}


def route_list(found: list[Entry]) -> Json:
    """Routes in their order, and Flask for what none of them takes."""
    routes = [*map(route, found), {"match": {"prefix": "/"}, "route": {"cluster": LEGACY, "timeout": "0s"}}]
    listed = {"@type": f"{TYPE}.config.route.v3.RouteList", "routes": routes}
    return {"action": {"name": "routes", "typed_config": listed}}


def route(one: Entry) -> Json:
    """One route: its share of the clients is what the runtime says, none without it."""
    name: Json = {"name": ":method", "string_match": {"safe_regex": {"regex": one.methods}}}
    to: Json = {"cluster": LEGACY}
    if one.name != LEGACY:
        clusters = [{"name": side, "weight": share} for side, share in shares(0)]
        to = {
            "weighted_clusters": {
                "clusters": clusters,
                "header_name": BUCKET,
                "runtime_key_prefix": f"migrate.{one.name}",
            }
        }
    return {"name": one.name, "match": {**one.match, "headers": [name]}, "route": {**to, "timeout": "0s"}}


def header(name: str, value: str) -> Json:
    """A header that replaces the client's."""
    return {"header": {"key": name, "value": value}, "append_action": "OVERWRITE_IF_EXISTS_OR_ADD"}


def listener(listen: str, routes: Mapping[str, object]) -> Json:
    """Where Envoy listens, and what it does with a request before a route is looked for."""
    host, _, port = listen.rpartition(":")
    manager = {
        "@type": f"{TYPE}.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
        "stat_prefix": "migrate",
        # Paths are passed on, and matched, as they were sent.
        "normalize_path": False,
        "merge_slashes": False,
        "path_with_escaped_slashes_action": "KEEP_UNCHANGED",
        "use_remote_address": True,
        "skip_xff_append": True,
        "generate_request_id": False,
        "server_header_transformation": "PASS_THROUGH",
        # `X_User` would be `X-User` to a WSGI application.
        "common_http_protocol_options": {"headers_with_underscores_action": "DROP_HEADER"},
        "upgrade_configs": [{"upgrade_type": "websocket"}],
        "stream_idle_timeout": "300s",
        "route_config": routes,
        "http_filters": [
            typed("envoy.filters.http.lua", "http.lua.v3.Lua", {"default_source_code": {"filename": CLIENT}}),
            typed("envoy.filters.http.router", "http.router.v3.Router", {"suppress_envoy_headers": True}),
        ],
    }
    filters = [{"name": "envoy.filters.network.http_connection_manager", "typed_config": manager}]
    return {
        "name": "migrate",
        "address": address(f"{host or '0.0.0.0'}:{port}"),
        "filter_chains": [{"filters": filters}],
    }


def typed(name: str, kind: str, values: Mapping[str, object]) -> Json:
    """A filter with its settings."""
    return {"name": name, "typed_config": {"@type": f"{TYPE}.extensions.filters.{kind}", **values}}


def cluster(upstream: Upstream) -> Json:
    """The servers of a side. Names are looked up as long as Envoy runs."""
    endpoints = [{"endpoint": {"address": address(server)}} for server in upstream.servers]
    return {
        "name": upstream.side,
        "type": "STATIC" if all(server.startswith("unix:") for server in upstream.servers) else "STRICT_DNS",
        "connect_timeout": "5s",
        "typed_extension_protocol_options": {
            f"envoy.{PROTOCOL}": {
                "@type": f"{TYPE}.{PROTOCOL}",
                # Less than any server waits for the next request (gunicorn: 2 s).
                "common_http_protocol_options": {"idle_timeout": "1s"},
                "explicit_http_config": {"http_protocol_options": {}},
            }
        },
        "load_assignment": {"cluster_name": upstream.side, "endpoints": [{"lb_endpoints": endpoints}]},
    }


def address(server: str) -> Json:
    """An address in Envoy's words."""
    if server.startswith("unix:"):
        return {"pipe": {"path": server.removeprefix("unix:")}}
    host, _, port = server.rpartition(":")
    return {"socket_address": {"address": host.strip("[]"), "port_value": int(port)}}


def text(document: Mapping[str, object]) -> str:
    """A file."""
    return json.dumps(document, indent=1) + "\n"
