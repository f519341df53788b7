"""APIFlask's own classes of Flask-HTTPAuth, and `@app.auth_required(auth)`: dependencies as for that.

    @app.auth_required(auth, optional=True)    →    dependencies=[Depends(auth_required(optional=True))]

They refuse by an error of the API, in JSON. The document has the roles that are asked for as scopes.
"""

import ast

import libcst as cst

from codemods.extensions.basis.extension import Check, Extension
from codemods.extensions.logins.http_auth import KINDS, USER, login_required, told_roles
from codemods.findings import Diagnostic, Finding
from codemods.model import Decorator, Project
from codemods.view.names import Names
from codemods.view.refusal import refuse
from codemods.view.rule import TIGHT, Rule, Translation, bind
from codemods.view.source import Sources

from . import apiflask

PACKAGE = apiflask.PACKAGE
MAKERS = frozenset(name for name in KINDS if name.startswith(f"{PACKAGE}."))

AUTH_ERRORS = Diagnostic(
    "FM736",
    "blocked",
    "APIFlask's authentication refuses in a way that is not converted",
    "With `json_errors=False`, or a function for `error_processor` that leaves out the error's headers, the challenge "
    "would be lost.",
    "Answer with the error's headers: `return body, error.status_code, error.headers`.",
)


def auth_required(decorator: Decorator, written: cst.BaseExpression, _: Names) -> Check:
    """`@app.auth_required(auth, roles=["admin"], optional=True)`; raises `Refused`."""
    bound = bind(written, "auth", "roles", "optional") if isinstance(written, cst.Call) else None
    if bound is None or "auth" not in bound:
        raise refuse(apiflask.LAYER, decorator.location, f"'{decorator.text}'")
    named = {"roles": "role", "optional": "optional"}
    arguments = [
        cst.Arg(bound[name], cst.Name(keyword), equal=TIGHT) for name, keyword in named.items() if name in bound
    ]
    return Check(bound["auth"], tuple(arguments), told_roles(bound.get("roles")))


def current_user(translation: Translation, _: cst.BaseExpression) -> cst.BaseExpression:
    """`auth.current_user`: what the dependency kept."""
    state = cst.Attribute(translation.request(), cst.Name("state"))
    return cst.Call(
        cst.Name("getattr"), [cst.Arg(state), cst.Arg(cst.SimpleString(f'"{USER}"')), cst.Arg(cst.Name("None"))]
    )


def errors_problem(project: Project, sources: Sources) -> Finding | None:
    """Why an error of the API would not have the headers that it is given."""
    for file, content in sources.files.items():
        if b"json_errors" in content.replace(b"json_errors=True", b""):
            return Finding(AUTH_ERRORS, None, f"'json_errors' in '{file}'")
    processor = apiflask.processor_of(project, sources)
    if not isinstance(processor, Finding) and processor is not None and processor.location is not None:
        piece = sources.piece(processor.location, processor.qualified.rpartition(".")[2])
        for one in ast.walk(piece):
            match one:
                case ast.Return(value=ast.Tuple(elts=[_, _, ast.Attribute(attr="headers")])):
                    continue
                case ast.Return():
                    return Finding(AUTH_ERRORS, processor.location, f"'{processor.qualified}'")
    return None


RULE = Rule(
    attributes={f"{maker}.current_user": current_user for maker in MAKERS},
    made=frozenset(f"{maker}.current_user" for maker in MAKERS),
    is_native=True,
    diagnostics=(AUTH_ERRORS,),
)
EXTENSION = Extension(
    f"{PACKAGE}.security",
    asking=MAKERS,
    layers={
        **{f"{maker}.auth_required": auth_required for maker in apiflask.MAKERS},
        **{f"{maker}.login_required": login_required for maker in MAKERS},
    },
)
