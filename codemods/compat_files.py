"""The compat helpers as files to copy: their text, and which of them belong together."""

import re
from collections.abc import Collection
from functools import cache
from importlib.resources import files

RELATIVE = re.compile(r"^from \.(\w+) import|^from \. import (\w+)", re.MULTILINE)


@cache
def compat_text(name: str) -> str:
    """The source of a compat module."""
    return files("codemods.compat").joinpath(f"{name}.py").read_text(encoding="utf-8")


def closure(names: Collection[str]) -> tuple[str, ...]:
    """These modules and all that they import from one another, sorted."""
    waiting, found = list(names), set()
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting.extend(one or two for one, two in RELATIVE.findall(compat_text(name)))
    return tuple(sorted(found))
