"""What the source does in a context of the application while that is made, beyond making it.

def create_app():
    app = Flask(__name__)
    with app.app_context():
        db.create_all()
    return app
"""

import ast
from collections.abc import Iterator, Sequence

from codemods.findings import Finding, Location

from .diagnostics import SET_UP
from .reading import Raws

CONTEXT = "app_context"
CLASSES = ("Flask", "APIFlask")
Function = ast.FunctionDef | ast.AsyncFunctionDef
REGISTERING = frozenset({"init_app", "register_blueprint", "register_error_handler"})
"""Calls that make the application what it is, whose effect the conversion sees."""


def set_up_in_context(raws: Raws) -> Iterator[Finding]:
    """What is done so, a finding for each block."""
    for name in raws:
        if CONTEXT.encode() not in raws.source(name):
            continue
        try:
            tree = ast.parse(raws.source(name))
        except (SyntaxError, ValueError):  # another finding tells of it
            continue
        makers: list[Function] = []
        if any(one.encode() in raws.source(name) for one in CLASSES):
            makers = [one for one in ast.walk(tree) if isinstance(one, Function) and _makes_application(one)]
        for body in (tree.body, *(one.body for one in makers)):
            for block in _blocks(body):
                if (done := next(_done(block.body), None)) is not None:
                    location = Location(raws.files[name].file, block.lineno)
                    yield Finding(SET_UP, location, f"'{ast.unparse(done).partition(chr(10))[0]}'")


def _makes_application(function: Function) -> bool:
    """Whether a function calls `Flask`, or a subclass by such a name."""
    for one in ast.walk(function):
        match one:
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)) if name in CLASSES:
                return True
    return False


def _blocks(body: Sequence[ast.stmt]) -> Iterator[ast.With]:
    """The `with app.app_context()` that run when this body does, be it on a condition."""
    for statement in body:
        if isinstance(statement, ast.If) and "__name__" not in ast.unparse(statement.test):
            yield from _blocks((*statement.body, *statement.orelse))
        elif isinstance(statement, ast.With):
            entered = (one.context_expr for one in statement.items)
            if any(isinstance(one, ast.Call) and ast.unparse(one.func).endswith(f".{CONTEXT}") for one in entered):
                yield statement
            else:
                yield from _blocks(statement.body)


def _done(body: Sequence[ast.stmt]) -> Iterator[ast.expr]:
    """The calls in a block whose only purpose is what they do."""
    for one in ast.walk(ast.Module(list(body), [])):
        match one:
            case ast.Expr(value=ast.Call(func=function) as call):
                if ast.unparse(function).rpartition(".")[2] not in REGISTERING:
                    yield call
