"""What is passed on to a server behind the gateway: a request's target and headers, none that could mislead it.

Who the client is says the ASGI server, which knows the proxies in front of it (`uvicorn --forwarded-allow-ips`). What a
client claims about itself in forwarded headers is dropped, so that an application with Werkzeug's `ProxyFix` and one
trusted proxy sees what it saw without the gateway. `MIGRATE_FORWARDED=append` keeps what came in and adds to it, for an
application that is told to trust one proxy more than before. `Forwarded` (RFC 7239) never passes: proxies hand on the
client's own, and nothing of Flask's reads it.
"""

import os
import re
from urllib.parse import quote

from starlette.types import Scope

from .bridge import HOP_BY_HOP
from .environ import split_path
from .upstream import Headers

CONNECTION_HEADERS = frozenset(name.encode() for name in HOP_BY_HOP) | {b"proxy-connection", b"http2-settings"}
CHAIN = b"x-forwarded-for"
CLAIMS = frozenset(
    {
        b"forwarded",
        b"x-forwarded-by",
        b"x-forwarded-for",
        b"x-forwarded-host",
        b"x-forwarded-port",
        b"x-forwarded-prefix",
        b"x-forwarded-proto",
        b"x-forwarded-protocol",
        b"x-forwarded-scheme",
        b"x-forwarded-server",
        b"x-forwarded-ssl",
        b"x-original-url",
        b"x-real-ip",
        b"x-rewrite-url",
    }
)
NEVER_NAMED = CLAIMS | {b"authorization", b"content-length", b"content-type", b"cookie", b"host"}
"""What a client cannot take away by naming it in `Connection`: who asked whom, and where the body ends."""

BREAKS_LINE = re.compile(rb"[\r\n\0]")
BREAKS_WORD = re.compile(rb"[\x00-\x20\x7f]")


def is_sound(scope: Scope) -> bool:
    """Whether a request can be written down for HTTP/1.1 without becoming another, or several.

    Servers of HTTP/1.1 let nothing else pass; in HTTP/2 a value may hold the end of a line (RFC 9113, 8.2.1), and not
    every server looks.
    """
    words = [scope["method"].encode(), target_of(scope), *(name for name, _ in scope["headers"])]
    values = [value for _, value in scope["headers"]]
    return not any(map(BREAKS_WORD.search, words)) and not any(map(BREAKS_LINE.search, values))


def target_of(scope: Scope) -> bytes:
    """The request's target below the prefix at which the gateway is mounted, as it was sent."""
    root_path, path = split_path(scope)
    raw = scope.get("raw_path")
    prefix = quote(root_path).encode()
    own = quote(path, safe="/!$&'()*+,;=:@~-._").encode() if raw is None else bytes(raw)
    if raw is not None and (own == prefix or own.startswith(prefix + b"/")):
        own = own.removeprefix(prefix)
    query: bytes = scope["query_string"]
    return (own or b"/") + (b"?" + query if query else b"")


def request_headers(scope: Scope) -> Headers:
    """The headers for the server behind, without those of the client's own connection."""
    keeps = os.environ.get("MIGRATE_FORWARDED") == "append"
    named = {
        token.strip()
        for name, value in scope["headers"]
        if name == b"connection"
        for token in value.lower().split(b",")
    } - NEVER_NAMED
    headers: Headers = []
    chain: list[bytes] = []
    known: set[bytes] = set()
    for name, value in scope["headers"]:
        # A name with an underscore would pass for one with a hyphen in the environment of the WSGI application.
        if name in CONNECTION_HEADERS or name in named or name == b"expect" or b"_" in name:
            continue
        if name in CLAIMS:
            if keeps and name == CHAIN:
                chain.append(value)
            elif keeps and name != b"forwarded":
                headers.append((name, value))
                known.add(name)
            continue
        if name == b"content-length" and is_chunked(scope):
            continue
        headers.append((name, value))
    headers += [pair for pair in forwarded(scope, chain) if pair[0] not in known]
    if not any(name == b"host" for name, _ in headers):
        server = scope.get("server") or ("localhost", None)
        headers.insert(0, (b"host", server[0].encode() + (b":%d" % server[1] if server[1] else b"")))
    return headers


def forwarded(scope: Scope, chain: list[bytes]) -> Headers:
    """Who asked, and how, by the word of the ASGI server."""
    host = next((value for name, value in scope["headers"] if name == b"host"), b"")
    client = scope.get("client")
    root_path = scope.get("root_path", "").rstrip("/")
    headers = [(b"x-forwarded-proto", scope.get("scheme", "http").encode()), (b"x-forwarded-host", host)]
    if client is not None:
        headers.append((CHAIN, b", ".join([*chain, client[0].encode()])))
    if root_path:
        headers.append((b"x-forwarded-prefix", quote(root_path).encode()))
    return headers


def is_chunked(scope: Scope) -> bool:
    """Whether a request says that its body comes in chunks; a length beside that is void (RFC 9112, 6.3)."""
    return any(name == b"transfer-encoding" for name, _ in scope["headers"])
