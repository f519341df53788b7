"""What is decided about a schema class before anything is written."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from codemods.findings import Finding
from codemods.literals import as_literal
from codemods.view.imports import Need

Side = Literal["load", "dump"]
SIDES: tuple[Side, Side] = ("load", "dump")
Form = Literal["load", "dump", "patch"]
"""The classes that a schema may have: the one for `partial=True` is a `patch`."""
FORMS: frozenset[Form] = frozenset({"load", "dump", "patch"})


ROOT = Need(".compat.schema", "Schema")
"""What schemas inherit from that have no other base."""

UNION = Need(".compat.schema_union", "TaggedUnion")
"""What schemas inherit from that stand for others."""

APPLICATION = Need("flask", "current_app")
"""What code of schemas needs that reads the configuration."""

CHOICE = Need(".compat.schema_choice", "SchemaChoice")
"""What schemas inherit from that choose another one for each object that is dumped."""

COLLECTING = Need(".compat.collecting_schema", "CollectingSchema")
"""What strict schemas of Marshmallow 2 inherit from."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """What `only` and `exclude` were given; `only` is None where it was not."""

    only: tuple[str, ...] | None = None
    exclude: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Meta:
    """The options of a class. `unknown` is None where it is said nowhere, `only` where all fields are wanted; `strict`
    is Marshmallow 2's: what is wrong is raised. `index_errors` tells that messages about one of several objects stand
    under its index."""

    unknown: str | None = None
    formats: Mapping[str, str] = field(default_factory=dict)
    load_only: frozenset[str] = frozenset()
    dump_only: frozenset[str] = frozenset()
    only: tuple[str, ...] | None = None
    exclude: tuple[str, ...] = ()
    many: bool = False
    strict: bool = False
    index_errors: bool = True

    @property
    def chosen(self) -> Chosen:
        """The fields that are left."""
        return Chosen(self.only, self.exclude)


@dataclass(frozen=True, slots=True)
class Nested:
    """A place in an annotation where the class of another schema stands, or of a part of it. `is_object` tells that an
    object of it was made to be nested."""

    qualified: str
    chosen: Chosen = Chosen()
    is_object: bool = False

    @property
    def is_narrowed(self) -> bool:
        """Whether it is a part that has no class yet."""
        return self.chosen != Chosen()


@dataclass(frozen=True, slots=True)
class KeyOf:
    """A place in an annotation where the key of another schema's field stands: what clients know it by."""

    qualified: str
    field: str


Part = str | Nested | KeyOf


@dataclass(frozen=True, slots=True)
class Kind:
    """A schema that another one stands for. `text` is the value that tells that it is meant, as an expression."""

    text: str
    schema: Nested


@dataclass(frozen=True, slots=True)
class Choice:
    """What becomes of `only` and `exclude` of a schema that chooses others: whether it `collects` their fields, without
    which it has none that could be named, and what it hands on to them: "nothing", "all" that it is given, or the
    fields that a chosen one has, by its "Meta" or as they are "declared"."""

    collects: bool = False
    hands_on: str = "nothing"


@dataclass(frozen=True, slots=True)
class Default:
    """What a field is when it is absent. `text` is its expression; `factory` tells that it is called for the value.

    `is_plain` tells that it is a literal of the field's own type, `is_odd` that it is one of another: Marshmallow does
    not look at defaults.
    """

    text: str
    factory: bool = False
    is_plain: bool = False
    is_odd: bool = False


@dataclass(frozen=True, slots=True)
class FieldPlan:
    """A field: its name in Marshmallow, as an attribute, and as the client knows it.

    `annotation` is its type in pieces. `loads` and `dumps` tell on which sides it is; `required`, `load_default` and
    `dump_default` what happens where it is absent. `comments` stand above it, `remark` behind it.
    `loaded_by` is the method of the schema that loads it, `path` where its value is inside another one. `key_maker` is
    a function that makes the key of `key`; `dump_key` is another key that it is dumped under;
    `holds_self` tells that it nests whatever class it is in, `knows_key` that what loads it is told its key. `shown_as`
    is its type when it is dumped, where that is another one. `documentation` is what OpenAPI is told beside the type,
    as arguments of Pydantic's `Field`.
    """

    name: str
    attribute: str
    key: str
    annotation: tuple[Part, ...]
    loads: bool = True
    dumps: bool = True
    required: bool = False
    load_default: Default | None = None
    dump_default: Default | None = None
    comments: tuple[str, ...] = ()
    remark: str = ""
    loaded_by: str = ""
    path: str = ""
    key_maker: str = ""
    dump_key: str = ""
    holds_self: bool = False
    knows_key: bool = False
    shown_as: tuple[Part, ...] = ()
    documentation: str = ""

    def key_on(self, side: Side | None) -> str:
        """What clients know it by when it is dumped, or loaded."""
        return self.dump_key if side == "dump" and self.dump_key else self.key

    @property
    def place(self) -> str:
        """Where its value is in what is loaded, and in what is dumped."""
        return self.path or self.attribute

    def is_narrower(self, other: "FieldPlan") -> bool:
        """Whether it cannot stand for another field of its name, which a base class has."""
        return (other.loads and not self.loads) or (other.dumps and not self.dumps) or other.place != self.place

    @property
    def nested(self) -> frozenset[str]:
        """The schemas that its type names."""
        return frozenset(part.qualified for part in self.annotation if isinstance(part, Nested))

    @property
    def is_container(self) -> bool:
        """Whether a part of its value may be valid where another is not."""
        text = "".join(part for part in self.annotation if isinstance(part, str)).replace("dict[Any, Any]", "")
        return bool(self.nested) or any(f"{kind}[" in text for kind in ("list", "dict", "tuple"))

    def type_on(self, form: Form | None) -> tuple[Part, ...]:
        """Its type in pieces in a class of this form."""
        return self.shown_as if form == "dump" and self.shown_as else self.annotation

    def is_on(self, side: Side) -> bool:
        """Whether the field is loaded, or dumped."""
        return self.loads if side == "load" else self.dumps


def differs(field: FieldPlan) -> bool:
    """Whether a field is not the same when loaded and when dumped."""
    is_alike = field.load_default == field.dump_default and not field.dump_key and not field.shown_as
    return not (field.loads and field.dumps and is_alike)


HookKind = Literal[
    "before_load", "before_load_all", "load_field", "check_field", "check_all", "check", "after_load_all", "after_load",
    "before_dump", "before_dump_all", "after_dump", "after_dump_all", "override", "helper", "constant",
]  # fmt: skip
MAKING: frozenset[HookKind] = frozenset({"after_load", "after_load_all"})
"""The hooks that make something of what was loaded."""


Lists = Literal["", "load", "dump", "all"]
"""Which fields' names a hook asks for: none, those of one side, or all."""


@dataclass(frozen=True, slots=True)
class MethodPlan:
    """A hook, plain method or constant, ready to be written at the indentation of a class body.

    `fields` are those that a check of single fields is about, `lists` those whose names it asks for. A hook that
    `takes_original` is given what was sent, or dumped, as well.
    """

    kind: HookKind
    name: str
    text: str
    fields: tuple[str, ...] = ()
    lists: Lists = ""
    takes_original: bool = False

    def of(self, fields: tuple[str, ...]) -> "MethodPlan":
        """The same for some of its fields only."""
        if fields == self.fields:
            return self
        before, after = (", ".join(map(as_literal, each)) for each in (self.fields, fields))
        return replace(self, text=self.text.replace(f"({before}", f"({after}", 1), fields=fields)

    @property
    def is_shared(self) -> bool:
        """Whether it is for the code of the class, not for loading or dumping."""
        return self.kind in ("helper", "constant")

    def is_on(self, side: Side) -> bool:
        """Whether the class of this side needs it."""
        if self.kind == "override":
            return (self.name in ("get_attribute", "get_obj_type", "dump")) == (side == "dump")
        return self.is_shared or self.kind.startswith(("before_dump", "after_dump")) == (side == "dump")


@dataclass(frozen=True, slots=True)
class Helper:
    """A function of the project that a schema calls and that raises Marshmallow's error: written beside the schema."""

    qualified: str
    text: str


@dataclass(frozen=True, slots=True)
class SchemaPlan:
    """A schema class of the project. It converts if it has no findings, and only its dumping side if it has
    `load_findings`.

    `home` is the module below `<target>/schemas/`. `bases` are the project's schemas that it inherits from. `load_name`
    and `dump_name` are the classes that load and dump: the same where both sides are alike; `patch_name` is the class
    for `partial=True`, where that is asked for; `only_side` is the side that it is used on where the other needs no
    class. `meta` are its options; `is_flat` tells that it has fields that its bases have otherwise, `is_ordered`
    that clients see the order of its fields, which JSON with sorted keys hides; `key_maker` makes
    keys of the names of its fields, or also of keys that fields were given unless it `keeps_keys` or `drops_keys`, with
    which these stay or count for nothing. `written` is the expression that stands for it where it has no name, `calls`
    are those of a function that makes it, spelled out in full, or an object of it where it `is_object`. `after_load` is
    the method that makes what `load` returned, where it `makes_whole` of all objects at once.
    `root` is what it inherits from where it has no bases. `needs` are imports, `uses` the project's own definitions by
    the name that the code has for them: whoever writes the module says where they are. `answers` tells that its objects
    have flask-marshmallow's `jsonify`. It `is_idiomatic` where its fields are written with Pydantic's own types;
    `exact_since` tells why it is not although that was asked for. `kinds` are the schemas that it stands for,
    `choice` tells how it chooses between them. It `needs_application` where something reads its configuration. `called`
    are the classes of other schemas that its code calls.
    """

    qualified: str
    name: str
    home: str
    file: str
    line: int
    bases: tuple[str, ...] = ()
    fields: tuple[FieldPlan, ...] = ()
    methods: tuple[MethodPlan, ...] = ()
    meta: Meta = Meta()
    is_flat: bool = False
    is_ordered: bool = False
    key_maker: str = ""
    keeps_keys: bool = False
    drops_keys: bool = False
    root: Need = ROOT
    unknown: str | None = None
    texts: str = ""
    documentation: str = ""
    comments: tuple[str, ...] = ()
    load_name: str = ""
    dump_name: str = ""
    patch_name: str = ""
    only_side: Side | None = None
    after_load: str | None = None
    makes_whole: bool = False
    needs: frozenset[Need] = frozenset()
    uses: Mapping[str, str] = field(default_factory=dict)
    helpers: tuple[Helper, ...] = ()
    written: str = ""
    calls: tuple[str, ...] = ()
    is_object: bool = False
    findings: tuple[Finding, ...] = ()
    load_findings: tuple[Finding, ...] = ()
    answers: bool = False
    is_idiomatic: bool = False
    exact_since: str = ""
    kinds: tuple[Kind, ...] = ()
    choice: Choice | None = None
    needs_application: bool = False
    called: frozenset[tuple[str, Form]] = frozenset()

    @property
    def converts(self) -> bool:
        """Whether there is a faithful Pydantic class for it."""
        return not self.findings

    def findings_on(self, side: Side) -> tuple[Finding, ...]:
        """What keeps a side from being converted."""
        return (*self.findings, *self.load_findings) if side == "load" else self.findings

    @property
    def loads(self) -> bool:
        """Whether there is one for what it loads."""
        return self.converts and not self.load_findings

    @property
    def gives_pairs(self) -> bool:
        """Whether its calls gave pairs of data and errors, as they do in Marshmallow 2."""
        return self.root == COLLECTING

    @property
    def origin(self) -> str:
        """The qualified name of the Marshmallow class, also of one of which only a part is used."""
        return self.qualified.partition("(")[0]

    @property
    def is_split(self) -> bool:
        """Whether loading and dumping have a class each."""
        return self.load_name != self.dump_name

    @property
    def is_union(self) -> bool:
        """Whether it stands for other schemas, and has no fields of its own."""
        return self.root == UNION

    @property
    def nested(self) -> frozenset[str]:
        """The schemas that its fields name, that it stands for, or that its code calls."""
        return self.held.union(name for name, _ in self.called)

    @property
    def held(self) -> frozenset[str]:
        """The schemas that its fields name, or that it stands for."""
        fields = (name for one in self.fields for name in one.nested)
        return frozenset([*fields, *(one.schema.qualified for one in self.kinds)])

    def name_on(self, form: Form) -> str:
        """The class that loads, dumps, or loads in part."""
        return {"load": self.load_name, "dump": self.dump_name, "patch": self.patch_name}[form]


def effective_fields(plans: Mapping[str, SchemaPlan], qualified: str) -> dict[str, FieldPlan]:
    """The fields of a schema by name, with those of its bases."""
    plan = plans[qualified]
    inherited = [effective_fields(plans, base) for base in reversed(plan.bases) if base in plans]
    return {
        **{name: one for fields in inherited for name, one in fields.items()},
        **{one.name: one for one in plan.fields},
    }


def unknown_of(plan: SchemaPlan, plans: Mapping[str, SchemaPlan]) -> str:
    """What the schema does with unknown keys: its own option, or that of the nearest base that has options."""
    if plan.unknown:
        return plan.unknown
    return next((one.unknown for one in lineage(plans, plan.bases) if one.unknown), "forbid")


def lineage(plans: Mapping[str, SchemaPlan], names: Collection[str]) -> list[SchemaPlan]:
    """These schemas and all that they inherit from, in the order in which Python looks attributes up."""
    known = [plans[name] for name in names if name in plans]
    found = [further for one in known for further in (one, *lineage(plans, one.bases))]
    return list({one.qualified: one for one in reversed(found)}.values())[::-1]


def asks_if_partial(plans: Mapping[str, SchemaPlan], plan: SchemaPlan) -> bool:
    """Whether a hook of a schema asks if fields may be left out."""
    return any(".is_partial" in method.text for one in (plan, *ancestors(plans, plan)) for method in one.methods)


def ancestors(plans: Mapping[str, SchemaPlan], plan: SchemaPlan) -> list[SchemaPlan]:
    """The schemas that a schema inherits from, the nearest first."""
    found = [plans[base] for base in plan.bases if base in plans]
    return [*found, *(further for one in found for further in ancestors(plans, one))]
