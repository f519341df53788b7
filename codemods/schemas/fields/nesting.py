"""Fields that hold objects of another schema: `fields.Nested(AddressSchema(many=True))` is `list[Address]`."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

import libcst as cst

from ..basis.diagnostics import NESTED
from ..basis.plan import Chosen, Nested, Part
from ..basis.reading import Reader, UnconvertibleError, code, literal, split_arguments, truth
from ..basis.unknown_keys import UNKNOWN
from .dictionaries import is_from_dict

Arguments = Mapping[str, cst.BaseExpression]
CHOOSING = ("only", "exclude")
OPTIONS = frozenset({"many", "unknown", *CHOOSING})
"""What a nested field and the schema that it is given may both say."""
FIELD_SAYS_MANY = 4
"""The first major version of Marshmallow in which a field's `many` holds for the object that it was given."""


@dataclass(frozen=True, slots=True)
class NestingReader:
    """Reads what nested fields of one class hold; `schema` finds the schema that an expression names."""

    reader: Reader
    schema: Callable[[cst.BaseExpression], str]

    def read(self, call: cst.Call, options: Arguments) -> tuple[tuple[Part, ...], tuple[str, ...]]:
        """The type in pieces and what stands beside it; raises `UnconvertibleError`."""
        if refused := sorted(options.keys() - {"nested", *OPTIONS}):
            raise UnconvertibleError(NESTED, call, f"'{refused[0]}' of a nested schema")
        target, is_object = options["nested"], False
        match target:
            case cst.Lambda(params=cst.Parameters(params=()), body=body):
                target = body
        match target:
            case cst.Call(func=func) if not is_from_dict(target) and not self._is_schema(target):
                options, target, is_object = self._of_object(target, options), func, True
        many = truth(options.get("many"), NESTED, "many")
        only = field_names(options["only"]) if "only" in options else None
        exclude = field_names(options["exclude"]) if "exclude" in options else ()
        schema = Nested(self.schema(target), Chosen(only, exclude), is_object)
        unknown = f'"{self._unknown(options["unknown"])}"' if "unknown" in options else ""
        if many:
            mark = f"{self.reader.compat('schema_containers', 'Many')}({unknown})"
            return ("list[", schema, "]"), (mark,)
        marks = (f"{self.reader.compat('schema_containers', 'UnknownKeys')}({unknown})",) if unknown else ()
        return (schema,), marks

    def _of_object(self, made: cst.Call, options: Arguments) -> Arguments:
        """The options of a field that is given an object: its own, and those that the object was made with."""
        given = split_arguments(made, (), NESTED)
        refused = UnconvertibleError(NESTED, made, f"'{code(made)}'")
        if given.keys() - OPTIONS or (given.keys() & options.keys() & set(CHOOSING)):
            raise refused
        if "many" in options and self.reader.version < FIELD_SAYS_MANY:
            says = [truth(one.get("many"), NESTED, "many") for one in (given, options)]
            if says[0] != says[1]:
                raise refused
        return {**given, **options}

    def _is_schema(self, node: cst.BaseExpression) -> bool:
        """Whether a call gives a class, as functions of the project may."""
        try:
            return bool(self.schema(node))
        except UnconvertibleError:
            return False

    def _unknown(self, node: cst.BaseExpression) -> str:
        chosen = self.reader.qualified(node).rpartition(".")[2] or code(node).strip("'\"").upper()
        if chosen not in UNKNOWN:
            raise UnconvertibleError(NESTED, node, f"'unknown={code(node)}'")
        return UNKNOWN[chosen]


def field_names(node: cst.BaseExpression) -> tuple[str, ...]:
    """The names that `only` or `exclude` is given; raises `UnconvertibleError` where they are not written out."""
    try:
        found = literal(node)
    except ValueError:
        found = None
    if not isinstance(found, Collection) or isinstance(found, str) or not all(isinstance(one, str) for one in found):
        raise UnconvertibleError(NESTED, node, f"'{code(node)}', which is only known when the application runs")
    return tuple(sorted(found) if isinstance(found, set) else dict.fromkeys(found))
