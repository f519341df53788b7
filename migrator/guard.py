"""Whether the packages that are imported as `codemods` and `proxy` are this tool's own.

Both are common names: `pip install proxy.py` into the same environment, or a folder of that name on `PYTHONPATH`, would
hide ours and fail much later with a confusing message.
"""

import importlib.util
from pathlib import Path

SIBLINGS = ("codemods", "proxy")


def foreign_packages() -> tuple[str, ...]:
    """One line for each sibling package that is missing or is somebody else's; empty when all is well."""
    home = Path(__file__).resolve().parents[1]
    problems = []
    for name in SIBLINGS:
        spec = importlib.util.find_spec(name)
        if spec is None:
            problems.append(f"the package '{name}' that belongs to migrate is missing")
            continue
        places = [Path(place).resolve() for place in spec.submodule_search_locations or ()]
        if home / name not in places:
            found = spec.origin or ", ".join(map(str, places)) or "nowhere"
            problems.append(f"another '{name}' package at {found} hides the one that belongs to migrate")
    return tuple(problems)
