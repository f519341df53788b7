"""Where an application is given to an extension's class, and what the options are that stand there."""

import ast
from collections.abc import Collection, Iterator

from codemods.model import Module, Project
from codemods.view.names import canonical
from codemods.view.source import Sources


def set_ups(
    project: Project, sources: Sources, classes: Collection[str]
) -> Iterator[tuple[Module, ast.Call, list[ast.keyword]]]:
    """Every place where an application is given to one of these classes, with all options: of it and of `init_app`."""
    package = next(iter(classes)).partition(".")[0]
    made: dict[str, list[ast.keyword]] = {}
    trees = [
        (module, sources.tree(module.file))
        for module in project.modules.values()
        if package.encode() in sources.files.get(module.file, b"")
        or b".init_app(" in sources.files.get(module.file, b"")
    ]
    for module, tree in trees:
        for node in ast.walk(tree):
            match node:
                case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call() as call) if is_one(
                    project, module, call.func, classes
                ):
                    made[f"{module.name}.{name}"] = call.keywords
    for module, tree in trees:
        for node in ast.walk(tree):
            match node:
                case ast.Call(args=[_, *_]) if is_one(project, module, node.func, classes):
                    yield module, node, node.keywords
                case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="init_app")):
                    target = f"{module.name}.{name}" if name in module.definitions else module.imports.get(name, "")
                    target = canonical(project, target)
                    if target in made:
                        yield module, node, [*made[target], *node.keywords]


def is_one(project: Project, module: Module, function: ast.expr, classes: Collection[str]) -> bool:
    """Whether an expression is one of these classes."""
    name = ast.unparse(function)
    root, _, rest = name.partition(".")
    target = canonical(project, module.imports.get(root, ""))
    return (f"{target}.{rest}" if rest else target) in classes


def constant(project: Project, sources: Sources, module: Module, value: ast.expr) -> ast.expr | None:
    """An expression that is a constant as it stands, or the value of a name that is one; None for any other."""
    if isinstance(value, ast.Name):
        value = settled_value(project, sources, module, value) or local_value(sources, module, value) or value
    try:
        ast.literal_eval(value)
    except ValueError:
        return None
    return value


def local_value(sources: Sources, module: Module, name: ast.Name) -> ast.expr | None:
    """What a local name of a function stands for, where it is bound once, and used by nothing but this expression."""
    around = [
        one
        for one in ast.walk(sources.tree(module.file))
        if isinstance(one, ast.FunctionDef) and any(inner is name for inner in ast.walk(one))
    ]
    if len(around) != 1:
        return None
    named = [one for one in ast.walk(around[0]) if isinstance(one, ast.Name) and one.id == name.id]
    values = [
        one.value
        for one in around[0].body
        if isinstance(one, ast.Assign) and [ast.unparse(target) for target in one.targets] == [name.id]
    ]
    return values[0] if len(values) == 1 and len(named) == 2 else None


def settled_value(project: Project, sources: Sources, module: Module, name: ast.Name) -> ast.expr | None:
    """What a name of the module stands for, where it is bound once, and nothing but this expression may change it."""
    definition = module.definitions.get(name.id)
    if definition is None:
        return None
    if any(f"{module.name}.{name.id}" in other.imported for other in project.modules.values()):
        return None
    tree = sources.tree(module.file)
    named = [one for one in ast.walk(tree) if isinstance(one, ast.Name) and one.id == name.id]
    is_settled = definition.kind == "constant" or [one for one in named if isinstance(one.ctx, ast.Load)] == [name]
    values = [
        one.value
        for one in tree.body
        if isinstance(one, ast.Assign) and [ast.unparse(target) for target in one.targets] == [name.id]
    ]
    bound = sum(not isinstance(one.ctx, ast.Load) for one in named)
    return values[0] if is_settled and len(values) == bound == 1 else None
