"""What a project changes in Marshmallow itself: `fields.DateTime.DEFAULT_FORMAT = "rfc822"`.

A default format that a module of the application sets when it is imported holds for every field that has none of its
own. Whatever else is changed keeps all schemas.
"""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from codemods.findings import Finding, Location
from codemods.model import Module, Project
from codemods.view.names import canonical
from codemods.view.source import Sources

from ..basis.constants import CHANGING
from ..basis.diagnostics import PATCHED
from ..basis.plan import SchemaPlan

FORMATS = {
    f"marshmallow.fields.{kind}.DEFAULT_FORMAT": f"{kind.lower()}format" for kind in ("DateTime", "Date", "Time")
}
"""The default formats, with the options of a schema that say otherwise."""
CLASSES = ("marshmallow.fields.", "marshmallow.Schema.", "marshmallow.schema.", "marshmallow.validate.")


@dataclass(slots=True)
class Patches:
    """The default `formats`, as expressions by the option that says the same; `problem` is what else is changed."""

    formats: dict[str, str] = field(default_factory=dict)
    problem: Finding | None = None

    def kept(self, plans: Mapping[str, SchemaPlan]) -> dict[str, SchemaPlan]:
        """The plans, each with a finding where something else is changed."""
        found = () if self.problem is None else (self.problem,)
        return {name: replace(plan, findings=(*found, *plan.findings)) for name, plan in plans.items()}


def patches(project: Project, sources: Sources) -> Patches:
    """What the modules change that the application imports."""
    found = Patches()
    for name in sorted(_imported(project)):
        module = project.modules[name]
        if b"marshmallow" not in sources.files.get(module.file, b""):
            continue
        tree = sources.tree(module.file)
        for node, qualified in _changes(project, module, tree):
            option = FORMATS.get(qualified, "")
            text = _text(node) if node in tree.body else ""
            if option and text and found.formats.get(option, text) == text:
                found.formats[option] = text
            else:
                about = f"'{qualified}'"
                found.problem = found.problem or Finding(PATCHED, Location(module.file, node.lineno), about)
    return found


def _imported(project: Project) -> set[str]:
    """The modules that the application's module imports, directly or not, and the packages that these are in; all where
    that one is not known."""
    waiting, found = [project.application.reference.partition(":")[0]], set[str]()
    if waiting[0] not in project.modules:
        return set(project.modules)
    while waiting:
        parts = waiting.pop().split(".")
        for name in (".".join(parts[: length + 1]) for length in range(len(parts))):
            if name in project.modules and name not in found:
                found.add(name)
                waiting += project.modules[name].imported
    return found


def _text(node: ast.stmt) -> str:
    match node:
        case ast.Assign(targets=[_], value=ast.Constant(str(value))):
            return ast.unparse(ast.Constant(value)).replace("'", '"') if '"' not in value and "'" not in value else ""
    return ""


def _changes(project: Project, module: Module, tree: ast.Module) -> Iterator[tuple[ast.stmt, str]]:
    """The statements that change what classes of Marshmallow's have, with the name of that."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.stmt):
            continue
        changed: list[ast.expr] = []
        match node:
            case ast.Assign(targets=targets) | ast.Delete(targets=targets):
                changed = targets
            case ast.AugAssign(target=target) | ast.AnnAssign(target=target):
                changed = [target]
            case ast.Expr(ast.Call(ast.Attribute(owner, name))) if name in CHANGING:
                changed = [ast.Subscript(owner, ast.Constant(name), ast.Store())]
            case ast.Expr(ast.Call(ast.Name("setattr"), [owner, ast.Constant(str(name)), *_])):
                changed = [ast.Attribute(owner, name, ast.Store())]
        for one in changed:
            while isinstance(one, ast.Subscript):
                one = one.value
            if not isinstance(one, ast.Attribute):
                continue
            head, _, rest = ast.unparse(one).partition(".")
            bound = module.imports.get(head, "")
            qualified = canonical(project, f"{bound}.{rest}") if bound else ""
            if qualified.startswith(CLASSES):
                yield node, qualified
