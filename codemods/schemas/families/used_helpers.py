"""Which functions stand beside the schemas of a module: those that something in it names."""

import re
from collections.abc import Sequence


def named_helpers(helpers: Sequence[str], texts: Sequence[str]) -> list[str]:
    """The functions that are named in these texts, or in others of such functions."""
    words = set(re.findall(r"\w+", "\n".join(texts)))
    while True:
        found = [text for text in helpers if words & names_in(text)]
        more = words.union(*(re.findall(r"\w+", text) for text in found))
        if more == words:
            return found
        words = more


def names_in(helper: str) -> set[str]:
    """What a helper is called."""
    return set(re.findall(r"^(?:async def|def|class) (\w+)", helper, re.MULTILINE))
