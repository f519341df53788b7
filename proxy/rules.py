"""The rules of a table as the gateway reads them where Flask is in a process of its own (`proxy.runtime.apart`)."""

from collections.abc import Mapping
from typing import Any

from . import plain
from .model import RouteTable
from .shapes import LEGACY, groups


def rules_document(table: RouteTable, keys: Mapping[str, str]) -> dict[str, Any]:
    """The shapes with their routes; which of these are promoted is no part of it.

    `keys` gives the manifest's key of each rule by its identifier. A shape's route is `[key, endpoint]`, or None where
    Flask alone can answer.
    """
    endpoints = {rule.identifier: rule.endpoint for rule in table.rules}
    shapes = groups(table)
    return {
        "refused": [plain.DOUBLED_SLASHES, plain.DOT_SEGMENTS],
        "plain": plain.PLAIN,
        "changes": list(plain.CHANGES_OF_REQUEST),
        "hosts": sorted({key.host for group in shapes for key in group.targets if key.host}),
        "shapes": [
            [
                None if group.regex is None else group.regex.removesuffix("$") + r"\Z",
                group.template,
                {
                    f"{key.method} {key.host}{key.path}": (
                        None if target.name == LEGACY else [keys[target.name], endpoints[target.name]]
                    )
                    for key, target in group.targets.items()
                },
            ]
            for group in shapes
        ],
    }
