"""OpenAPI 3 and Swagger 2 documents as the facts that they state of each operation, in one form for both."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

Document = Mapping[str, Any]
Place = tuple[str, ...]
"""Where a fact stands: `("query", "page", "type")`, `("response 200", "application/json", "items", "[]", "type")`."""

METHODS = frozenset({"get", "put", "post", "delete", "options", "head", "patch", "trace"})
TEXTS = ("summary", "description")
ATTRIBUTES = (
    "description", "format", "enum", "default", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum",
    "minLength", "maxLength", "minItems", "maxItems", "pattern", "uniqueItems", "multipleOf", "deprecated",
)  # fmt: skip
EXAMPLES = ("example", "examples")
DEEPEST = 12


@dataclass(frozen=True, slots=True)
class Operation:
    """A method of a path as the document spells it, and what is said of it."""

    method: str
    path: str
    facts: Mapping[Place, Any]

    @property
    def key(self) -> tuple[str, str]:
        """By what operations of two documents are told to be the same: names of variables do not count."""
        return self.method, shape(self.path)


def shape(path: str) -> str:
    """A path without the names of its variables; `<int:id>` is one as `{id}` is."""
    return re.sub(r"\{[^}]*\}|<[^>]*>", "{}", path)


def operations(document: Document) -> Iterator[Operation]:
    """Every operation of a document. What is malformed is read as if it were not there."""
    reader = _Reader(document)
    prefix = str(document.get("basePath") or "").rstrip("/")
    for path, item in _mapping(document.get("paths")).items():
        item = reader.resolved(item)
        for method in METHODS & set(item):
            facts = dict(reader.facts(_mapping(item[method]), item))
            yield Operation(method.upper(), prefix + path, facts)


@dataclass(frozen=True, slots=True)
class _Reader:
    document: Document

    @property
    def is_swagger(self) -> bool:
        return "swagger" in self.document

    def resolved(self, value: Any) -> Mapping[str, Any]:
        """A mapping, or the one that it refers to within the document."""
        for _ in range(DEEPEST):
            found = _mapping(value)
            reference = found.get("$ref")
            if not isinstance(reference, str) or not reference.startswith("#/"):
                return found
            value = self.document
            for part in reference[2:].split("/"):
                value = _mapping(value).get(part.replace("~1", "/").replace("~0", "~"))
        return {}

    def facts(self, operation: Mapping[str, Any], item: Mapping[str, Any]) -> Iterator[tuple[Place, Any]]:
        for name in TEXTS:
            if text := str(operation.get(name) or item.get(name) or "").strip():
                yield (name,), " ".join(text.split())
        if operation.get("deprecated"):
            yield ("deprecated",), True
        for tag in operation.get("tags") or ():
            yield (f"tag {tag}",), True
        for name, scopes in self.security(operation):
            yield (f"security {name}",), True
            for scope in scopes:
                yield (f"security {name}", f"scope {scope}"), True
        yield from self.parameters([*(item.get("parameters") or ()), *(operation.get("parameters") or ())], operation)
        yield from self.body(self.resolved(operation.get("requestBody")))
        yield from self.responses(operation)

    def security(self, operation: Mapping[str, Any]) -> list[tuple[str, Sequence[Any]]]:
        """What a client has to show, by kind, with its scopes or roles: names of schemes are nobody's contract."""
        kept = self.document if self.is_swagger else _mapping(self.document.get("components"))
        schemes = _mapping(kept.get("securityDefinitions" if self.is_swagger else "securitySchemes"))
        wanted = operation.get("security", self.document.get("security")) or ()
        return [
            (_kind(self.resolved(schemes.get(name)), name), scopes if isinstance(scopes, list) else ())
            for one in wanted
            for name, scopes in _mapping(one).items()
        ]

    def parameters(self, listed: Sequence[Any], operation: Mapping[str, Any]) -> Iterator[tuple[Place, Any]]:
        consumed = operation.get("consumes") or self.document.get("consumes") or ["application/json"]
        for parameter in map(self.resolved, listed):
            place, name = str(parameter.get("in")), str(parameter.get("name"))
            if place == "body":
                yield from self.content(dict.fromkeys(consumed, parameter), "body")
                continue
            if place == "formData":
                is_file = parameter.get("type") == "file"
                where: Place = ("body", "multipart/form-data" if is_file else "application/x-www-form-urlencoded", name)
            else:
                where = (place, name.lower() if place == "header" else name)
            yield where, True
            if parameter.get("required") and place != "path":
                yield (*where, "required"), True
            yield from self.attributes(where, {key: parameter.get(key) for key in ("description", *EXAMPLES)})
            schema = parameter if self.is_swagger else parameter.get("schema") or _first_schema(parameter)
            # that numbers in paths are not below zero is Werkzeug's idea of an integer, and in the path's converter
            without = ("description", *EXAMPLES, *(("minimum",) if place == "path" else ()))
            yield from self.schema(where, schema, without)

    def body(self, body: Mapping[str, Any]) -> Iterator[tuple[Place, Any]]:
        yield from self.content(_mapping(body.get("content")), "body")
        if body.get("description"):
            yield ("body", "description"), " ".join(str(body["description"]).split())

    def responses(self, operation: Mapping[str, Any]) -> Iterator[tuple[Place, Any]]:
        for status, response in _mapping(operation.get("responses")).items():
            response = self.resolved(response)
            where = f"response {status}"
            yield (where,), True
            text = " ".join(str(response.get("description") or "").split())
            if text and text not in _generic(str(status)):
                yield (where, "description"), text
            for name, header in _mapping(response.get("headers")).items():
                yield (where, "header", name.lower()), True
                yield from self.schema((where, "header", name.lower()), self.resolved(header).get("schema") or {})
            if self.is_swagger and "schema" in response:
                kinds = operation.get("produces") or self.document.get("produces") or ["application/json"]
                yield from self.content(dict.fromkeys(kinds, response), where)
            yield from self.content(_mapping(response.get("content")), where)

    def content(self, content: Mapping[str, Any], where: str) -> Iterator[tuple[Place, Any]]:
        for kind, media in content.items():
            place = (where, kind.partition(";")[0].strip().lower())
            yield place, True
            media = self.resolved(media)
            yield from self.attributes(place, {key: media.get(key) for key in EXAMPLES})
            yield from self.schema(place, media.get("schema") or {})

    def schema(
        self, place: Place, schema: Any, without: Sequence[str] = (), seen: tuple[int, ...] = ()
    ) -> Iterator[tuple[Place, Any]]:
        """What is said of a value and of all inside it."""
        itself = self.identity(schema)
        merged = self.merged(schema)
        if itself in seen:
            yield (*place, "type"), "as around it"
            return
        if len(seen) > DEEPEST or not merged:
            return
        seen = (*seen, itself)
        if kind := _type(merged):
            yield (*place, "type"), kind
        names = [name for name in (*ATTRIBUTES, *EXAMPLES) if name not in without]
        yield from self.attributes(place, {name: merged.get(name) for name in names})
        hidden = "readOnly" if place[0] == "body" else "writeOnly"
        for name, inner in _mapping(merged.get("properties")).items():
            if self.merged(inner).get(hidden):  # two models say it by leaving it out
                continue
            yield (*place, name), True
            if name in (merged.get("required") or ()):
                yield (*place, name, "required"), True
            yield from self.schema((*place, name), inner, (), seen)
        if "items" in merged:
            yield from self.schema((*place, "[]"), merged["items"], (), seen)

    def identity(self, schema: Any) -> int:
        """What tells a schema from others inside which it may stand, null or not."""
        found = self.resolved(schema)
        alone = self.apart_from_null(found)
        return self.identity(alone[0]) if alone and "properties" not in found else id(found)

    def apart_from_null(self, schema: Mapping[str, Any]) -> list[Any]:
        """What a schema is that also may be null; nothing for a choice of several."""
        options = [one for key in ("anyOf", "oneOf") for one in schema.get(key) or ()]
        others = [one for one in options if self.resolved(one).get("type") != "null"]
        return others if len(others) == 1 else []

    def merged(self, schema: Any) -> dict[str, Any]:
        """A schema with what `allOf` adds, and with what it is apart from null."""
        found = dict(self.resolved(schema))
        for part in [*(found.get("allOf") or ()), *self.apart_from_null(found)]:
            inner = self.merged(part)
            properties = {**_mapping(found.get("properties")), **_mapping(inner.get("properties"))}
            required = [*(found.get("required") or ()), *(inner.get("required") or ())]
            found = {**inner, **found}
            found |= {"properties": properties} if properties else {}
            found |= {"required": required} if required else {}
        return found

    def attributes(self, place: Place, values: Mapping[str, Any]) -> Iterator[tuple[Place, Any]]:
        for name, value in values.items():
            if value is None or value == "" or value is False:
                continue
            if name in EXAMPLES:
                yield (*place, "example"), True
            elif name == "enum":
                yield (*place, name), sorted((one for one in value if one is not None), key=repr)
            else:
                yield (*place, name), " ".join(value.split()) if name == "description" else value


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _first_schema(parameter: Mapping[str, Any]) -> Any:
    """The schema of a parameter that is spelled as content."""
    return next((_mapping(one).get("schema") for one in _mapping(parameter.get("content")).values()), {})


def _kind(scheme: Mapping[str, Any], name: str) -> str:
    """What a security scheme asks for, in one form for all versions."""
    match scheme.get("type"):
        case "basic":
            return "http basic"
        case "http":
            return f"http {str(scheme.get('scheme')).lower()}"
        case "apiKey":
            key = str(scheme.get("name"))
            is_bearer = scheme.get("in") == "header" and key.lower() == "authorization"
            return "http bearer" if is_bearer else f"key in {scheme.get('in')} {key}"
        case None:
            return name
        case other:
            return str(other)


def _type(schema: Mapping[str, Any]) -> str:
    """The type apart from null. One that is not said follows from what is."""
    kind = schema.get("type")
    if isinstance(kind, list):
        return "|".join(sorted(str(one) for one in kind if one != "null"))
    if kind is None:
        return "object" if "properties" in schema else "array" if "items" in schema else ""
    return "string" if kind == "file" else str(kind)


def _generic(status: str) -> frozenset[str]:
    """Descriptions that say no more than the status."""
    known = {"Successful Response", "Successful response", "Success", "OK", "Default error response"}
    return frozenset({*known, HTTPStatus(int(status)).phrase} if status.isdecimal() else known)
