"""Whether a function of the application's own may do more than answer: then it has to be called once for each value.

Preserves: nothing by itself. What may act is not called on the short way, so that the long one does not call it again.

To live without it: see `schema_shortcut`, which alone asks for it.
"""

from __future__ import annotations

import datetime as dt
import functools
import inspect
import re
import sys
import uuid
from collections.abc import Collection
from decimal import Decimal
from types import FunctionType, ModuleType, NoneType
from typing import Any

VALUES = (
    str,
    int,
    float,
    bytes,
    NoneType,
    tuple,
    frozenset,
    type,
    re.Pattern,
    Decimal,
    dt.date,
    dt.timedelta,
    uuid.UUID,
)
"""Types of values that nothing can be done to."""
ACTING = frozenset({"print", "open", "exec", "eval", "next", "setattr", "delattr", "input", "globals"})
"""Built-in functions that do something."""
HERE = __name__.rpartition(".")[0]


def may_act(function: Any, seen: Collection[Any] = ()) -> bool:
    """Whether a function uses something that lives longer than its call."""
    if isinstance(function, functools.partial):
        return may_act(function.func, seen)
    function = inspect.unwrap(getattr(function, "__func__", function))
    if isinstance(function, type) or function in seen or _is_known(function):
        return False
    if not isinstance(function, FunctionType):
        own = inspect.getattr_static(type(function), "__call__", None)
        return not isinstance(own, FunctionType) or may_act(own, seen)
    found = inspect.getclosurevars(function)
    held = [*found.globals.values(), *found.nonlocals.values()]
    return bool(ACTING & found.builtins.keys()) or any(_may_change(one, [*seen, function]) for one in held)


def _may_change(value: Any, seen: Collection[Any]) -> bool:
    if isinstance(value, VALUES):
        return False
    if isinstance(value, ModuleType):
        return value.__name__.partition(".")[0] not in sys.stdlib_module_names
    return not callable(value) or may_act(value, seen)


def _is_known(function: Any) -> bool:
    """Whether it is built in, or one of the helpers that stand beside this."""
    if inspect.isbuiltin(function) or inspect.ismethoddescriptor(function):
        return True
    owner = function if isinstance(function, FunctionType) else type(function)
    return owner.__module__ == HERE or owner.__module__.startswith(f"{HERE}.")
