"""Evaluates expressions that are constants, also where they go through names in other modules."""

import ast
from collections.abc import Mapping

from .names import Names
from .raw import RawModule, qualify
from .scopes import Assigned, Scope, chain_of


class NotConstantError(Exception):
    """The expression is not a constant, as far as the source tells."""


class Constants:
    """Evaluates in the scopes of a project. Never calls anything of it."""

    def __init__(self, raws: Mapping[str, RawModule], names: Names) -> None:
        self.raws = raws
        self.names = names

    def value(self, raw: RawModule, scope: Scope, node: ast.expr, depth: int = 0) -> object:
        """The value of an expression. Raises NotConstantError."""
        if depth > 20:
            raise NotConstantError
        match node:
            case ast.Constant(value=value):
                return value
            case ast.Tuple(elts=elements) | ast.List(elts=elements) | ast.Set(elts=elements):
                return tuple(self.value(raw, scope, element, depth + 1) for element in elements)
            case ast.Dict(keys=keys, values=values):
                pairs = zip(keys, values, strict=True)
                return {
                    self.key(raw, scope, key, depth): self.value(raw, scope, value, depth + 1) for key, value in pairs
                }
            case ast.JoinedStr(values=values):
                return "".join(str(self.value(raw, scope, part, depth + 1)) for part in values)
            case ast.FormattedValue(value=inner, conversion=-1, format_spec=None):
                return self.value(raw, scope, inner, depth + 1)
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                first, second = self.value(raw, scope, left, depth + 1), self.value(raw, scope, right, depth + 1)
                if isinstance(first, str) and isinstance(second, str):
                    return first + second
                if isinstance(first, tuple) and isinstance(second, tuple):
                    return first + second
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as number)):
                return -number
            case ast.Name() | ast.Attribute():
                chain = chain_of(node)
                if chain:
                    return self.named(raw, scope, chain, depth)
        raise NotConstantError

    def key(self, raw: RawModule, scope: Scope, node: ast.expr | None, depth: int) -> str:
        """A dict's key, which has to be a text."""
        found = self.value(raw, scope, node, depth + 1) if node is not None else None
        if not isinstance(found, str):
            raise NotConstantError
        return found

    def named(self, raw: RawModule, scope: Scope, chain: str, depth: int) -> object:
        """The value of a name: a local or module-level one that is bound once, or a class attribute."""
        if chain == "__name__":
            return raw.name
        qualified = qualify(raw.name, scope, chain)
        if qualified is None:
            raise NotConstantError
        if ".<locals>." in qualified:
            current: Scope | None = scope
            while current is not None and chain not in current.stores:
                current = current.parent
            if current is None:
                raise NotConstantError
            return self.bound(raw, current, chain, depth)
        if chain.endswith(".__name__"):
            return self.name_of(self.names.canonical(qualified.removesuffix(".__name__")))
        module, rest = self.names.module_of(self.names.canonical(qualified))
        if module is None or not rest:
            raise NotConstantError
        home = self.raws[module]
        head, _, tail = rest.partition(".")
        if not tail:
            return self.bound(home, home.top, head, depth)
        for child in home.top.children:
            if child.kind == "class" and child.name == head:
                return self.bound(home, child, tail, depth)
        raise NotConstantError

    def name_of(self, qualified: str) -> str:
        """`__name__` of a function, class or module of the project."""
        module, rest = self.names.module_of(qualified)
        if module is None or (rest and self.raws[module].definitions.get(rest) is None):
            raise NotConstantError
        if rest and self.raws[module].definitions[rest].kind not in ("function", "class"):
            raise NotConstantError
        return rest or module

    def bound(self, raw: RawModule, scope: Scope, name: str, depth: int) -> object:
        """The value of a name that a scope binds exactly once."""
        bindings: list[Assigned] = [assigned for assigned in scope.assigned if assigned.name == name]
        if len(bindings) != 1 or bindings[0].value is None or name in scope.parameters:
            raise NotConstantError
        return self.value(raw, scope, bindings[0].value, depth + 1)

    def text(self, raw: RawModule, scope: Scope, node: ast.expr | None) -> str | None:
        """A text, or None for no expression and for `None`. Raises NotConstantError."""
        if node is None:
            return None
        found = self.value(raw, scope, node)
        if found is None or isinstance(found, str):
            return found
        raise NotConstantError
