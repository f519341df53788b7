"""Class-based views: each request method becomes an endpoint function, each helper method a function beside them.

    class UserView(MethodView):                     →   @router.get("/users/{user_id:int}", name="user")
        def _find(self, user_id):                       def get_user(user_id: int) -> Response:
            ...                                             return make_response(schema.dump(user_view_find(user_id)))

        def get(self, user_id):
            return schema.dump(self._find(user_id))

A view's instance lives for one request and is seen by nobody else, so that it can go where its methods only read it.
"""

import ast
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial

import libcst as cst
import libcst.matchers as m

from codemods.carry import Carrier, FileReferences, Policy, write_function
from codemods.extensions import restful
from codemods.findings import Finding, Location
from codemods.model import Callee, Endpoint, Rule
from codemods.obstacles import CLASS_VIEW
from codemods.view.answers import answer
from codemods.view.imports import Need
from codemods.view.names import Names, canonical, split
from codemods.view.reference import Reference
from codemods.view.references import Handed
from codemods.view.refusal import Refused, refuse
from codemods.view.rename import rename
from codemods.view.search import findall
from codemods.vocabulary import NEEDS_CONTEXT as NEEDS_APPLICATION

from .class_decorators import ClassDecorators
from .class_members import Given, Members, Owner
from .decorators.around import Surroundings
from .decorators.request_arguments import open_arguments
from .endpoints import ConvertedEndpoint, convert_functions
from .inner_functions import Function, as_text, is_constant, usable_name
from .translation import ViewFunction

REQUEST_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")


def convert_class_view(
    carrier: Carrier, endpoint: Endpoint, policy: Policy, here: str, prefix: str
) -> ConvertedEndpoint:
    """Convert the endpoint of a class-based view; raises `Refused`. See `convert_endpoint`."""
    view, location = endpoint.view, endpoint.view.function.location
    if location is None or not view.function.owned or "<locals>" in view.function.qualified:
        raise refuse(CLASS_VIEW, location, f"'{view.function.qualified}' is not a class of a module")
    conversion = _Conversion(carrier, endpoint, policy, here, Members.of(carrier, endpoint))
    rules = [one for one in endpoint.rules if not one.build_only]
    answers = dict(view.methods)
    if "head" in answers or any("HEAD" in one.methods for one in rules):
        raise refuse(CLASS_VIEW, location, f"'{view.function.qualified}' answers HEAD by itself")
    methods = sorted({method for rule in rules for method in rule.methods})
    if unknown := [one for one in methods if one not in REQUEST_METHODS]:
        raise refuse(CLASS_VIEW, location, f"the method '{unknown[0]}' of '{view.function.qualified}'")
    if view.kind == "view":
        one = conversion.view(answers.get("dispatch_request"), rules, "")
        return convert_functions(carrier, endpoint, [one], prefix)
    views = []
    for method in methods:
        mine = [replace(one, methods=(method,)) for one in rules if method in one.methods]
        views.append(conversion.view(answers.get(method.lower()), mine, method))
    return convert_functions(carrier, endpoint, views, prefix)


@dataclass(slots=True)
class _Conversion:
    """One class-based view on its way."""

    carrier: Carrier
    endpoint: Endpoint
    policy: Policy
    here: str
    members: Members
    under_way: list[str] = field(default_factory=list)

    def refuse(self, detail: str, location: Location | None = None) -> Refused:
        where = location or self.endpoint.view.function.location
        return refuse(CLASS_VIEW, where, f"{detail} in '{self.members.concrete.node.name}'")

    def view(self, callee: Callee | None, rules: Sequence[Rule], method: str) -> ViewFunction:
        """The function that answers a request method (all that the rules have, where it is empty)."""
        name = callee.qualified.rpartition(".")[2] if callee else method.lower()
        found = self.members.method(name)
        if callee is None or found is None or callee.qualified != f"{found[0].qualified}.{name}":
            raise self.refuse(f"what answers {method or 'requests'}")
        owner, node = found
        function, names = self.open(owner, node, is_helper=False)
        base = usable_name(self.endpoint.name.rpartition(".")[2])
        around = ClassDecorators(self.carrier, self.endpoint, self.members)
        of_class = around.of_class()
        decorators = [(one, around.home(one)) for one in (*of_class, *around.of_method(owner, node, method.lower()))]
        answering = restful.answer if around.is_resource else answer
        if around.is_resource and isinstance(node, ast.AsyncFunctionDef):
            raise self.refuse(f"the async '{name}', for which Flask-RESTful does not wait,")
        references = ClassReferences(self.carrier, self.policy, True, self.here, self)
        own = f"{method.lower()}_{base}" if method else base
        opened = open_arguments(self.carrier, decorators, function, names)
        if around.is_resource and opened.function is not function:
            raise self.refuse("what webargs parses, whose errors Flask-RESTful answers in a way of its own,")
        surroundings = Surroundings(
            self.carrier, self.policy, self.endpoint.blueprint, isinstance(node, ast.AsyncFunctionDef),
            awaited=len(of_class), answering=answering, loaded=opened.decorators, loaded_first=opened.first,
        )  # fmt: skip
        return ViewFunction(
            opened.function,
            opened.names,
            own,
            Location(owner.module.file, node.lineno),
            tuple(rules),
            partial(surroundings.convert, decorators),
            references,
            answering,
        )

    # Methods.

    def open(self, owner: Owner, node: Function, is_helper: bool) -> tuple[cst.FunctionDef, Names]:
        """A method as a function without its instance, and its names; raises `Refused`."""
        location = Location(owner.module.file, node.lineno)
        function = self.carrier.sources.function(location, node.name)
        is_static = [ast.unparse(one) for one in node.decorator_list] == ["staticmethod"]
        if is_helper and node.decorator_list and not is_static:
            raise self.refuse(f"the decorated '{node.name}'", location)
        if any(not is_constant(one) for one in (*node.args.defaults, *filter(None, node.args.kw_defaults))):
            raise self.refuse(f"defaults of '{node.name}'", location)
        function = function.with_changes(decorators=())
        names = Names.of(self.carrier.project, owner.module, function)
        if is_static:
            return function, names
        parameters = function.params
        if parameters.posonly_params or not parameters.params or parameters.params[0].default is not None:
            raise self.refuse(f"parameters of '{node.name}'", location)
        instance = parameters.params[0].name.value
        if names.bindings[instance] != 1 or _is_written(node, instance):
            raise self.refuse(f"'{node.name}' changes its instance", location)
        function = function.with_changes(params=parameters.with_changes(params=parameters.params[1:]))
        spelling = _Spelling(self, instance, names, location)
        function = cst.ensure_type(function.visit(spelling), cst.FunctionDef)
        if findall(function, m.Name(instance)) or findall(function, m.Call(func=m.Name("super"))):
            raise self.refuse(f"'{node.name}' hands its instance on", location)
        names = Names.of(self.carrier.project, owner.module, function)
        return function, replace(names, imported={**names.imported, **spelling.imported})

    def helper(self, name: str, whole_body: bool) -> Reference:
        """A method that others call, as a function of its own, for callers that read the body so; raises `Refused`."""
        found = self.members.method(name)
        if found is None or name in self.under_way:
            raise self.refuse(f"the call of '{name}'")
        owner, node = found
        self.under_way.append(name)
        try:
            function, names = self.open(owner, node, is_helper=True)
            wanted = f"{_snake(owner.node.name)}_{name.strip('_')}"
            while wanted in owner.module.definitions or wanted in names.local:
                wanted = f"{wanted}_method"
            home = self.carrier.home(owner.module, False)
            file = ClassReferences(self.carrier, self.policy, True, home, self, whole_body=whole_body)
            renamed = function.with_changes(name=cst.Name(wanted))
            location = Location(owner.module.file, node.lineno)
            carried = write_function(self.carrier, renamed, names, file, file, location)
        finally:
            self.under_way.remove(name)
        own = self.carrier.free_name(carried.home, carried.name, carried.text, carried.needs)
        if own != carried.name:
            text = rename(carried.text, {carried.name: own}).replace(f"def {carried.name}(", f"def {own}(", 1)
            carried = replace(carried, name=own, text=text)
        self.carrier.carried[f"{owner.qualified}.{name} as {own}", self.policy, True, whole_body] = carried
        return Reference(own, Need(carried.home, own), carried.application, carried.parameters)


@dataclass(frozen=True, slots=True)
class ClassReferences(FileReferences):
    """The references of a method: those of its file, helper methods, and what is kept in attributes of the class."""

    conversion: _Conversion

    def to(
        self, qualified: str, names: Names, node: cst.BaseExpression, handed: Handed = ()
    ) -> tuple[Reference | None, str]:
        """See `References.to`."""
        owner = self.conversion.members.concrete
        if not qualified.startswith(f"{owner.qualified}."):
            return FileReferences.to(self, qualified, names, node, handed)
        member, _, rest = qualified.removeprefix(f"{owner.qualified}.").partition(".")
        if self.conversion.members.method(member) is not None:
            return self.conversion.helper(member, self.whole_body), rest
        if owner.node.name in names.local:
            raise self.conversion.refuse(f"the name '{owner.node.name}'")
        attribute = f"{member}.{rest}" if rest else member
        place = self.conversion.endpoint.view.function.location
        application = Finding(NEEDS_APPLICATION, place, f"'{owner.qualified}.{member}'")
        return Reference(owner.node.name, Need(owner.module.name, owner.node.name), application), attribute


class _Spelling(cst.CSTTransformer):
    """What the instance's attributes stand for, in their place; `imported` are the names that this brings."""

    def __init__(self, conversion: _Conversion, instance: str, names: Names, location: Location) -> None:
        super().__init__()
        self.conversion, self.instance, self.names, self.location = conversion, instance, names, location
        self.imported: dict[str, str] = {}
        self.called: set[cst.CSTNode] = set()

    def visit_Call(self, node: cst.Call) -> None:
        self.called.add(node.func)

    def visit_Attribute(self, node: cst.Attribute) -> bool:
        return not m.matches(node, _name_of_class(self.instance))

    def leave_Attribute(self, original_node: cst.Attribute, updated_node: cst.Attribute) -> cst.BaseExpression:
        if m.matches(original_node, _name_of_class(self.instance)):
            return cst.SimpleString(f'"{self.conversion.members.concrete.node.name}"')
        if not m.matches(original_node.value, m.Name(self.instance)):
            return updated_node
        members, name = self.conversion.members, original_node.attr.value
        if members.method(name) is not None and name not in members.given:
            if original_node not in self.called:
                raise self.conversion.refuse(f"the method '{name}' as a value", self.location)
            return self.marked(name)
        given = members.attribute(name)
        if given is None:
            raise self.conversion.refuse(f"'self.{name}'", self.location)
        if not (given.of_class and members.may_change(name)):
            if is_constant(given.value):
                return cst.parse_expression(as_text(given.value))
            if isinstance(given.value, ast.Name | ast.Attribute) or self.is_schema(given):
                return self.taken(given)
        if given.of_class:
            marked = cst.ensure_type(self.marked(self.conversion.members.concrete.node.name), cst.Name)
            self.imported[marked.value] = self.conversion.members.concrete.qualified
            return cst.Attribute(marked, cst.Name(name))
        raise self.conversion.refuse(f"'self.{name}', which is made once", self.location)

    def leave_FormattedStringExpression(
        self, original_node: cst.FormattedStringExpression, updated_node: cst.FormattedStringExpression
    ) -> cst.BaseFormattedStringContent:
        """A constant's text in the place of its expression, whose quotes might end the string."""
        changed = updated_node.expression is not original_node.expression
        if changed and isinstance(updated_node.expression, cst.SimpleString):
            value = updated_node.expression.evaluated_value
            plain = isinstance(value, str) and re.fullmatch(r"[^{}\\'\"\n]*", value)
            if plain and updated_node.conversion is None and updated_node.format_spec is None:
                return cst.FormattedStringText(str(value))
            raise self.conversion.refuse("a text in an f-string", self.location)
        return updated_node

    def marked(self, name: str) -> cst.BaseExpression:
        """A name that stands for a member of the class until the translator replaces it."""
        marker = f"self_{name}"
        if marker in self.names.local:
            raise self.conversion.refuse(f"the name '{marker}'", self.location)
        self.imported[marker] = f"{self.conversion.members.concrete.qualified}.{name}"
        return cst.Name(marker)

    def taken(self, given: Given) -> cst.BaseExpression:
        """An attribute's value as an expression, with what its names stand for in its own module."""
        names = Names(self.conversion.carrier.project, given.module, frozenset(), {})
        of_class = {name for owner in self.conversion.members.owners for name in owner.attributes()}
        for node in ast.walk(given.value):
            if not isinstance(node, ast.Name):
                continue
            qualified = names.of_name(node.id)
            if qualified is None or node.id in self.names.local or (given.of_class and node.id in of_class):
                raise self.conversion.refuse(f"'{ast.unparse(given.value)}'", self.location)
            meant = self.names.of_name(node.id) if node.id not in self.imported else self.imported[node.id]
            if meant not in (None, qualified) or (meant is None and qualified.startswith("builtins.")):
                raise self.conversion.refuse(f"the name '{node.id}'", self.location)
            if meant != qualified:
                self.imported[node.id] = qualified
        return cst.parse_expression(ast.unparse(given.value))

    def is_schema(self, given: Given) -> bool:
        """Whether a value is a schema of Marshmallow's without state, so that another instance is as good."""
        match given.value:
            case ast.Call(func=ast.Name() | ast.Attribute() as func, args=[], keywords=keywords):
                if not all(word.arg and is_constant(word.value) for word in keywords):
                    return False
            case _:
                return False
        names = Names(self.conversion.carrier.project, given.module, frozenset(), {})
        qualified = names.qualified(cst.parse_expression(ast.unparse(func)))
        return qualified is not None and _is_stateless_schema(self.conversion.carrier, qualified)


def _is_stateless_schema(carrier: Carrier, qualified: str) -> bool:
    """Whether a class is a schema of Marshmallow's whose methods, with those of its bases, keep nothing in it."""
    module, name = split(carrier.project, canonical(carrier.project, qualified))
    definition = module.definitions.get(name) if module else None
    if module is None or definition is None or definition.kind != "class":
        return qualified in ("marshmallow.Schema", "marshmallow.schema.Schema")
    node = carrier.sources.piece(definition.location, name)
    if not isinstance(node, ast.ClassDef) or len(node.bases) != 1 or node.decorator_list:
        return False
    for function in ast.walk(node):
        if isinstance(function, Function) and function.args.args:
            instance = function.args.args[0].arg
            if _is_written(function, instance) or "context" in ast.unparse(function):
                return False
    names = Names(carrier.project, module, frozenset(), {})
    base = names.qualified(cst.parse_expression(ast.unparse(node.bases[0])))
    return base is not None and _is_stateless_schema(carrier, base)


def _is_written(node: ast.AST, instance: str) -> bool:
    """Whether code sets or deletes an attribute of an object, or of what is in one."""
    for one in ast.walk(node):
        if isinstance(one, ast.Attribute | ast.Subscript) and not isinstance(one.ctx, ast.Load):
            root: ast.expr = one
            while isinstance(root, ast.Attribute | ast.Subscript):
                root = root.value
            if isinstance(root, ast.Name) and root.id == instance and isinstance(one.value, ast.Name | ast.Attribute):
                return True
    return False


def _name_of_class(instance: str) -> m.Attribute:
    """`type(self).__name__` and `self.__class__.__name__`."""
    of_type = m.Call(func=m.Name("type"), args=[m.Arg(value=m.Name(instance), keyword=None)])
    of_attribute = m.Attribute(value=m.Name(instance), attr=m.Name("__class__"))
    return m.Attribute(value=m.OneOf(of_type, of_attribute), attr=m.Name("__name__"))


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
