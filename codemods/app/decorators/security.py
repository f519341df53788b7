"""What a check asks a request for, as OpenAPI tells it: a bearer token, basic credentials, an API key.

    if request.headers.get("X-API-Key") != …        x_api_key_scheme = APIKeyHeader(name="X-API-Key", auto_error=False)

                                                →   def keyed(…, credentials: Annotated[Any, Depends(x_api_key_scheme)])

The scheme refuses nothing by itself (`auto_error=False`): what is asked for and how it is refused stays the check's.
"""

import re
from dataclasses import dataclass

import libcst as cst

from codemods.carry import Carrier
from codemods.view import patterns as m
from codemods.view.imports import Need
from codemods.view.names import Names
from codemods.view.rule import string
from codemods.view.search import findall
from codemods.view.signature import Parameter

from .arguments import Placed

HEADERS = "flask.request.headers"
KEY = re.compile(r"(?i)(api|access|auth|service|admin)[-_]?(key|token)$|^x-(token|secret)$")
ELSEWHERE = {"JWT_TOKEN_LOCATION", "JWT_HEADER_NAME", "JWT_HEADER_TYPE"}
"""Settings by which a token is looked for in another place."""
VERIFYING = "flask_jwt_extended.verify_jwt_in_request"


@dataclass(frozen=True, slots=True)
class Scheme:
    """A scheme of FastAPI's: the name that it is given, what makes it, and the class that this imports."""

    name: str
    expression: str
    need: Need

    def placed(self, carrier: Carrier, home: str) -> Placed:
        """Its definition, under a name that is free in its module."""
        needs = frozenset({self.need})
        name = carrier.free_name(home, self.name, self.expression, needs)
        return Placed(home, name, f"{name} = {self.expression}\n", needs)


def parameter(scheme: Placed, name: str) -> Parameter:
    """The parameter of a dependency that has OpenAPI tell of the scheme."""
    needs = frozenset({Need("typing", "Annotated"), Need("typing", "Any"), Need("fastapi", "Depends")})
    return Parameter(name, f"Annotated[Any, Depends({scheme.name})]", None, ("scheme", scheme.name), needs)


def scheme_of(function: cst.FunctionDef, names: Names) -> Scheme | None:
    """The scheme by which a check recognises a caller; None where that is not plain to see."""
    read = _headers(function, names)
    texts = [string(one) or "" for one in findall(function.body, m.SimpleString()) if isinstance(one, cst.SimpleString)]
    words = {one.strip().lower() for one in texts}
    calls = [one for one in findall(function.body, m.Call()) if isinstance(one, cst.Call)]
    if any(names.qualified(one.func) == VERIFYING for one in calls):
        elsewhere = ELSEWHERE & set(names.project.application.config)
        made = 'HTTPBearer(bearerFormat="JWT", auto_error=False)'
        return None if elsewhere else _http("jwt_scheme", made, "HTTPBearer")
    parts = {names.qualified(one) for one in findall(function.body, m.Attribute()) if isinstance(one, cst.Attribute)}
    if ("authorization" in read and "bearer" in words) or "flask.request.authorization.token" in parts:
        return _http("bearer_scheme", "HTTPBearer(auto_error=False)", "HTTPBearer")
    if ("authorization" in read and "basic" in words) or "flask.request.authorization.password" in parts:
        # `HTTPBasic` itself refuses what it cannot decode
        return Scheme(
            "basic_scheme", 'HTTPBase(scheme="basic", auto_error=False)', Need("fastapi.security.http", "HTTPBase")
        )
    keys = sorted(name for name in read.values() if KEY.search(name))
    if len(keys) == 1:
        shown = re.sub(r"\W+", "_", keys[0].lower())
        made = f'APIKeyHeader(name="{keys[0]}", auto_error=False)'
        return _http(f"{shown}_scheme", made, "APIKeyHeader")
    return None


def _http(name: str, expression: str, kind: str) -> Scheme:
    return Scheme(name, expression, Need("fastapi.security", kind))


def _headers(function: cst.FunctionDef, names: Names) -> dict[str, str]:
    """The headers that a function reads by a constant name: in lower case, and as written."""
    found: dict[str, str] = {}
    for node in findall(function.body, m.Call(func=m.Attribute(attr=m.Name("get"))) | m.Subscript()):
        match node:
            case cst.Call(func=cst.Attribute(value=owner), args=[cst.Arg(value=key), *_]):
                pass
            case cst.Subscript(value=owner, slice=[cst.SubscriptElement(slice=cst.Index(value=key))]):
                pass
            case _:
                continue
        name = string(key)
        if name and re.fullmatch(r"[\w-]+", name) and names.qualified(owner) == HEADERS:
            found[name.lower()] = name
    return found
