"""Reads one field of a schema class: its type, its validators and texts, what happens when it is absent."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

import libcst as cst

from codemods.literals import as_literal
from codemods.view import patterns as m
from codemods.view.search import findall

from ..basis import version_two
from ..basis.diagnostics import FIELD_OPTION, FIELD_TYPE, VALIDATOR
from ..basis.library import VALIDATORS
from ..basis.plan import FieldPlan, Nested, Part
from ..basis.reading import Reader, UnconvertibleError, code, literal, split_arguments, truth
from .defaults import default_of
from .documented_fields import documentation
from .field_types import INNER, POSITIONAL, FieldType, TypeReader
from .made_validators import made_validator, written_out
from .own_fields import OwnField, own_field
from .own_settings import given_options
from .own_texts import own_texts
from .own_validators import may_say_no, own_validator
from .processors import OPTIONS, processors

T = TypeVar("T")
COMMON = frozenset(
    {
        "required",
        "allow_none",
        "load_default",
        "dump_default",
        "validate",
        "data_key",
        "attribute",
        "dump_only",
        "load_only",
    }
    | {"error_messages", "metadata"}
)


@dataclass(slots=True)
class FieldReader:
    """Reads the fields of one class. `load_only` and `dump_only` are the names that `Meta` lists, `loading` is what
    keeps them from being loaded only."""

    reader: Reader
    types: TypeReader = field(init=False)
    loading: list[UnconvertibleError] = field(default_factory=list)
    load_only: frozenset[str] = frozenset()
    dump_only: frozenset[str] = frozenset()

    def field(self, name: str, call: cst.Call, comments: tuple[str, ...], remark: str) -> FieldPlan:
        """The plan of a field; raises `UnconvertibleError`."""
        known = len(self.loading)
        kind, common, found = self._typed(call, call, name)
        allows_none = self._allows_none(common, found)
        load_default = self._loading(
            lambda: default_of(self.reader, common.get("load_default"), found, allows_none), None
        )
        dump_default = default_of(self.reader, common.get("dump_default"), found, allows_none)
        loads, dumps = self._sides(name, common, found)
        if found.constant is not None:
            load_default = dump_default = default_of(
                self.reader, found.constant, FieldType((), plain=_literal_type(found.constant)), allows_none
            )
        if found.sides is not None:
            dump_default = None
        if not loads:
            load_default = None
        required = truth(common.get("required"), FIELD_OPTION, "required") and found.constant is None
        if required and load_default:
            raise UnconvertibleError(FIELD_OPTION, call, "a default of a required field")
        path = self._text(common.get("attribute"), name, "attribute")
        attribute = name if "." in path else path
        outer = [f"{self.reader.compat('schema_dumping', 'At')}({as_literal(path)})"] if "." in path else []
        key, dump_key, also = self._keys(name, common)
        if self.reader.version < version_two.FIRST_ALIKE and load_default is not None and found.constant is None:
            version_two.check_default(kind, load_default, allows_none, call)
        annotation = self._annotated(self._annotation(call, kind, common, found), [*found.outer, *outer, *also])
        if not loads:
            del self.loading[known:]
        return FieldPlan(
            name,
            attribute,
            key,
            annotation,
            loads,
            dumps,
            required,
            load_default,
            dump_default,
            comments,
            remark,
            found.loaded_by,
            path if "." in path else "",
            dump_key="" if dump_key == key else dump_key,
            knows_key=found.knows_key,
            documentation=documentation(call, self.reader.version),
            holds_self=self.reader.version < 4 and any(_says_self(one) for one in findall(call, m.SimpleString())),
        )

    def renamed(self, plan: FieldPlan, attribute: str) -> FieldPlan:
        """The field under another name, in the class only: data and clients know it by the one it had."""
        outer = [] if plan.path else [f"{self.reader.compat('schema_dumping', 'At')}({as_literal(plan.attribute)})"]
        annotation = self._annotated(plan.annotation, outer)
        return replace(plan, attribute=attribute, path=plan.path or plan.attribute, annotation=annotation)

    def marked(self, annotation: tuple[Part, ...], mark: str) -> tuple[Part, ...]:
        """A type with something beside it."""
        return self._annotated(annotation, [mark])

    def annotate(self, node: cst.BaseExpression) -> tuple[Part, ...]:
        """The type of a field inside another: `fields.Int()`, or the class alone."""
        call = node if isinstance(node, cst.Call) else cst.Call(node)
        kind, common, found = self._typed(call, node)
        return self._annotated(self._annotation(call, kind, common, found), list(found.outer))

    def _typed(
        self, call: cst.Call, place: cst.CSTNode, name: str = ""
    ) -> tuple[str, Mapping[str, cst.BaseExpression], FieldType]:
        """A field's kind, the options that every field has, and its type; it has no `name` inside another one."""
        kind, common, options, own = self._split(call, place)
        found = self.types.read(call, kind, options)
        if own is None:
            return kind, common, found
        if own.loading is not None:
            self.loading.append(UnconvertibleError(own.loading.diagnostic, place, own.loading.detail))
        loaders, marks, outer = list[str](), list[str](), list(found.outer)
        told = self._told(name, common) if name else {}
        if own.load:
            said = common.get("error_messages")
            if said is not None and own_texts(self.reader, kind, said).keys() & own.load.says:
                raise UnconvertibleError(FIELD_OPTION, said, "'error_messages' of a field class of the project's own")
            function = own.bound(self.reader, own.load, told, place)
            loaders.append(f"{self.reader.compat('schema_functions', 'LoadedBy')}({function})")
        if own.dump:
            is_named = {**told, "attr": as_literal(name)} if name else {}
            function = own.bound(self.reader, own.dump, is_named, place)
            outer.append(f"{self.reader.compat('schema_dumping', 'DumpedBy')}({function})")
        alone = own.load is not None and not own.load.asks  # then nothing else says anything
        said_here = {key: one for key, one in own.texts.items() if not alone or key in ("required", "null")}
        texts = tuple((key, self.reader.take(value)) for key, value in said_here.items())
        if own.load and found.kind == ("Raw",):
            found = replace(found, kind=(self.reader.standard("typing", "Any"),))
        checks: tuple[str, ...] = ()
        if own.check:
            if own.checks_alone and "validate" in common:
                raise UnconvertibleError(
                    FIELD_OPTION, place, "'validate', which a field class of the project's own drops"
                )
            function = own.bound(self.reader, own.check, {}, place)
            check = f"{self.reader.compat('schema_functions', 'Finished')}({function})"
            marks, checks = ([check], ()) if own.checks_first else (marks, (check,))
        asks_type, knows_key = (own.load.asks, "attr" in own.load.takes) if own.load else (False, False)
        loaded = replace(found, loaders=(*loaders, *marks), asks_type=asks_type, knows_key=knows_key)
        return kind, common, replace(loaded, outer=tuple(outer), texts=texts, checks=checks)

    def _told(self, name: str, common: Mapping[str, cst.BaseExpression]) -> dict[str, str]:
        """What a function may be told of a field that it loads."""
        key = self._text(common.get("data_key"), name, "data_key")
        said = {"name": as_literal(name), "attr": as_literal(key)}
        if self.reader.version < 4:  # there more than this is metadata
            return said
        metadata = common.get("metadata")
        return {**said, "metadata": self.reader.take(metadata) if metadata is not None else "{}"}

    def _loading(self, read: Callable[[], T], otherwise: T) -> T:
        """What a field is loaded with and never dumped; where it does not convert, the field is not loaded."""
        try:
            return read()
        except UnconvertibleError as refused:
            if self.reader.version < version_two.FIRST_ALIKE:
                raise
            self.loading.append(refused)
            return otherwise

    def _split(
        self, call: cst.Call, place: cst.CSTNode
    ) -> tuple[str, Mapping[str, cst.BaseExpression], Mapping[str, cst.BaseExpression], OwnField | None]:
        """A field's kind, the options that every field has, its own, and what a class of the project adds."""
        qualified = self.reader.qualified(call.func)
        package, _, kind = qualified.rpartition(".")
        own = None
        if package != "marshmallow.fields":
            own = own_field(self.reader, qualified, place)
            if own is None:
                raise UnconvertibleError(FIELD_TYPE, place, f"'{code(call.func)}'")
            kind = own.kind
        by_place = POSITIONAL.get(kind, ())
        given = split_arguments(call, own.settings.places(by_place) if own else by_place, FIELD_OPTION)
        given = {INNER.get((kind, name), name): value for name, value in given.items()}
        if own is not None and own.owner is not None:
            refused = UnconvertibleError(FIELD_OPTION, place, f"'{code(call)}'")
            own = replace(own, given={name: one for name, one in given.items() if name in own.settings.parameters})
            given = given_options(self.reader, own.owner or self.reader.module, own.settings, given, refused)
        if self.reader.version < 3:
            if own is not None:
                raise version_two.refused_in_two(place, f"'{code(call.func)}', a field class of the project's own")
            given = version_two.options(kind, given, call)
        elif self.reader.version < 4:
            given = {{"missing": "load_default", "default": "dump_default"}.get(k, k): v for k, v in given.items()}
        known = COMMON | (frozenset(OPTIONS) if self.reader.version >= 4 else frozenset())
        if self.reader.version < version_two.FIRST_ALIKE:
            known |= version_two.RENAMING
        common = {name: value for name, value in given.items() if name in known and not _is_none(name, value)}
        return kind, common, {name: value for name, value in given.items() if name not in known}, own

    def _keys(self, name: str, common: Mapping[str, cst.BaseExpression]) -> tuple[str, str, list[str]]:
        """The keys of a field when it is loaded and dumped, and what tells that it is loaded under its name as well."""
        if self.reader.version >= version_two.FIRST_ALIKE:
            key = self._text(common.get("data_key"), name, "data_key")
            return key, key, []
        loaded = self._text(common.get("load_from"), name, "load_from")
        dumped = self._text(common.get("dump_to"), name, "dump_to")
        mark = f"{self.reader.compat('schema_containers', 'AlsoCalled')}({as_literal(name)})" if loaded != name else ""
        return loaded, dumped, [mark] if mark else []

    def _annotation(
        self, call: cst.Call, kind: str, common: Mapping[str, cst.BaseExpression], found: FieldType
    ) -> tuple[Part, ...]:
        texts = {**dict(found.texts), **own_texts(self.reader, kind, common.get("error_messages"))}
        type_, own = self._address(found, texts, "validate" in common) if found.address else (found.kind, "")
        failed = texts.pop("validator_failed", "")  # Marshmallow 4 has no use for it
        validators: list[str] = self._loading(lambda: self._validators(common.get("validate"), own, type_, failed), [])
        allows_none = self._allows_none(common, found)
        shown = ", ".join(f"{key}={value}" for key, value in texts.items())
        said = [f"{self.reader.compat('schema_containers', 'Texts')}({shown})"] if texts else []
        inner = [*said, *found.loaders] if found.asks_type else found.loaders
        marks = [
            *found.marks,
            *inner,
            *validators,
            *found.checks,
            *processors(self.reader, kind, common, found, allows_none),
        ]
        parts = self._annotated(type_, marks)
        if allows_none:
            parts = (*parts, " | None")
        return parts if found.asks_type or not said else self._annotated(parts, said)

    @staticmethod
    def _allows_none(common: Mapping[str, cst.BaseExpression], found: FieldType) -> bool:
        """Whether null may be sent: where that is not said, if it is the default."""
        explicit = common.get("allow_none")
        if explicit is not None:
            return truth(explicit, FIELD_OPTION, "allow_none")
        return found.allows_none or _none(common.get("load_default"))

    def _annotated(self, type_: tuple[Part, ...], marks: list[str]) -> tuple[Part, ...]:
        if not marks:
            return type_
        last = type_[-1]
        if type_[0] == "Annotated[" and isinstance(last, str) and last.endswith("]"):
            return (*type_[:-1], f"{last[:-1]}, {', '.join(marks)}]")
        self.reader.standard("typing", "Annotated")
        return ("Annotated[", *type_, f", {', '.join(marks)}]")

    def _address(self, found: FieldType, texts: Mapping[str, str], validated: bool) -> tuple[tuple[Part, ...], str]:
        """The type of an address, and the validator that knows it where the type alone does not say it all."""
        if not validated and not found.loaders and "invalid" not in texts and not found.address_options:
            return (self.reader.field_type(found.address),), ""
        options = [*found.address_options, *([f"error={texts['invalid']}"] if "invalid" in texts else [])]
        validator = self.reader.validator({"Email": "Email", "Url": "URL"}[found.address])
        return (self.reader.compat("fields", f"{found.address}Text"),), f"{validator}({', '.join(options)})"

    def _validators(self, node: cst.BaseExpression | None, own: str, type_: tuple[Part, ...], failed: str) -> list[str]:
        """The validators of a field; `failed` is what is said where one of Marshmallow 3 returns False."""
        holds_schema = any(isinstance(part, Nested) for part in type_)
        match written_out(self.reader, node) if node is not None else None:
            case None:
                nodes = []
            case cst.List(elements=elements) | cst.Tuple(elements=elements) | cst.Set(elements=elements):
                nodes = [written_out(self.reader, one.value) for one in elements]
            case one:
                nodes = [one]
        shown = [*([own] if own else []), *(self._validator(one, holds_schema, failed) for one in nodes)]
        if not shown or (len(shown) == 1 and (own or _is_marshmallow(self.reader, nodes[0]))):
            return shown
        return [f"{self.reader.compat('validators', 'All')}({', '.join(shown)})"]

    def _validator(self, node: cst.BaseExpression, holds_schema: bool, failed: str = "") -> str:
        if _is_marshmallow(self.reader, node):
            assert isinstance(node, cst.Call)
            if holds_schema and self.reader.qualified(node.func) != "marshmallow.validate.Length":
                raise UnconvertibleError(
                    VALIDATOR, node, f"'{code(node)}' on nested objects, which are no dictionaries here"
                )
            return self._call(node)
        if holds_schema:
            raise UnconvertibleError(
                VALIDATOR, node, f"'{code(node)}' on nested objects, which are no dictionaries here"
            )
        if isinstance(node, cst.Lambda):
            text = self.reader.take(node)
        elif isinstance(node, cst.Name | cst.Attribute):
            text = self.reader.helper(node)
        elif isinstance(node, cst.Call) and (own := own_validator(self.reader, node)):
            text = own
            if not may_say_no(self.reader, node):
                return text
        elif isinstance(node, cst.Call) and (made := made_validator(self.reader, node)):
            text = made
        else:
            raise UnconvertibleError(VALIDATOR, node, f"'{code(node)}'")
        if self.reader.version >= 4:
            return text
        given = f"{text}, {failed}" if failed else text
        return f"{self.reader.compat('validators', 'NotFalse')}({given})"

    def _call(self, node: cst.Call) -> str:
        """One of Marshmallow's validators; the arguments of `And` are validators themselves."""
        name = self.reader.qualified(node.func).rpartition(".")[2]
        if name == "And":
            inner = [self._validator(one.value, False) for one in node.args if not one.star and not one.keyword]
            if len(inner) != len(node.args):
                raise UnconvertibleError(VALIDATOR, node, f"'{code(node)}'")
            return f"{self.reader.compat('validators', 'All')}({', '.join(inner)})"
        if name not in VALIDATORS or any(one.star for one in node.args):
            raise UnconvertibleError(VALIDATOR, node, f"'{code(node)}'")
        return self.reader.take(node)

    def _sides(self, name: str, common: Mapping[str, cst.BaseExpression], found: FieldType) -> tuple[bool, bool]:
        """Whether the field is loaded, and whether it is dumped; what functions make is what they say."""
        loads, dumps = found.sides or (
            not truth(common.get("dump_only"), FIELD_OPTION, "dump_only"),
            not truth(common.get("load_only"), FIELD_OPTION, "load_only"),
        )
        return loads and name not in self.dump_only, dumps and name not in self.load_only

    @staticmethod
    def _text(node: cst.BaseExpression | None, default: str, what: str) -> str:
        if node is None:
            return default
        try:
            value = literal(node)
        except ValueError:
            value = None
        if not isinstance(value, str):
            raise UnconvertibleError(FIELD_OPTION, node, f"'{what}', which is only known when the application runs")
        if not value:
            raise UnconvertibleError(FIELD_OPTION, node, f"an empty '{what}'")
        return value


def _literal_type(node: cst.BaseExpression) -> type:
    """The type of a constant; raises `UnconvertibleError` for what is not written out."""
    try:
        value = literal(node)
    except ValueError:
        value = []
    if not isinstance(value, str | int | float | bool):
        raise UnconvertibleError(FIELD_OPTION, node, f"the constant '{code(node)}'")
    return type(value)


def _is_none(name: str, node: cst.BaseExpression) -> bool:
    """Whether an option is given as None where that means that it is not given."""
    return name not in ("load_default", "dump_default") and code(node) == "None"


def _says_self(node: cst.CSTNode) -> bool:
    return isinstance(node, cst.SimpleString) and node.evaluated_value == "self"


def _none(node: cst.BaseExpression | None) -> bool:
    return node is not None and code(node) == "None"


def _is_marshmallow(reader: Reader, node: cst.BaseExpression) -> bool:
    return isinstance(node, cst.Call) and reader.qualified(node.func).startswith("marshmallow.validate.")
