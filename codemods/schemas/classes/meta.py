"""Reads `class Meta` of a schema: the options that hold for the class, its own or those that it inherits."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

import libcst as cst

from ..basis.diagnostics import META, VERSION
from ..basis.plan import Meta, SchemaPlan, lineage, unknown_of
from ..basis.reading import Reader, UnconvertibleError, code, literal, truth
from ..basis.unknown_keys import UNKNOWN
from ..basis.version_two import FIRST_ALIKE

FORMATS = frozenset({"datetimeformat", "dateformat", "timeformat"})
LISTS = frozenset({"load_only", "dump_only", "fields", "exclude", "additional"})
#: options that change nothing here: dictionaries are ordered, there is no registry, and nobody asks for these classes
HARMLESS = frozenset({"ordered", "register", "title", "description"})


@dataclass(slots=True)
class MetaReader:
    """Reads the options of one class. `include` are the fields that it names, `names` those that it has no field for
    but Marshmallow 3 makes one up."""

    reader: Reader
    schemas: Collection[str]
    plans: Mapping[str, SchemaPlan]
    include: dict[str, cst.Call] = field(default_factory=dict)
    names: tuple[str, ...] = ()

    def read(self, node: cst.ClassDef, bases: Collection[str]) -> Meta:
        """The options that hold for a class; raises `UnconvertibleError`."""
        own = next(
            (one for one in node.body.body if isinstance(one, cst.ClassDef) and one.name.value == "Meta"),
            None,
        )
        inherited = next((one.meta for one in lineage(self.plans, bases) if one.unknown), Meta())
        return inherited if own is None else self._own(own)

    def _own(self, node: cst.ClassDef) -> Meta:
        found = Meta(unknown="forbid")
        for base in reversed(node.bases):
            owner = self.reader.qualified(base.value.value) if isinstance(base.value, cst.Attribute) else ""
            if owner in self.plans:
                found = replace(self.plans[owner].meta, unknown=unknown_of(self.plans[owner], self.plans))
            elif owner != "marshmallow.Schema" and code(base.value) != "object":
                raise UnconvertibleError(META, node, f"the base '{code(base.value)}' of 'Meta'")
        for statement in node.body.body:
            match statement:
                case cst.SimpleStatementLine(
                    body=[cst.Assign(targets=[cst.AssignTarget(target=cst.Name(name))], value=value)]
                ):
                    found = self._option(found, name, value)
                case cst.SimpleStatementLine(body=[cst.Pass() | cst.Expr()]):
                    pass
                case _:
                    raise UnconvertibleError(META, statement, "a statement in 'Meta'")
        return found

    def _option(self, meta: Meta, name: str, value: cst.BaseExpression) -> Meta:
        match name:
            case "strict":  # later versions take no notice of it
                return replace(meta, strict=self.reader.version < FIRST_ALIKE and truth(value, META, name))
            case "unknown" if self.reader.version < FIRST_ALIKE:
                return meta
            case "unknown":
                chosen = self.reader.qualified(value).rpartition(".")[2] or code(value).strip("'\"").upper()
                if chosen not in UNKNOWN:
                    raise UnconvertibleError(META, value, f"'unknown = {code(value)}'")
                return replace(meta, unknown=UNKNOWN[chosen])
            case "include":
                self.include |= _fields(value)
                return meta
            case "many":
                return replace(meta, many=truth(value, META, name))
            case "index_errors":
                wanted = truth(value, META, name)
                if not wanted and self.reader.version < FIRST_ALIKE:
                    raise UnconvertibleError(META, value, f"'{name}'")
                return replace(meta, index_errors=wanted)
            case "render_module" | "json_module":
                if self.reader.qualified(value) != "json":
                    raise UnconvertibleError(META, value, f"'{name}'")
                return meta
        return self._written(meta, name, value)

    def _written(self, meta: Meta, name: str, value: cst.BaseExpression) -> Meta:
        """An option that is a literal."""
        if name in HARMLESS or (name == "additional" and self.reader.version >= 4):
            return meta  # Marshmallow 4 takes no notice of `additional` (marshmallow.schema.SchemaOpts)
        try:
            found = literal(value)
        except ValueError:
            raise UnconvertibleError(META, value, f"'{name}'") from None
        if self.reader.version < FIRST_ALIKE and name in {*FORMATS, "additional"}:
            raise UnconvertibleError(VERSION, value, f"'{name}'")
        if name in FORMATS and isinstance(found, str):
            return replace(meta, formats={**meta.formats, name: code(value)})
        if name not in LISTS or not isinstance(found, tuple | list | set):
            raise UnconvertibleError(META, value, f"'{name}'")
        names = tuple(map(str, found))
        match name:
            case "load_only":
                return replace(meta, load_only=frozenset(names))
            case "dump_only":
                return replace(meta, dump_only=frozenset(names))
            case "exclude":
                return replace(meta, exclude=names)
            case "fields":
                self.names = names
                return replace(meta, only=names or None)
        self.names = names
        return meta


def _fields(value: cst.BaseExpression) -> dict[str, cst.Call]:
    """The fields that a dictionary names; raises `UnconvertibleError`."""
    found = {}
    for one in value.elements if isinstance(value, cst.Dict) else ():
        match one:
            case cst.DictElement(key=cst.SimpleString() as key, value=cst.Call() as call):
                found[str(key.evaluated_value)] = call
    if not isinstance(value, cst.Dict) or len(found) != len(value.elements):
        raise UnconvertibleError(META, value, "'include', which is not written out")
    return found
