"""The shape of what is known of one extension of Flask's, beside the rules for its names."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

import libcst as cst

from codemods.findings import Finding
from codemods.model import Callee, Decorator, Endpoint, ErrorHandler, Hook, Project
from codemods.view.imports import Need
from codemods.view.names import Names
from codemods.view.source import Sources

from .dialects import RESTFUL, Dialect
from .objects import MadeObject


@dataclass(frozen=True, slots=True)
class Dependency:
    """An extension's decorator as a dependency: what `Depends` is given, and the definition of what that calls."""

    name: str
    expression: str
    text: str
    needs: frozenset[Need]


@dataclass(frozen=True, slots=True)
class AskedFunction:
    """A function of the project's that an extension calls for a request: the option that it is, and its own name.

    `lambda_name` is what a lambda will be called.
    """

    option: str
    callee: Callee
    lambda_name: str


@dataclass(frozen=True, slots=True)
class ExtensionHook:
    """An extension's hook as a function of the target: its name, and the text that defines it, empty for none.

    Where it has `functions`, the text is a template with their options for their names. `application` says what of the
    Flask application it needs, if it does; `settings` are those that it reads.
    """

    name: str
    text: str
    needs: frozenset[Need]
    functions: tuple[AskedFunction, ...] = ()
    application: str = ""
    settings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Setting:
    """An argument of the application's `Lifecycle`, as source text."""

    name: str
    text: str
    needs: frozenset[Need]


@dataclass(frozen=True, slots=True)
class Served:
    """The endpoints that a lifecycle stands around, those of the other one included; `bridged` are the names of those
    that need the Flask application, and `beside` tells that the lifecycle is theirs."""

    endpoints: Sequence[Endpoint]
    bridged: frozenset[str]
    beside: bool


@dataclass(frozen=True, slots=True)
class ExtensionHandler:
    """An extension's error handler as a function of the target: what it is for as source text, and that text's import.

    `processed_by` is a function of the project that makes the answer; it is given an error of that class, or what these
    expressions are of the `error`; or this one `calls` such a function by its name, where that stands.
    `flask_class` is what code of the Flask application raises in the place of the class.
    """

    name: str
    text: str
    needs: frozenset[Need]
    key: str
    key_need: Need
    processed_by: Callee | None = None
    given: tuple[str, ...] = ()
    calls: Callee | None = None
    flask_class: Need | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """What OpenAPI is told of the answers with a status: entries of a dictionary as source text, maybe a schema.

    A schema that is not needed goes untold where it is not converted. `fields` is a dictionary of fields, or a list
    with one, in the schema's place.
    """

    status: int
    entries: tuple[str, ...] = ()
    schema: cst.BaseExpression | None = None
    is_needed: bool = True
    fields: cst.BaseExpression | None = None


@dataclass(frozen=True, slots=True)
class Input:
    """A decorator that loads a part of the request by a schema, for the view's argument `name`.

    `module` is the compat module that has a function for each `location`; `answers` are what is told of its refusals.
    """

    schema: cst.BaseExpression
    location: str
    name: str
    module: str
    answers: tuple[Told, ...] = ()


@dataclass(frozen=True, slots=True)
class Output:
    """A decorator that dumps what a view returns; `helper` is what stands around the endpoint instead.

    No `schema` means that nothing is dumped, unless something else stands in the place of `dump`. `told` is what
    OpenAPI is told beside the schema, as entries of a dictionary; `is_json` whether the answers are JSON.
    """

    schema: cst.BaseExpression | None
    status: int
    helper: Need
    told: tuple[str, ...] = ()
    dump: Need | None = None
    is_json: bool = True


@dataclass(frozen=True, slots=True)
class ByStatus:
    """A decorator that dumps what a view returns with a `status`, or with one that no other decorator names (None)."""

    schema: cst.BaseExpression | None
    status: int | None
    answers: tuple[Told, ...] = ()


@dataclass(frozen=True, slots=True)
class Documented:
    """A decorator that only tells OpenAPI something: options of the route by name, as source text, and of answers.

    `extra` is what FastAPI has no option for, as it stands in the document; `bodies` are models of what clients send.
    """

    options: Mapping[str, str] = field(default_factory=dict)
    answers: tuple[Told, ...] = ()
    extra: Mapping[str, object] = field(default_factory=dict)
    bodies: tuple[cst.BaseExpression, ...] = ()


@dataclass(frozen=True, slots=True)
class Wrapping:
    """A decorator that becomes one of the endpoint, which is given the request: `helper`, with these arguments.

    `more` are further ones as source text. `application` says what of the Flask application they need, if they do. One
    that `skips` may answer without the view.
    """

    helper: Need
    arguments: tuple[cst.Arg, ...]
    more: str = ""
    application: str = ""
    skips: bool = False


@dataclass(frozen=True, slots=True)
class Limited:
    """A decorator that counts requests: arguments of the limit as source text, and functions that it asks."""

    arguments: tuple[str, ...]
    functions: tuple[AskedFunction, ...]


@dataclass(frozen=True, slots=True)
class Paged:
    """A decorator that hands the view the page that is asked for, and tells in a header of all pages.

    `arguments` are those of what makes the dependency, as source text; `pager` is the class that takes the page out of
    what the view returns, which then knows nothing of pages.
    """

    arguments: str
    pager: cst.BaseExpression | None = None


@dataclass(frozen=True, slots=True)
class Refusing:
    """A function of the project that raises for wrong arguments, or a method of a parser that by itself refuses with
    this status."""

    callee: Callee
    status: int


@dataclass(frozen=True, slots=True)
class ParsingCall:
    """A decorator or call that loads what was sent at a place, as a dependency.

    `argmap` is what is loaded, `unknown` the option for unknown keys as source text, empty where it is not given;
    `options` are further options of the dependency as source text. `extra` is what OpenAPI is told beside the schema.
    `refuse` raises for wrong arguments, `validate` names functions that check what was loaded; `answers` are what is
    told of refusals, `needs` what the options import. `prepare` is a method of the parser that changes what was sent
    first, `reader` what reads it, where that is the project's own.
    """

    argmap: cst.BaseExpression
    location: str
    as_kwargs: bool
    arg_name: str
    unknown: str
    options: tuple[str, ...]
    extra: Mapping[str, object] = field(default_factory=dict)
    refuse: Refusing | None = None
    answers: tuple[Told, ...] = ()
    needs: frozenset[Need] = frozenset()
    validate: cst.BaseExpression | None = None
    prepare: Callee | None = None
    reader: Callee | None = None


@dataclass(frozen=True, slots=True)
class Tagged:
    """A decorator that tags what is answered, and asks those who change something which version they know."""


@dataclass(frozen=True, slots=True)
class Marshalled:
    """A decorator that writes what a view returns by a dictionary of fields, or by a single one.

    `options` are further arguments of what stands around the endpoint, as source text. `told` is what OpenAPI is told
    of the answers with `status`, as entries of a dictionary; `is_list` whether these are lists, None where they may be.
    """

    fields: cst.BaseExpression
    envelope: str = ""
    is_single: bool = False
    dialect: Dialect = RESTFUL
    options: tuple[str, ...] = ()
    status: int = 200
    told: tuple[str, ...] = ()
    is_list: bool | None = None


@dataclass(frozen=True, slots=True)
class Represented:
    """What stands around a view whose value is written in the media type that clients ask for: `expression`, with its
    imports."""

    expression: str
    needs: frozenset[Need]


@dataclass(frozen=True, slots=True)
class Expected:
    """A decorator that tells what bodies a view expects; they are checked where `validates`, or where None and the
    `Api` does."""

    inputs: tuple[cst.BaseExpression, ...]
    validates: bool | None


@dataclass(frozen=True, slots=True)
class Check:
    """A decorator that asks an object of the project's who sent the request.

    `arguments` are those of the question, `scopes` the roles that the extension's document tells of.
    """

    owner: cst.BaseExpression
    arguments: tuple[cst.Arg, ...] = ()
    scopes: tuple[str, ...] = ()


Layer = (
    Input
    | Output
    | ByStatus
    | Documented
    | Check
    | Expected
    | Limited
    | Marshalled
    | Paged
    | ParsingCall
    | Represented
    | Tagged
    | Wrapping
)


@dataclass(frozen=True, slots=True)
class Extension:
    """One extension, by the top-level `package` that applications import.

    `decorators` make dependencies of its decorators of views; `calls` name the function that does a decorator's work
    where it stands around a wrapper. `helper` is the compat module that its names become; beside a Flask application
    `handlers` replaces the error handlers that it registers, also for errors of the `libraries` that it uses, and
    `before` runs ahead of all hooks. `hooks` converts hooks that it registers, by qualified name; `idle_hooks`
    are those that nothing is left to do for. `exceptions` are its classes that have a counterpart, of which nothing but
    converted code raises those in `raised`; `globals` are the functions that it gives templates, with those of the
    request that do the same; `bases` are those of which native code may have subclasses. `error_handlers`
    converts error handlers that it registers, by qualified name, for native routes or bridged ones; `layers` tell what
    its decorators mean, those of its objects by the class: `apiflask.APIFlask.input`, and `object_layers` what those
    mean for which it matters how the object is made; `asking` are the classes of objects whose decorators call
    functions that the object was given.
    `settings` are what the lifecycle is told of endpoints that are served. `problem` tells what keeps code
    on Flask that reaches these names of the extension. One that `summarises` tells OpenAPI the first lines of
    docstrings. `handing_on` are functions that its decorators put around views and that only call them.
    """

    package: str
    decorators: Mapping[str, Callable[[Sources, Decorator, cst.BaseExpression], Dependency]] = field(
        default_factory=dict
    )
    calls: Mapping[str, str] = field(default_factory=dict)
    helper: str = ""
    libraries: frozenset[str] = frozenset()
    handlers: Need | None = None
    before: Need | None = None
    hooks: Mapping[str, Callable[[Project, Sources, Hook], ExtensionHook | Finding]] = field(default_factory=dict)
    idle_hooks: frozenset[str] = frozenset()
    exceptions: Mapping[str, Need] = field(default_factory=dict)
    raised: frozenset[str] = frozenset()
    globals: Mapping[str, Need] = field(default_factory=dict)
    error_handlers: Mapping[str, Callable[[Project, Sources, ErrorHandler, bool], ExtensionHandler | Finding]] = field(
        default_factory=dict
    )
    bases: Mapping[str, Need] = field(default_factory=dict)
    asking: frozenset[str] = frozenset()
    layers: Mapping[str, Callable[[Decorator, cst.BaseExpression, Names], Layer]] = field(default_factory=dict)
    object_layers: Mapping[str, Callable[[Sources, MadeObject, Decorator, cst.BaseExpression, Names], Layer]] = field(
        default_factory=dict
    )
    settings: Callable[[Project, Sources, Served], Sequence[Setting]] | None = None
    problem: Callable[[Project, Sources, Collection[str]], Finding | None] | None = None
    summarises: bool = False
    handing_on: frozenset[str] = frozenset()
