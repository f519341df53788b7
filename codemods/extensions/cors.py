"""Flask-CORS: `CORS(app, ...)` → a hook after every request, with the same options.

    CORS(app, origins=["https://a.example"])      →      CROSS_ORIGIN = CrossOrigin(origins=["https://a.example"])

                                                         async def add_cross_origin_headers(request, response): ...

`@cross_origin(...)` on a view becomes a decorator of the endpoint.
"""

import ast
from collections.abc import Mapping

import libcst as cst

from codemods.findings import Diagnostic, Finding, Location
from codemods.model import Decorator, Hook, Project
from codemods.view.imports import Need
from codemods.view.names import Names
from codemods.view.refusal import refuse
from codemods.view.rule import code
from codemods.view.source import Sources

from .basis.extension import Extension, ExtensionHook, Wrapping
from .basis.set_ups import constant, set_ups
from .basis.settings import constant_setting

PACKAGE = "flask_cors"
HOOK = "flask_cors.extension.make_after_request_function.<locals>.cors_after_request"
CLASS = "flask_cors.CORS"
IGNORED = frozenset({"intercept_exceptions", "automatic_options"})
"""Options that change nothing here: hooks see every answer, and OPTIONS is answered as for any other route."""

CORS_OPTIONS = Diagnostic(
    "FM721",
    "blocked",
    "Flask-CORS is set up in a way that cannot be read from the source",
    "Which origins may read answers is decided by values that are only known when the application starts.",
    "Call CORS(app, ...) once, with constants as options, and give each CORS_... setting one constant.",
)
CORS_VERSION = Diagnostic(
    "FM722",
    "blocked",
    "a version of Flask-CORS that is not known",
    "What is copied is the behaviour of the versions from 3.0.10 to 6.0.5, but for 6.0.0.",
    "Update the extension to the latest version first.",
)

OLD = (("ignores_case", "True"),)
"""How versions before 6 find the resource of a path."""
VERSIONS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "3.0.10": (*OLD, ("allow_private_network", "None")),
    **dict.fromkeys(("4.0.0", "4.0.1", "4.0.2"), (*OLD, ("allow_private_network", "True"))),
    **dict.fromkeys(("5.0.0", "5.0.1"), OLD),
    **dict.fromkeys(("6.0.1", "6.0.2", "6.0.3", "6.0.4", "6.0.5"), ()),
}
"""The versions whose behaviour is known, with what they do otherwise than the last, as options."""
WITHOUT_PRIVATE = frozenset({"3.0.10", "4.0.0", "4.0.1"})
"""The versions that have no option for private networks."""
OPTIONS = (
    "origins", "methods", "allow_headers", "expose_headers", "supports_credentials", "max_age", "send_wildcard",
    "vary_header", "resources", "always_send", "allow_private_network",
)  # fmt: skip
"""What a setting of the application's may say as well."""

TEXT = '''\
CROSS_ORIGIN = CrossOrigin({options})


async def add_cross_origin_headers(request: Request, response: Response) -> Response:
    """Say which origins may read the answer."""
    return CROSS_ORIGIN.add_headers(request, response)
'''


def convert(project: Project, sources: Sources, hook: Hook) -> ExtensionHook | Finding:
    """The hook that `CORS` registers as one of the target's own."""
    version = project.application.versions.get("flask-cors", "6.0.5")
    if version not in VERSIONS:
        return Finding(CORS_VERSION, None, f"version {version}")
    options: dict[str, str] = dict(VERSIONS[version])
    for option in OPTIONS:
        name = f"CORS_{option.upper()}"
        if name in project.application.config:
            setting = constant_setting(sources, name)
            if setting is None:
                return Finding(CORS_OPTIONS, None, f"the setting {name}")
            options |= {option: ast.unparse(setting)} if ast.literal_eval(setting) is not None else {}
    found = list(set_ups(project, sources, [CLASS]))
    if len(found) != 1 or sum(one.function.qualified == HOOK for one in project.hooks) != 1:
        return Finding(CORS_OPTIONS, None, f"CORS is set up at {len(found)} places")
    module, call, keywords = found[0]
    location = Location(module.file, call.lineno)
    for keyword in keywords:
        value = constant(project, sources, module, keyword.value) if keyword.arg else None
        if value is None or keyword.arg is None:
            return Finding(CORS_OPTIONS, location, f"'{ast.unparse(keyword)}'")
        options[keyword.arg] = ast.unparse(value)
    if version in WITHOUT_PRIVATE:
        options |= dict(VERSIONS[version])
    texts = [f"{name}={value}" for name, value in options.items() if name not in IGNORED]
    needs = {Need(".compat.cross_origin", "CrossOrigin"), Need("fastapi", "Request"), Need("fastapi", "Response")}
    return ExtensionHook("add_cross_origin_headers", TEXT.format(options=", ".join(texts)), frozenset(needs))


def decorates(decorator: Decorator, written: cst.BaseExpression, names: Names) -> Wrapping:
    """`@cross_origin(origins=["https://a.example"])`; raises `Refused`."""
    application = names.project.application
    version = application.versions.get("flask-cors", "6.0.5")
    if version not in VERSIONS:
        raise refuse(CORS_VERSION, decorator.location, f"version {version}")
    if found := [name for name in application.config if name.startswith("CORS_")]:
        raise refuse(CORS_OPTIONS, decorator.location, f"the setting {found[0]}")
    given = written.args if isinstance(written, cst.Call) else ()
    if not isinstance(written, cst.Call) or any(one.star or one.keyword is None for one in given):
        raise refuse(CORS_OPTIONS, decorator.location, f"'{decorator.text}'")
    said = {one.keyword.value for one in given if one.keyword is not None}
    own = [(name, value) for name, value in VERSIONS[version] if name == "allow_private_network"]
    more = "".join(f", {name}={value}" for name, value in own if version in WITHOUT_PRIVATE or name not in said)
    kept = [one for one in given if not (version in WITHOUT_PRIVATE and code(one).startswith("allow_private_network"))]
    return Wrapping(Need(".compat.cross_origin", "cross_origin"), tuple(kept), more)


EXTENSION = Extension(PACKAGE, hooks={HOOK: convert}, layers={"flask_cors.cross_origin": decorates})
