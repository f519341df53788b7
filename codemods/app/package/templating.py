"""`templating.py` of the target: its environment, with the filters, tests, globals and context processors of Flask's.

    @app.template_filter("eur")             def format_eur(amount: Any) -> Any: …
    def format_eur(amount): …          →    templates.environment.filters["eur"] = format_eur

The folders are the Flask application's own. What cannot stand there (an extension's global, a filter that needs the
application) is noted: pages that read it are rendered beside Flask.
"""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from codemods.app.around.lifecycle import convert_hook
from codemods.app.decorators.arguments import renamed
from codemods.app.functions.inner_functions import find_function
from codemods.carry import Carried, Carrier, FileReferences, Policy, folders, write_function
from codemods.extensions import is_idle, template_global
from codemods.literals import as_literal
from codemods.model import Callee, TemplateName
from codemods.pages import Pages, Templates
from codemods.scan.registering import TEMPLATES
from codemods.view.imports import Need
from codemods.view.names import split
from codemods.view.refusal import Refused, refuse
from codemods.view.signature import Parameter
from codemods.vocabulary import NEEDS_CONTEXT, of_flask

from .passed_first import passed_first

HOME = ".templating"
TABLES = {"filter": "filters", "test": "tests", "global": "globals"}
REGISTERING = TEMPLATES | {f"add_{name}" for name in TEMPLATES}
LAST = 1_000_000
BOOTSTRAP = frozenset({"bootstrap", "bootstrap_find_resource"})
"""What Flask-Bootstrap and Bootstrap-Flask give templates; for files of its own each calls Flask's `url_for`."""


@dataclass(slots=True)
class Collected:
    """What goes into the file: entries of the environment's tables, processors by scope, and what could not."""

    entries: list[tuple[str, str, str]] = field(default_factory=list)
    processors: dict[str, list[str]] = field(default_factory=dict)
    needs: set[Need] = field(default_factory=set)
    missing: dict[str, str] = field(default_factory=dict)
    scopes: dict[str, str] = field(default_factory=dict)


def collect_pages(carrier: Carrier, target: str) -> Pages:
    """Convert what templates are given, and register `templates` with the carrier for whoever uses it."""
    application = carrier.project.application
    found = Collected()
    nowhere = None
    if not carrier.project.live:
        nowhere = "what templates there are, which only the running application tells"
    elif application.jinja_unusual:
        nowhere = f"the environment's own {application.jinja_unusual[0]}"
    homes = [*application.template_folders, *(one.template_folder for one in carrier.project.blueprints)]
    places = [folders.from_file(one, HOME, target) for one in dict.fromkeys(homes) if one and not one.startswith("/")]
    if any(one and one.startswith("/") for one in homes):
        nowhere = nowhere or "templates outside the project"
    if nowhere is None:
        for index, name in enumerate(application.template_names):
            _take(carrier, name, found, index)
        _processors(carrier, found, len(application.template_names))
    carrier.carried[".templating.templates", "native", False, False] = Carried(
        ".templating.templates", "templates", _text(found, places, application.jinja_options), frozenset(
            found.needs | folders.NEEDS | {Need(".compat.templates", one) for one in ("Templates", "environment")}
        ), None, (), LAST, HOME,
    )  # fmt: skip
    setting = FileReferences(carrier, "native", False, HOME).setting
    templates = Templates(application.templates, application.jinja_options)
    of_request = BOOTSTRAP if application.flags.get("BOOTSTRAP_SERVE_LOCAL") else frozenset[str]()
    return Pages(templates, nowhere, found.missing, found.scopes, setting, of_request)


def _text(found: Collected, places: list[str], options: Mapping[str, object]) -> str:
    """The statements that make `templates`."""
    arguments = [*places, *(f"{name}={as_literal(value)}" for name, value in options.items())]
    made = f"environment({', '.join(arguments)})"
    scopes = ", ".join(f"{as_literal(scope)}: [{', '.join(names)}]" for scope, names in found.processors.items())
    lines = [f"templates = Templates({made}{f', {{{scopes}}}' if scopes else ''})"]
    lines += [f'templates.environment.{table}["{name}"] = {text}' for table, name, text in found.entries]
    return "\n".join(lines) + "\n"


def _take(carrier: Carrier, name: TemplateName, found: Collected, index: int) -> None:
    """One filter, test or global; what it is not given is noted."""
    key = name.name if name.kind == "global" else f"{name.kind} {name.name}"
    try:
        text, needs = _value(carrier, name) if name.callee is None else _callable(carrier, name, name.callee, index)
    except Refused as refused:
        found.missing[key] = f"the {name.kind} '{name.name}' ({refused.finding.detail})"
        return
    found.entries.append((TABLES[name.kind], name.name, text))
    found.needs |= needs


def _value(carrier: Carrier, name: TemplateName) -> tuple[str, set[Need]]:
    """A global that is a value, where the source spells it out; raises `Refused`."""
    values = {ast.dump(one): one for one in _assigned(carrier, name.name)}
    if len(values) != 1 or not isinstance(one := next(iter(values.values())), ast.Constant):
        raise refuse(NEEDS_CONTEXT, None, "a value that the source does not spell out")
    return as_literal(one.value), set()


def _assigned(carrier: Carrier, name: str) -> Iterator[ast.expr]:
    """What the source assigns to a global: `app.jinja_env.globals["NAME"] = …`, or by `update(NAME=…)`."""
    for module in carrier.project.modules.values():
        for node in ast.walk(carrier.sources.tree(module.file)):
            match node:
                case ast.Assign(
                    targets=[ast.Subscript(value=ast.Attribute(attr="globals"), slice=ast.Constant(value=key))],
                    value=one,
                ) if key == name:
                    yield one
                case ast.Call(func=ast.Attribute(attr="update", value=ast.Attribute(attr="globals")), keywords=words):
                    yield from (word.value for word in words if word.arg == name)


def _callable(carrier: Carrier, name: TemplateName, callee: Callee, index: int) -> tuple[str, set[Need]]:
    """How the environment refers to a function or class, and its imports; raises `Refused`."""
    if not callee.owned:
        return _foreign(callee)
    entry = function_entry(carrier, name, callee, "native", HOME, index)
    if entry.own is not None:
        carrier.carried[entry.own.qualified, "native", False, False] = entry.own
    return entry.text, set(entry.needs)


@dataclass(frozen=True, slots=True)
class Entry:
    """How an environment refers to a function of the project's, its imports, and the function where it stands in the
    same file."""

    text: str
    needs: frozenset[Need]
    own: Carried | None = None


def function_entry(
    carrier: Carrier, name: TemplateName, callee: Callee, policy: Policy, home: str, index: int
) -> Entry:
    """A function or class of the project's as a filter, test or global in the file `home`; raises `Refused`."""
    try:
        return _own_callable(carrier, name, callee, FileReferences(carrier, policy, True, home), index)
    except Refused:  # what it reads comes from the request
        return _own_callable(carrier, name, callee, FileReferences(carrier, policy, False, home), index)


def _own_callable(
    carrier: Carrier, name: TemplateName, callee: Callee, references: FileReferences, index: int
) -> Entry:
    """See `function_entry`; where nothing is injected, all that a function reads is read from the request."""
    home = references.here
    module, rest = split(carrier.project, callee.qualified)
    definition = module.definitions.get(rest) if module is not None else None
    if module is not None and definition is not None and not definition.decorators:
        reference = references.definition(module, rest, callee.location)
        if reference.application is not None and references.policy == "native":
            raise Refused(reference.application)
        return _wrapped(reference.text, reference.parameters, {reference.need} if reference.need else set())
    one = find_function(carrier, callee, name.name, True)
    passed = passed_first(one.function, one.names, REGISTERING)
    function = one.function.with_changes(decorators=())
    assert callee.location is not None
    carried = write_function(carrier, function, one.names, references, references, callee.location)
    if carried.application is not None and references.policy == "native":
        raise Refused(carried.application)
    _wrapped(one.name, carried.parameters, set())  # refuses before a name is taken
    own = carrier.free_name(home, one.name, carried.text, carried.needs)
    text = "".join(f"@{need.name}\n" for need in passed) + renamed(carried.text, carried.name, own)
    needs = carried.needs | {need for part in carried.parameters for need in part.needs} | {*passed}
    placed = Carried(f"{home}.{own}", own, text, frozenset(needs), None, (), index, home)
    return replace(_wrapped(own, carried.parameters, {Need(home, own)}), own=placed)


def _foreign(callee: Callee) -> tuple[str, set[Need]]:
    """A function or class of a library, which must not be one of Flask's family."""
    if known := template_global(callee.qualified):
        return f"with_request({known.name})", {known, Need(".compat.templates", "with_request")}
    module, _, name = callee.qualified.rpartition(".")
    if not module or of_flask(callee.qualified) or "<" in callee.qualified or module.startswith("jinja2"):
        raise refuse(NEEDS_CONTEXT, None, f"'{callee.qualified}'")
    return name, set() if module == "builtins" else {Need(module, name)}


def _wrapped(text: str, parameters: tuple[Parameter, ...], needs: set[Need]) -> Entry:
    """A function that takes the request is given the one that is being answered; raises `Refused` for other wishes."""
    if not parameters:
        return Entry(text, frozenset(needs))
    if [(one.name, one.source) for one in parameters] != [("request", ("request", ""))]:
        raise refuse(NEEDS_CONTEXT, None, f"'{parameters[0].name}' of '{text}'")
    return Entry(f"with_request({text})", frozenset(needs | {Need(".compat.templates", "with_request")}))


def _processors(carrier: Carrier, found: Collected, index: int) -> None:
    """The context processors as functions of the request."""
    for hook in carrier.project.hooks:
        if hook.kind != "context_processor" or is_idle(carrier.project, carrier.sources, hook):
            continue
        try:
            one = convert_hook(carrier, hook, "native", HOME)
            if one.application is not None:
                raise Refused(one.application)
        except Refused as refused:
            found.scopes[hook.blueprint] = (
                f"the context processor '{hook.function.qualified}' ({refused.finding.detail})"
            )
            continue
        own = carrier.free_name(HOME, one.name, one.text, one.needs)
        carrier.carried[f".templating.{own}", "native", False, False] = Carried(
            f".templating.{own}", own, renamed(one.text, one.name, own), one.needs, None, (), index + hook.order, HOME
        )
        found.processors.setdefault(hook.blueprint, []).append(own)
        found.needs.add(Need(HOME, own))
