"""Hands one input to both sides and compares what comes of it."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Mapping
from typing import Any

from .comparable import agree, comparable, shown
from .rows import Row, made
from .sides import Sides

Outcome = tuple[str, Any]


def run(sides: Sides, case: Mapping[str, Any]) -> dict[str, Any]:
    """Whether both sides agree; where they do not, both answers.

    `kind` tells how Marshmallow's side ended: with a value, refused, or raised, which is any error but a validation
    error. `wanted` are attributes or keys that the schema's own code asked for in vain.
    """
    old, new = sides.marshmallow(case), sides.pydantic(case)
    first, wanted = outcome(old, case)
    second, _ = outcome(new, case)
    same = agree(first, second)
    if not same:
        # Clocks and random values differ between any two calls: what Marshmallow says twice is what counts.
        same = agree(first, second, outcome(old, case)[0])
    if same:
        return {"same": True, "kind": first[0], "wanted": wanted}
    return {"same": False, "kind": first[0], "wanted": wanted, "marshmallow": shown(first), "pydantic": shown(second)}


def outcome(call: Callable[[Any], Any], case: Mapping[str, Any]) -> tuple[Outcome, str | None]:
    """What a call ends in, and what its code wanted of the input and did not find."""
    try:
        return ("value", comparable(call(given(case)))), None
    except RecursionError:
        return ("raised", "RecursionError"), None
    except Exception as error:
        messages = getattr(error, "messages", None)
        if isinstance(messages, list | dict):
            return ("refused", comparable(messages)), None
        return ("raised", type(error).__name__ if case["way"] != "dump" else "an error"), wanted_by(
            error, case["objects"]
        )


def given(case: Mapping[str, Any]) -> Any:
    """The input, made anew for each call: code of a schema may change what it is given."""
    found = pickle.loads(case["input"])
    return made(found, case["objects"]) if case["way"] == "dump" else found


def wanted_by(error: Exception, are_objects: bool) -> str | None:
    """The attribute or key that was missing. Of objects it is no key: code looks values up in tables of its own."""
    if isinstance(error, AttributeError) and isinstance(error.obj, Row):
        return error.name
    if isinstance(error, KeyError) and not are_objects and error.args and isinstance(error.args[0], str):
        return error.args[0]
    return None
