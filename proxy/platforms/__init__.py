"""What routes by rules of its own and cannot be run here: manifests are written for it, and its limits are kept.

A platform has `render(table) -> dict[file name, text]`, which raises ValueError on a table with errors, and
`limits(table)`, the promoted rules that it leaves to Flask although a proxy would not. `TAKEN_BY` says what checks and
takes the files.
"""

import importlib
from collections.abc import Mapping
from typing import Protocol, cast

from proxy.check import Problem
from proxy.model import RouteTable

PLATFORMS: Mapping[str, str] = {"gateway-api": "proxy.platforms.gateway_api", "alb": "proxy.platforms.alb"}


class Platform(Protocol):
    """What a module of `PLATFORMS` offers."""

    TAKEN_BY: str

    def render(self, table: RouteTable) -> dict[str, str]:
        """The files by name."""

    def limits(self, table: RouteTable) -> tuple[Problem, ...]:
        """The promoted rules that the platform leaves to Flask, of those that proxies would not."""


def load(name: str) -> Platform:
    """The platform of this name. Raises KeyError for another."""
    return cast(Platform, importlib.import_module(PLATFORMS[name]))
