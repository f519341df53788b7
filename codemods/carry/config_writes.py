"""Which settings a piece of code changes."""

import ast

ATTRIBUTES = {
    "secret_key": "SECRET_KEY",
    "testing": "TESTING",
    "debug": "DEBUG",
    "permanent_session_lifetime": "PERMANENT_SESSION_LIFETIME",
}
"""Attributes of an application that are settings (`flask.config.ConfigAttribute`)."""

WRITING = frozenset(
    [
        "clear", "from_envvar", "from_file", "from_mapping", "from_object", "from_prefixed_env", "from_pyfile", "pop",
        "popitem", "setdefault", "update",
    ]
)  # fmt: skip
ANY = ast.Name("any")
"""Stands for a key that is not known."""


def writes(node: ast.AST, name: str) -> bool:
    """Whether code may change the configuration of the application that `name` holds."""
    keys = written(node, name)
    return keys is None or bool(keys)


def written(node: ast.AST, name: str | None = None) -> set[str] | None:
    """The keys that code sets in a configuration (of the application `name`); None where that may be any."""
    found: set[str] = set()
    for one in ast.walk(node):
        keys: list[ast.expr] = [ANY]
        match one:
            case ast.Subscript(value=ast.Attribute(value=owner, attr="config"), slice=key, ctx=ast.Store() | ast.Del()):
                keys = [key]
            case ast.Call(func=ast.Attribute(value=ast.Attribute(value=owner, attr="config"), attr=method)) if (
                method in WRITING
            ):
                keys = _keys(method, one)
            case ast.Attribute(value=owner, attr=attr, ctx=ast.Store()) if attr in ATTRIBUTES:
                keys = [ast.Constant(ATTRIBUTES[attr])]
            case ast.Assign(value=ast.Attribute(value=owner, attr="config")):
                pass  # a local that stands for it
            case ast.Call(func=ast.Name(id=called), args=[ast.Attribute(value=owner, attr="config"), *_]) if (
                called.islower()
            ):
                pass  # a function that may do anything with it
            case _:
                continue
        if name is not None and not (isinstance(owner, ast.Name) and owner.id == name):
            continue
        for key in keys:
            if not isinstance(key, ast.Constant) or not isinstance(key.value, str):
                return None
            found.add(key.value)
    return found


def _keys(method: str, call: ast.Call) -> list[ast.expr]:
    """The keys that a call of a method of a configuration sets; a name that is no constant stands for any."""
    if method in ("setdefault", "pop") and call.args:
        return [call.args[0]]
    if method in ("update", "from_mapping") and not call.args and all(one.arg for one in call.keywords):
        return [ast.Constant(one.arg) for one in call.keywords]
    return [ANY]
