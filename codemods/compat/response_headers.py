"""Headers as Werkzeug changes them, where Starlette's have no such method.

Preserves: values of any type as text, parameters (`filename="a b"`), several values of one name, headers that are sets
(`Vary`, `Allow`, `Content-Language`), and a URL that is quoted where `Location` gets it.

To live without it: `response.headers[name] = value`, with a text in the header's own syntax.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from http.client import responses
from typing import Any

from fastapi import Response
from starlette.datastructures import Headers, MutableHeaders

from .dates import http_date, parse_date
from .header_lists import list_items
from .http_errors import NAMES
from .http_statuses import BadRequestKeyError
from .responses import HeaderValues, header_value

TOKEN = frozenset("!#$%&'*+-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ^_`abcdefghijklmnopqrstuvwxyz|~")
MISSING: Any = object()


def status_line(response: Response) -> str:
    """`response.status`: the number and its phrase."""
    code = response.status_code
    return f"{code} {(NAMES.get(code) or responses.get(code, 'Unknown')).upper()}"


def quoted(value: object) -> str:
    """A parameter or item of a header, in quotes where it needs them."""
    text = str(value)
    if text and TOKEN.issuperset(text):
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def with_parameters(value: object, parameters: Mapping[str, Any]) -> str:
    """`value; name=parameter`, without the parameters that are None; `name*` has its own quotes."""
    parts = [str(value)]
    for name, parameter in parameters.items():
        if parameter is not None:
            text = parameter if name.endswith("*") else quoted(parameter)
            parts.append(f"{name.replace('_', '-')}={text}")
    return "; ".join(parts)


def add_header(headers: MutableHeaders, name: str, value: object, **parameters: Any) -> None:
    """`headers.add(name, value, **parameters)`; raises `ValueError` for a newline."""
    text = with_parameters(value, parameters) if parameters else value
    headers.append(name, header_value(name, text).decode("latin-1"))


def set_header(headers: MutableHeaders, name: str, value: object, **parameters: Any) -> None:
    """`headers[name] = value`, `headers.set(name, value, **parameters)`; raises `ValueError` for a newline."""
    text = with_parameters(value, parameters) if parameters else value
    headers[name] = header_value(name, text).decode("latin-1")


def replace_headers(response: Response, headers: HeaderValues) -> None:
    """`response.headers = headers`: nothing of the earlier ones is left but the length of the body, which Flask tells
    when it sends the response."""
    length = response.headers.get("Content-Length")
    response.headers.raw.clear()
    extend_headers(response.headers, headers)
    if length is not None:
        response.headers.setdefault("Content-Length", length)


def headers_of(values: HeaderValues) -> MutableHeaders:
    """`Headers(values)`."""
    headers = MutableHeaders()
    extend_headers(headers, values)
    return headers


def extend_headers(headers: MutableHeaders, more: HeaderValues) -> None:
    """`headers.extend(more)`: beside the values that are there."""
    for name, value in pairs(more):
        add_header(headers, name, value)


def pairs(values: HeaderValues) -> Iterable[tuple[str, Any]]:
    """Names and values one by one, where a mapping may hold several of one name."""
    if not isinstance(values, Mapping):
        return values
    if isinstance(values, Headers):
        return values.items()
    return [
        (name, one)
        for name, value in values.items()
        for one in (value if isinstance(value, list | tuple | set) else [value])
    ]


def set_list(headers: MutableHeaders, name: str, values: Iterable[object]) -> None:
    """`headers.setlist(name, values)`."""
    del headers[name]
    for value in values:
        add_header(headers, name, value)


def pop_header(headers: MutableHeaders, name: str, default: Any = MISSING) -> Any:
    """`headers.pop(name, default)`; raises a 400, which is a `KeyError`, for one that is not there."""
    if name not in headers:
        if default is MISSING:
            raise BadRequestKeyError(name)
        return default
    value = headers[name]
    del headers[name]
    return value


def add_to_set(headers: MutableHeaders, name: str, *items: str) -> None:
    """`response.vary.add(item)`: once, whatever its case."""
    present = header_set(headers, name)
    known = {one.lower() for one in present}
    for item in items:
        if item.lower() not in known:
            present.append(item)
            known.add(item.lower())
    if present:
        headers[name] = ", ".join(map(quoted, present))


def assign_set(headers: MutableHeaders, name: str, value: str | Iterable[str] | None) -> None:
    """`response.vary = value`: a text as it is, the items of anything else; nothing takes the header away."""
    if not value:
        del headers[name]
    else:
        headers[name] = value if isinstance(value, str) else ", ".join(map(quoted, value))


def header_set(headers: MutableHeaders, name: str) -> list[str]:
    """The items of a header that is a set."""
    return list_items(headers.get(name, ""))


def is_in_set(item: str, headers: MutableHeaders, name: str) -> bool:
    """`item in response.vary`."""
    return item.lower() in {one.lower() for one in header_set(headers, name)}


def content_length(response: Response) -> int | None:
    """`response.content_length`: None where the header does not say it."""
    try:
        return int(response.headers["Content-Length"])
    except (KeyError, ValueError):
        return None


def age_text(value: timedelta | int) -> str:
    """A duration in seconds; raises `ValueError` for a negative one."""
    seconds = int(value.total_seconds()) if isinstance(value, timedelta) else int(value)
    if seconds < 0:
        raise ValueError("age cannot be negative")
    return str(seconds)


def set_retry_after(response: Response, value: datetime | int | str | None) -> None:
    """`response.retry_after = value`: a moment, or seconds; None takes the header away."""
    if value is None:
        del response.headers["Retry-After"]
    else:
        response.headers["Retry-After"] = http_date(value) if isinstance(value, datetime) else str(value)


def retry_after(response: Response) -> datetime | None:
    """`response.retry_after`: the moment, also where the header tells seconds from now on."""
    text = response.headers.get("Retry-After")
    if text is None:
        return None
    try:
        return datetime.now(UTC) + timedelta(seconds=int(text))
    except ValueError:
        return parse_date(text)
