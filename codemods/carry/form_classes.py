"""Which of the project's classes are forms of Flask-WTF's, and what these are made with."""

import ast

from codemods.extensions.wtf import FORMS
from codemods.view.names import meaning, split

from .plain_classes import PlainClasses


def is_form(classes: PlainClasses, qualified: str, seen: frozenset[str] = frozenset()) -> bool:
    """Whether a class of the project is a form of Flask-WTF's by its bases."""
    bases = classes.bases(qualified)
    return any(
        base in FORMS or (base not in seen and base != "" and is_form(classes, base, seen | {qualified}))
        for base in bases
    )


def takes(classes: PlainClasses, qualified: str) -> int:
    """How many arguments by place a form has of its own: behind them come those of `FlaskForm`."""
    module, name = split(classes.project, qualified)
    definition = module.definitions.get(name) if module is not None else None
    node = classes.node(definition) if definition is not None else None
    if node is None:
        return 0
    made = [one for one in node.body if isinstance(one, ast.FunctionDef) and one.name == "__init__"]
    if made:
        return len(made[0].args.posonlyargs) + len(made[0].args.args) - 1
    return next((takes(classes, base) for base in classes.bases(qualified)), 0)


def is_changed(classes: PlainClasses, qualified: str) -> bool:
    """Whether code of the project gives a class attributes, or takes them away, after it was made."""
    name = qualified.rpartition(".")[2]
    for module in classes.project.modules.values():
        if name.encode() not in classes.sources.files.get(module.file, b""):
            continue
        for node in ast.walk(classes.sources.tree(module.file)):
            match node:
                case ast.Attribute(value=owner, ctx=ast.Store() | ast.Del()):
                    pass
                case ast.Call(func=ast.Name(id="setattr" | "delattr"), args=[owner, *_]):
                    pass
                case _:
                    continue
            if isinstance(owner, ast.Name | ast.Attribute) and meaning(classes.project, module, owner) == qualified:
                return True
    return False
