"""How OpenAPI describes where tokens are: by what the project's source says of `JWT_TOKEN_LOCATION`."""

import ast
from dataclasses import dataclass, field

from codemods.extensions.basis.settings import values
from codemods.view.imports import Need
from codemods.view.source import Sources

FIRST = frozenset(
    {
        Need("collections.abc", "Callable"),
        Need("typing", "Any"),
        Need("fastapi", "Request"),
        Need(".compat.bridged", "in_request_thread"),
        Need(".compat.jwt", "verify_jwt_in_request"),
    }
)


@dataclass(frozen=True, slots=True)
class Described:
    """What stands ahead of the dependency, and the imports of both."""

    text: str = ""
    imports: frozenset[Need] = field(default=FIRST)


SCHEMES = {
    "headers": (
        "HTTPBearer",
        'HTTPBearer(bearerFormat="JWT", auto_error=False)',
        ("JWT_HEADER_NAME", "JWT_HEADER_TYPE"),
    ),
    "cookies": (
        "APIKeyCookie",
        'APIKeyCookie(name="access_token_cookie", auto_error=False)',
        ("JWT_ACCESS_COOKIE_NAME",),
    ),
}
"""By place: the class, the scheme, and the settings that would make it another one."""


def security(sources: Sources) -> tuple[str, Described]:
    """The name of OpenAPI's scheme and what defines it; an empty name where the source does not tell of one place."""
    places = configured(sources, "JWT_TOKEN_LOCATION") or (("headers",),)
    found = SCHEMES.get(places[0][0]) if len(set(places)) == 1 and len(places[0]) == 1 else None
    if found is None or any(configured(sources, name) for name in found[2]):
        return "", Described()
    kind, scheme, _ = found
    needs = {Need("typing", "Annotated"), Need("fastapi", "Depends"), Need("fastapi.security", kind)}
    return "token_scheme", Described(f"token_scheme = {scheme}\n\n\n", FIRST | needs)


def configured(sources: Sources, setting: str) -> tuple[tuple[str, ...], ...]:
    """The values that the source gives a setting, each as texts; one that is no constant is empty."""
    found = []
    for file, content in sorted(sources.files.items()):
        if setting.encode() in content:
            found += [texts(value) for value in values(sources.tree(file), setting)] or [()]
    return tuple(found)


def texts(value: ast.expr) -> tuple[str, ...]:
    """The texts of a constant; nothing for what is none."""
    try:
        constant = ast.literal_eval(value)
    except ValueError:
        return ()
    items = (constant,) if isinstance(constant, str) else constant
    return tuple(str(one) for one in items) if isinstance(items, list | tuple | set) else ()
