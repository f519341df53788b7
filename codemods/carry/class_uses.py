"""Where a project names its classes, and whether it makes their objects for one call only: `Order(item).execute()`."""

import ast
from dataclasses import dataclass, field

from codemods.model import Module, Project
from codemods.scan.files import is_test
from codemods.view.names import meaning
from codemods.view.source import Function, Sources

from .plain_classes import Method, bound_by


@dataclass(slots=True)
class Uses:
    """The methods for one call of which objects of a class are made, and by whom; `others` tells of other uses."""

    called: set[str] = field(default_factory=set)
    callers: set[str] = field(default_factory=set)
    others: bool = False


@dataclass(slots=True)
class ClassUses:
    """Answers about one project, each kept once it is found."""

    project: Project
    sources: Sources
    known: dict[str, Uses] = field(default_factory=dict)

    def is_made_for(self, method: Method) -> bool:
        """Whether every object of the method's class is made to call this method, and nothing else."""
        found = self.of(method.owner.qualified)
        return not found.others and found.called == {method.name}

    def of(self, qualified: str) -> Uses:
        """The uses of a class, those of tests aside."""
        if qualified not in self.known:
            found = self.known[qualified] = Uses()
            name = qualified.rpartition(".")[2]
            for module in self.project.modules.values():
                if name.encode() in self.sources.files.get(module.file, b"") and not is_test(module.file):
                    for statement in self.sources.tree(module.file).body:
                        self._read(module, statement, qualified, found)
        return self.known[qualified]

    def _read(self, module: Module, statement: ast.stmt, qualified: str, found: Uses) -> None:
        inner = statement.body if isinstance(statement, ast.ClassDef) else []
        parts = [statement] if not inner else [*inner, *getattr(statement, "bases", ()), *_decorators(statement)]
        for part in parts:
            if not self._read_part(module, part, qualified, found):
                continue
            if isinstance(statement, ast.ClassDef):
                method = part.name if isinstance(part, Function) else ""
                found.callers.add(f"{module.name}.{statement.name}.{method}".rstrip("."))
            else:
                found.callers.update(f"{module.name}.{name}" for name in bound_by(statement))

    def _read_part(self, module: Module, part: ast.AST, qualified: str, found: Uses) -> bool:
        """Note the uses in a piece of code; whether there are any."""
        name = qualified.rpartition(".")[2]
        made: dict[ast.AST, str] = {}
        for one in ast.walk(part):
            match one:
                case ast.Call(
                    func=ast.Attribute(value=ast.Call(func=ast.Name() | ast.Attribute() as kind), attr=method)
                ):
                    made[kind] = method
        is_used = False
        for one in ast.walk(part):
            match one:
                case ast.Name(id=last) | ast.Attribute(attr=last) if last == name:
                    pass
                case _:
                    continue
            if meaning(self.project, module, one) == qualified:
                is_used = True
                found.others |= one not in made
                found.called |= {made[one]} if one in made else set()
        return is_used


def _decorators(statement: ast.stmt) -> list[ast.expr]:
    return statement.decorator_list if isinstance(statement, ast.ClassDef) else []
