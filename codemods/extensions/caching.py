"""Flask-Caching: its store is looked up by the application (`Cache.cache`), so that what asks it runs beside that.

    @cache.cached(timeout=60)                          @cached_view(cache, timeout=60)
    def show(name):                            →       def show(request: Request, name: str) -> Response:
        return jsonify(slow(name))                         return FlaskJSONResponse(slow(name))

What asks the store by keys of its own, or by the arguments of a function (`memoize`), does so as before.
"""

from collections.abc import Collection, Iterator

import libcst as cst

from codemods.findings import Diagnostic, Finding
from codemods.model import Decorator, Definition, Project
from codemods.view.imports import Need
from codemods.view.names import Names, canonical
from codemods.view.refusal import refuse
from codemods.view.rule import TIGHT, Rule, code
from codemods.view.source import Sources

from .basis.extension import Extension, Wrapping
from .basis.objects import made_by
from .basis.options import constant

PACKAGE = "flask_caching"
HELPER = Need(".compat.view_cache", "cached_view")
BY_PLACE = ("timeout", "key_prefix")
KNOWN = frozenset({*BY_PLACE, "query_string"})
"""The arguments of `Cache.cached` that are handed on."""
BY_REQUEST = "%s"

CACHED = Diagnostic(
    "FM796",
    "blocked",
    "answers that Flask-Caching keeps in a way that is not converted",
    "Whoever asks next gets what was kept, without the view or what stands below the decorator being asked. Functions "
    "that decide by Flask's request whether, and under which key, cannot be called; and what changes something must be "
    "asked each time.",
    "Keep the route on Flask; or have `cached` right above a view that answers GET, with a `timeout`, a `key_prefix` "
    "that is a text, and `query_string=True`.",
)


def keeps(decorator: Decorator, written: cst.BaseExpression, names: Names) -> Wrapping:
    """`@cache.cached(timeout=60)`; raises `Refused`."""
    version = _version(names.project)
    arguments = _arguments(written)
    owner = written.func.value if isinstance(written, cst.Call) and isinstance(written.func, cst.Attribute) else None
    if arguments is None or owner is None or version < (2,) or version >= (3,):
        raise refuse(CACHED, decorator.location, f"'{decorator.text}'")
    by_query = constant(arguments.get("query_string", cst.Name("False")))
    prefix = constant(arguments.get("key_prefix", cst.SimpleString('"view/%s"')))
    if not isinstance(by_query, bool) or not isinstance(prefix, str) or prefix.count("%") != prefix.count(BY_REQUEST):
        raise refuse(CACHED, decorator.location, f"'{decorator.text}'")
    more = ""
    if version < (2, 5):
        more = ", keeps_errors=False"
        if by_query:  # the path and a hash, whatever the prefix is
            arguments["key_prefix"], more = cst.SimpleString(f'"{BY_REQUEST}"'), ', hash_method="md5"' + more
    kept = [cst.Arg(value, cst.Name(name), equal=TIGHT) for name, value in arguments.items()]
    detail = f"'{code(owner)}', whose store Flask-Caching looks up by the application"
    return Wrapping(HELPER, (cst.Arg(owner), *kept), more, detail, skips=True)


def _version(project: Project) -> tuple[int, ...]:
    text = project.application.versions.get("flask-caching", "2.5")
    return tuple(int(one) for one in text.split(".")[:2] if one.isdecimal())


def _arguments(written: cst.BaseExpression) -> dict[str, cst.BaseExpression] | None:
    """The arguments by name; None where there are others than those that are known."""
    found: dict[str, cst.BaseExpression] = {}
    for place, one in enumerate(written.args if isinstance(written, cst.Call) else ()):
        name = one.keyword.value if one.keyword is not None else BY_PLACE[place] if place < len(BY_PLACE) else ""
        if one.star or name not in KNOWN:
            return None
        found[name] = one.value
    return found


def problem(project: Project, sources: Sources, reached: Collection[str]) -> Finding | None:
    """What keeps code on Flask that calls functions whose answers are kept by the request, or that tells of hits."""
    names = {
        one for one in reached
        if one.endswith(".cached") and made_by(project, sources, one) == f"{PACKAGE}.Cache.cached"
    }  # fmt: skip
    running = [one for one in _definitions(project) if one.qualified in reached] if names else []
    views = {endpoint.view.function.qualified for endpoint in project.endpoints}
    called = {used for one in running for used in one.uses}
    for one in running:
        is_own_error = one.kind == "class" and any(used.startswith("werkzeug.exceptions.") for used in one.uses)
        if is_own_error or not names.isdisjoint(one.uses):
            return Finding(CACHED, one.location, f"'{one.qualified}'")
        for decorator in one.decorators if one.qualified in called or one.qualified not in views else ():
            if canonical(project, decorator.qualified or "") in names and not _by_name(decorator.text):
                return Finding(CACHED, decorator.location, f"'{decorator.text}'")
    for module in project.modules.values():
        if b"response_hit_indication" in sources.files.get(module.file, b""):
            return Finding(CACHED, None, f"'response_hit_indication' in '{module.file}'")
    return None


def _definitions(project: Project) -> Iterator[Definition]:
    for module in project.modules.values():
        yield from module.definitions.values()
        yield from module.inner.values()


def _by_name(written: str) -> bool:
    """Whether a decorator keeps the one answer of its function under a name of its own, whoever asks."""
    arguments = _arguments(cst.parse_expression(written.removeprefix("@")))
    prefix = constant(arguments.get("key_prefix", cst.Name("None"))) if arguments is not None else None
    return isinstance(prefix, str) and BY_REQUEST not in prefix and "query_string" not in (arguments or ())


RULE = Rule(diagnostics=(CACHED,))

EXTENSION = Extension(PACKAGE, layers={f"{PACKAGE}.Cache.cached": keeps}, problem=problem)
