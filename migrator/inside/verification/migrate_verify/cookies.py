"""Flask's session cookie by what it says: its signature carries a clock and is never the same twice."""

from __future__ import annotations

import base64
import json
import zlib
from typing import Any


def readable_session(flask_app: Any, header: str) -> str:
    """A `Set-Cookie` value with a session cookie's payload in place of its signed form.

    Left as it is where it is another cookie, of another session interface, or its signature does not hold: a
    cookie that Flask cannot read must differ from one that it can.
    """
    name, _, rest = header.partition("=")
    value, separator, attributes = rest.partition(";")
    if not value or name.strip() != flask_app.config.get("SESSION_COOKIE_NAME", "session"):
        return header
    serializer_of = getattr(flask_app.session_interface, "get_signing_serializer", None)
    serializer = serializer_of(flask_app) if serializer_of is not None else None
    if serializer is None:
        return header
    try:
        serializer.loads(value.strip('"'))
        payload = json.dumps(json.loads(_payload(value.strip('"'))), sort_keys=True)
        payload = payload.replace(";", r"\u003b")  # the same JSON, without the character that ends a cookie's value
    except Exception:  # whatever an application's own serializer raises: then the cookie is compared as text
        return header
    return f"{name}=session:{payload}{separator}{attributes}"


def _payload(value: str) -> bytes:
    text = value.rsplit(".", 2)[0]
    compressed = text.startswith(".")
    text = text.lstrip(".")
    decoded = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    return zlib.decompress(decoded) if compressed else decoded
