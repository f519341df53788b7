"""What an HTTPRoute may be: the published schema of `gateway.networking.k8s.io/v1`, as far as routes of ours go.

From the standard channel's `httproutes` definition: fields, kinds, lengths, and the rules that it has for paths and for
the sum of all matches. What is not named here we do not write.
"""

import re
from typing import Any

from jsonschema import Draft202012Validator

LABEL = r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"
PATH = r"^(?:[-A-Za-z0-9/._~!$&'()*+,;=:@]|%[0-9a-fA-F]{2})+$"
NOT_IN_PATHS = ("//", "/./", "/../", "%2f", "%2F", "#")


def record(required: list[str], **properties: Any) -> dict[str, Any]:
    """An object of these fields and no others."""
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def list_of(items: dict[str, Any], most: int, least: int = 0) -> dict[str, Any]:
    """A list of so many."""
    return {"type": "array", "items": items, "minItems": least, "maxItems": most}


NAME = {"type": "string", "minLength": 1, "maxLength": 253}
METHOD = {"enum": ["GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"]}
KIND = {"enum": ["Exact", "PathPrefix", "RegularExpression"]}
MATCH = record([], method=METHOD, path=record([], type=KIND, value={"type": "string", "maxLength": 1024}))
BACKEND = record(["name", "port"], name=NAME, port={"type": "integer", "minimum": 1, "maximum": 65535})
RULE = record([], matches=list_of(MATCH, 64), backendRefs=list_of(BACKEND, 16))
LABELS = {"type": "object", "additionalProperties": {"type": "string", "maxLength": 63, "pattern": LABEL}}
HTTP_ROUTE = record(
    ["apiVersion", "kind", "metadata", "spec"],
    apiVersion={"const": "gateway.networking.k8s.io/v1"},
    kind={"const": "HTTPRoute"},
    metadata=record(["name"], name={**NAME, "pattern": LABEL}, labels=LABELS),
    spec=record([], parentRefs=list_of(record(["name"], name=NAME), 32), rules=list_of(RULE, 16, 1)),
)


def objections(route: Any) -> list[str]:
    """Why a cluster would not take a route."""
    found = [f"{error.json_path}: {error.message}" for error in Draft202012Validator(HTTP_ROUTE).iter_errors(route)]
    matches = [match for rule in route["spec"]["rules"] for match in rule["matches"]]
    if len(matches) > 128:
        found.append(f"{len(matches)} matches")
    for path in (match["path"] for match in matches):
        if path["type"] != "RegularExpression" and not is_plain(path["value"]):
            found.append(f"{path['value']} is no path")
    return found


def is_plain(path: str) -> bool:
    """Whether a path may stand there, exact or as a prefix."""
    is_named = re.fullmatch(PATH, path) is not None and path.startswith("/")
    return is_named and not path.endswith(("/.", "/..")) and not any(text in path for text in NOT_IN_PATHS)
