"""The proxies that configuration can be written for, one module each.

An engine has `render(table) -> dict[file name, text]`, which raises ValueError on a table with errors, and `STATE`, the
name of the one file that a promotion changes (`marking.STATE` where it tells of a folder). `OLDEST` is the version that
the files are for, or a newer one, `VERSION` the command by which the proxy tells its own. What is `KEPT` is the user's
once it has been written. `DECODES` says whether it matches paths decoded, `limits(table)` what it leaves to Flask
although others do not. `validation(…)` is how the proxy checks files, `foreground(…)` the command that runs it, and
`activation(…)` how a running proxy takes a new state.
"""

import importlib
from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import Protocol, cast

from proxy.check import Problem
from proxy.engines.activation import Activation
from proxy.engines.rehearsal import Rehearsal
from proxy.model import RouteTable

ENGINES: Mapping[str, str] = {
    "nginx": "proxy.engines.nginx",
    "haproxy": "proxy.engines.haproxy",
    "caddy": "proxy.engines.caddy",
    "envoy": "proxy.engines.envoy",
    "traefik": "proxy.engines.traefik",
}


class Engine(Protocol):
    """What a module of `ENGINES` offers."""

    STATE: str
    DECODES: bool
    OLDEST: str
    VERSION: Sequence[str]
    KEPT: tuple[str, ...]

    def render(self, table: RouteTable) -> dict[str, str]:
        """The files of a configuration by name."""

    def limits(self, table: RouteTable) -> tuple[Problem, ...]:
        """The promoted rules that the engine leaves to Flask, of those that others would not."""

    def validation(self, directory: PurePath) -> Sequence[str] | Rehearsal:
        """The command that checks the files in a directory, or how the proxy is asked where it has none."""

    def foreground(self, directory: PurePath) -> Sequence[str]:
        """The command that runs the proxy with the files in a directory, to be started there."""

    def activation(self, directory: PurePath, files: Mapping[str, str]) -> Activation:
        """What makes a proxy that runs with the files in a directory take its state again, and changed rules."""


def load(name: str) -> Engine:
    """The engine of this name. Raises KeyError for another; imports what the engine needs only now."""
    return cast(Engine, importlib.import_module(ENGINES[name]))
