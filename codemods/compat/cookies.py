"""Cookies as Werkzeug writes them.

Preserves: the exact `Set-Cookie` text of `response.set_cookie` and `response.delete_cookie`: no SameSite unless asked
for, `Expires` beside `Max-Age`, values quoted byte by byte.

To live without it: Starlette's `response.set_cookie(..., samesite=None)`, where values are plain ASCII.
"""

import re
from datetime import UTC, date, datetime, time, timedelta
from email.utils import format_datetime, formatdate
from time import time as now
from urllib.parse import quote

from fastapi import Response

PLAIN = re.compile(r"[\w!#$%&'()*+\-./:<=>?@\[\]^`{|}~]*", re.ASCII)
SPECIAL = re.compile(rb"[\x00-\x19\",;\\\x7f-\xff]")


def set_cookie(
    response: Response,
    key: str,
    value: str = "",
    max_age: timedelta | int | None = None,
    expires: str | datetime | int | float | None = None,
    path: str | None = "/",
    domain: str | None = None,
    secure: bool = False,
    httponly: bool = False,
    samesite: str | None = None,
    partitioned: bool = False,
) -> None:
    """`response.set_cookie(...)`; raises `ValueError` for an unknown `samesite`."""
    text = cookie_text(key, value, max_age, expires, path, domain, secure, httponly, samesite, partitioned)
    response.raw_headers.append((b"set-cookie", text.encode("latin-1")))


def delete_cookie(
    response: Response,
    key: str,
    path: str | None = "/",
    domain: str | None = None,
    secure: bool = False,
    httponly: bool = False,
    samesite: str | None = None,
    partitioned: bool = False,
) -> None:
    """`response.delete_cookie(...)`."""
    set_cookie(response, key, "", 0, 0, path, domain, secure, httponly, samesite, partitioned)


def cookie_text(
    key: str,
    value: str,
    max_age: timedelta | int | None,
    expires: str | datetime | int | float | None,
    path: str | None,
    domain: str | None,
    secure: bool,
    httponly: bool,
    samesite: str | None,
    partitioned: bool,
) -> str:
    """The header's value; raises `ValueError` for an unknown `samesite`."""
    if isinstance(max_age, timedelta):
        max_age = int(max_age.total_seconds())
    if samesite is not None and samesite.title() not in ("Strict", "Lax", "None"):
        raise ValueError("SameSite must be 'Strict', 'Lax', or 'None'.")
    if domain:
        domain = domain.partition(":")[0].lstrip(".").encode("idna").decode("ascii")
    attributes = {
        "Domain": domain,
        "Expires": expiry(expires, max_age),
        "Max-Age": max_age,
        "Secure": secure or partitioned,
        "HttpOnly": httponly,
        "Path": None if path is None else quote(path, safe="%!$&'()*+,/:=@"),
        "SameSite": samesite and samesite.title(),
        "Partitioned": partitioned,
    }
    parts = [f"{key.encode().decode('latin-1')}={quoted(value)}"]
    for name, attribute in attributes.items():
        if attribute is True:
            parts.append(name)
        elif attribute is not None and attribute is not False:
            parts.append(f"{name}={attribute}")
    return "; ".join(parts)


def expiry(expires: str | datetime | int | float | None, max_age: int | None) -> str | None:
    """The text of `Expires`, which follows from the age where it is not given."""
    if isinstance(expires, str):
        return expires
    if expires is None:
        return None if max_age is None else formatdate(now() + max_age, usegmt=True)
    if isinstance(expires, date):
        moment = expires if isinstance(expires, datetime) else datetime.combine(expires, time())
        moment = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
        return format_datetime(moment, usegmt=True)
    return formatdate(expires, usegmt=True)


def quoted(value: str) -> str:
    """A cookie's value, in quotes and with octal escapes where it needs them."""
    if PLAIN.fullmatch(value):
        return value
    return '"' + SPECIAL.sub(escaped, value.encode()).decode("ascii") + '"'


def escaped(byte: re.Match[bytes]) -> bytes:
    """One byte as a cookie's value has it."""
    return b"\\" + byte[0] if byte[0] in (b'"', b"\\") else b"\\%03o" % byte[0][0]
