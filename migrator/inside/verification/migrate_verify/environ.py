"""An ASGI scope out of a WSGI environment, as a server would have made it from the same request."""

from __future__ import annotations

from typing import Any


def scope_of(environ: dict[str, Any]) -> dict[str, Any]:
    """The HTTP scope. Headers keep the order in which the client has set them."""
    root = environ.get("SCRIPT_NAME", "").encode("latin-1")
    path = root + environ["PATH_INFO"].encode("latin-1")
    sent = environ.get("REQUEST_URI") or environ.get("RAW_URI") or ""
    raw = sent.split("?", 1)[0].encode("latin-1")
    headers = [
        (name[5:].replace("_", "-").lower().encode("latin-1"), str(value).encode("latin-1"))
        for name, value in environ.items()
        if name.startswith("HTTP_")
    ]
    for key, name in (("CONTENT_TYPE", b"content-type"), ("CONTENT_LENGTH", b"content-length")):
        if environ.get(key):
            headers.append((name, str(environ[key]).encode("latin-1")))
    client = environ.get("REMOTE_ADDR")
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": environ.get("SERVER_PROTOCOL", "HTTP/1.1").split("/")[-1],
        "method": environ["REQUEST_METHOD"],
        "scheme": environ["wsgi.url_scheme"],
        "path": path.decode("utf-8", "replace"),
        "raw_path": raw if raw.startswith(root or b"/") else root + raw,
        "query_string": environ.get("QUERY_STRING", "").encode("latin-1"),
        "root_path": root.decode("utf-8", "replace").rstrip("/"),
        "headers": headers,
        "client": (client, int(environ.get("REMOTE_PORT") or 0)) if client else None,
        "server": (environ["SERVER_NAME"], int(environ["SERVER_PORT"])),
    }


def read_body(environ: dict[str, Any]) -> bytes:
    """The request's body. Without a length there is one only where the environment says that the input ends."""
    length = environ.get("CONTENT_LENGTH")
    if length:
        body: bytes = environ["wsgi.input"].read(int(length))
        return body
    if environ.get("wsgi.input_terminated"):
        rest: bytes = environ["wsgi.input"].read()
        return rest
    return b""
