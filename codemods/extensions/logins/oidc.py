"""flask-oidc: whether the session tells of a user who is logged in.

if not oidc.user_loggedin: ...    →    if not (request.session.get("oidc_auth_token") is not None): ...

What looks at tokens before each request, where an application is given to the extension, stays on Flask.
"""

from collections.abc import Collection

import libcst as cst

from codemods.extensions.basis.extension import Extension
from codemods.findings import Diagnostic, Finding
from codemods.model import Project
from codemods.view.rule import Rule, Translation, code, expression
from codemods.view.source import Sources

PACKAGE = "flask_oidc"
OIDC = f"{PACKAGE}.OpenIDConnect"
LOGGED_IN = f"{OIDC}.user_loggedin"

OIDC_USE = Diagnostic(
    "FM818",
    "blocked",
    "flask-oidc is used in a way that has no counterpart",
    "It reads and renews tokens in Flask's session, and redirects to the provider, by Flask's own objects.",
    "Only `user_loggedin` is converted; ask for anything else in a hook or view that stays on Flask.",
)
OIDC_VERSION = Diagnostic(
    "FM819",
    "blocked",
    "a version of flask-oidc that is not known",
    "Older versions keep a user elsewhere than in Flask's session.",
    "Update the extension to version 2 first.",
)
OTHERS = frozenset(
    f"{OIDC}.{name}"
    for name in (
        "accept_token", "check_token_expiry", "custom_callback", "ensure_active_token", "get_access_token",
        "get_refresh_token", "logout", "redirect_to_auth_server", "require_login", "user_getfield", "user_getinfo",
    )
)  # fmt: skip


def logged_in(translation: Translation, _: cst.BaseExpression) -> cst.BaseExpression:
    """`oidc.user_loggedin`."""
    return expression('({request}.session.get("oidc_auth_token") is not None)', request=translation.request())


def refused(translation: Translation, node: cst.BaseExpression) -> cst.BaseExpression:
    """What works by Flask's own objects."""
    raise translation.refuse(OIDC_USE, node, code(node))


def problem(project: Project, sources: Sources, reached: Collection[str]) -> Finding | None:
    """Why code that reaches names of this extension stays on Flask."""
    found = project.application.versions.get("flask-oidc", "2")
    return None if found.partition(".")[0] == "2" else Finding(OIDC_VERSION, None, f"version {found}")


RULE = Rule(
    attributes={LOGGED_IN: logged_in, **dict.fromkeys(OTHERS, refused)},
    made=OTHERS | {LOGGED_IN},
    diagnostics=(OIDC_USE, OIDC_VERSION),
)

EXTENSION = Extension(PACKAGE, problem=problem)
