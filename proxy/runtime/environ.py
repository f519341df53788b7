"""The WSGI environment of an ASGI request, as a WSGI server would have made it.

The body is not part of it: `wsgi.input` is added by the bridge, so that an environment can be made, and a route
matched, before anything of the body is read.
"""

import sys
from typing import Any
from urllib.parse import unquote_to_bytes

from starlette.types import Scope

Environ = dict[str, Any]

CONSTANT: Environ = {
    "wsgi.version": (1, 0),
    "wsgi.multithread": True,
    "wsgi.multiprocess": True,
    "wsgi.run_once": False,
}
SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
"""Methods that change nothing (RFC 9110, 9.2.1)."""
REMEMBERED = 512
"""How many names of headers are remembered; clients may invent more."""

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


def build_environ(scope: Scope) -> Environ:
    """The environment (PEP 3333) of an HTTP scope, without `wsgi.input`."""
    path: str = scope["path"]
    if path.isascii() and not scope.get("root_path"):
        script_name, path_info = "", path
    else:
        root_path, below = split_path(scope)
        script_name, path_info = root_path.encode().decode("latin-1"), below.decode("latin-1")
    query = scope["query_string"].decode("latin-1")
    server = scope.get("server") or ("localhost", 80)
    environ: Environ = {
        **CONSTANT,
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": script_name,
        "PATH_INFO": path_info,
        "QUERY_STRING": query,
        "SERVER_NAME": server[0],
        # A Unix socket has no port; Werkzeug then leaves the server out of the host, as it does for an empty one.
        "SERVER_PORT": "" if server[1] is None else str(server[1]),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.errors": sys.stderr,
    }
    raw_path = scope.get("raw_path")
    if raw_path is not None:
        target = raw_path.decode("latin-1")
        environ["RAW_URI"] = environ["REQUEST_URI"] = f"{target}?{query}" if query else target
    client = scope.get("client")
    if client is not None:
        environ["REMOTE_ADDR"] = client[0]
        environ["REMOTE_PORT"] = str(client[1])
    add_headers(environ, scope["headers"])
    return environ


def has_body(environ: Environ) -> bool | None:
    """Whether a request has a body by its headers; None where they do not tell.

    HTTP/1.1 has none without a length or a coding; from HTTP/2 on neither is needed, and only what the server delivers
    first tells.
    """
    if "HTTP_TRANSFER_ENCODING" in environ:
        return True
    length = environ.get("CONTENT_LENGTH")
    if length is None:
        return False if environ["SERVER_PROTOCOL"].startswith("HTTP/1") else None
    return bool(length != "0")


def may_be_asked_twice(environ: Environ) -> bool:
    """Whether two may be asked the same by the headers. Where these do not tell of a body, it must turn out empty."""
    return environ["REQUEST_METHOD"] in SAFE and has_body(environ) is not True


def split_path(scope: Scope) -> tuple[str, bytes]:
    """The prefix under which the application is mounted, and the bytes of the path below it.

    ASGI's `path` includes `root_path`; servers that follow an older reading leave it out, so it is only
    taken away where it is there. `path` is text decoded by the server, and where its bytes were not UTF-8 they
    are taken from `raw_path`.
    """
    root_path: str = scope.get("root_path", "").rstrip("/")
    path: str = scope["path"]
    full = path.encode("utf-8", "surrogateescape")
    if REPLACEMENT in path and scope.get("raw_path"):
        sent = unquote_to_bytes(scope["raw_path"])
        if sent.decode("utf-8", "replace") == path:
            full = sent
    if root_path and (path == root_path or path.startswith(root_path + "/")):
        return root_path, full[len(root_path.encode()) :]
    return root_path, full


def add_headers(environ: Environ, headers: list[tuple[bytes, bytes]]) -> None:
    """Add request headers; repeated ones are joined, and a name with an underscore is dropped.

    `X_User` and `X-User` have the same name in a WSGI environment: passed on, the first would pass for the second,
    which a proxy in front may have set. Cookies are joined by `; ` as RFC 6265 and 9113 say, all else by `,`.
    """
    for raw_name, raw_value in headers:
        key = _keys.get(raw_name)
        if key is None:
            key = _key(raw_name)
        if not key:
            continue
        value = raw_value.decode("latin-1")
        if key not in environ or not key.startswith("HTTP_"):
            environ[key] = value
        elif key == "HTTP_COOKIE":
            environ[key] = f"{environ[key]}; {value}"
        else:
            environ[key] = f"{environ[key]},{value}"


_keys: dict[bytes, str] = {}


def _key(raw_name: bytes) -> str:
    """A header's name in the environment; empty for one that is dropped."""
    name = "" if b"_" in raw_name else raw_name.decode("latin-1").upper().replace("-", "_")
    key = f"HTTP_{name}" if name and name not in ("CONTENT_TYPE", "CONTENT_LENGTH") else name
    if len(_keys) < REMEMBERED:
        _keys[raw_name] = key
    return key
