"""The parameters of a header such as `Content-Type`.

Preserves: Werkzeug's reading of them: malformed ones are left out, `name*=utf-8''...` is decoded, `name*0=` and
`name*1=` are put together.

To live without it: read `request.headers["content-type"]` with `email.message.Message`.
"""

import re
from urllib.parse import unquote

from .header_lists import unquoted

KEY = re.compile(r"([\w!#$%&'*+\-.^`|~]+)=", re.ASCII)
VALUE = re.compile(r"""[\w!#$%&'*+\-.^`|~]+|"(?:\\[\\"]|[^"])*+\"""", re.ASCII)
DELIMITER = re.compile(r";[ \t]*")
MARK = re.compile(r"(?:\*(\d+))?(\*)?$", re.ASCII)
EXTENDED = re.compile(r"([\w!#$%&*+\-.^`|~]*)'[\w!#$%&*+\-.^`|~]*'([\w!#$%&'*+\-.^`|~]+)$", re.ASCII)
CHARSETS = ("ascii", "us-ascii", "utf-8", "iso-8859-1")


def header_options(header: str) -> dict[str, str]:
    """The parameters of a header by name, in lower case."""
    value, _, rest = header.partition(";")
    if not value.strip(" \t"):
        return {}
    plain: dict[str, str] = {}
    pieces: dict[str, list[str]] = {}
    charsets: dict[str, str] = {}
    for name, text in parts(rest.strip(" \t")):
        mark = MARK.search(name)
        number, is_extended = mark.groups() if mark else (None, None)
        key = name[: mark.start()] if mark else name
        charset = ""
        if is_extended:
            if found := EXTENDED.match(text):
                charset, text = found[1].lower(), found[2]
            charset = charset or (charsets.get(key, "") if number else "")
            text = unquote(text, encoding=charset) if charset in CHARSETS else text
        else:
            text = unquoted(text).replace("%22", '"')
        if number is None:
            pieces.pop(key, None)
            charsets.pop(key, None)
            plain[key] = text
        else:
            plain.pop(key, None)
            pieces.setdefault(key, []).append(text)
            charsets[key] = charset or charsets.get(key, "")
    return plain | {key: "".join(found) for key, found in pieces.items()}


def parts(text: str) -> list[tuple[str, str]]:
    """The well-formed `key=value` parts, as they are written."""
    found = []
    position = 0
    while position < len(text):
        if key := KEY.match(text, position):
            position = key.end()
            if value := VALUE.match(text, position):
                found.append((key[1].lower(), value[0]))
                position = value.end()
            elif text.startswith('"', position):  # a quote that is not closed takes the rest
                break
        delimiter = DELIMITER.search(text, position)
        if delimiter is None:
            break
        position = delimiter.end()
    return found
