"""What keeps a route on Flask as the facts alone show it; reported by the plan and by the codemods alike."""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath, PureWindowsPath

from .findings import Diagnostic, Finding
from .model import Project, View

CLASS_VIEW = Diagnostic(
    code="FM116",
    severity="blocked",
    summary="a class-based view that is more than functions with a shared name",
    why="its instance, its base classes or its dispatch decide what a request gets, and a function has none of these",
    advice="take what the methods share out of the class, or write them as functions",
)
UNSEEN_HOOKS = Diagnostic(
    code="FM187",
    severity="blocked",
    summary="an extension that stands around every route, in an application that was not asked",
    why="it registers functions ahead of the views or behind them when the application is made: they may turn requests "
    "away, and without the running application it is not known which",
    advice="let migrate import the application (without --static-only)",
)
AROUND_ALL = frozenset(
    {
        "flask_compress.Compress", "flask_cors.CORS", "flask_limiter.Limiter", "flask_login.LoginManager",
        "flask_paranoid.Paranoid", "flask_principal.Principal", "flask_seasurf.SeaSurf", "flask_security.Security",
        "flask_session.Session", "flask_talisman.Talisman", "flask_wtf.CSRFProtect", "flask_wtf.csrf.CSRFProtect",
    }
)  # fmt: skip
"""Extensions that act on every request once they are made for an application."""
UNKNOWN_VIEW = Diagnostic(
    code="FM180",
    severity="blocked",
    summary="the view could not be found in the source",
    why="the endpoint's callable is made at run time or belongs to a library, so there is no source to convert",
    advice="keep the route on Flask, or register a function of your own for it",
)
API_PAGE = Diagnostic(
    code="FM188",
    severity="note",
    summary="a page of an extension's that describes the API of the Flask application",
    why="the extension makes it of what it knows of the Flask routes; FastAPI describes its own at /openapi.json and "
    "/docs",
    advice="leave it on Flask as long as clients read it (`migrate keep` says so), and let it go with Flask",
)
API_PAGES = (
    "apifairy.core.APIFairy.", "apiflask.app.APIFlask.", "flasgger.base.", "flask_apispec.extension.FlaskApiSpec.",
    "flask_restx.api.Api.render_", "flask_restx.api.SwaggerView", "flask_smorest.spec.", "flask_swagger_ui.",
)  # fmt: skip
"""How the names of the extensions' own views begin."""
UNUSED_DECORATOR = Diagnostic(
    "FM114",
    "blocked",
    "a decorator above the route declaration, which therefore does nothing",
    "Flask registers the function below it: where this is a guard, the route is open to everybody today. The tool "
    "neither mends that silently nor carries it over silently.",
    "Put the route declaration above all other decorators if the guard is meant, or remove the decorator.",
)
STATIC_FILES = Diagnostic(
    code="FM181",
    severity="note",
    summary="static files that only the Flask application knows how to serve",
    why="the folder lies outside the project, the blueprint's class has its own idea of how long files are cached, "
    "other code is wrapped around the endpoint, or its rule has other variables than the file's name",
    advice="the route is bridged or stays on Flask; later let the proxy or a `StaticFiles` mount serve the folder",
)
UNKNOWN_DECORATOR = Diagnostic(
    code="FM182",
    severity="blocked",
    summary="a decorator could not be traced to its definition",
    why="a decorator may check, change or replace anything around the view, and nothing of that may be lost",
    advice="import the decorator by name at the top of the module, or keep the route on Flask",
)
UNKNOWN_WRAPPER = Diagnostic(
    code="FM183",
    severity="blocked",
    summary="the running application wraps the view in code of a library",
    why="what the wrapper does to requests and answers cannot be seen in the application's source",
    advice="keep the route on Flask, or apply the wrapper as a decorator that this tool knows",
)
OPAQUE_HOOK = Diagnostic(
    code="FM580",
    severity="blocked",
    summary="a library's hook acts on the route",
    why="a hook of a library may check, answer or change any request or response, and its source is not yours",
    advice="keep the routes in its reach on Flask until the library's hook has a counterpart, or take the hook out",
)
OWN_CONTEXT = Diagnostic(
    "FM606",
    "blocked",
    "a context variable of the application's own",
    "Flask runs all of a request in one thread and context; FastAPI runs sync functions in worker threads, each in a "
    "copy of the context, so that what one sets the next does not see, and cannot reset.",
    "Keep the value on `g`, hand it on as an argument, or reset it where it is set: `token = name.set(value)`, and "
    "right behind it `try:` with `name.reset(token)` in its `finally:`.",
)
SIGNAL_RECEIVER = Diagnostic(
    code="FM582",
    severity="blocked",
    summary="a receiver waits for a signal that only Flask sends",
    why="FastAPI sends no such signal, so the receiver would silently stop to run for converted routes",
    advice="turn the receiver into a hook of your own, or keep the routes on Flask",
)
REPLACED_MACHINERY = Diagnostic(
    code="FM186",
    severity="blocked",
    summary="the application replaces part of Flask",
    why="every route is answered through the replaced part, whose effect on requests and answers is not known",
    advice="take the replacement out or turn it into a hook, or keep the application on Flask",
)

# Handlers of URLs that cannot be built, which only `url_for` comes to.
BUILD_ERRORS = "url_build_error_handlers"
# Parts of Flask that no request passes through.
HARMLESS_REPLACEMENTS = frozenset({"test_client_class", "test_cli_runner_class", "cli", BUILD_ERRORS})
# What Flask-CORS puts around Flask's error handling adds the headers that its hook adds to every answer; APIFlask,
# APIFairy and flask-smorest put around every view of their decorators what makes an async one sync, or hands it what
# was loaded; Flask-RESTful's and Flask-RESTX's are for endpoints of their `Api`s only.
HARMLESS_WRAPPERS = frozenset(
    {
        "flask_cors.extension.CORS.init_app.<locals>._after_request_decorator.<locals>.wrapped_function",
        "apiflask.scaffold._ensure_sync.<locals>.wrapper",
        "apifairy.decorators._ensure_sync.<locals>.wrapper",
        "apifairy.decorators.arguments.<locals>.decorator.<locals>._f",
        "apifairy.decorators.body.<locals>.decorator.<locals>._f",
        "flask_apispec.annotations.activate.<locals>.wrapped",
        "flask_restful.Api.error_router",
        "flask_restx.api.Api.error_router",
        "flask_smorest.arguments.ArgumentsMixin.arguments.<locals>.decorator.<locals>.wrapper",
    }
)
# Applications whose own methods only register routes, or answer as Flask itself does by now.
HARMLESS_APPLICATIONS = ("apiflask.",)
# Switches of Flask's JSON provider that the generated response class has too, with how they are written.
JSON_SWITCHES = {
    "json.sort_keys": re.compile("True|False"),
    "json.ensure_ascii": re.compile("True|False"),
    "json.compact": re.compile("True|False"),
    "json.mimetype": re.compile(r"'application/(?!.*xml|ecmascript|javascript|sql)[\w.+-]+'"),
}
JSON_DEFAULT = "json.default"
"""What is made of values that JSON has no form for, which is carried."""

PROXY_FIX = "werkzeug.middleware.proxy_fix.ProxyFix"
CLASS_BASED = frozenset({"method_view", "view"})
HANDLED_LIBRARIES = {"flask_jwt_extended": "jwt"}
"""Extensions whose error handlers are replaced, with the library whose errors these answer too."""

EFFECTS = tuple(
    f"{name}."
    for name in (
        "asyncio", "atexit", "concurrent", "ftplib", "http.client", "httpx", "multiprocessing", "os.kill", "os.mkdir",
        "os.makedirs", "os.remove", "os.rename", "os.replace", "os.system", "os.unlink", "pymongo", "redis", "requests",
        "sched", "shutil", "signal", "smtplib", "socket", "sqlite3", "subprocess", "tempfile", "threading.Thread",
        "threading.Timer", "urllib.request",
    )
)  # fmt: skip
"""What reaches outside of the process or starts something in it, and must not be done once more by `state.py`."""


def unknown_view(view: View) -> Diagnostic:
    """Why a view that is none of the project's stays on Flask."""
    return API_PAGE if view.function.qualified.startswith(API_PAGES) else UNKNOWN_VIEW


def view_obstacle(view: View) -> str | None:
    """What about a view of the project's own is not converted, by its kind and place; None for nothing."""
    name = view.function.qualified
    if view.kind in CLASS_BASED and "<locals>" in name:
        return f"'{name}' is not a class of a module"
    return None


def static_folder(project: Project, blueprint: str) -> str | None:
    """The static folder of a blueprint, or of the application (""), seen from the project's root.

    None where only the Flask application knows it: what the source says is seen from its own module, and not always
    there.
    """
    folder = project.application.static_folder
    if blueprint:
        found = next(one for one in project.blueprints if one.name == blueprint)
        folder = None if "get_send_file_max_age" in found.overridden else found.static_folder
    if not project.live or folder is None or PurePosixPath(folder).is_absolute() or PureWindowsPath(folder).drive:
        return None
    return folder


def trusts_proxy(project: Project) -> bool:
    """Whether the only middleware is Werkzeug's `ProxyFix`, and no rule depends on what it changes."""
    application = project.application
    if [one.qualified for one in application.wsgi_chain] != [PROXY_FIX] or application.proxy_fix is None:
        return False
    by_host = application.url_map.get("host_matching") or application.flags.get("TRUSTED_HOSTS")
    return not by_host and not any(rule.host or rule.subdomain for one in project.endpoints for rule in one.rules)


def is_own_error_router(project: Project, qualified: str) -> bool:
    """Whether a callable is the `error_router` of the project's own subclass of Flask-RESTful's `Api`, which is read
    from its source."""
    owner, _, method = qualified.rpartition(".")
    module, _, name = owner.rpartition(".")
    found = project.modules.get(module)
    definition = found.definitions.get(name) if found is not None else None
    return method == "error_router" and definition is not None and "flask_restful.Api" in definition.uses


def application_obstacles(project: Project) -> Iterator[Finding]:
    """What holds for every route: replaced machinery, middleware, receivers of the signals that only Flask sends; and
    extensions that stand around all of them, where the running application was not asked what they do."""
    application = project.application
    for name, module in sorted(project.modules.items()) if not project.live else ():
        for target in sorted(set(module.imports.values()) & AROUND_ALL):
            yield Finding(UNSEEN_HOOKS, None, f"'{target}' in '{name}'")
    for attribute, replacement in sorted(application.overridden.items()):
        is_switch = attribute in JSON_SWITCHES and JSON_SWITCHES[attribute].fullmatch(replacement) is not None
        is_harmless = (
            attribute in HARMLESS_REPLACEMENTS
            or replacement in HARMLESS_WRAPPERS
            or is_own_error_router(project, replacement)
            or replacement.startswith(HARMLESS_APPLICATIONS)
        )
        if not is_harmless and not is_switch and attribute != JSON_DEFAULT:
            yield Finding(REPLACED_MACHINERY, None, f"'{attribute}' is '{replacement}'")
    for middleware in () if trusts_proxy(project) else application.wsgi_chain:
        yield Finding(REPLACED_MACHINERY, middleware.location, f"'wsgi_app' is wrapped by '{middleware.qualified}'")
    for signal, receiver in application.signal_receivers:
        yield Finding(SIGNAL_RECEIVER, receiver.location, f"'{receiver.qualified}' waits for '{signal}'")
