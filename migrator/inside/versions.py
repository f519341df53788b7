"""Writes down an interpreter's version and which distributions it has, as JSON; run by that interpreter.

    python versions.py NAME... --out FILE.json

Needs nothing but the standard library of Python 3.6 or newer.
"""
# ruff: noqa: PTH123, UP006, UP035, UP045  (Python 3.6 has neither `dict[str, Any]` nor `X | None`)

import importlib
import json
import platform
import sys
from typing import Dict, List, Optional


def installed(name: str) -> Optional[str]:
    """The version of a distribution, None where it is not installed."""
    try:
        from importlib import metadata
    except ImportError:  # Python before 3.8
        found = importlib.import_module("pkg_resources").working_set.by_key.get(name)  # part of an old setuptools
        return str(found.version) if found else None
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def main(names: List[str], out: str) -> None:
    """Write the document."""
    distributions: Dict[str, Optional[str]] = {name: installed(name) for name in names}
    facts = {"version": platform.python_version(), "distributions": distributions}
    with open(out, "w", encoding="utf-8") as stream:
        json.dump(facts, stream)


if __name__ == "__main__":
    main(sys.argv[1:-2], sys.argv[-1])
