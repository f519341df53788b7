"""What a trusted proxy says of the client in `X-Forwarded-...` headers.

Preserves: Werkzeug's `ProxyFix`: how many values of each header are trusted, and `X-Forwarded-Host`, `-Port` and
`-Prefix`, which no server of ASGI reads.

To live without it: run `uvicorn --proxy-headers --forwarded-allow-ips=... --root-path=...`, and have the proxy send the
public name as `Host`.
"""

from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send

from .header_lists import list_items


class ProxyFix:
    """ASGI middleware: the client, scheme, host and root path that the proxies in front have told.

    The arguments say how many proxies set each header; with fewer values in it a header is not trusted.
    """

    def __init__(
        self, app: ASGIApp, *, x_for: int = 1, x_proto: int = 1, x_host: int = 0, x_port: int = 0, x_prefix: int = 0
    ) -> None:
        self.app = app
        self.trusted = {
            b"x-forwarded-for": x_for,
            b"x-forwarded-proto": x_proto,
            b"x-forwarded-host": x_host,
            b"x-forwarded-port": x_port,
            b"x-forwarded-prefix": x_prefix,
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on as the client sent it to the first proxy."""
        await self.app(self.fixed(scope) if scope["type"] in ("http", "websocket") else scope, receive, send)

    def fixed(self, scope: Scope) -> Scope:
        """The scope with what the proxies say in place of what the server saw."""
        told: dict[str, Any] = {}
        server = scope.get("server") or ("localhost", 80)
        if address := self.told(scope, b"x-forwarded-for"):
            told["client"] = (address, (scope.get("client") or ("", 0))[1])
        if scheme := self.told(scope, b"x-forwarded-proto"):
            told["scheme"] = scheme
        if host := self.told(scope, b"x-forwarded-host"):
            name, port = split_host(host)
            told["headers"] = with_host(scope, host)
            server = told["server"] = (name, port or server[1])
        if number := self.told(scope, b"x-forwarded-port"):
            fixed = {**scope, **told}
            if sent := header(fixed, b"host"):
                told["headers"] = with_host(fixed, f"{split_host(sent)[0]}:{number}")
            told["server"] = (server[0], number)
        if prefix := self.told(scope, b"x-forwarded-prefix"):
            root_path = prefix.encode("latin-1").decode(errors="replace").rstrip("/")
            old = scope.get("root_path", "").rstrip("/")
            path = scope["path"]
            below = path[len(old) :] if path == old or path.startswith(f"{old}/") else path
            told |= {"root_path": root_path, "path": root_path + below}
        return {**scope, **told}

    def told(self, scope: Scope, name: bytes) -> str:
        """The value that the outermost trusted proxy has set; empty where there is none."""
        trusted = self.trusted[name]
        values = list_items(header(scope, name)) if trusted else []
        return values[-trusted] if len(values) >= trusted > 0 else ""


def header(scope: Scope, name: bytes) -> str:
    """A header's values as one."""
    return ",".join(value.decode("latin-1") for key, value in scope["headers"] if key == name)


def split_host(host: str) -> tuple[str, str]:
    """A host's name and port; an IPv6 address has colons of its own."""
    if ":" not in host or host.endswith("]"):
        return host, ""
    name, _, port = host.rpartition(":")
    return name, port


def with_host(scope: Scope, host: str) -> list[tuple[bytes, bytes]]:
    """The request's headers with another `Host`, in its place."""
    new = (b"host", host.encode("latin-1"))
    headers = [new if one[0] == b"host" else one for one in scope["headers"]]
    return headers if new in headers else [*headers, new]
