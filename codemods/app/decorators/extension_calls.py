"""What an extension's decorator does before what it wraps, as a call: around a wrapper, or around a hook."""

from dataclasses import dataclass

import libcst as cst

from codemods.extensions import extension_of
from codemods.view.names import Names
from codemods.view.rule import code


@dataclass(frozen=True, slots=True)
class ExtensionCall:
    """A statement that calls `name`, which stands for the extension's function `target`."""

    name: str
    target: str
    statement: cst.BaseStatement


def extension_call(names: Names, decorator: cst.BaseExpression) -> ExtensionCall | None:
    """The call that does the work of an extension's decorator; None for another decorator."""
    qualified = names.qualified(decorator.func if isinstance(decorator, cst.Call) else decorator) or ""
    extension = extension_of(qualified)
    target = extension.calls.get(qualified) if extension is not None else None
    if target is None:
        return None
    name = target.replace(".", "_")
    while name in names.local:
        name += "_"
    args = decorator.args if isinstance(decorator, cst.Call) else ()
    call = code(cst.Call(cst.Name(name), args))
    return ExtensionCall(name, target, cst.parse_statement(f"{call}\n"))
