"""One function that stands around endpoints, a hook or an error handler, as a function of the target.

It is given the request first, and where Flask gives it something, that: the response, the error.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Protocol

import libcst as cst

from codemods.app.decorators.diagnostics import DECORATED
from codemods.app.decorators.extension_calls import extension_call
from codemods.app.functions.bodies import preceded
from codemods.app.functions.inner_functions import FoundFunction, find_function
from codemods.carry import Carrier, FileReferences, Policy
from codemods.carry.own_responses import with_plain_responses
from codemods.extensions import AskedFunction
from codemods.extensions.logins.http_auth import METHODS
from codemods.extensions.logins.login_manager import CALLBACKS
from codemods.extensions.resources.representations import ATTRIBUTE as REPRESENTATION
from codemods.findings import Diagnostic, Finding, Location
from codemods.model import Callee
from codemods.obstacles import OPAQUE_HOOK
from codemods.scan.registering import CONNECTING, HANDLERS, HOOKS
from codemods.schemas.basis.errors import reads_messages_only
from codemods.schemas.fields.argument_parsers import REGISTERING as READER
from codemods.view.answers import Answering, answer
from codemods.view.error_object import ErrorObject
from codemods.view.imports import Need
from codemods.view.names import Names
from codemods.view.refusal import Refused, refuse
from codemods.view.rule import Role, code
from codemods.view.signature import Parameter, Signature
from codemods.view.translator import Translator
from codemods.vocabulary import NEEDS_CONTEXT as NEEDS_APPLICATION

from .handed_errors import check_handed_on

HOOK_KIND = Diagnostic(
    "FM501",
    "blocked",
    "a hook of a kind that is not converted yet",
    "Everything in its reach would lose what the hook does.",
    "Keep the routes in its reach on Flask, or move the hook's work into the views.",
)
INVALID = Need(".compat.schema_errors", "InvalidError")
"""What stands for Marshmallow's error in native code."""

BY_EXTENSIONS = {"error_processor", READER, REPRESENTATION} | METHODS.keys() | CALLBACKS.keys()
REGISTERING = HOOKS.keys() | HANDLERS | CONNECTING | BY_EXTENSIONS
"""The decorators that only register a function, the last by APIFlask, webargs, Flask-RESTful, -HTTPAuth, -Login."""

RETURNS: Mapping[Role, str] = {
    "processor": "dict[str, Any]", "after": "Response", "handler": "Response", "value": "Any",
    "reader": "Any",
}  # fmt: skip
"""The return annotation by role; else None."""

Given = tuple[str, Need | None]


class FirstCheck(Protocol):
    """What a hook checks first: a statement, its imports, and why it needs the application."""

    @property
    def statement(self) -> cst.BaseStatement:
        """The statement."""

    @property
    def needs(self) -> frozenset[Need]:
        """Its imports."""

    @property
    def application(self) -> Finding | None:
        """Why it runs only inside an application context, if it does."""


Checking = Callable[[Carrier, Policy, Names, cst.BaseExpression, Location], FirstCheck | None]
"""The annotation of an argument, and what that imports."""

Opener = Callable[[cst.FunctionDef, Names], tuple[cst.FunctionDef, Names, bool]]
"""Rewrites a function so that it takes from the request what Flask gives it as arguments; and whether it copes with a
URL that no route takes, where Flask has no values."""


@dataclass(frozen=True, slots=True)
class ConvertedFunction:
    """A hook or handler as a function of the module `home`; `application` says why it needs the application."""

    name: str
    text: str
    needs: frozenset[Need]
    application: Finding | None
    home: str = ""

    def without_home(self) -> tuple[object, ...]:
        """What the function is, wherever it stands."""
        return self.name, self.text, self.needs


@dataclass(frozen=True, slots=True)
class Surrounding:
    """A function that stands around endpoints: what it does there, and what it is given beside the request.

    `lambda_name` is what a lambda will be called, `on_application` tells that it is registered for the application,
    else `blueprint` for which one. `given` tells of its arguments, `error` of what a handler is given; `opened`
    rewrites it first, and raises `Refused` where it cannot be. `answering` makes responses of what it returns, where
    its role is to answer. `checked` tells what a decorator below the one that registers it checks first. `found` is the
    function itself, where the callable is more than that.
    """

    callee: Callee
    role: Role
    lambda_name: str
    on_application: bool
    given: tuple[Given, ...] = ()
    opened: Opener | None = None
    error: Callable[[str], ErrorObject] | None = None
    answering: Answering = answer
    blueprint: str = ""
    checked: Checking | None = None
    found: FoundFunction | None = None


def convert_function(carrier: Carrier, around: Surrounding, policy: Policy, here: str) -> ConvertedFunction:
    """The function of the target that does the same; raises `Refused`."""
    callee, role, location = around.callee, around.role, around.callee.location
    if location is None or not callee.owned:
        raise refuse(OPAQUE_HOOK, location, f"'{callee.qualified}'")
    found = around.found or find_function(
        carrier, callee, around.lambda_name, around.on_application, around.blueprint, may_be_bound=True
    )
    function, names, name = found.function, found.names, found.name
    function, names, checks = _with_decorators(carrier, function, names, around, policy, location)
    any_url = around.on_application
    if around.opened is not None:
        function, names, copes = around.opened(function, names)
        any_url = any_url and not copes
    function, names = with_plain_responses(carrier, function, names)
    signature = Signature(False, names.local)
    request = Parameter("request", "Request", None, ("request", ""), frozenset({Need("fastapi", "Request")}))
    signature.ask(request)
    needs = set(request.needs)
    own = [one.name.value for one in function.params.params]
    given = around.given or ((("Exception", None),) if around.error else ())
    if len(own) != len(given):
        raise refuse(HOOK_KIND, location, f"'{name}' takes {len(own)} arguments")
    for argument, (annotation, wanted) in zip(own, given, strict=True):
        signature.ask(Parameter(argument, annotation, None, ("given", argument)))
        needs |= {wanted} if wanted else set()
    error = around.error(own[0]) if around.error else None
    translator = Translator(
        function, names, FileReferences(carrier, policy, False, here), signature, role=role, location=location,
        any_url=any_url, error=error, response=own[0] if given and given[0][0] == "Response" else None,
        answering=around.answering,
    )  # fmt: skip
    bare = function.with_changes(decorators=(), returns=None, params=cst.Parameters())
    translated = preceded(translator.rewrite(bare), [one.statement for one in checks])
    application = next((one.application for one in checks if one.application), translator.application)
    needs = needs.union(*(one.needs for one in checks))
    if error is not None and policy == "bridged" and error.is_any:
        check_handed_on(carrier, function, names, error.name, location)
    if error is not None:
        kind, imported = error.annotation()
        signature.parameters[own[0]] = Parameter(own[0], kind, None, ("given", ""))
        needs |= imported
    if INVALID in needs and not reads_messages_only(function.body, own[0]):
        application = application or Finding(NEEDS_APPLICATION, location, f"'{own[0]}' of '{name}'")
    if policy == "bridged":
        application = application or Finding(NEEDS_APPLICATION, location, f"'{name}' stands around bridged routes")
    returns = RETURNS.get(role, "None")
    needs.add(Need("typing", "Any") if role in ("processor", "value", "reader") else Need("fastapi", "Response"))
    keyword = "async def" if function.asynchronous is not None else "def"
    comment = carrier.sources.comment(location, name)
    text = f"{comment}{keyword} {name}({signature.render()}) -> {returns}:\n{code(translated.body).strip(chr(10))}\n"
    return ConvertedFunction(name, text, frozenset(translator.needs | needs), application)


def asked_function(carrier: Carrier, asked: AskedFunction, policy: Policy, here: str) -> ConvertedFunction:
    """A function that an extension asks for a request, as native code has it where that is no different; raises
    `Refused`."""
    around = Surrounding(asked.callee, "value", asked.lambda_name, False)
    found = convert_function(carrier, around, policy, here)
    if policy == "native":
        return found
    try:
        native = convert_function(carrier, around, "native", here)
    except Refused:
        return found
    return native if native.text == found.text and native.application is None else found


def _with_decorators(
    carrier: Carrier, function: cst.FunctionDef, names: Names, around: Surrounding, policy: Policy, location: Location
) -> tuple[cst.FunctionDef, Names, list[FirstCheck]]:
    """The function with what decorators below the one that registers it do, its names, and what it checks first.

    What an extension's decorator checks ahead of a `before` hook is called first. Raises `Refused` for any other
    decorator there: what Flask calls is more than the function, also where it is registered by a call.
    """
    checks: list[FirstCheck] = []
    places = [index for index, one in enumerate(function.decorators) if _registers(one.decorator)]
    first: list[cst.BaseStatement] = []
    for decorator in function.decorators[min(places, default=-1) + 1 :]:
        if _registers(decorator.decorator):
            continue
        call = extension_call(names, decorator.decorator) if around.role == "before" else None
        check = around.checked(carrier, policy, names, decorator.decorator, location) if around.checked else None
        if check is not None and not first:
            checks.append(check)
            continue
        if call is None or checks:
            raise refuse(DECORATED, location, f"'{code(decorator.decorator)}' on '{function.name.value}'")
        names = replace(names, imported={**names.imported, call.name: call.target})
        first.append(call.statement)
    return preceded(function, first), names, checks


def _registers(decorator: cst.BaseExpression) -> bool:
    called = decorator.func if isinstance(decorator, cst.Call) else decorator
    return isinstance(called, cst.Attribute) and called.attr.value in REGISTERING
