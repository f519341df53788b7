"""Writes down what a Flask application really consists of, as JSON; run by the application's own interpreter.

    python inventory.py --app shop.wsgi:app --root DIR --out FILE.json [--env-file FILE]

`--app` is what `flask --app` takes: `module:attribute`, `module:factory`, `module:factory("literal")`, `module` (then
`app`, `application`, the only Flask instance, `create_app()` or `make_app()`), or a file. Importing the application
runs its code. Exit code 0: the document describes the application. 3: it holds an `error` (kind, message, module, file,
line, traceback).
Needs nothing but the standard library and the application's Flask (1.0 or newer), on Python 3.6 or newer.
Values of the configuration are never written, except those of the flags in `FLAGS`, none of which is a secret.
"""
# ruff: noqa: UP006, UP035, UP045, B905, SIM905, PTH100, PTH110, PTH112, PTH113, PTH118, PTH120, PTH123
# Python 3.6 has neither `dict[str, Any]` nor `X | None` nor `zip(strict=)`; paths stay the strings that `sys.path` and
# `co_filename` have.

import argparse
import ast
import functools
import importlib
import inspect
import json
import os
import platform
import re
import sys
import threading
import traceback
import types
import weakref
from typing import Any, Callable, Dict, List, NoReturn, Optional, Tuple

Facts = Dict[str, Any]

FORMAT = 1
DISTRIBUTIONS = (
    "flask werkzeug jinja2 markupsafe itsdangerous click blinker asgiref fastapi starlette pydantic uvicorn "
    "httptools uvloop python-multipart httpx httpx2 marshmallow marshmallow-sqlalchemy webargs apispec apiflask "
    "sqlalchemy flask-sqlalchemy flask-migrate flask-marshmallow flask-login flask-jwt-extended flask-wtf "
    "wtforms flask-cors flask-restful flask-restx flask-smorest flask-apispec flask-limiter flask-caching "
    "flask-session flask-mail flask-babel flask-httpauth flask-bcrypt flask-principal flask-talisman "
    "flask-compress flask-socketio flask-admin flask-security gevent eventlet gunicorn uwsgi celery apscheduler "
    "email-validator psycopg2 psycopg pymysql redis pytest simplejson orjson pyjwt"
).split()
FLAGS = (
    "DEBUG TESTING PROPAGATE_EXCEPTIONS TRAP_HTTP_EXCEPTIONS TRAP_BAD_REQUEST_ERRORS MAX_CONTENT_LENGTH "
    "MAX_FORM_MEMORY_SIZE MAX_FORM_PARTS MAX_COOKIE_SIZE SERVER_NAME APPLICATION_ROOT PREFERRED_URL_SCHEME "
    "PROVIDE_AUTOMATIC_OPTIONS TRUSTED_HOSTS USE_X_SENDFILE SEND_FILE_MAX_AGE_DEFAULT PERMANENT_SESSION_LIFETIME "
    "SESSION_COOKIE_NAME SESSION_COOKIE_DOMAIN SESSION_COOKIE_PATH SESSION_COOKIE_HTTPONLY SESSION_COOKIE_SECURE "
    "SESSION_COOKIE_PARTITIONED SESSION_COOKIE_SAMESITE SESSION_REFRESH_EACH_REQUEST JSON_AS_ASCII "
    "JSON_SORT_KEYS JSONIFY_MIMETYPE JSONIFY_PRETTYPRINT_REGULAR TEMPLATES_AUTO_RELOAD"
).split()
HAZARDS = {
    "gevent.monkey": "gevent",
    "eventlet": "eventlet",
    "uwsgi": "uwsgi",
    "uwsgidecorators": "uwsgi",
    "flask_socketio": "socketio",
    "socketio": "socketio",
    "flask_sock": "websocket",
    "apscheduler.schedulers.base": "scheduler",
    "schedule": "scheduler",
    "celery": "celery",
}
HOOKS = (
    ("before_request", "before_request_funcs"),
    ("after_request", "after_request_funcs"),
    ("teardown_request", "teardown_request_funcs"),
    ("url_value_preprocessor", "url_value_preprocessors"),
    ("url_defaults", "url_default_functions"),
    ("context_processor", "template_context_processors"),
)
REPLACEABLE = (
    "request_class response_class url_rule_class url_map_class jinja_environment json_provider_class "
    "json_encoder json_decoder app_ctx_globals_class config_class aborter_class test_client_class"
).split()
MAP_SETTINGS = (
    "strict_slashes merge_slashes redirect_defaults host_matching sort_parameters default_subdomain"
).split()
SIGNALS = (
    "template_rendered before_render_template request_started request_finished request_tearing_down "
    "got_request_exception appcontext_tearing_down appcontext_pushed appcontext_popped message_flashed"
).split()


#: what `watch` saw: rules in the order in which they were bound; each application's blueprints with their whole prefix
BOUND: List[Any] = []
PREFIXES: Dict[Tuple[int, str], Optional[str]] = {}


class InventoryError(Exception):
    """The application named by `--app` could not be had; `kind` says why in one word."""

    def __init__(self, kind: str, message: str, module: Optional[str] = None) -> None:
        super().__init__(message)
        self.kind = kind
        self.module = module


# --- the application -------------------------------------------------------------------------------------------------


def load_environment(path: str) -> None:
    """Set what an env file says (`KEY=value`, `export KEY="value"`) for names that are not set yet."""
    with open(path, encoding="utf-8") as stream:
        for line in stream:
            found = re.match(r"\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_.]*)\s*=\s*(.*?)\s*$", line)
            if not found:
                continue
            name, value = found.groups()
            if value[:1] in ("'", '"') and value.count(value[0]) > 1:
                value = value[1 : value.rindex(value[0])]
            else:
                value = re.split(r"\s+#", value)[0]
            os.environ.setdefault(name, value)


def module_of(reference: str, root: str) -> Tuple[str, Optional[str]]:
    """Split `--app` into module and object, as Flask's `ScriptInfo.load_app` does; a file becomes its module."""
    parts = re.split(r":(?![\\/])", reference, maxsplit=1)
    name, attribute = parts[0].strip(), (parts[1] if len(parts) > 1 else None)
    if not name.endswith(".py") and "/" not in name and os.sep not in name:
        return name, attribute
    path = os.path.join(root, name)
    path = path[:-3] if path.endswith(".py") else path
    folder, stem = os.path.split(os.path.abspath(path))
    names = [] if stem == "__init__" else [stem]
    while os.path.exists(os.path.join(folder, "__init__.py")):
        folder, package = os.path.split(folder)
        names.insert(0, package)
    sys.path.insert(0, folder)
    return ".".join(names), attribute


def prepare_path(root: str, name: str) -> None:
    """Make the root importable, and `src/` where the module is there; hide this script's own folder."""
    here = os.path.dirname(os.path.abspath(__file__))
    sys.path[:] = [entry for entry in sys.path if os.path.abspath(entry or ".") != here]
    top = os.path.join(root, "src", name.split(".")[0])
    if os.path.isdir(top) or os.path.isfile(top + ".py"):
        sys.path.insert(0, os.path.join(root, "src"))
    sys.path.insert(0, root)
    sys.argv = sys.argv[:1]
    os.chdir(root)


def find_application(module: Any, attribute: Optional[str]) -> Tuple[Any, bool]:
    """The Flask application in a module and whether a factory made it, by the rules of `flask.cli`."""
    from flask import Flask

    name = module.__name__
    if attribute is not None:
        return named_application(module, attribute, Flask)
    for candidate in ("app", "application"):
        if isinstance(getattr(module, candidate, None), Flask):
            return getattr(module, candidate), False
    found = {key: value for key, value in vars(module).items() if isinstance(value, Flask)}
    if len({id(value) for value in found.values()}) > 1:
        listed = ", ".join(f"{name}:{key}" for key in sorted(found))
        raise InventoryError("several-applications", "the module has several Flask applications: " + listed, name)
    if found:
        return next(iter(found.values())), False
    for candidate in ("create_app", "make_app"):
        if inspect.isfunction(getattr(module, candidate, None)):
            return named_application(module, candidate, Flask)
    raise InventoryError("no-application", f"no Flask application and no factory in module '{name}'", name)


def named_application(module: Any, text: str, flask_class: type) -> Tuple[Any, bool]:
    """The object that `attribute`, `factory` or `factory(literals)` names."""
    name = module.__name__
    arguments: List[Any] = []
    keywords: Dict[str, Any] = {}
    try:
        expression = ast.parse(text.strip(), mode="eval").body
        if isinstance(expression, ast.Call):
            arguments = [ast.literal_eval(argument) for argument in expression.args]
            keywords = {str(word.arg): ast.literal_eval(word.value) for word in expression.keywords}
            expression = expression.func
        if not isinstance(expression, (ast.Name, ast.Attribute)):
            raise ValueError
        found: Any = module
        for part in text.split("(")[0].strip().split("."):
            found = getattr(found, part)
    except AttributeError:
        raise InventoryError("attribute-missing", f"module '{name}' has no attribute '{text}'", name) from None
    except (SyntaxError, ValueError):
        raise InventoryError("bad-reference", f"'{text}' is no name and no call with literals", name) from None
    if isinstance(found, flask_class):
        return found, False
    if not callable(found):
        raise InventoryError("not-flask", f"'{text}' is a {type_name(found)}, no Flask application", name)
    made = found(*arguments, **keywords)
    if not isinstance(made, flask_class):
        raise InventoryError("not-flask", f"'{text}' gave a {type_name(made)}, no Flask application", name)
    return made, True


# --- callables -------------------------------------------------------------------------------------------------------


def type_name(value: Any) -> str:
    """The qualified name of a class, or of an object's class."""
    kind = value if isinstance(value, type) else type(value)
    return f"{kind.__module__}.{kind.__qualname__}"


class Describer:
    """Describes callables; remembers the project's root to tell its own files from a library's."""

    def __init__(self, root: str) -> None:
        self.root = os.path.realpath(root)
        self.definitions: Dict[str, Dict[int, int]] = {}

    def relative(self, path: Optional[str]) -> Optional[str]:
        """A path below the root with forward slashes; None outside it and in an environment that lies in it."""
        if not path or path.startswith("<"):  # `<frozen os>`, `<string>`
            return None
        real = os.path.realpath(path)
        if not real.startswith(self.root.rstrip(os.sep) + os.sep):
            return None
        inner = real[len(self.root.rstrip(os.sep)) + 1 :].replace(os.sep, "/")
        if (
            "site-packages/" in inner
            or "dist-packages/" in inner
            or inner.startswith(("lib/python", ".venv/", "venv/"))
        ):
            return None
        return inner

    def definition_line(self, path: str, line: int) -> int:
        """The line of the `def` whose code starts at `line` (its first decorator's, since Python 3.8)."""
        if path not in self.definitions:
            lines: Dict[int, int] = {}
            try:
                with open(path, "rb") as stream:
                    tree = ast.parse(stream.read())
            except (OSError, SyntaxError, ValueError):
                tree = ast.parse("")
            for node in ast.walk(tree):
                if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                    first = min([node.lineno] + [decorator.lineno for decorator in node.decorator_list])
                    lines[first] = self.after_decorators(node)
            self.definitions[path] = lines
        return self.definitions[path].get(line, line)

    @staticmethod
    def after_decorators(node: Any) -> int:
        """The `def` line; before Python 3.8 `lineno` is the first decorator's, so take the line after the last one."""
        if not node.decorator_list or node.lineno > node.decorator_list[0].lineno:
            return int(node.lineno)
        inner = [getattr(child, "lineno", 0) for decorator in node.decorator_list for child in ast.walk(decorator)]
        return max(inner) + 1

    def describe(self, value: Any) -> Facts:
        """Where a callable comes from, with the chain of wrappers around it as far as `__wrapped__` tells."""
        chain = [value]
        while True:
            inner = getattr(chain[-1], "__wrapped__", None)
            if not callable(inner) or len(chain) > 50 or any(inner is link for link in chain):
                break
            chain.append(inner)
        facts = self.one(chain[-1])
        facts["wrappers"] = [self.one(wrapper) for wrapper in chain[:-1]]
        facts["name"] = getattr(value, "__name__", None)
        classes = [getattr(link, "view_class", None) for link in chain]
        if isinstance(classes[0], type):
            facts["view_class"] = self.view_class(classes[0], chain[-1])
        return facts

    def one(self, value: Any) -> Facts:
        """A callable by itself: partials, bound methods and instances are looked through to their code."""
        kind = "function"
        if isinstance(value, functools.partial):
            kind, value = "partial", value.func
        if inspect.ismethod(value):
            kind, value = "method", value.__func__
        code: Any = getattr(value, "__code__", None)
        if code is None and not isinstance(value, type):
            call = getattr(type(value), "__call__", None)  # noqa: B004  (the function is wanted, not whether there is one)
            unknown: Facts = {"file": None, "line": None, "def_line": None, "owned": False}
            facts = self.one(call) if getattr(call, "__code__", None) else unknown
            owner = value if isinstance(getattr(value, "__qualname__", None), str) else type(value)
            facts.update(kind="builtin" if inspect.isbuiltin(value) else "object", qualified=self.qualified(owner))
            return facts
        if isinstance(value, type):
            return self.of_class(value)
        path = code.co_filename
        relative = self.relative(path)
        return {
            "kind": kind,
            "qualified": self.qualified(value),
            "file": relative,
            "line": code.co_firstlineno,
            "def_line": self.definition_line(path, code.co_firstlineno) if relative else code.co_firstlineno,
            "owned": relative is not None,
            "is_async": inspect.iscoroutinefunction(value),
            "is_generator": inspect.isgeneratorfunction(value) or inspect.isasyncgenfunction(value),
            "free_variables": list(code.co_freevars),
            "closes_over": self.closed_callables(value),
        }

    def of_class(self, value: type) -> Facts:
        """A class that is used as a callable or as a view."""
        try:
            path = inspect.getsourcefile(value) or ""
            relative = self.relative(path)
            line: Optional[int] = inspect.getsourcelines(value)[1]
        except (OSError, TypeError):
            relative = line = None
        if relative and line:
            line = self.definition_line(path, line)
        facts = {"kind": "class", "qualified": type_name(value), "file": relative, "line": line, "def_line": line}
        return dict(facts, owned=relative is not None)

    @staticmethod
    def qualified(value: Any) -> str:
        """A name from the code: the `__qualname__` that `functools.wraps` gives a wrapper is the wrapped one's."""
        code = getattr(value, "__code__", None)
        if code is None:
            return "{}.{}".format(getattr(value, "__module__", "?"), getattr(value, "__qualname__", "?"))
        module = getattr(value, "__globals__", {}).get("__name__") or value.__module__
        own = getattr(code, "co_qualname", None)
        if own is None:
            own = value.__qualname__
            own = own if own.split(".")[-1] == code.co_name else "<locals>." + code.co_name
        return f"{module}.{own}"

    def closed_callables(self, value: Any, depth: int = 0) -> Facts:
        """Functions of the project in a closure: a decorator without `functools.wraps` hides its view there."""
        found: Facts = {}
        for name, cell in zip(value.__code__.co_freevars, value.__closure__ or ()):
            try:
                content = cell.cell_contents
            except ValueError:
                continue  # an empty cell
            if type(content) is types.MethodType:
                content = content.__func__
            if type(content) is not types.FunctionType or content is value or depth > 5:
                continue  # asked by `type`: a proxy to a context local must not be touched
            code = content.__code__
            relative = self.relative(code.co_filename)
            if relative:
                found[name] = {
                    "qualified": self.qualified(content),
                    "file": relative,
                    "def_line": self.definition_line(code.co_filename, code.co_firstlineno),
                    "is_async": inspect.iscoroutinefunction(content),
                    "free_variables": list(code.co_freevars),
                    "closes_over": self.closed_callables(content, depth + 1),
                }
        return found

    def view_class(self, cls: Any, view: Any) -> Facts:
        """A class-based view: its bases, where each method comes from, decorators and the arguments of `as_view`."""
        methods = {}
        for verb in "get post put patch delete head options trace dispatch_request".split():
            method = getattr(cls, verb, None)
            if method is not None:
                methods[verb] = self.describe(method)
        facts = self.of_class(cls)
        names = getattr(getattr(view, "__code__", None), "co_freevars", ())
        cells = dict(zip(names, getattr(view, "__closure__", None) or ()))
        positional, named = cells.get("class_args"), cells.get("class_kwargs")
        facts.update(
            bases=[type_name(base) for base in cls.__mro__[1:-1]],
            methods=methods,
            decorators=[self.describe(decorator) for decorator in getattr(cls, "decorators", None) or ()],
            init_every_request=bool(getattr(cls, "init_every_request", True)),
            arguments=len(positional.cell_contents) if positional is not None else None,
            keywords=sorted(named.cell_contents) if named is not None else None,
        )
        return facts


# --- what the application has ----------------------------------------------------------------------------------------


def plain(value: Any) -> Any:
    """A value as JSON, exactly where JSON has it, else its `repr` marked as such."""
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if hasattr(value, "total_seconds"):
        return value.total_seconds()
    return {"repr": repr(value)[:200]}


def matching_order(url_map: Any) -> List[Any]:
    """The rules in the order in which Werkzeug tries them.

    Werkzeug 2.2 and newer walk a tree: at each part the static branch, then the dynamic ones by weight, with
    backtracking (`werkzeug.routing.matcher.StateMachineMatcher`); a walk of the same tree in the same order lists the
    rules. Older versions sort `_rules`. Rules for building only come last.
    """
    url_map.update()
    matcher = getattr(url_map, "_matcher", None)
    if matcher is None:
        return list(url_map._rules)
    ordered: List[Any] = []

    def walk(state: Any) -> None:
        ordered.extend(state.rules)
        for following in state.static.values():
            walk(following)
        for _, following in state.dynamic:
            walk(following)

    walk(matcher._root)
    return ordered


def variables_of(rule: Any) -> List[Facts]:
    """The variable parts of a rule, in their order, with the live converter's class, pattern and arguments."""
    written = {}
    for found in re.finditer(r"<(?:([a-zA-Z_][a-zA-Z0-9_]*)(?:\((.*?)\))?:)?([a-zA-Z_][a-zA-Z0-9_]*)>", rule.rule):
        written[found.group(3)] = (found.group(1) or "default", found.group(2))
    listed = []
    for name, converter in rule._converters.items():
        text = written.get(name, ("default", None))
        facts: Facts = {"name": name, "converter": text[0], "regex": converter.regex, "class": type_name(converter)}
        facts["arguments"] = text[1]
        facts["part_isolating"] = getattr(converter, "part_isolating", True)
        listed.append(facts)
    return listed


def rule_facts(rule: Any, rank: int, order: int, describer: Describer) -> Facts:
    """One URL rule. `asked` leaves out the HEAD and OPTIONS that Werkzeug and Flask add; `methods` None means any."""
    methods = None if rule.methods is None else sorted(rule.methods)
    automatic = bool(getattr(rule, "provide_automatic_options", False))
    asked = None
    if methods is not None:
        added = {"HEAD"} if "GET" in methods else set()
        asked = [method for method in methods if method not in added and not (method == "OPTIONS" and automatic)]
    redirect = rule.redirect_to
    if redirect is not None and not isinstance(redirect, str):
        redirect = describer.one(redirect)["qualified"]
    return {
        "rule": rule.rule,
        "endpoint": rule.endpoint,
        "methods": methods,
        "asked": asked,
        "variables": variables_of(rule),
        "defaults": {key: plain(value) for key, value in (rule.defaults or {}).items()},
        "host": rule.host,
        "subdomain": rule.subdomain,
        "strict_slashes": bool(rule.strict_slashes),
        "merge_slashes": bool(getattr(rule, "merge_slashes", False)),
        "automatic_options": automatic,
        "redirect_to": redirect,
        "build_only": bool(rule.build_only),
        "alias": bool(rule.alias),
        "websocket": bool(getattr(rule, "websocket", False)),
        "class": type_name(rule),
        "rank": rank,
        "order": order,
    }


def url_map_facts(app: Any, describer: Describer) -> Facts:
    """The URL map: its settings and every rule with its rank in matching order and its order of registration."""
    url_map = app.url_map
    ranks = {id(rule): rank for rank, rule in enumerate(matching_order(url_map))}
    orders = {id(rule): order for order, rule in reversed(list(enumerate(BOUND)))}
    rules = []
    for place, rule in enumerate(url_map.iter_rules()):
        rank = ranks.get(id(rule), len(ranks) + place)
        rules.append(rule_facts(rule, rank, orders.get(id(rule), len(BOUND) + place), describer))
    orders_in_use = {order: place for place, order in enumerate(sorted(rule["order"] for rule in rules))}
    for rule in rules:
        rule["order"] = orders_in_use[rule["order"]]
    settings = {name: plain(getattr(url_map, name, None)) for name in MAP_SETTINGS}
    classes = url_map.converters.items()
    own = {name: type_name(cls) for name, cls in classes if not cls.__module__.startswith("werkzeug.")}
    return {"settings": settings, "converters": own, "rules": sorted(rules, key=lambda rule: int(rule["order"]))}


def hook_facts(app: Any, describer: Describer) -> List[Facts]:
    """Every hook, in the order of its list; `blueprint` is Flask's scope name, empty for the application."""
    listed = []
    for kind, attribute in HOOKS:
        for scope, functions in getattr(app, attribute).items():
            # Flask's own gives `request`, `session` and `g` to templates
            own = [function for function in functions if getattr(function, "__module__", "") != "flask.templating"]
            for order, function in enumerate(own):
                facts = {"kind": kind, "blueprint": scope or "", "order": order}
                listed.append(dict(facts, callable=describer.describe(function)))
    for order, function in enumerate(getattr(app, "teardown_appcontext_funcs", ())):
        facts = {"kind": "teardown_appcontext", "blueprint": "", "order": order}
        listed.append(dict(facts, callable=describer.describe(function)))
    for order, function in enumerate(getattr(app, "before_first_request_funcs", ())):
        facts = {"kind": "before_first_request", "blueprint": "", "order": order}
        listed.append(dict(facts, callable=describer.describe(function)))
    return listed


def error_handler_facts(app: Any, describer: Describer) -> List[Facts]:
    """Every error handler by scope, status and class."""
    listed = []
    for scope, by_code in app.error_handler_spec.items():
        for code, by_class in (by_code or {}).items():
            for exception, function in (by_class or {}).items():
                facts = {"blueprint": scope or "", "code": code, "exception": type_name(exception)}
                listed.append(dict(facts, callable=describer.describe(function)))
    return listed


def blueprint_facts(app: Any, describer: Describer, names: Dict[int, str]) -> List[Facts]:
    """Every registered blueprint by its dotted name, with the whole prefix that its rules have."""
    listed = []
    for name, blueprint in app.blueprints.items():
        listed.append(
            {
                "name": name,
                "own_name": blueprint.name,
                "class": type_name(blueprint),
                "url_prefix": PREFIXES.get((id(app), name), blueprint.url_prefix) or "",
                "subdomain": blueprint.subdomain,
                "import_name": blueprint.import_name,
                "variable": names.get(id(blueprint)),
                "template_folder": folder_of(blueprint, "template_folder", describer),
                "static_folder": folder_of(blueprint, "static_folder", describer),
                "static_url_path": getattr(blueprint, "static_url_path", None),
            }
        )
    return listed


def folder_of(owner: Any, attribute: str, describer: Describer) -> Optional[str]:
    """A template or static folder, relative to the root where it lies in it."""
    folder = getattr(owner, attribute, None)
    if not folder:
        return None
    path = os.path.join(owner.root_path, str(folder))
    return describer.relative(path) or path


def overridden_facts(app: Any, describer: Describer) -> Facts:
    """What replaces Flask's own behaviour: attribute → qualified name of what is there instead."""
    from flask import Flask

    found: Facts = {}
    for name in REPLACEABLE:
        there, normal = getattr(app, name, None), getattr(Flask, name, None)
        if there is not normal and there is not None and name != "test_client_class":
            found[name] = type_name(there)
    if not type(app.session_interface).__module__.startswith("flask."):
        found["session_interface"] = type_name(app.session_interface)
    provider = getattr(app, "json", None)
    if provider is not None and not type(provider).__module__.startswith("flask."):
        found["json_provider"] = type_name(provider)
    for cls in type(app).__mro__:
        if cls.__module__.startswith("flask.") or cls is object:
            continue
        for name, value in vars(cls).items():
            if hasattr(Flask, name) and not name.startswith("__") and name not in found:
                found[name] = describer.one(value)["qualified"] if callable(value) else type_name(cls) + "." + name
    for name, value in vars(app).items():
        if name != "wsgi_app" and callable(value) and inspect.isfunction(getattr(Flask, name, None)):
            found[name] = describer.one(value)["qualified"]
    if type(app) is not Flask:
        found.setdefault("class", type_name(app))
    provider = vars(app).get("json")
    for name in ("sort_keys", "ensure_ascii", "compact", "mimetype"):
        if provider is not None and name in vars(provider):
            found["json." + name] = repr(vars(provider)[name])
    return found


def wsgi_chain(app: Any, describer: Describer) -> List[Facts]:
    """What wraps `app.wsgi_app`, outermost first, as far as attributes with the usual names lead inwards."""
    chain: List[Facts] = []
    current = vars(app).get("wsgi_app")
    while current is not None and len(chain) < 20:
        if inspect.ismethod(current) and current.__self__ is app:
            break
        chain.append(describer.one(current) if hasattr(current, "__code__") else describer.of_class(type(current)))
        names = ("wsgi_app", "app", "application", "_app", "_application", "wrapped", "wsgi", "_wsgi_app")
        inner = [getattr(current, name, None) for name in names]
        current = next((value for value in inner if callable(value) and value is not app), None)
    return chain


def signal_facts(describer: Describer) -> List[Facts]:
    """Receivers connected to Flask's signals, whoever connected them."""
    import flask.signals

    listed = []
    for name in SIGNALS:
        receivers = getattr(getattr(flask.signals, name, None), "receivers", None) or {}
        for reference in list(receivers.values()):
            receiver: Any = reference() if isinstance(reference, weakref.ReferenceType) else reference
            if callable(receiver):
                listed.append({"signal": name, "callable": describer.describe(receiver)})
    return listed


def described(value: Any) -> str:
    """The qualified name of a callable, else of the object's class."""
    return Describer.qualified(value) if callable(value) else type_name(value)


def template_facts(app: Any) -> Dict[str, Facts]:
    """Template globals, filters and tests that neither Jinja nor Flask has. A missing Jinja environment is made."""
    defaults: Any = importlib.import_module("jinja2.defaults")
    flasks = {"url_for", "get_flashed_messages", "config", "request", "session", "g", "tojson", "_"}
    tables: Dict[str, Tuple[Any, Any]] = {
        "template_globals": (app.jinja_env.globals, defaults.DEFAULT_NAMESPACE),
        "template_filters": (app.jinja_env.filters, defaults.DEFAULT_FILTERS),
        "template_tests": (app.jinja_env.tests, defaults.DEFAULT_TESTS),
    }
    found: Dict[str, Facts] = {}
    for kind, (table, normal) in tables.items():
        names = [name for name in table if name not in normal and name not in flasks]
        names += [name for name in table if name in normal and table[name] is not normal[name]]
        found[kind] = {name: described(table[name]) for name in names}
    return found


def config_facts(app: Any) -> Facts:
    """Names of the settings that are not Flask's default, and the values of the flags."""
    normal = dict(app.default_config)
    changed = []
    for name, value in app.config.items():
        try:
            same = name in normal and bool(normal[name] == value)
        except Exception:  # an arbitrary object's comparison
            same = False
        if not same and name != "DEBUG":  # the environment decides it
            changed.append(str(name))
    return {"config": sorted(changed), "flags": {name: plain(app.config[name]) for name in FLAGS if name in app.config}}


def own_modules(describer: Describer) -> Dict[str, str]:
    """The loaded modules that lie below the root, with their files."""
    found = {}
    for name, module in list(sys.modules.items()):
        relative = describer.relative(getattr(module, "__file__", None))
        if relative and name != "__main__":
            found[name] = relative
    return found


def variable_names(modules: Dict[str, str]) -> Dict[int, str]:
    """Where the blueprints of the project's own modules are to be found: id → `module.variable`.

    The module whose name the blueprint carries wins over those that import it.
    """
    from flask import Blueprint

    found: Dict[int, str] = {}
    for name in sorted(modules, key=lambda module: (-module.count("."), module)):
        for variable, value in list(vars(sys.modules[name]).items()):
            if issubclass(type(value), Blueprint) and (value.import_name == name or id(value) not in found):
                found[id(value)] = f"{name}.{variable}"
    return found


def thread_facts(describer: Describer) -> List[Facts]:
    """The threads that run after the import, other than this one."""
    listed = []
    for thread in threading.enumerate():
        if thread is threading.current_thread():
            continue
        target = getattr(thread, "_target", None)
        qualified = Describer.qualified(target) if callable(target) else type_name(thread)
        listed.append({"name": thread.name, "daemon": thread.daemon, "target": qualified})
    return listed


def hazard_facts() -> List[str]:
    """Runtimes and schedulers that a second event loop would meet: gevent, eventlet, uWSGI, Socket.IO, schedulers."""
    found = {kind for module, kind in HAZARDS.items() if module in sys.modules}
    gevent = sys.modules.get("gevent.monkey")
    if gevent is not None:
        found.discard("gevent")
        found.add("gevent-patched" if gevent.is_module_patched("socket") else "gevent")
    return sorted(found)


def versions() -> Dict[str, str]:
    """Versions of the distributions in `DISTRIBUTIONS` that are installed."""
    try:
        from importlib.metadata import PackageNotFoundError, version
    except ImportError:  # Python before 3.8
        modules = ((name, sys.modules[name]) for name in ("flask", "werkzeug"))
        return {name: str(getattr(module, "__version__", "")) for name, module in modules}
    found = {}
    for name in DISTRIBUTIONS:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def application_facts(app: Any, describer: Describer) -> Facts:
    """The application object: folders, what it overrides, settings, extensions, templates, signals, middleware."""
    folders = [folder_of(app, "template_folder", describer)]
    facts: Facts = {
        "class": type_name(app),
        "name": app.name,
        "import_name": app.import_name,
        "root_path": describer.relative(app.root_path) or "",
        "instance_path": app.instance_path,
        "template_folders": [folder for folder in folders if folder],
        "static_folder": folder_of(app, "static_folder", describer),
        "static_url_path": app.static_url_path,
        "overridden": overridden_facts(app, describer),
        "extensions": {str(key): type_name(value) for key, value in app.extensions.items()},
        "wsgi_chain": wsgi_chain(app, describer),
        "signal_receivers": signal_facts(describer),
    }
    facts.update(template_facts(app))
    facts.update(config_facts(app))
    return facts


# --- the document ----------------------------------------------------------------------------------------------------


def watch() -> None:
    """Note rules and registrations as they happen: a URL map keeps rules by endpoint, nothing keeps the prefixes."""
    from flask.blueprints import BlueprintSetupState
    from werkzeug.routing import Rule

    original_bind: Callable[..., None] = Rule.bind
    original_init: Callable[..., None] = BlueprintSetupState.__init__

    @functools.wraps(original_bind)
    def bind(self: Any, *arguments: Any, **keywords: Any) -> None:
        original_bind(self, *arguments, **keywords)
        BOUND.append(self)

    @functools.wraps(original_init)
    def init(self: Any, *arguments: Any, **keywords: Any) -> None:
        original_init(self, *arguments, **keywords)
        own_name = getattr(self, "name", self.blueprint.name)
        name = f"{getattr(self, 'name_prefix', '')}.{own_name}".lstrip(".")
        PREFIXES[id(self.app), name] = self.url_prefix

    # for the life of this short process
    Rule.bind = bind  # type: ignore[method-assign]
    BlueprintSetupState.__init__ = init  # type: ignore[method-assign]


def import_application(reference: str, root: str) -> Tuple[Any, bool, str]:
    """Import the application; also whether a factory made it, and its module."""
    name, attribute = module_of(reference, root)
    prepare_path(root, name)
    try:
        watch()
    except ImportError as error:
        raise InventoryError("flask-missing", f"Flask is not installed here: {error}") from error
    try:
        module = importlib.import_module(name)
    except ImportError as error:
        missing = getattr(error, "name", None)
        if missing and (name == missing or name.startswith(missing + ".")):
            raise InventoryError("module-missing", f"there is no module '{missing}' here", missing) from error
        raise
    app, is_factory = find_application(module, attribute)
    return app, is_factory, name


def inventory(reference: str, root: str) -> Facts:
    """The whole document for an application."""
    app, is_factory, name = import_application(reference, root)
    describer = Describer(root)
    modules = own_modules(describer)
    facts: Facts = {
        "format": FORMAT,
        "reference": reference,
        "module": name,
        "is_factory": is_factory,
        "python": {"version": platform.python_version(), "implementation": platform.python_implementation()},
        "distributions": versions(),
        "application": application_facts(app, describer),
        "url_map": url_map_facts(app, describer),
        "endpoints": {endpoint: describer.describe(view) for endpoint, view in app.view_functions.items()},
        "blueprints": blueprint_facts(app, describer, variable_names(modules)),
        "hooks": hook_facts(app, describer),
        "error_handlers": error_handler_facts(app, describer),
        "modules": modules,
        "threads": thread_facts(describer),
        "hazards": hazard_facts(),
    }
    return facts


def error_facts(error: BaseException, root: str) -> Facts:
    """What went wrong and where: the deepest frame in the project's own files, and a syntax error's own place."""
    describer = Describer(root)
    kind = {ImportError: "import-error", SyntaxError: "syntax-error", SystemExit: "exit"}
    name = next((text for cls, text in kind.items() if isinstance(error, cls)), "exception")
    facts: Facts = {"kind": getattr(error, "kind", name), "message": str(error) or type(error).__name__}
    facts.update(file=None, line=None, exception=type_name(error))
    facts["module"] = getattr(error, "module", None) or getattr(error, "name", None)
    for frame in traceback.extract_tb(error.__traceback__):
        relative = describer.relative(frame.filename)
        if relative and os.path.realpath(frame.filename) != os.path.realpath(__file__):
            facts.update(file=relative, line=frame.lineno)
    if isinstance(error, SyntaxError) and error.filename:
        facts.update(file=describer.relative(error.filename) or error.filename, line=error.lineno)
    facts["traceback"] = "".join(traceback.format_exception(type(error), error, error.__traceback__))
    return facts


def options() -> argparse.Namespace:
    """The options of the command line."""
    parser = argparse.ArgumentParser(description="Write down what a Flask application consists of.")
    parser.add_argument("--app", required=True, help="module:attribute, module:factory, module:factory('x') or module")
    parser.add_argument("--root", required=True, help="the project's folder")
    parser.add_argument("--out", required=True, help="the file to write")
    parser.add_argument("--env-file", help="a file of KEY=value lines, set before the import")
    return parser.parse_args()


def main() -> NoReturn:
    """Write the document and end the process at once, threads of the application or not."""
    chosen = options()
    root, out = os.path.abspath(chosen.root), os.path.abspath(chosen.out)
    code = 0
    try:
        if chosen.env_file:
            load_environment(chosen.env_file)
        document = inventory(chosen.app, root)
    except BaseException as error:  # the user's code may raise anything, `SystemExit` too
        document = {"format": FORMAT, "reference": chosen.app, "error": error_facts(error, root)}
        code = 3
    with open(out, "w", encoding="utf-8") as stream:
        json.dump(document, stream, indent=1, sort_keys=True, default=repr)
        stream.flush()
        os.fsync(stream.fileno())
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    main()
