"""Selectors: which routes a blueprint, an endpoint or a route names, in a manifest."""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass

from migrator.errors import MigrateError
from migrator.manifest.model import Manifest, RouteEntry

APPLICATION = "."


@dataclass(frozen=True, slots=True)
class Selected:
    """One route of a manifest, with its blueprint and key."""

    blueprint: str
    key: str
    route: RouteEntry


def select(manifest: Manifest, selectors: Sequence[str]) -> list[Selected]:
    """The routes that the selectors name, each once, in the manifest's order.

    A blueprint means its nested blueprints too (`api` takes `api.orders`); `GET /status` means the routes of all hosts
    where none is for any host. Raises MigrateError for a name that fits nothing, with the nearest names.
    """
    everything = [Selected(*entry) for entry in manifest.routes()]
    wanted: set[int] = set()
    for selector in selectors:
        found = {index for index, one in enumerate(everything) if matches(one, selector)}
        found = found or {index for index, one in enumerate(everything) if matches_without_host(one, selector)}
        if not found:
            raise MigrateError(unknown(manifest, selector))
        wanted |= found
    return [everything[index] for index in sorted(wanted)]


def select_all(manifest: Manifest) -> list[Selected]:
    """Every route."""
    return [Selected(*entry) for entry in manifest.routes()]


def matches(one: Selected, selector: str) -> bool:
    """Whether a selector names this route, as its key, its endpoint or its blueprint."""
    if " " in selector.strip():
        method, _, rule = selector.strip().partition(" ")
        return one.key == f"{method.upper()} {rule.strip()}"
    if selector == APPLICATION:
        return one.blueprint == APPLICATION
    in_blueprint = one.blueprint == selector or one.blueprint.startswith(f"{selector}.")
    return in_blueprint or one.route.endpoint == selector


def matches_without_host(one: Selected, selector: str) -> bool:
    """Whether a selector is the method and the rule of this route, which is for one host or subdomain only."""
    method, _, rule = selector.strip().partition(" ")
    return (one.route.method, one.route.rule) == (method.upper(), rule.strip())


def unknown(manifest: Manifest, selector: str) -> str:
    """The message for a selector that names nothing."""
    routes = manifest.routes()
    keys = sorted({key for _, key, _ in routes})
    names = sorted({blueprint for blueprint, _, _ in routes} | {route.endpoint for _, _, route in routes})
    near = difflib.get_close_matches(selector, keys if " " in selector else names, n=3, cutoff=0.4)
    if selector.startswith("/"):
        near = [key for key in keys if key.endswith(f" {selector}")] or near
    if near:
        return f"no blueprint, endpoint or route '{selector}': did you mean {' or '.join(repr(one) for one in near)}?"
    return f"no blueprint, endpoint or route '{selector}': `migrate status` lists them, `migrate init` finds new ones"
