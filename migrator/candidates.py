"""Flask applications that the sources show, for an `init` that was not told: a look, never an import."""

import ast
from pathlib import Path, PurePosixPath

from codemods.scan.files import is_test
from migrator.sources import read_sources


def application_candidates(root: Path) -> list[str]:
    """References such as `shop.wsgi:app` and `shop:create_app()`, made from module-level code, tests left out."""
    found = []
    for path, content in read_sources(root, target="").files.items():
        if b"lask" not in content or is_test(path):
            continue
        try:
            tree = ast.parse(content)
        except (SyntaxError, ValueError):
            continue
        module = ".".join(PurePosixPath(path).with_suffix("").parts).removesuffix(".__init__").removeprefix("src.")
        found += [f"{module}:{name}" for name in _instances(tree)] or [
            f"{module}:{name}()" for name in _factories(tree)
        ]
    return found


def _instances(tree: ast.Module) -> list[str]:
    return [
        node.targets[0].id
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and _makes_flask(node.value)
    ]


def _factories(tree: ast.Module) -> list[str]:
    return [
        node.name
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and any(_makes_flask(inner) for inner in ast.walk(node))
    ]


def _makes_flask(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func) in ("Flask", "flask.Flask", "APIFlask", "OpenAPI")
