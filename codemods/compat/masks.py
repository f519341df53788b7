"""Masks: what a client says that it wants to see of an answer, as `{id,author{name}}`.

Preserves: Flask-RESTX's masks, what it refuses among them included.

To live without it: parameters of the query that choose between models.
"""

import re
from collections.abc import Mapping
from typing import Any

TOKEN = re.compile(r"\{|\}|\,|[\w_:\-\*]+")


class MaskError(Exception):
    """A mask asks for a part of a value that has none."""


class MaskParseError(MaskError):
    """A text that is no mask."""


class Mask(dict[str, Any]):
    """The fields that are wanted, each with True or with a mask of its own; `*` stands for all others."""

    @classmethod
    def parsed(cls, text: str) -> "Mask":
        """The mask that a text says; raises `MaskParseError`."""
        text = text.replace("\n", "").strip()
        if text[0] == "{":
            if text[-1] != "}":
                raise MaskParseError("Missing closing bracket")
            text = text[1:-1]
        mask = cls()
        fields, outer = mask, list[Mask]()
        previous: str | None = None
        for token in TOKEN.findall(text):
            if token == "{":
                if previous is None or previous not in fields:
                    raise MaskParseError("Unexpected opening bracket")
                fields[previous] = inner = cls()
                outer.append(fields)
                fields = inner
            elif token == "}":
                if not outer:
                    raise MaskParseError("Unexpected closing bracket")
                fields = outer.pop()
            elif token == ",":
                if previous in (",", "{", None):
                    raise MaskParseError("Unexpected comma")
            else:
                fields[token] = True
            previous = token
        if outer:
            raise MaskParseError("Missing closing bracket")
        return mask

    def apply(self, value: Any) -> Any:
        """What is wanted of a value, of each in a list, or of fields; raises `MaskError`."""
        if isinstance(value, list | tuple | set):
            return [self.apply(one) for one in value]
        if hasattr(value, "masked"):
            return value.masked(self)
        known: Mapping[str, Any] = value
        if not isinstance(value, dict) and hasattr(value, "__dict__"):
            known = vars(value)
        wanted: dict[str, Any] = {}
        for name, part in self.items():
            if name == "*":
                continue
            if not isinstance(part, Mask):
                wanted |= {name: known[name]} if name in known else {}
            elif (inner := known.get(name)) is not None:
                wanted[name] = part.apply(inner)
        if "*" in self:
            wanted |= {name: one for name, one in known.items() if name not in wanted}
        return wanted
