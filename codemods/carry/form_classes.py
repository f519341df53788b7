"""Which of the project's classes are forms of Flask-WTF's, and what these are made with."""

import ast

from codemods.extensions.wtf import FORMS
from codemods.view.names import split

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
