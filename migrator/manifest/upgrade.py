"""Steps from one version of the manifest to the next. Version 1 is the first, so there is none yet."""

from collections.abc import Callable, Mapping
from typing import Any

#: version → the step that makes the next version of it
UPGRADES: Mapping[int, Callable[[dict[str, Any]], dict[str, Any]]] = {}
