"""Checks of an extension's object around a hook: called first in the hook, where a view has a dependency.

@api.before_request                        def load_account(request: Request) -> None:
@auth.login_required               →           auth.check(request, g)
def load_account(): ...                        …
"""

from dataclasses import dataclass

import libcst as cst

from codemods.carry import Carried, Carrier, Policy
from codemods.extensions import Check, layer_of
from codemods.extensions.logins.http_auth import auth_object
from codemods.findings import Finding, Location
from codemods.model import Decorator
from codemods.view.imports import Need
from codemods.view.names import Names
from codemods.view.refusal import refuse
from codemods.view.rule import code

from .arguments import arguments_here
from .credentials import Writer
from .diagnostics import DECORATED, unclear


@dataclass(frozen=True, slots=True)
class HookCheck:
    """A statement at the start of a hook, its imports, and why it needs the application, if it does."""

    statement: cst.BaseStatement
    needs: frozenset[Need]
    application: Finding | None


def hook_check(
    carrier: Carrier, policy: Policy, names: Names, decorator: cst.BaseExpression, location: Location
) -> HookCheck | None:
    """What a decorator of a hook checks; None where it is not one of an extension's object. Raises `Refused`."""
    called = decorator.func if isinstance(decorator, cst.Call) else decorator
    given = Decorator(code(decorator), names.qualified(called), location)
    layer = layer_of(carrier.project, carrier.sources, given, names.module, decorator)
    if not isinstance(layer, Check):
        return None
    qualified = names.qualified(layer.owner)
    if qualified is None:
        raise unclear(location, given.text)
    home = f".{'bridged.' if policy == 'bridged' else ''}dependencies"
    writer = Writer(carrier, policy, home)
    name = writer.object(auth_object(carrier.project, carrier.sources, qualified, location))
    if name in names.local:
        raise refuse(DECORATED, location, f"'{given.text}', beside a local '{name}'")
    shown, needs = arguments_here(carrier, policy, names.module, layer.arguments, location, given.text)
    keeper = "g" if policy == "bridged" else "request.state"
    needs |= {Need("flask", "g")} if policy == "bridged" else set()
    more = f", {shown[1:-1]}" if shown.strip("()") else ""
    for index, one in enumerate(writer.placed):
        carrier.carried[f"{home}.{one.name}", policy, False, False] = Carried(
            f"{home}.{one.name}", one.name, one.text, one.needs, writer.application, (), index, home
        )
    wanted = {Need(home, one.name) for one in writer.placed}
    statement = cst.parse_statement(f"{name}.check(request, {keeper}{more})\n")
    return HookCheck(statement, frozenset(needs | wanted), writer.application)
