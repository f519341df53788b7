"""Flask-Caching: views whose answers it keeps stay on Flask, with what to do about it."""

from typing import NoReturn

import libcst as cst

from codemods.findings import Diagnostic
from codemods.model import Decorator
from codemods.view.names import Names
from codemods.view.refusal import refuse
from codemods.view.rule import Rule

from .extension import Extension

PACKAGE = "flask_caching"

CACHED = Diagnostic(
    "FM796",
    "blocked",
    "a view whose answers Flask-Caching keeps",
    "It keeps what the view returns, under a key that is made of Flask's request: whoever asks next gets it without "
    "the view being asked. Below a guard that is the guarded answer, above a guard it goes to strangers, too.",
    "Keep the route on Flask; or cache in a function that the view calls, under a key of its own, with the package "
    "`cachelib` that Flask-Caching itself uses.",
)


def refuses(decorator: Decorator, written: cst.BaseExpression, _: Names) -> NoReturn:
    """`@cache.cached(timeout=60)`; raises `Refused`."""
    raise refuse(CACHED, decorator.location, f"'{decorator.text}'")


RULE = Rule(diagnostics=(CACHED,))

EXTENSION = Extension(PACKAGE, layers={f"{PACKAGE}.Cache.{name}": refuses for name in ("cached", "memoize")})
