"""What the attributes of a view's instance stand for, in their place: constants, names, locals, functions.

    if item_id > self.limit:                  →     if item_id > 5:
        return self.refuse(item_id)                     return item_view_refuse(item_id)
    self.seen = True                                seen = True

A view's instance lives for one request and is seen by nobody else: what one method keeps there is a local of it.
"""

import ast
import re
from collections.abc import Callable, Collection
from dataclasses import replace

import libcst as cst

from codemods.app.functions.inner_functions import Function, as_text, is_constant
from codemods.carry import Carrier
from codemods.findings import Location
from codemods.view import patterns as m
from codemods.view.names import Names, canonical, split
from codemods.view.refusal import Refused
from codemods.view.search import findall
from codemods.view.visiting import Visitor

from .members import Members
from .values import Given, Owner

Refusing = Callable[[str, Location], Refused]


class Spelling(Visitor):
    """Rewrites a method of `owner`; `imported` are the names that this brings, `initial` what its locals start with.

    `kept` are the attributes that are locals here. `refuse` makes the exception for what cannot be spelt. In a method
    `of_class` the instance is the class, which has nothing of what `__init__` keeps.
    """

    def __init__(
        self, members: Members, owner: Owner, instance: str, names: Names, location: Location, refuse: Refusing,
        of_class: bool = False,
    ) -> None:  # fmt: skip
        super().__init__()
        self.of_class = of_class
        self.members, self.owner, self.instance, self.names, self.location = members, owner, instance, names, location
        self._refuse = refuse
        self.kept: frozenset[str] = frozenset()
        self.imported: dict[str, str] = {}
        self.called: set[cst.CSTNode] = set()
        self.iterated: set[cst.CSTNode] = set()

    def refuse(self, detail: str) -> Refused:
        return self._refuse(detail, self.location)

    def keep(self, function: cst.FunctionDef, kept: Collection[str]) -> None:
        """Have these attributes be locals of the function; raises `Refused` where their names mean something else."""
        used = {cst.ensure_type(one, cst.Name).value for one in self._names_of(function)}
        for name in kept:
            if name in used or name in self.names.local:
                raise self.refuse(f"the name '{name}'")
        self.kept = frozenset(kept)

    @staticmethod
    def _names_of(function: cst.FunctionDef) -> list[cst.CSTNode]:
        attributes = {one.attr for one in findall(function, m.Attribute()) if isinstance(one, cst.Attribute)}
        keywords = {one.keyword for one in findall(function, m.Arg()) if isinstance(one, cst.Arg)}
        return [one for one in findall(function, m.Name()) if one not in attributes and one not in keywords]

    def visit_Call(self, node: cst.Call) -> None:
        self.called.add(node.func)

    def visit_For(self, node: cst.For) -> None:
        self.iterated.add(node.iter)

    def visit_CompFor(self, node: cst.CompFor) -> None:
        self.iterated.add(node.iter)

    def leave_For(self, original_node: cst.For, updated_node: cst.For) -> cst.For | cst.RemovalSentinel:
        """A loop over what the class has none of is left out."""
        match updated_node:
            case cst.For(iter=cst.Tuple(elements=[]), orelse=None) if updated_node.iter is not original_node.iter:
                return cst.RemovalSentinel.REMOVE
        return updated_node

    def visit_Attribute(self, node: cst.Attribute) -> bool:
        return not m.matches(node, _name_of_class(self.instance))

    def leave_Attribute(self, original_node: cst.Attribute, updated_node: cst.Attribute) -> cst.BaseExpression:
        if m.matches(original_node, _name_of_class(self.instance)):
            return cst.SimpleString(f'"{self.members.concrete.node.name}"')
        name = original_node.attr.value
        if m.matches(original_node.value, base_of(self.instance)):
            return self.of_base(original_node, name)
        if not m.matches(original_node.value, m.Name(self.instance)):
            is_parser = name in self.members.parsers and self.is_own_class(original_node.value, name)
            return self.parser(name) if is_parser else updated_node
        if self.of_class and name in self.members.given:
            raise self.refuse(f"'{self.instance}.{name}'")
        if name in self.kept:
            return cst.Name(name)
        if name in self.members.parsers:
            return self.parser(name)
        found = self.members.method(name)
        if found is not None and name not in self.members.given:
            if is_property(found[1]):
                return cst.Call(self.marked(name, self.members.concrete))
            if original_node not in self.called:
                raise self.refuse(f"the method '{name}' as a value")
            return self.marked(name, self.members.concrete)
        if original_node in self.iterated and (listed := self.listed(name)) is not None:
            return self.taken(listed)
        return self.value(name)

    def listed(self, name: str) -> Given | None:
        """What a list of names has that the class holds for no more than to be looped over."""
        given = self.members.attribute(name)
        match given:
            case Given(ast.List(elts=names) | ast.Tuple(elts=names)) if given.of_class:
                if all(isinstance(one, ast.Name | ast.Attribute) for one in names) and self.members.only_loops(name):
                    return replace(given, value=ast.copy_location(ast.Tuple(names, ast.Load()), given.value))
        return None

    def is_own_class(self, node: cst.BaseExpression, name: str) -> bool:
        """Whether this names a class whose attribute of that name is the one that the instance has."""
        qualified = self.names.qualified(node)
        classes = [one.qualified for one in self.members.owners]
        if qualified not in classes or name in self.members.given:
            return False
        return all(name not in one.attributes() for one in self.members.owners[: classes.index(qualified)])

    def parser(self, name: str) -> cst.Name:
        """A request parser that the class or `__init__` makes; raises `Refused` where something may take its place."""
        qualified = self.members.parsers[name]
        own = qualified.rpartition(".")[2]
        if name in self.members.changing or self.members.may_change(name) or own in self.names.local:
            raise self.refuse(f"'self.{name}'")
        self.imported[own] = qualified
        return cst.Name(own)

    def value(self, name: str) -> cst.BaseExpression:
        """The value of an attribute as the class or `__init__` gives it; raises `Refused`."""
        given = self.members.attribute(name)
        if name in self.members.changing and name not in self.kept:
            raise self.refuse(f"'self.{name}', which another method sets,")
        if given is None:
            raise self.refuse(f"'self.{name}'")
        if not (given.of_class and self.members.may_change(name)):
            if is_constant(given.value):
                return cst.parse_expression(as_text(given.value))
            if isinstance(given.value, ast.Name | ast.Attribute) or self.is_schema(given):
                return self.taken(given)
        if given.of_class:
            marked = cst.ensure_type(self.marked(self.members.concrete.node.name, self.members.concrete), cst.Name)
            self.imported[marked.value] = self.members.concrete.qualified
            return cst.Attribute(marked, cst.Name(name))
        raise self.refuse(f"'self.{name}', which is made once")

    def of_base(self, node: cst.Attribute, name: str) -> cst.BaseExpression:
        """`super().name` where that is a method of a base class which is called."""
        found = self.members.method(name, self.owner)
        if found is None or node not in self.called:
            raise self.refuse(f"'super().{name}'")
        return self.marked(name, found[0])

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
            raise self.refuse("a text in an f-string")
        return updated_node

    def marked(self, name: str, owner: Owner) -> cst.BaseExpression:
        """A name that stands for a member of a class until the translator replaces it."""
        marker = f"self_{name}" if owner is self.members.concrete else f"super_{name}"
        if marker in self.names.local:
            raise self.refuse(f"the name '{marker}'")
        self.imported[marker] = f"{owner.qualified}.{name}"
        return cst.Name(marker)

    def taken(self, given: Given) -> cst.BaseExpression:
        """An attribute's value as an expression, with what its names stand for in its own module."""
        names = Names(self.members.carrier.project, given.module, frozenset(), {})
        of_class = given.owner.bound_before(given.value) if given.owner is not None else frozenset()
        for node in ast.walk(given.value):
            if not isinstance(node, ast.Name):
                continue
            qualified = names.of_name(node.id)
            if qualified is None or node.id in self.names.local or node.id in of_class:
                raise self.refuse(f"'{ast.unparse(given.value)}'")
            meant = self.names.of_name(node.id) if node.id not in self.imported else self.imported[node.id]
            if meant not in (None, qualified) or (meant is None and qualified.startswith("builtins.")):
                raise self.refuse(f"the name '{node.id}'")
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
        names = Names(self.members.carrier.project, given.module, frozenset(), {})
        qualified = names.qualified(cst.parse_expression(ast.unparse(func)))
        return qualified is not None and _is_stateless_schema(self.members.carrier, qualified)


def is_property(node: Function) -> bool:
    """Whether a method is called by naming it."""
    return [ast.unparse(one) for one in node.decorator_list] == ["property"]


def base_of(instance: str) -> m.Pattern:
    """`super()` and `super(Class, self)`."""
    spelt = m.Call(func=m.Name("super"), args=[m.Arg(m.Name()), m.Arg(m.Name(instance))])
    return m.Call(func=m.Name("super"), args=[]) | spelt


def _is_stateless_schema(carrier: Carrier, qualified: str) -> bool:
    """Whether a class is a schema of Marshmallow's whose methods, with those of its bases, keep nothing in it."""
    module, name = split(carrier.project, canonical(carrier.project, qualified))
    definition = module.definitions.get(name) if module else None
    if module is None or definition is None or definition.kind != "class":
        return qualified == "marshmallow.Schema"
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


def _name_of_class(instance: str) -> m.Pattern:
    """`type(self).__name__` and `self.__class__.__name__`; `cls.__name__` in a method of the class."""
    of_type = m.Call(func=m.Name("type"), args=[m.Arg(value=m.Name(instance), keyword=None)])
    of_attribute = m.Attribute(value=m.Name(instance), attr=m.Name("__class__"))
    return m.Attribute(value=of_type | of_attribute | m.Name(instance), attr=m.Name("__name__"))
