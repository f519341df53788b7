"""Static methods that need Flask's request, which are carried as the functions that they are.

class Keys:                                     def check_from_request(*, request: Request) -> Any:
    @staticmethod                        →          if "X-Key" not in request.headers:
    def check(request):                                 ...
        if "X-Key" not in request.headers: ...
"""

from typing import TYPE_CHECKING

from codemods.model import Definition, Module

if TYPE_CHECKING:
    from .carrier import Carrier


def definition_of(module: Module, name: str) -> Definition:
    """A definition of a module, or that of a static method, `Keys.check`."""
    return module.definitions[name] if name in module.definitions else module.inner[name]


def static_method(carrier: "Carrier", module: Module, rest: str, is_handed: bool) -> str | None:
    """The static method that a chain of names begins with, of a class that needs the request, or that is handed it;
    None for another chain. Of such a class a method may be called that does not need it."""
    owner, dot, more = rest.partition(".")
    name = f"{owner}.{more.partition('.')[0]}"
    known, method = module.definitions.get(owner), module.inner.get(name)
    if not dot or known is None or method is None or known.kind != "class" or known.rebound or known.decorators:
        return None
    is_static = [one.text for one in method.decorators] == ["staticmethod"] and not method.rebound
    return name if is_static and (is_handed or carrier.request_methods.bound(known.qualified)) else None
