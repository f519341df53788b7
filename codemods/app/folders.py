"""The project's folders as generated code finds them: from its own place, since no path of a machine is written down.

static, for `fastapi_app/routers/root.py`    →    Path(__file__).parents[2] / "static"
"""

import json

from codemods.view.imports import Need

NEEDS = frozenset({Need("pathlib", "Path")})


def from_file(folder: str, module: str, target: str) -> str:
    """The source text of a folder's path, which is given as seen from the project's root, in a module of the target."""
    depth = module.count(".") - 1 + len(target.split("/"))
    place = f"Path(__file__).parents[{depth}]"
    return place if folder == "." else f"{place} / {json.dumps(folder, ensure_ascii=False)}"
