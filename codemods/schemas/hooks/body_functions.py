"""Functions in the body of a schema class that only check values of its fields: they move out of the class.

class TagSchema(Schema):                             def tag_known(value: Any) -> None:
    def known(value):                     →              if value not in NAMES: raise InvalidError("No tag.")
        if value not in NAMES: …
    name = fields.Str(validate=known)                class Tag(Schema):
                                                         name: Annotated[Str, tag_known] = optional()
"""

import re

import libcst as cst

from codemods.view import patterns as m
from codemods.view.search import findall

STATIC = m.Name("staticmethod")
VALIDATE = m.Arg(keyword=m.Name("validate"))


def body_functions(node: cst.ClassDef) -> dict[str, cst.FunctionDef]:
    """The functions of a class that are named by `validate=` in its body, and by nothing else in the class, as they
    stand outside of it, by the names that they had."""
    functions, statements = {}, []
    for one in node.body.body:
        if isinstance(one, cst.FunctionDef):
            if all(m.matches(each.decorator, STATIC) for each in one.decorators):
                functions[one.name.value] = one
        else:
            statements.append(one)
    found = {}
    checking = [one for statement in statements for one in findall(statement, VALIDATE)]
    for name, function in functions.items():
        said = [one for statement in statements for one in findall(statement, m.Name(name))]
        checks = [one for argument in checking for one in findall(argument, m.Name(name))]
        quoted = findall(node, m.SimpleString(f'"{name}"') | m.SimpleString(f"'{name}'"))
        if checks and len(said) == len(checks) and not quoted and not findall(node, m.Attribute(attr=m.Name(name))):
            new = cst.Name(_moved_name(node.name.value, name))
            found[name] = function.with_changes(name=new, decorators=(), leading_lines=())
    return found


def _moved_name(owner: str, name: str) -> str:
    """What such a function is called outside of its class: `tag_known`."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", owner.removesuffix("Schema") or owner)
    return f"{words.lower().strip('_')}_{name.lstrip('_')}"
