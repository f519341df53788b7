"""Bodies for people to look at: their shape, without the values of fields that let somebody in."""

import json
import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import unquote_plus

SECRET = re.compile(
    r"passw|passphrase|pwd|token|secret|authorization|csrf|xsrf|(api|private|access)[-_]?key|credential"
    r"|session[-_]?(id|key)|signature|cookie|^(otp|pin|cvc|cvv)$",
    re.IGNORECASE,
)
"""Fields whose values let somebody in, by their names."""
MASK = "…"


def shown_body(headers: Iterable[tuple[bytes, bytes]], body: bytes) -> str:
    """A body as text. JSON and forms have `…` for secret values; where they cannot be told apart, for the whole."""
    kinds = (value for name, value in headers if name.lower() == b"content-type")
    kind = next(kinds, b"").decode("latin-1").partition(";")[0].strip().lower()
    text = body.decode("utf-8", "replace")
    # An escape may hide a name: `"pass\u0077ord"`, `pass%77ord`.
    if not SECRET.search(text) and "\\u" not in text and "%" not in text:
        return text
    if kind == "application/x-www-form-urlencoded":
        return shown_query(text)
    if text.lstrip()[:1] in ("{", "[") or "json" in kind:
        try:
            return json.dumps(without_secrets(json.loads(text)), ensure_ascii=False)
        except (ValueError, RecursionError):
            return MASK if SECRET.search(text) else text
    return MASK if kind.startswith("multipart/") and SECRET.search(text) else text


def shown_query(text: str) -> str:
    """A query or a form, with `…` for secret values; all else is as it came."""
    fields = []
    for field in text.split("&"):
        name = field.partition("=")[0]
        fields.append(f"{name}={MASK}" if SECRET.search(unquote_plus(name)) and name != field else field)
    return "&".join(fields)


def without_secrets(value: Any) -> Any:
    """A value of JSON with `…` for every secret member, whatever that is."""
    if isinstance(value, dict):
        return {name: MASK if SECRET.search(name) else without_secrets(one) for name, one in value.items()}
    return [without_secrets(one) for one in value] if isinstance(value, list) else value
