"""Header values that are lists.

Preserves: Werkzeug's reading of commas and quotes: a list whose last quote is not closed is empty.

To live without it: drop `compat.accept` and `compat.authorization`, which read headers with it.
"""

import re

TOKEN = re.compile(r',|"(?:[^"\\]|\\.)*"|[^,"]+|"', re.DOTALL)
ESCAPED = re.compile(r"\\(.)", re.ASCII)


def list_items(header: str) -> list[str]:
    """The items of a list, without the quotes around one."""
    items = [""]
    for token in TOKEN.findall(header):
        if token == '"':
            return []
        if token == ",":
            items.append("")
        else:
            items[-1] += token
    return [unquoted(item) for item in (item.strip(" \t") for item in items) if item]


def unquoted(value: str) -> str:
    """A value without the quotes around it, and the escapes within."""
    if len(value) > 1 and value.startswith('"') and value.endswith('"'):
        return ESCAPED.sub(r"\1", value[1:-1])
    return value
