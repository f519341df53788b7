"""The tables of hooks and error handlers, as `main.py` writes them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from codemods.app.around.handlers import ConvertedHandler
from codemods.app.around.lifecycle import Around
from codemods.app.around.surrounding import ConvertedFunction
from codemods.carry import Carried
from codemods.extensions import Extension, Setting
from codemods.model import Application
from codemods.view.imports import Need, render_imports
from codemods.view.signature import BODY_MODULE

LOAD_BODY = Need(BODY_MODULE, "load_body")
STAND_FOR = Need(".compat.foreign", "stand_for")

STATE = Need(".", "state")
"""What `main.py` imports where anything is shared."""

KINDS = {
    "url_value_preprocessor": "preprocess",
    "before_request": "before",
    "after_request": "after",
    "teardown_request": "teardown",
    "url_defaults": "url_defaults",
}

SIGNALS = {"request_started": "started", "request_finished": "finished", "got_request_exception": "failed"}
"""What is called where Flask sends a signal."""


TRAPS = {
    "TRAP_HTTP_EXCEPTIONS": Need("starlette.exceptions", "HTTPException"),
    "TRAP_BAD_REQUEST_ERRORS": Need(".compat.http_statuses", "BadRequest"),
}
"""The settings by which HTTP errors become unhandled exceptions, with the class of these errors."""


@dataclass(frozen=True, slots=True)
class Table:
    """Hooks by kind and blueprint, the functions for a context's end, those that hear signals, handlers by blueprint,
    what becomes of errors that none of them takes, and the imports of all."""

    hooks: Mapping[str, Mapping[str, Sequence[str]]]
    closing: Sequence[str]
    signals: Mapping[str, Sequence[str]]
    handlers: Mapping[str, Mapping[str, str]]
    settings: Mapping[str, str]
    imports: str

    def differs_from(self, other: "Table") -> bool:
        """Whether the two run something else, or something of the same name."""
        return (self.hooks, self.closing, self.signals, self.handlers, self.settings) != (
            other.hooks,
            other.closing,
            other.signals,
            other.handlers,
            other.settings,
        )


@dataclass(frozen=True, slots=True)
class FlaskClasses:
    """What Flask's modules have classes of their own for: handlers by blueprint and class, and HTTP errors, each with
    the class that stands for it."""

    entries: Sequence[tuple[str, str, str]]
    twins: Sequence[tuple[str, str]]
    imports: str


def table(
    around: Around,
    application: Application,
    further: Sequence[Setting],
    extensions: Sequence[Extension] = (),
    *,
    loads: bool = False,
) -> Table:
    """The table of what stands around the routes of one runtime; bridged ones have that of the extensions, too.

    `further` are arguments of the lifecycle that extensions have. `loads` tells that converted schemas load
    there.
    """
    hooks: dict[str, dict[str, list[str]]] = {}
    closing: list[str] = []
    signals: dict[str, list[str]] = {}
    handlers: dict[str, dict[str, str]] = {}
    imports: set[Need] = set()
    for extension in extensions:
        if extension.before is not None:
            imports.add(extension.before)
            hooks.setdefault("before", {}).setdefault("", []).append(extension.before.name)
        if extension.handlers is not None:
            imports.add(extension.handlers)
            handlers.setdefault("", {})[f"**{extension.handlers.name}"] = ""
    for hook, converted in around.hooks:
        if isinstance(converted, ConvertedFunction):
            named = _named(converted, imports)
            if hook.kind == "teardown_appcontext":
                closing.append(named)
            elif hook.kind in SIGNALS:
                signals.setdefault(SIGNALS[hook.kind], []).append(named)
            else:
                hooks.setdefault(KINDS[hook.kind], {}).setdefault(hook.blueprint, []).append(named)
    for handler, result in around.handlers:
        if isinstance(result, ConvertedHandler):
            handlers.setdefault(handler.blueprint, {})[result.key] = _named(result.function, imports)
            if result.key_need and result.key_need != STATE:
                imports.add(result.key_need)
            if result.ours and loads:
                imports.add(result.ours)
                handlers[handler.blueprint][result.ours.name] = _named(result.function, imports)
    for scope in _readers(around):
        imports.add(LOAD_BODY)
        hooks.setdefault("before", {}).setdefault(scope, []).insert(0, LOAD_BODY.name)
    settings = {**_settings(application, imports), **{one.name: one.text for one in further}}
    imports |= {need for one in further for need in one.needs}
    return Table(hooks, closing, signals, handlers, settings, render_imports(imports, 0))


def _settings(application: Application, imports: set[Need]) -> Mapping[str, str]:
    """What the application's settings make of errors that no handler takes, as arguments of the lifecycle."""
    found: dict[str, str] = {}
    for flag, error in TRAPS.items():
        if application.flags.get(flag) is True:
            imports.add(error)
            found["trapped"] = f"({error.name},)"
            break
    if application.flags.get("PROPAGATE_EXCEPTIONS") is True:
        found["propagates"] = "True"
    return found


def _readers(around: Around) -> Sequence[str]:
    """The blueprints whose hooks and handlers read the body, which has to be there before they run."""
    functions = [(hook.blueprint, one) for hook, one in around.hooks if isinstance(one, ConvertedFunction)]
    functions += [(one.blueprint, one.function) for _, one in around.handlers if isinstance(one, ConvertedHandler)]
    scopes = {scope for scope, one in functions if any(need.module == LOAD_BODY.module for need in one.needs)}
    return [""] if "" in scopes else sorted(scopes)


def flask_classes(around: Around, http_errors: Sequence[Carried]) -> FlaskClasses:
    """The classes for which Flask's modules have one of their own: those that are handled, and these HTTP errors."""
    entries = []
    imports: set[Need] = set()
    for handler, result in around.handlers:
        if isinstance(result, ConvertedHandler) and result.flask_class is not None:
            imports.add(result.flask_class)
            entries.append((handler.blueprint, result.flask_class.local, _named(result.function, set())))
    twins = []
    for number, error in enumerate(http_errors):
        again = str(number) if any(one.name == error.name for one in http_errors[:number]) else ""
        theirs, ours = f"Flask{error.name}{again}", f"{error.name}{again}"
        module = error.qualified.rpartition(".")[0]
        imports |= {Need(module, error.name, theirs), Need(error.home, error.name, ours if again else None), STAND_FOR}
        twins.append((theirs, ours))
    return FlaskClasses(entries, twins, render_imports(imports, 0))


def _named(function: ConvertedFunction, imports: set[Need]) -> str:
    """The function as a name; its module is imported as `hooks` or `bridged_hooks`, so that one table may have both."""
    package, _, module = function.home.rpartition(".")
    alias = f"{package.lstrip('.')}_{module}" if package.lstrip(".") else module
    imports.add(Need(package or ".", module, alias if alias != module else None))
    return f"{alias}.{function.name}"
