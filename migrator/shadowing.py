"""Lets FastAPI answer unseen beside Flask: the gateway compares, `migrate watch` shows what differs."""

import re
from collections.abc import Sequence
from pathlib import Path

from migrator.errors import Refused
from migrator.files import read_bytes
from migrator.manifest.model import Manifest, RouteEntry, Shadow
from migrator.manifest.store import editing
from migrator.promotion import Moved, is_on_disk
from migrator.selectors import select, select_all
from migrator.states import note, now
from migrator.switch import Override, effective_weight, read_switch, set_overrides
from migrator.traffic.reading import forget_differences

LIMITS = "/compat/rate_limits.py"
"""The generated file that an application with limits of requests has."""
WORK = re.compile(r"\b(call_on_close|BackgroundTasks?|add_task|apply_async|delay|Thread)\(")
"""Calls that leave work for after the answer, or for others."""
OURS = re.compile(r"/(compat|gateway)/")
"""Files whose code is the same in every application, and known: the gateway has threads of its own."""


def shadow(root: Path, selectors: Sequence[str], *, everything: bool = False, unsafe: bool = False) -> Moved:
    """Shadow these routes: GET, HEAD and OPTIONS, and with `unsafe` all methods. What was found before is forgotten.

    Routes that cannot be shadowed stay as they are. Raises Refused, with nothing changed, when none can.
    """
    which: Shadow = "all" if unsafe else "safe"
    with editing(root) as manifest:
        chosen = select_all(manifest) if everything else select(manifest, selectors)
        reasons = {one.key: objection(root, manifest, one.route, which) for one in chosen}
        able = [one for one in chosen if reasons[one.key] is None]
        if not able and not everything:
            raise Refused("; ".join(f"{key}: {why}" for key, why in reasons.items()))
        overrides = read_switch(root)
        changed = [one for one in able if one.route.shadow != which]
        reason, at = f"promote --shadow{' --unsafe' if unsafe else ''}", now()
        for one in changed:
            one.route.shadow = which
            note(one.route, f"shadow {which}", reason, at)
    # The manifest is on disk first: a gateway shadows only what is shadowed there.
    with editing(root):
        for one in able:
            weight = effective_weight(one.key, one.route.weight, overrides)
            set_overrides(root, [one.key], Override(weight, at, reason, which))
    keys = tuple(one.key for one in changed)
    forget_differences(root, keys)
    left = tuple(key for key, why in reasons.items() if why is not None)
    return Moved(keys, tuple(one.key for one in able if one not in changed), left)


def objection(root: Path, manifest: Manifest, route: RouteEntry, which: Shadow) -> str | None:
    """Why a route cannot be shadowed; None where it can."""
    if not route.converted or route.state in ("legacy", "kept", "retired"):
        return "not converted: `migrate apply` first"
    if route.group is not None:
        return f"it shares {route.group} with others: FastAPI's answer would change what it compares"
    if route.state == "live":
        return "it is live: Flask answers nothing that could be compared"
    if route.method not in ("GET", "HEAD", "OPTIONS") and which == "safe":
        return f"{route.method} would be done twice: --unsafe does it nevertheless"
    if not is_on_disk(root, route):
        return "the generated file was edited or is gone: `migrate apply` first"
    if any(file.endswith(LIMITS) for file in manifest.files):
        return "requests are limited: both sides would count each, and clients be refused at half of their limit"
    if which == "safe" and (where := work_in(root, manifest, route)):
        return f"{where} leaves work for after the answer, which would be done twice: --unsafe does it nevertheless"
    return None


def work_in(root: Path, manifest: Manifest, route: RouteEntry) -> str | None:
    """The generated file, the route's own or one that all have in common, that leaves work for after the answer."""
    own = [route.output.file] if route.output is not None else []
    shared = [file for file in manifest.files if file.endswith(".py") and not OURS.search(file)]
    return next(
        (file for file in (*own, *shared) if WORK.search((read_bytes(root / file) or b"").decode("utf-8", "replace"))),
        None,
    )
