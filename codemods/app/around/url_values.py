"""What hooks do to the values of a URL before the view gets them: `request.view_args` is what it is called with.

@bp.url_value_preprocessor                  def pull_tenant(request: Request) -> None:
def pull_tenant(endpoint, values):    →         g.tenant = request.path_params.pop("tenant")
    g.tenant = values.pop("tenant")
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import libcst as cst

from codemods.app.functions.inner_functions import find_function
from codemods.carry import Carrier
from codemods.findings import Location
from codemods.model import Endpoint, Hook, Rule
from codemods.view.names import Names
from codemods.view.refusal import Refused, refuse
from codemods.view.visiting import Visitor

from .url_value_changes import URL_VALUES, Removal, Walk

CHANGING_HOOKS = ("url_value_preprocessor", "before_request")
"""The hooks that run before Flask hands the values to the view."""


@dataclass(slots=True)
class Changes:
    """What hooks change: values that they take away, and values that they put in the place of others.

    `copes` tells that nothing is read before it was seen that there are values at all.
    """

    removals: list[Removal] = field(default_factory=list)
    replaced: set[str] = field(default_factory=set)
    copes: bool = True

    def removed(self, rule: Rule, location: Location | None) -> frozenset[str]:
        """The values of a rule that no view gets; raises `Refused` where a view gets one only sometimes."""
        names = {*(one.name for one in rule.variables), *dict(rule.defaults)}
        certain = {one.name for one in self.removals if one.given is not None and one.given <= names} & names
        for one in self.removals:
            if one.given is None and one.name in names - certain:
                raise refuse(URL_VALUES, location, f"'{one.name}' of '{rule.rule}' is taken away in some cases")
        return frozenset(certain)

    def check(self, rule: Rule, taken: set[str], location: Location | None) -> None:
        """Raise `Refused` where a hook sets a value that is no variable of the rule, but a parameter of the view."""
        for name in sorted(self.replaced & (taken - {one.name for one in rule.variables})):
            raise refuse(URL_VALUES, location, f"'{name}', which '{rule.rule}' does not have, is put among its values")


def changes_around(carrier: Carrier, endpoint: Endpoint) -> Changes:
    """What the hooks around an endpoint do to its values; those that cannot be converted keep it on Flask anyway."""
    found = Changes()
    for hook in carrier.project.hooks:
        inside = not hook.blueprint or f"{endpoint.blueprint}.".startswith(f"{hook.blueprint}.")
        if hook.kind in CHANGING_HOOKS and inside and may_change(carrier, hook):
            try:
                function, names = hook_function(carrier, hook)
                one = changes_of(function, names, hook)
            except Refused:
                continue
            found.removals += one.removals
            found.replaced |= one.replaced
    return found


def reads_values(carrier: Carrier) -> bool:
    """Whether anything of the project looks at the values of a URL as a whole."""
    preprocessors = any(one.kind == "url_value_preprocessor" and one.function.owned for one in carrier.project.hooks)
    return preprocessors or any(b"view_args" in one for one in carrier.sources.files.values())


def may_change(carrier: Carrier, hook: Hook) -> bool:
    """Whether a hook is of the project and could change the values of a URL."""
    location = hook.function.location
    if location is None or not hook.function.owned:
        return False
    return hook.kind == "url_value_preprocessor" or b"view_args" in carrier.sources.files[location.file]


def hook_function(carrier: Carrier, hook: Hook) -> tuple[cst.FunctionDef, Names]:
    """A hook, which reads `request.view_args` even where Flask hands it the values; raises `Refused`."""
    found = find_function(carrier, hook.function, hook.kind, not hook.blueprint)
    if hook.kind == "url_value_preprocessor":
        return reading_request(found.function, found.names, hook.function.location)
    return found.function, found.names


def hook_opener(hook: Hook) -> Callable[[cst.FunctionDef, Names], tuple[cst.FunctionDef, Names, bool]]:
    """How the function of a hook is opened: it takes all from the request, and what it changes is understood."""

    def opened(function: cst.FunctionDef, names: Names) -> tuple[cst.FunctionDef, Names, bool]:
        if hook.kind == "url_value_preprocessor":
            function, names = reading_request(function, names, hook.function.location)
        return function, names, changes_of(function, names, hook).copes

    return opened


def changes_of(function: cst.FunctionDef, names: Names, hook: Hook) -> Changes:
    """What the function of a hook does to `request.view_args`; raises `Refused` where that is not spelled out."""
    walk = Walk(names, hook.function.location, answers=hook.kind == "before_request")
    walk.function(function)
    return Changes(walk.removals, walk.replaced, walk.copes)


def reading_request(
    function: cst.FunctionDef, names: Names, location: Location | None
) -> tuple[cst.FunctionDef, Names]:
    """A preprocessor as a function that takes endpoint and values from the request; raises `Refused`."""
    params = function.params
    own = [one.name.value for one in params.params]
    if len(own) != 2 or params.kwonly_params or params.star_kwarg or isinstance(params.star_arg, cst.Param):
        raise refuse(URL_VALUES, location, f"'{function.name.value}' takes {len(own)} arguments")
    if "request" in names.local or names.of_name("request") not in (None, "flask.request"):
        raise refuse(URL_VALUES, location, f"'{function.name.value}' means something else by 'request'")
    if any(names.bindings.get(name) != 1 for name in own):
        raise refuse(URL_VALUES, location, f"'{function.name.value}' binds its parameters again")
    reads = {name: cst.Attribute(cst.Name("request"), cst.Name(part)) for name, part in zip(own, PARTS, strict=True)}
    changed = _Instead(reads).rewrite(function).with_changes(params=cst.Parameters())
    again = Names.of(names.project, names.module, changed, names.outer)
    imported = {**names.imported, **again.imported, "request": "flask.request"}
    return changed, Names(names.project, names.module, again.local, imported, names.outer, again.bindings)


PARTS = ("endpoint", "view_args")
"""What a preprocessor is given, as attributes of the request."""


class _Instead(Visitor):
    """Puts expressions in the place of names, not of attributes and keywords that are spelled like them."""

    def __init__(self, instead: dict[str, cst.Attribute]) -> None:
        super().__init__()
        self.instead = instead

    def leave_Attribute(self, original_node: cst.Attribute, updated_node: cst.Attribute) -> cst.BaseExpression:
        return updated_node.with_changes(attr=original_node.attr)

    def leave_Arg(self, original_node: cst.Arg, updated_node: cst.Arg) -> cst.Arg:
        return updated_node.with_changes(keyword=original_node.keyword)

    def visit_Parameters(self, node: cst.Parameters) -> bool:
        return False

    def leave_Name(self, original_node: cst.Name, updated_node: cst.Name) -> cst.BaseExpression:
        return self.instead.get(original_node.value, updated_node)
