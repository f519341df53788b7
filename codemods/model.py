"""What is known of a Flask application: one immutable `Project`, made by the scan, read by plan and codemods.

Where the application could be imported, routes, hooks and handlers are what the *live* application has, joined with the
source by file and `def` line; else they are what the source says. Names are qualified with the module that defines
them (`shop.orders.views.show`), also for names that a module re-exports.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from .findings import Finding, Location


@dataclass(frozen=True, slots=True)
class Callee:
    """A function or class of the application or of a library.

    `qualified` is `module.qualname` (`<locals>` included where it is nested). `location` is None outside the project.
    `owned` is true for code in the project's own files.
    """

    qualified: str
    location: Location | None = None
    owned: bool = False


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable part of a rule: `<int(min=1):page>` is name `page`, converter `int`, arguments `(("min", 1),)`.

    `regex` is the live converter's own, `converter_class` its class when it is not one of Werkzeug's. `in_host` is true
    for one of the host or subdomain.
    """

    name: str
    converter: str = "default"
    arguments: tuple[tuple[str, object], ...] = ()
    regex: str | None = None
    converter_class: str | None = None
    in_host: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """One URL rule of an endpoint.

    `methods` are those that were asked for, sorted, without the HEAD and OPTIONS that Flask adds; `head` and
    `automatic_options` tell of those. `rank` is the rule's place in Werkzeug's matching order (0 is tried first);
    `order` its place in order of registration. `strict_slashes` and `merge_slashes` are the effective values. No
    methods at all means any method (a rule added to the map without Flask). `redirect_function` is what makes the URL
    that `redirect_to` names otherwise. An `alias` redirects to another rule of its endpoint.
    """

    rule: str
    methods: tuple[str, ...]
    variables: tuple[Variable, ...] = ()
    defaults: tuple[tuple[str, object], ...] = ()
    host: str | None = None
    subdomain: str | None = None
    strict_slashes: bool = True
    merge_slashes: bool = True
    automatic_options: bool = True
    head: bool = True
    redirect_to: str | None = None
    redirect_function: Callee | None = None
    build_only: bool = False
    alias: bool = False
    rank: int = 0
    order: int = 0

    @property
    def matched(self) -> str:
        """The rule as it is matched: doubled slashes are one (`werkzeug.routing.Rule.compile`)."""
        return re.sub("/{2,}", "/", self.rule) if self.merge_slashes else self.rule


ViewKind = Literal["function", "method_view", "view", "static", "unknown"]


@dataclass(frozen=True, slots=True)
class View:
    """What answers an endpoint.

    `function` is the innermost callable (the `def` that the team wrote, or the class of a class-based view). `wrappers`
    are the live wrappers around it, outermost first, as far as `__wrapped__` shows them; `decorators` are the source
    text of its decorator list other than route declarations, outermost first, each with its qualified name. Decorators
    that stand above the route declaration wrap only the module's name, not what Flask calls: `unused_decorators` has
    them.

    Of a class-based view: `methods` are its request methods in lower case with what answers them (maybe a base
    class's), `bases` its qualified base classes in resolution order, `decorators` those of its `decorators` list,
    outermost first (the last of the list), `arguments` the text of the arguments of `as_view` after the name;
    `definitions` are the qualified names of those that are classes or functions of the project, by place or keyword, or
    by the attribute of an instance that is made once. `free_variables` are names that the function takes from an
    enclosing one. `given` is the expression by which a declaration names what is no definition: `partial(show, "one")`,
    an object, a method of one.
    """

    kind: ViewKind
    function: Callee
    wrappers: tuple[Callee, ...] = ()
    decorators: tuple["Decorator", ...] = ()
    is_async: bool = False
    unused_decorators: tuple["Decorator", ...] = ()
    methods: tuple[tuple[str, Callee], ...] = ()
    bases: tuple[str, ...] = ()
    arguments: tuple[str, ...] = ()
    init_every_request: bool = True
    definitions: Mapping[str, str] = field(default_factory=dict, hash=False)
    free_variables: tuple[str, ...] = ()
    given: "Decorator | None" = None


@dataclass(frozen=True, slots=True)
class Decorator:
    """A decorator on a definition. `qualified` is None where the scan cannot tell what it is.

    One that `is_bare` is only the wrapper that it makes, without the decorators that it puts around that.
    """

    text: str
    qualified: str | None
    location: Location
    is_bare: bool = False


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An endpoint: its name, its blueprint's dotted name (`api.orders`; empty: the application), its view and rules."""

    name: str
    blueprint: str
    view: View
    rules: tuple[Rule, ...]
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Blueprint:
    """A registered blueprint.

    `name` is its dotted registration name; `variable` where it is defined (`shop.orders.bp`). `url_prefix` is the whole
    one that its rules have, those of its parents and of its registration included. The live application's folders are
    relative to the project's root, or whole paths where they lie elsewhere; `overridden` names what its class has in
    place of Flask's own methods.
    """

    name: str
    url_prefix: str = ""
    import_name: str = ""
    variable: str | None = None
    location: Location | None = None
    template_folder: str | None = None
    static_folder: str | None = None
    overridden: tuple[str, ...] = ()


HookKind = Literal[
    "before_request",
    "after_request",
    "teardown_request",
    "teardown_appcontext",
    "url_value_preprocessor",
    "url_defaults",
    "context_processor",
    "request_started",
    "request_finished",
    "got_request_exception",
]


@dataclass(frozen=True, slots=True)
class Hook:
    """A hook. `blueprint` is empty for the application's own (and for `before_app_request`).

    `order` is its place in its list, Flask's own context processor not counted.
    """

    kind: HookKind
    blueprint: str
    function: Callee
    order: int


@dataclass(frozen=True, slots=True)
class ErrorHandler:
    """An error handler: for a class (`exception`, qualified), with its status (`code`) where the class has one."""

    blueprint: str
    code: int | None
    exception: str
    function: Callee


DefinitionKind = Literal["function", "class", "constant", "state", "unknown"]


@dataclass(frozen=True, slots=True)
class Definition:
    """A module-level name of the project's own code.

    `uses` are the qualified names that its code refers to (`flask.request`, `shop.models.Product`), its own locals left
    out; for a class, those of all its methods and bases. `constant` means: an immutable value, never rebound. Anything
    mutable, rebound by `global`, or made by a call that may hold state is `state`. `shallow` is true for a list, set or
    dict display whose parts are all immutable: if nothing changes it (`scan.context.may_change`), it is as good as
    constant. `returns_display` is true for a function that returns a dict or list display, of which Flask makes JSON.
    `members` are what each method of a class uses, by its name, and its bases and body (""): all together its `uses`.
    `texts` are those of a constant that is a tuple of texts.
    """

    qualified: str
    kind: DefinitionKind
    location: Location
    end_line: int
    uses: frozenset[str] = frozenset()
    decorators: tuple[Decorator, ...] = ()
    rebound: bool = False
    shallow: bool = False
    returns_display: bool = False
    members: Mapping[str, frozenset[str]] = field(default_factory=dict, hash=False)
    texts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Module:
    """One of the project's modules.

    `imports` maps each module-level (or function-level, where it is unambiguous) local name to what it stands for:
    `{"request": "flask.request", "np": "numpy", "db": "shop.extensions.db"}`. `star_imports` are modules imported by
    `*`. `inner` are definitions inside functions and classes by their `__qualname__` (`create_app.<locals>.index`,
    `Items.get`), and earlier definitions of a name that is defined again as `name@line`. `imported` is everything
    imported when the module or its functions run (`shop.models.Product` for `from shop.models import Product`), without
    what only `TYPE_CHECKING` imports; `dynamic_imports` tells of imports by a computed name. `changes` are qualified
    names that its code may change in place, rebind or hand on to where that cannot be seen.
    """

    name: str
    file: str
    digest: str
    imports: Mapping[str, str] = field(default_factory=dict)
    definitions: Mapping[str, Definition] = field(default_factory=dict)
    star_imports: tuple[str, ...] = ()
    is_package: bool = False
    inner: Mapping[str, Definition] = field(default_factory=dict)
    imported: frozenset[str] = frozenset()
    dynamic_imports: bool = False
    changes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class TemplateName:
    """A filter, global or test of templates; `callee` is None for a global that is a value."""

    kind: Literal["filter", "global", "test"]
    name: str
    callee: Callee | None = None


@dataclass(frozen=True, slots=True)
class Application:
    """The Flask application and what the live one says of itself; None and empty where it could not be imported.

    `overridden` names what replaces Flask's own behaviour (`make_response`, `request_class`, `session_interface`,
    `json_provider`, `wsgi_app`, `url_map_class` …) as attribute → qualified name of what is there instead.
    `config` are the names of the configuration's keys whose value is not Flask's default (never their values, which may
    be secret); `flags` those values that change routing or answers (`STRICT_SLASHES`-like booleans,
    `MAX_CONTENT_LENGTH`, `SERVER_NAME`, `APPLICATION_ROOT`, `TRAP_HTTP_EXCEPTIONS`, `PROPAGATE_EXCEPTIONS`, `TESTING`,
    `DEBUG`, session cookie attributes). `wsgi_chain` is the middleware around `wsgi_app`, outermost first; `proxy_fix`
    the arguments of a `ProxyFix` that the source puts there in any case, `url_map` the map's settings
    (`host_matching`, `merge_slashes` …; `subdomain_matching` is the application's) and `converters` its converters that
    are not Werkzeug's; `template_names` are filters, globals and tests that neither Jinja nor Flask has,
    `jinja_options` the environment's settings that are not the default, `jinja_unusual` what of it is no such setting,
    `templates` every template's text. `versions` those of python and of installed distributions; `hazards` are gevent,
    eventlet, uWSGI, Socket.IO, schedulers; `threads` what runs after the import;
    `root_path` and `instance_path` are seen from the project's root, absolute where they lie outside.
    """

    reference: str
    import_name: str = ""
    is_factory: bool = False
    root_path: str = ""
    instance_path: str = ""
    template_folders: tuple[str, ...] = ()
    static_folder: str | None = None
    static_url_path: str | None = None
    overridden: Mapping[str, str] = field(default_factory=dict)
    config: tuple[str, ...] = ()
    flags: Mapping[str, object] = field(default_factory=dict)
    extensions: tuple[str, ...] = ()
    template_names: tuple[TemplateName, ...] = ()
    jinja_options: Mapping[str, object] = field(default_factory=dict)
    jinja_unusual: tuple[str, ...] = ()
    templates: Mapping[str, str] = field(default_factory=dict)
    signal_receivers: tuple[tuple[str, Callee], ...] = ()
    wsgi_chain: tuple[Callee, ...] = ()
    proxy_fix: tuple[tuple[str, int], ...] | None = None
    csrf_exempt: tuple[str, ...] = ()
    url_map: Mapping[str, object] = field(default_factory=dict)
    converters: Mapping[str, str] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    hazards: tuple[str, ...] = ()
    threads: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Project:
    """Everything the scan found out. `live` tells whether the running application confirmed it.

    `confined` are the context variables whose value only what the function that sets them calls may see.
    """

    application: Application
    modules: Mapping[str, Module]
    blueprints: tuple[Blueprint, ...] = ()
    endpoints: tuple[Endpoint, ...] = ()
    hooks: tuple[Hook, ...] = ()
    error_handlers: tuple[ErrorHandler, ...] = ()
    findings: tuple[Finding, ...] = ()
    live: bool = False
    confined: frozenset[str] = frozenset()
