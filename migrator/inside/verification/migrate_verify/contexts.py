"""Tells when a test reads Flask's context after its request, as `with client:` allows.

Flask keeps the contexts of the last request alive inside `with client:` (flask/testing.py, `preserve_context`), and a
test may then read `session`, `g` or `request`. A FastAPI route has no such context, so these tests are known from the
runs on Flask: the kept contexts get a class that notices reads through Flask's proxies.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

KEY = "werkzeug.debug.preserve_context"
PROXIED = frozenset({"session", "request", "g", "app", "flashes"})
#: the proxies live in werkzeug.local; in older versions of both libraries a function of flask.globals stands between
READERS = frozenset({"werkzeug.local", "flask.globals"})


def collect_kept(environ: dict[str, Any]) -> list[Any]:
    """The list to which the contexts that this request keeps will be added; `environ` is changed to that end."""
    kept: list[Any] = []
    keep: Callable[[Any], Any] | None = environ.get(KEY)
    if keep is None or not callable(keep):
        return kept

    def keep_and_tell(context: Any) -> Any:
        kept.append(context)
        return keep(context)

    environ[KEY] = keep_and_tell
    return kept


def watch(contexts: list[Any], tell: Callable[[str], None]) -> None:
    """Have `tell` called with the name of what other code than Flask's own reads of these contexts from now on."""
    for context in contexts:
        kind = type(context)
        if context is None or getattr(kind, "migrate_watched", False):
            continue
        context.__class__ = _watched(kind, tell)


def _watched(kind: type, tell: Callable[[str], None]) -> type:
    """A subclass that tells. While Flask itself enters or leaves the context nothing is told."""
    busy: list[str] = []

    def __getattribute__(self: Any, name: str) -> Any:  # noqa: N807 (a special method, set on a class made here)
        if name in PROXIED and not busy and sys._getframe(1).f_globals.get("__name__") in READERS:
            tell("current_app" if name == "app" else name)
        return object.__getattribute__(self, name)

    def quietly(name: str) -> Callable[..., Any]:
        def method(self: Any, *args: Any, **options: Any) -> Any:
            busy.append(name)
            try:
                return getattr(kind, name)(self, *args, **options)
            finally:
                busy.pop()

        return method

    body: dict[str, Any] = {"__getattribute__": __getattribute__, "migrate_watched": True}
    body.update({name: quietly(name) for name in ("push", "pop", "__enter__", "__exit__") if hasattr(kind, name)})
    return type(kind.__name__, (kind,), body)
