"""What a wrapper does with its `**kwargs`, in a form in which nothing but the call of the view needs them.

kwargs["user"] = load_user()                 user = load_user()
return view(*args, **kwargs)           →     return view(*args, user=user, **kwargs)
"""

from collections.abc import Callable

import libcst as cst

from codemods.findings import Location
from codemods.view import patterns as m
from codemods.view.rule import TIGHT
from codemods.view.search import findall
from codemods.view.visiting import Visitor

from .diagnostics import unclear


def written_as_locals(function: cst.FunctionDef, location: Location, text: str) -> cst.FunctionDef:
    """The decorator with keywords that its wrapper sets as locals, handed to the view by name; raises `Refused`."""
    starred = {
        one.params.star_kwarg.name.value
        for one in findall(function, m.FunctionDef())
        if isinstance(one, cst.FunctionDef) and one.params.star_kwarg is not None
    }
    targets = [
        cst.ensure_type(one.target, cst.Subscript)
        for one in findall(function, m.AssignTarget(target=m.Subscript(value=m.Name())))
        if isinstance(one, cst.AssignTarget)
    ]
    added: dict[str, str] = {}
    for target in targets:
        kwargs = cst.ensure_type(target.value, cst.Name).value
        if kwargs not in starred:
            continue
        key = target.slice[0].slice
        if not isinstance(key, cst.Index) or not isinstance(key.value, cst.SimpleString):
            raise unclear(location, text, "sets keywords by a computed name")
        name = str(key.value.evaluated_value)
        subscript = m.AssignTarget(m.Subscript(value=m.Name(kwargs)))
        own = findall(function, m.Assign(targets=[subscript], value=m.Name(name)))
        is_other = not own and findall(function, m.Name(name))
        if not name.isidentifier() or is_other or name in added or _is_conditional(function, target):
            raise unclear(location, text, f"sets the keyword '{name}'")
        added[name] = kwargs
    if not added:
        return function
    return _AsLocals(added).rewrite(function)


def _is_conditional(function: cst.FunctionDef, node: cst.CSTNode) -> bool:
    """Whether code stands in a branch or loop, so that it may not have run when the view is called."""
    return any(
        any(one is node for one in findall(branch, m.Subscript()))
        for branch in findall(function, m.If() | m.For() | m.While())
    )


class _AsLocals(Visitor):
    def __init__(self, added: dict[str, str]) -> None:
        super().__init__()
        self.added = added

    def leave_AssignTarget(self, original_node: cst.AssignTarget, updated_node: cst.AssignTarget) -> cst.AssignTarget:
        match original_node.target:
            case cst.Subscript(
                value=cst.Name(value=kwargs),
                slice=[cst.SubscriptElement(slice=cst.Index(value=cst.SimpleString() as key))],
            ) if self.added.get(str(key.evaluated_value)) == kwargs:
                return updated_node.with_changes(target=cst.Name(str(key.evaluated_value)))
            case _:
                return updated_node

    def leave_Call(self, original_node: cst.Call, updated_node: cst.Call) -> cst.Call:
        args = list(updated_node.args)
        for place, one in enumerate(args):
            if one.star == "**" and isinstance(one.value, cst.Name):
                mine = [name for name, kwargs in self.added.items() if kwargs == one.value.value]
                comma = cst.Comma(cst.SimpleWhitespace(""), cst.SimpleWhitespace(" "))
                args[place:place] = [cst.Arg(cst.Name(name), cst.Name(name), TIGHT, comma) for name in mine]
                return updated_node.with_changes(args=args)
        return updated_node


class KeywordReads(Visitor):
    """`kwargs["product_id"]`, `kwargs.get("product_id")` and `kwargs.pop("product_id")` → what that keyword is.

    `read` gives the name to use and may refuse; `popped` are the keywords that the view is not handed any more.
    """

    def __init__(self, kwargs: str | None, read: Callable[[str], str], location: Location, text: str) -> None:
        super().__init__()
        self.kwargs, self.read = kwargs, read
        self.location, self.text = location, text
        self.popped: set[str] = set()
        self.read_names: set[str] = set()

    def leave_Subscript(self, original_node: cst.Subscript, updated_node: cst.Subscript) -> cst.BaseExpression:
        if not self.kwargs or not m.matches(original_node.value, m.Name(self.kwargs)):
            return updated_node
        key = original_node.slice[0].slice
        if isinstance(key, cst.Index) and isinstance(key.value, cst.SimpleString):
            return self.found(str(key.value.evaluated_value))
        raise unclear(self.location, self.text, "reads its keywords")

    def leave_Call(self, original_node: cst.Call, updated_node: cst.Call) -> cst.BaseExpression:
        func = original_node.func
        if not self.kwargs or not m.matches(func, m.Attribute(value=m.Name(self.kwargs))):
            return updated_node
        if m.matches(func, m.Attribute(attr=m.Name("pop") | m.Name("get"))) and len(original_node.args) == 1:
            key = original_node.args[0].value
            if isinstance(key, cst.SimpleString):
                name = str(key.evaluated_value)
                if m.matches(func, m.Attribute(attr=m.Name("pop"))):
                    self.popped.add(name)
                return self.found(name)
        raise unclear(self.location, self.text, "reads its keywords")

    def found(self, name: str) -> cst.Name:
        """The name for a keyword."""
        local = self.read(name)
        self.read_names.add(local)
        return cst.Name(local)
