"""Flask-Talisman: `Talisman(app, ...)` → hooks that send clients to HTTPS and add headers, with the same options.

    Talisman(app, frame_options="DENY")      →      SECURITY_HEADERS = SecurityHeaders(frame_options="DENY")

                                                    def add_security_headers(request, response): ...

Options for single views (`@talisman(...)`) and nonces for scripts stay on Flask.
"""

import ast
from collections.abc import Iterator

from codemods.findings import Diagnostic, Finding, Location
from codemods.literals import as_literal
from codemods.model import Hook, Project
from codemods.view.imports import Need
from codemods.view.rule import Rule
from codemods.view.source import Sources

from .basis.extension import Extension, ExtensionHook
from .basis.set_ups import constant, set_ups

PACKAGE = "flask_talisman"
CLASSES = (f"{PACKAGE}.Talisman", f"{PACKAGE}.talisman.Talisman")
HELPER = ".compat.security_headers"
IGNORED = frozenset({"session_cookie_http_only", "session_cookie_samesite"})
"""Options that set the application's settings where it is made, which are read from these."""
OF_REQUESTS = frozenset({"force_https", "force_https_permanent", "session_cookie_secure"})
"""Options of what runs ahead of views."""
NONCE = "content_security_policy_nonce_in"
ATTRIBUTES = OF_REQUESTS | {
    "feature_policy", "permissions_policy", "document_policy", "force_file_save", "frame_options",
    "frame_options_allow_from", "strict_transport_security", "strict_transport_security_preload",
    "strict_transport_security_max_age", "strict_transport_security_include_subdomains", "content_security_policy",
    "content_security_policy_report_uri", "content_security_policy_report_only", NONCE, "referrer_policy",
    "x_content_type_options", "x_xss_protection",
}  # fmt: skip
"""The options by which a Talisman is known, which are attributes of it, too."""

TALISMAN_OPTIONS = Diagnostic(
    "FM815",
    "blocked",
    "Flask-Talisman is set up in a way that is not converted",
    "Which headers every answer has, or where it sends clients, is decided by values that are only known when the "
    "application starts, or for each request anew.",
    "Call Talisman(app, ...) once, with constants as options, without nonces, and without options for single views.",
)
TALISMAN_VERSION = Diagnostic(
    "FM816",
    "blocked",
    "a version of Flask-Talisman that is not known",
    "What is copied is the behaviour of version 1.1.0.",
    "Update the extension first.",
)

SECURE = '''\
def keep_session_to_https(request: Request) -> None:
    """Have browsers send the session's cookie by HTTPS only."""
    secure_session(request)
'''
REDIRECT = '''\
def redirect_to_https(request: Request) -> Response | None:
    """Send clients to HTTPS."""
{secured}    return https_redirect(request{code})
'''
HEADERS = '''\
SECURITY_HEADERS = SecurityHeaders({options})


async def add_security_headers(request: Request, response: Response) -> Response:
    """Say what browsers may do with the answer."""
    return SECURITY_HEADERS.add_to(request, response)
'''


def requests(project: Project, sources: Sources, hook: Hook) -> ExtensionHook | Finding:
    """What runs ahead of views: it redirects, and has the session's cookie kept to HTTPS."""
    found = options(project, sources)
    if isinstance(found, Finding):
        return found
    secures = bool(found.get("session_cookie_secure", True))
    needs = {Need("fastapi", "Request")}
    if secures:
        needs.add(Need(HELPER, "secure_session"))
    if not found.get("force_https", True):
        return ExtensionHook("keep_session_to_https", SECURE if secures else "", frozenset(needs))
    needs |= {Need("fastapi", "Response"), Need(HELPER, "https_redirect")}
    secured = "    secure_session(request)\n" if secures else ""
    text = REDIRECT.format(secured=secured, code=", 301" if found.get("force_https_permanent") else "")
    return ExtensionHook("redirect_to_https", text, frozenset(needs))


def nonces(project: Project, sources: Sources, hook: Hook) -> ExtensionHook | Finding:
    """What makes nonces, of which there are none."""
    found = options(project, sources)
    return found if isinstance(found, Finding) else ExtensionHook("make_nonce", "", frozenset())


def answers(project: Project, sources: Sources, hook: Hook) -> ExtensionHook | Finding:
    """What adds headers to answers."""
    found = options(project, sources)
    if isinstance(found, Finding):
        return found
    shown = ", ".join(f"{name}={as_literal(value)}" for name, value in found.items() if name not in OF_REQUESTS)
    needs = {Need("fastapi", "Request"), Need("fastapi", "Response"), Need(HELPER, "SecurityHeaders")}
    return ExtensionHook("add_security_headers", HEADERS.format(options=shown), frozenset(needs))


def options(project: Project, sources: Sources) -> dict[str, object] | Finding:
    """The options that are given, or why they cannot be told."""
    version = project.application.versions.get("flask-talisman", "1.1.0")
    if version != "1.1.0":
        return Finding(TALISMAN_VERSION, None, f"version {version}")
    found = list(set_ups(project, sources, CLASSES))
    hooks = [one for one in project.hooks if one.function.qualified == f"{CLASSES[1]}._set_response_headers"]
    if len(found) != 1 or len(hooks) != 1:
        return Finding(TALISMAN_OPTIONS, None, f"Talisman is set up at {len(found)} places")
    if changed := next(changes(project, sources), None):
        return changed
    module, call, _ = found[0]  # without an application the class drops its options
    location = Location(module.file, call.lineno)
    values: dict[str, object] = {}
    for keyword in call.keywords:
        value = constant(project, sources, module, keyword.value) if keyword.arg else None
        if value is None or keyword.arg is None:
            return Finding(TALISMAN_OPTIONS, location, f"'{ast.unparse(keyword)}'")
        values[keyword.arg] = ast.literal_eval(value)
    if len(call.args) > 1 or values.get(NONCE):
        return Finding(TALISMAN_OPTIONS, location, f"'{NONCE}'" if values.get(NONCE) else f"'{ast.unparse(call)}'")
    return {name: value for name, value in values.items() if name not in IGNORED and name != NONCE}


def changes(project: Project, sources: Sources) -> Iterator[Finding]:
    """The places where an option is an object's attribute, as of a Talisman that is changed after it is set up."""
    for module in project.modules.values():
        if any(name.encode() in sources.files.get(module.file, b"") for name in ATTRIBUTES):
            for node in ast.walk(sources.tree(module.file)):
                if isinstance(node, ast.Attribute) and node.attr in ATTRIBUTES:
                    yield Finding(TALISMAN_OPTIONS, Location(module.file, node.lineno), f"'{ast.unparse(node)}'")


RULE = Rule(diagnostics=(TALISMAN_OPTIONS, TALISMAN_VERSION))

EXTENSION = Extension(
    PACKAGE,
    hooks={
        f"{CLASSES[1]}._force_https": requests,
        f"{CLASSES[1]}._make_nonce": nonces,
        f"{CLASSES[1]}._set_response_headers": answers,
    },
)
