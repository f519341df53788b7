"""Lists of requests: our own JSON, or a HAR that a browser has saved."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from migrator.errors import MigrateError

SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
#: of a browser's connection, or told by the body
NOT_SENT = frozenset({"host", "connection", "content-length", "accept-encoding", "transfer-encoding", "keep-alive"})
KEYS = frozenset({"method", "path", "headers", "json", "form", "body"})


@dataclass(frozen=True, slots=True)
class Request:
    """One request: `body` is one of (kind, content), with kind `json`, `form` or `body`."""

    method: str
    path: str
    headers: tuple[tuple[str, str], ...] = ()
    body: tuple[str, Any] | None = None

    @property
    def is_safe(self) -> bool:
        """Whether its method promises to change nothing."""
        return self.method in SAFE

    def document(self) -> dict[str, Any]:
        """The request as the replay reads it."""
        sent = {self.body[0]: self.body[1]} if self.body else {}
        return {"method": self.method, "path": self.path, "headers": [list(pair) for pair in self.headers], **sent}


def read_requests(file: Path) -> list[Request]:
    """The requests in a file. Raises MigrateError for one that cannot be read, with the place of the mistake."""
    try:
        document = json.loads(file.read_bytes())
    except (OSError, ValueError) as error:
        raise MigrateError(f"{file}: cannot be read as JSON: {error}") from error
    match document:
        case {"log": {"entries": list(entries)}}:
            requests = [har_request(entry, f"{file}: log.entries[{index}]") for index, entry in enumerate(entries)]
        case list():
            requests = [listed_request(one, f"{file}: [{index}]") for index, one in enumerate(document)]
        case _:
            raise MigrateError(f'{file}: neither a JSON list of requests nor a HAR: write [{{"method": …, "path": …}}]')
    if not requests:
        raise MigrateError(f"{file}: has no request")
    return requests


def listed_request(document: Any, where: str) -> Request:
    """A request of our own list. Raises MigrateError for what is not one."""
    if not isinstance(document, Mapping) or not isinstance(document.get("path"), str):
        raise MigrateError(f'{where}: a request is {{"method": "GET", "path": "/…"}}')
    unknown = sorted(set(document) - KEYS)
    if unknown:
        raise MigrateError(f"{where}: unknown key '{unknown[0]}': there are {', '.join(sorted(KEYS))}")
    if not document["path"].startswith("/"):
        raise MigrateError(f"{where}: path '{document['path']}' must begin with a slash")
    headers = document.get("headers") or {}
    if not isinstance(headers, Mapping):
        raise MigrateError(f"{where}: headers are an object of names and values")
    bodies = [(kind, document[kind]) for kind in ("json", "form", "body") if kind in document]
    if len(bodies) > 1:
        raise MigrateError(f"{where}: has {' and '.join(kind for kind, _ in bodies)}: a request has one body")
    return Request(
        method=str(document.get("method", "GET")).upper(),
        path=document["path"],
        headers=tuple((str(name), str(value)) for name, value in headers.items()),
        body=bodies[0] if bodies else None,
    )


def har_request(entry: Any, where: str) -> Request:
    """A request of a HAR, without scheme and host, and without the headers of the browser's connection."""
    try:
        request = entry["request"]
        url = urlsplit(request["url"])
        headers = [(one["name"], one["value"]) for one in request.get("headers", [])]
        method = request["method"].upper()
    except (KeyError, TypeError, AttributeError) as error:
        raise MigrateError(f"{where}: is no entry of a HAR: {error!r}") from error
    path = (url.path or "/") + (f"?{url.query}" if url.query else "")
    kept = tuple(pair for pair in headers if pair[0].lower() not in NOT_SENT and not pair[0].startswith(":"))
    return Request(method, path, kept, har_body(request.get("postData")))


def har_body(posted: Any) -> tuple[str, Any] | None:
    """The body of a HAR's request: its text as sent, or its parameters as a form."""
    if not isinstance(posted, Mapping):
        return None
    if posted.get("text"):
        return "body", posted["text"]
    if posted.get("params"):
        form: dict[str, list[str]] = {}
        for one in posted["params"]:
            form.setdefault(one["name"], []).append(one.get("value", ""))
        return "form", form
    return None
