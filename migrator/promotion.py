"""Moves traffic: promotes routes with evidence, rolls routes back, in the manifest and in the switch."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from migrator.errors import MigrateError, Refused
from migrator.evidence import objection, schema_objection
from migrator.files import digest_of, read_bytes
from migrator.groups import Group, groups, whole
from migrator.manifest.model import Manifest, RouteEntry, Shadow, State
from migrator.manifest.store import editing
from migrator.selectors import Selected, select, select_all
from migrator.settings import Settings
from migrator.states import move, note, now
from migrator.switch import Override, drop_overrides, read_switch, set_overrides
from migrator.traffic.reading import forget_differences
from migrator.workspace import settings_of


@dataclass(frozen=True, slots=True)
class Moved:
    """What a promotion or a rollback did: keys that changed, that were there already, and that could not go along.

    `along` are those that nobody named, and that share state with one that was: of each, which state.
    """

    changed: tuple[str, ...]
    unchanged: tuple[str, ...]
    left: tuple[str, ...] = ()
    along: tuple[tuple[str, str], ...] = ()


def promote(
    root: Path, selectors: Sequence[str], *, everything: bool = False, weight: int = 100, unverified: bool = False
) -> Moved:
    """Give routes this share of their traffic. Routes without a FastAPI side stay, and are named.

    Routes of a group take the others along. Raises Refused, with nothing changed, when a route has no evidence that
    counts (unless `unverified`), when none of the routes that were named is converted, or when one of a group was named
    that cannot be promoted as a whole.
    """
    with editing(root) as manifest:
        settings = settings_of(root, manifest)
        named = select_all(manifest) if everything else select(manifest, selectors)
        chosen = whole(manifest, named)
        able = [one for one in chosen if one.route.converted and one.route.state not in ("legacy", "kept", "retired")]
        split = {
            group.name: group
            for group in groups(manifest)
            if weight < 100 or any(one not in able for one in group.members)
        }
        for group in split.values() if not everything else ():
            if any(one.route.group == group.name for one in chosen):
                raise Refused(_undivided(group, [one.key for one in able], weight))
        able = [one for one in able if one.route.group not in split]
        left = tuple(one.key for one in chosen if one not in able)
        if not able and not everything:
            raise Refused(
                f"{_named(left)}: not converted; `migrate apply` first, `migrate plan` says what stays and why"
            )
        unserved = [one.key for one in able if not is_on_disk(root, one.route)]
        if unserved:
            raise Refused(f"{_named(unserved)}: the generated file was edited or is gone: `migrate apply` first")
        objections = (
            []
            if unverified
            else [
                (one.key, objection(one.route, settings) or schema_objection(one.route, manifest.schemas, settings))
                for one in able
            ]
        )
        against = [f"{key}: {why}" for key, why in objections if why]
        if against:
            raise Refused(
                f"{len(against)} of {len(able)} route(s) have no evidence: `migrate verify` them, or say --unverified",
                "\n".join(against),
            )
        reason = f"promote --to {weight}" + (" --unverified" if unverified else "")
        at = now()
        state: State = "live" if weight == 100 else "canary"
        shadowed = [one.key for one in able if end_shadow(one.route, reason, at)]
        changed = [
            one.key for one in able if move(one.key, one.route, state, reason, weight, at) or one.key in shadowed
        ]
    # The manifest is on disk first: a gateway takes a promotion only from a route that is canary or live there.
    with editing(root):
        set_overrides(root, _differing(root, able, weight), Override(weight, at, reason))
    forget_differences(root, changed)
    return Moved(
        tuple(changed), tuple(one.key for one in able if one.key not in changed), left, _along(able, named, changed)
    )


def rollback(root: Path, selectors: Sequence[str], *, everything: bool = False, reason: str = "rollback") -> Moved:
    """Send routes back to Flask, with the others of their groups. Routes that are there already stay as they are."""
    with editing(root) as manifest:
        settings = settings_of(root, manifest)
        named = select_all(manifest) if everything else select(manifest, selectors)
        chosen = whole(manifest, named)
        overrides = read_switch(root)
        at = now()
        promoted = [one for one in chosen if is_on(one.route, overrides.get(one.key))]
        for one in promoted:
            if one.route.state == "retired":
                raise MigrateError(f"'{one.key}' is retired: its Flask side is gone")
        # The switch first: it is what running gateways look at, whichever manifest they were deployed with.
        set_overrides(root, [one.key for one in promoted], Override(0, at, reason))
        for one in promoted:
            end_shadow(one.route, reason, at)
            move(one.key, one.route, resting_state(one.route, settings), reason, 0, at)
    gone = [one.key for one in promoted]
    left = tuple(one.key for one in chosen if one.key not in gone)
    return Moved(tuple(gone), left, along=_along(promoted, named, gone))


def adopt_switch(root: Path, selectors: Sequence[str]) -> Moved:
    """Write what the switch says into the manifest; the overrides then say nothing else and are dropped."""
    with editing(root) as manifest:
        settings = settings_of(root, manifest)
        overrides = read_switch(root)
        chosen = [one for one in _selected(manifest, selectors) if one.key in overrides]
        changed = []
        for one in chosen:
            weight = overrides[one.key].weight
            if weight and not is_on_disk(root, one.route):
                raise Refused(f"{one.key}: has no FastAPI side here: `migrate apply` first, or clear the override")
            resting = resting_state(one.route, settings)
            state: State = resting if not weight else "live" if weight == 100 else "canary"
            one.route.shadow = checked_shadow(overrides[one.key].shadow)
            if one.route.state in ("canary", "live") or weight:
                reason = f"adopted from the switch: {overrides[one.key].reason}"
                if move(one.key, one.route, state, reason, weight):
                    changed.append(one.key)
    with editing(root):
        drop_overrides(root, [one.key for one in chosen])
    return Moved(tuple(changed), tuple(one.key for one in chosen if one.key not in changed))


def clear_switch(root: Path, selectors: Sequence[str]) -> tuple[str, ...]:
    """Drop the overrides of these routes, or all without selectors, also those of unknown routes; their keys."""
    with editing(root) as manifest:
        overrides = read_switch(root)
        chosen = {one.key for one in _selected(manifest, selectors)} if selectors else set(overrides)
        gone = tuple(sorted(chosen & overrides.keys()))
        drop_overrides(root, gone)
    return gone


def _selected(manifest: Manifest, selectors: Sequence[str]) -> list[Selected]:
    return whole(manifest, select(manifest, selectors)) if selectors else select_all(manifest)


def _along(moved: Sequence[Selected], named: Sequence[Selected], changed: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """The routes that changed though nobody named them, each with the state that it shares."""
    return tuple((one.key, one.route.group or "") for one in moved if one not in named and one.key in changed)


def _undivided(group: Group, able: Sequence[str], weight: int) -> str:
    """Why a group cannot be promoted as it was asked for."""
    without = [key for key in group.keys if key not in able]
    if without:
        return (
            f"{_named(without)}: no FastAPI side, and it shares state with what was named: {group}; "
            f"`migrate apply` first, or leave all of them on Flask"
        )
    return f"{group}: these routes share state, so that they move with all clients at once: leave --to {weight} out"


def resting_state(route: RouteEntry, settings: Settings) -> State:
    """Where a route rests when it serves nothing."""
    if not route.converted:
        return "legacy"
    return "verified" if objection(route, settings) is None else "converted"


def is_on_disk(root: Path, route: RouteEntry) -> bool:
    """Whether the route's generated file is the one in the manifest: a gateway serves no other."""
    content = read_bytes(root / route.output.file) if route.output else None
    return content is not None and route.output is not None and digest_of(content) == route.output.digest


def is_on(route: RouteEntry, override: Override | None) -> bool:
    """Whether FastAPI is asked anything for a route, by the manifest or by the switch."""
    said = override is not None and (override.weight or override.shadow)
    return bool(route.promoted or route.shadow or said)


def end_shadow(route: RouteEntry, reason: str, at: str) -> bool:
    """Compare no more; whether that was done."""
    if route.shadow is None:
        return False
    route.shadow = None
    note(route, "no shadow", reason, at)
    return True


def checked_shadow(text: str | None) -> Shadow | None:
    """What a switch says of the shadow; nothing where it makes no sense."""
    return "all" if text == "all" else "safe" if text == "safe" else None


def _differing(root: Path, routes: Sequence[Selected], weight: int) -> list[str]:
    overrides = read_switch(root)
    said = {key: (one.weight, one.shadow) for key, one in overrides.items()}
    return [one.key for one in routes if said.get(one.key) != (weight, None)]


def _named(keys: Sequence[str]) -> str:
    shown = ", ".join(keys[:3])
    return shown if len(keys) <= 3 else f"{shown} and {len(keys) - 3} more"
