"""Hands one input to both sides and compares what comes of it."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Mapping
from typing import Any

from .comparable import agree, comparable, shown
from .differences import differences
from .rows import Row, made
from .sides import Sides

Outcome = tuple[str, Any]
REFUSED_ON_THE_WAY_OUT = {"dump": {"refused"}, "load": {"raised"}, "validate": {"raised"}}
"""How else an error ends: what Pydantic refuses to dump is an error of the server, as any other is there."""


def run(sides: Sides, case: Mapping[str, Any]) -> dict[str, Any]:
    """Whether both sides agree; where they do not, both answers.

    `kind` tells how Marshmallow's side ended: with a value, refused, or raised, which is any error but a validation
    error. `wanted` are attributes or keys that the schema's own code asked for in vain.
    """
    old, new = sides.marshmallow(case), sides.pydantic(case)
    first, wanted = outcome(old, case)
    second, _ = outcome(new, case)
    told = {"kind": first[0], "wanted": wanted}
    if agree(first, second) or {first[0], second[0]} == {"raised"} | REFUSED_ON_THE_WAY_OUT[case["way"]]:
        return {"same": True, **told}
    # Clocks and random values differ between any two calls: what Marshmallow says twice is what counts.
    again, _ = outcome(old, case)
    if agree(first, second, again):
        return {"same": True, **told}
    answers = {"marshmallow": shown(first), "pydantic": shown(second), "ends": [first[0], second[0]]}
    found = [as_refusal(one) if case["way"] == "validate" else one for one in (first, second, again)]
    found_by_field = differences(found[0], found[1], found[2], given(case), sides.keys(case["way"]), sides.names)
    return {"same": False, **told, **answers, "differences": found_by_field}


def as_refusal(outcome: Outcome) -> Outcome:
    """The messages that `validate` returns, as those that `load` raises."""
    kind, value = outcome
    return ("refused", value) if kind == "value" and value != comparable({}) else outcome


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
        if case["way"] == "dump" and hasattr(error, "errors") and hasattr(error, "error_count"):
            return ("refused", comparable(by_field(error.errors()))), None
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


def by_field(errors: list[Any]) -> dict[Any, Any]:
    """Pydantic's errors as messages by field."""
    found: dict[Any, Any] = {}
    for one in errors:
        inner = found
        *path, last = one["loc"] or ("_schema",)
        for key in path:
            # of a value and of what is in it, the value counts
            inner = inner.setdefault(key, {}) if isinstance(inner.get(key, {}), dict) else {}
        inner[last] = [one["msg"]]
    return found
