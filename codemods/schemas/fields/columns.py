"""Which of Marshmallow's fields a column is, as marshmallow-sqlalchemy makes them (`ModelConverter` of version 1).

name = db.Column(db.String(40), nullable=False)    →    fields.String(required=True, validate=[Length(max=40)])
"""

import ast
from collections.abc import Mapping
from dataclasses import dataclass

import libcst as cst

from codemods.literals import as_literal

from ..basis.model_columns import Column, ColumnType, UnreadError

KINDS: Mapping[str, str] = {
    **dict.fromkeys(("Integer", "SmallInteger", "BigInteger", "INTEGER", "SMALLINT", "BIGINT"), "Integer"),
    **dict.fromkeys(("String", "Unicode", "Text", "UnicodeText", "VARCHAR", "NVARCHAR"), "String"),
    **dict.fromkeys(("CHAR", "NCHAR", "TEXT", "CLOB", "LargeBinary", "BLOB", "BINARY", "VARBINARY"), "String"),
    **dict.fromkeys(("Boolean", "BOOLEAN"), "Boolean"),
    **dict.fromkeys(("DateTime", "DATETIME", "TIMESTAMP"), "DateTime"),
    **dict.fromkeys(("Date", "DATE"), "Date"),
    **dict.fromkeys(("Time", "TIME"), "Time"),
    **dict.fromkeys(("JSON", "postgresql.JSON", "postgresql.JSONB", "postgresql.HSTORE"), "Raw"),
    **dict.fromkeys(("UUID", "postgresql.UUID", "mssql.UNIQUEIDENTIFIER"), "UUID"),
    **dict.fromkeys(("postgresql.INET", "postgresql.CIDR", "postgresql.MACADDR"), "String"),
    "Interval": "TimeDelta",
}
"""The types that are one field whatever they are given."""
NUMBERS = {
    **dict.fromkeys(("Float", "FLOAT", "REAL", "Double", "DOUBLE", "DOUBLE_PRECISION"), False),
    **dict.fromkeys(("Numeric", "NUMERIC", "DECIMAL"), True),
}
"""The types that are a `Decimal` or a `Float`, by `asdecimal`, with what they are by themselves."""
ENUM_SINCE = (1, 1)
"""Since when an enumeration is a field of its own."""
ENUM_LOADS_SINCE = (1, 4)
"""Since when such a field can be loaded: before, the names of the members and their length were asked of the member."""


@dataclass(frozen=True, slots=True)
class ColumnField:
    """A field: its kind, the options of that, those that every field has, and validators.

    A validator is its name in Marshmallow with the text of its arguments. `type` is where the options' names mean what
    they do.
    """

    kind: str
    options: Mapping[str, cst.BaseExpression]
    common: Mapping[str, cst.BaseExpression]
    validators: tuple[tuple[str, str], ...]
    type: ColumnType


def field_of(column: Column, version: tuple[int, ...], *, loads: bool = True) -> ColumnField:
    """The field of a column; raises `UnreadError`. `version` is that of marshmallow-sqlalchemy.

    `loads` tells whether the schema may be given the field, too, rather than only show it.
    """
    type_ = column.type
    if type_ is None:
        raise UnreadError(f"the type of '{column.name}', which is not one of SQLAlchemy's own that is written out")
    common: dict[str, cst.BaseExpression] = {}
    if column.nullable:
        common["allow_none"] = cst.Name("True")
    elif not column.has_default:
        common["required"] = cst.Name("True")
    kind, options, validators = _kind(column.name, type_, version >= (ENUM_LOADS_SINCE if loads else ENUM_SINCE))
    return ColumnField(kind, options, common, validators, type_)


Validators = tuple[tuple[str, str], ...]


def _kind(name: str, type_: ColumnType, has_enums: bool) -> tuple[str, Mapping[str, cst.BaseExpression], Validators]:
    if type_.name in KINDS:
        kind = KINDS[type_.name]
        length = type_.value(0, "length") if kind == "String" and "." not in type_.name else None
        return kind, {}, (("Length", f"max={length}"),) if isinstance(length, int) else ()
    if type_.name in NUMBERS:
        chosen = type_.value(None, "asdecimal")
        if not (NUMBERS[type_.name] if chosen is None else chosen):
            return "Float", {}, ()
        scale = type_.value(1, "scale") if NUMBERS[type_.name] else None
        return "Decimal", {"places": cst.Integer(str(scale))} if isinstance(scale, int) else {}, ()
    if type_.name == "Uuid":
        return ("UUID" if type_.value(None, "as_uuid") in (None, True) else "String"), {}, ()
    if type_.name in ("Enum", "postgresql.ENUM"):
        return _enum(name, type_, has_enums)
    raise UnreadError(f"the type '{type_.name}' of '{name}'")


def _enum(name: str, type_: ColumnType, has_enums: bool) -> tuple[str, Mapping[str, cst.BaseExpression], Validators]:
    """An enumeration: a class, or texts."""
    try:
        texts = [ColumnType("", type_.module, (one,)).value(0, "") for one in type_.args]
    except UnreadError:
        texts = []
    if texts and all(isinstance(one, str) for one in texts):
        shown = [str(one) for one in texts]
        length = type_.value(None, "length") or max(map(len, shown))
        choices = ", ".join(as_literal(one) for one in shown)
        return "Raw", {}, (("OneOf", f"choices=[{choices}]"), ("Length", f"max={length}"))
    if len(type_.args) != 1 or not isinstance(type_.args[0], ast.Name | ast.Attribute) or not has_enums:
        raise UnreadError(f"the members of '{name}'")
    return "Enum", {"enum": cst.parse_expression(ast.unparse(type_.args[0]))}, ()
