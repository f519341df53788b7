"""Schemas that choose another one for each object, in a `dump` of their own."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from pydantic import TypeAdapter

from tests.codemods.schemas.conftest import outcome

HEAD = """
from typing import Any, cast
from marshmallow import Schema, ValidationError, fields, post_dump, pre_dump
from marshmallow.schema import SchemaMeta

class OwnerSchema(Schema):
    id = fields.Int()
    name = fields.Str()
    pets = fields.Nested(lambda: PetSchema(only=("name", "kind", "owner.name"), many=True))

class CatSchema(Schema):
    class Meta:
        fields = ("name", "kind", "lives", "owner")
    name = fields.Str()
    kind = fields.Str()
    lives = fields.Int()
    owner = fields.Nested(OwnerSchema, only=("id", "name"))

class DogSchema(Schema):
    class Meta:
        fields = ("name", "kind", "tricks")
    name = fields.Str()
    kind = fields.Str()
    tricks = fields.List(fields.Str())

class Collecting(SchemaMeta):
    @classmethod
    def get_declared_fields(mcs, klass, cls_fields, inherited_fields, dict_cls=dict):
        found = dict_cls()
        for schema in klass.KINDS.values():
            found.update(schema._declared_fields)
        return found
"""
FILTERED = (
    HEAD
    + '''
class PetSchema(Schema, metaclass=Collecting):
    """A pet."""

    KINDS = {"cat": CatSchema, "dog": DogSchema}

    def dump(self, obj: Any, *args: Any, many: bool | None = None) -> Any:
        many = self.many if many is None else bool(many)
        if many:
            return [self._serialize(d) for d in obj]
        else:
            return self._serialize(obj)

    def _serialize(self, obj: Any, *args: Any, **kwargs: Any) -> Any:
        kind = self.kind_of(obj)
        if kind in self.KINDS:
            schema = self.KINDS[kind]
            return schema(
                only=self.known(schema, self.only), exclude=self.known(schema, self.exclude),
                load_only=self.known(schema, self.load_only), dump_only=self.known(schema, self.dump_only),
            ).dump(obj)
        else:
            raise ValidationError(f"Unexpected kind, expecting one of {self.KINDS.keys()}")
        raise ValidationError(f"Nothing in {self.KINDS}")

    def kind_of(self, obj):
        return obj.kind

    def known(self, schema, names):
        if names is None:
            return None
        found = set(cast(Any, schema.Meta).fields)
        return set(filter(lambda name: name.split(".")[0] in found, names))

class HomeSchema(Schema):
    pet = fields.Nested(PetSchema, only=("name", "owner.id", "lives"))
    other = fields.Nested(PetSchema, exclude=("name", "owner.id"))
    nothing = fields.Nested(PetSchema, only=("owner",), many=True)
    several = fields.List(fields.Nested(lambda: PetSchema))
    all = fields.Nested(PetSchema, many=True)

PARTS = [PetSchema(only=("kind", "lives")), PetSchema(exclude=("kind", "tricks"))]
'''
)
CAT = {"kind": "cat", "name": "Tom", "lives": 9, "owner": {"id": 1, "name": "Ann", "other": 2}}
PETS = (
    SimpleNamespace(**CAT),
    SimpleNamespace(kind="dog", name="Rex", tricks=["sit"]),
    SimpleNamespace(kind="cat"),
    SimpleNamespace(kind="fish", name="Nemo"),
    SimpleNamespace(kind=["cat"]),
    SimpleNamespace(name="nobody"),
    CAT,
    None,
)


def same(both: Any, dumped: Callable[[Any], Any], before: Any, many: bool = False) -> None:
    """What is dumped of each of the pets, and of all of them."""
    for pet in PETS:
        given = [pet, PETS[0]] if many else pet
        assert outcome(lambda given=given: dumped(given)) == outcome(lambda given=given: before.dump(given)), given  # type: ignore[misc]


def test_the_schema_for_an_object_dumps_it(convert: Callable[[str], Any]) -> None:
    both = convert(FILTERED)
    same(both, both.new.Pet.dump, both.old.PetSchema())
    same(both, both.new.Pet.dump_many, both.old.PetSchema(many=True), many=True)


def test_a_part_is_a_part_of_each_schema_that_has_it(convert: Callable[[str], Any]) -> None:
    both = convert(FILTERED)
    parts = {tuple(sorted(one.fields)): one for one in both.old.PARTS}
    assert parts.keys() == {("kind", "lives"), ("lives", "name", "owner")}
    for fields, old in parts.items():
        plan = next(one for key, one in both.parts.items() if key.endswith(f".PetSchema({','.join(fields)})"))
        same(both, getattr(both.new, plan.dump_name).dump, old)


def test_nested_ones_get_no_more_than_the_names_of_fields(convert: Callable[[str], Any]) -> None:
    both = convert(FILTERED)
    old, new = both.old.HomeSchema(), both.new.Home
    for pet in PETS[:3]:
        home = {"pet": pet, "other": pet, "nothing": [pet], "several": [pet, PETS[1]], "all": [pet, PETS[1]]}
        assert new.dump(home) == old.dump(home)
        assert both.new.Owner.dump({"pets": [pet]}) == both.old.OwnerSchema().dump({"pets": [pet]})
    for pet in PETS[3:]:
        assert outcome(lambda pet=pet: new.dump({"pet": pet})) == outcome(lambda pet=pet: old.dump({"pet": pet}))  # type: ignore[misc]


def test_the_document_names_all_of_them(convert: Callable[[str], Any]) -> None:
    both = convert(FILTERED)
    told = TypeAdapter(both.new.Home).json_schema(mode="serialization")["$defs"]
    assert told["Pet"]["description"] == "A pet."
    assert told["Pet"]["anyOf"] == [{"$ref": "#/$defs/Cat"}, {"$ref": "#/$defs/Dog"}]
    assert both.new.Owner.model_json_schema()


def test_parts_choose_as_the_whole_does(convert: Callable[[str], Any]) -> None:
    text = convert(FILTERED).text
    assert text.count("def dump(") == text.count("def kind_of(") == 1
    assert "class HomeNothing(Pet):" in text
    assert "Nothing in" not in text
    assert "def known" not in text


ONE_BY_ONE = (
    HEAD
    + """
class PetSchema(Schema{metaclass}):
    KINDS = {{"cat": CatSchema, "dog": DogSchema}}

    def dump(self, obj, *, many=None, **kwargs):
        many = many if many is not None else self.many
        return list(map(self.one, obj)) if many else self.one(obj)

    def one(self, obj):
        return self.KINDS[obj.kind]({options}).dump(obj)

    def known(self, schema, names):
        if names is None:
            return None
        return [one for one in names if one in schema._declared_fields]
"""
)
PLAIN = ONE_BY_ONE.format(metaclass="", options="")
COLLECTED = ", metaclass=Collecting"


NARROWED = 'only=("name", "kind", "owner.name"), '


@pytest.mark.parametrize(("metaclass", "options"), [("", ""), (COLLECTED, "only=self.only, exclude=self.exclude")])
def test_schemas_are_chosen_without_a_look_whether_they_are_there(
    convert: Callable[[str], Any], metaclass: str, options: str
) -> None:
    both = convert(ONE_BY_ONE.format(metaclass=metaclass, options=options).replace(NARROWED, ""))
    same(both, both.new.Pet.dump, both.old.PetSchema())


@pytest.mark.parametrize(
    ("before", "after", "finding"),
    [
        ("many if many is not None else self.many", "bool(many)", "FM405"),
        ("self.one(obj)\n", "self.one(obj)['name']\n", "FM405"),
        ("list(map(self.one, obj))", "[self.one(each) for each in obj if each]", "FM405"),
        ("    def one(self, obj):", "    @pre_dump\n    def one(self, obj, **kwargs):", "FM405"),
        ("self.KINDS[obj.kind]().dump(obj)", "self.KINDS[obj.kind]().dump(obj.inner)", "FM405"),
        ("self.KINDS[obj.kind]().dump(obj)", "self.KINDS[obj.kind](unknown='include').dump(obj)", "FM405"),
        ("self.KINDS[obj.kind]().dump(obj)", "self.KINDS[obj.kind](only=self.only).dump(obj)", "FM405"),
        ("self.KINDS[obj.kind]().dump(obj)", "str(self.KINDS)", "FM405"),
        ("self.KINDS[obj.kind]().dump(obj)", "CatSchema().dump(obj)", "FM405"),
        ("class PetSchema(Schema):", "class PetSchema(OwnerSchema):", "FM407"),
        ("class PetSchema(Schema):", "class PetSchema(Schema):\n    more = fields.Str()", "FM408"),
        ("class PetSchema(Schema):", "class PetSchema(Schema, metaclass=SchemaMeta):", "FM407"),
        ('{"cat": CatSchema,', "{'a' + 'b': CatSchema,", "FM403"),
    ],
)
def test_what_does_more_stays(plan: Any, before: str, after: str, finding: str) -> None:
    assert before in PLAIN
    plans = plan(PLAIN.replace(NARROWED, "").replace(before, after))
    assert finding in {one.diagnostic.code for one in plans["PetSchema"].findings}


@pytest.mark.parametrize(
    "change",
    [
        ("one in schema._declared_fields", "one not in schema._declared_fields"),
        ("one in schema._declared_fields", "one in KNOWN"),
        ("if names is None", "if not names"),
        ("return [one for", "return [one.upper() for"),
    ],
)
def test_options_are_handed_on_in_a_known_way_only(plan: Any, change: tuple[str, str]) -> None:
    options = "only=self.known(self.KINDS[obj.kind], self.only), exclude=self.known(self.KINDS[obj.kind], self.exclude)"
    code = ONE_BY_ONE.format(metaclass=COLLECTED, options=options)
    assert {one.diagnostic.code for one in plan(code)["PetSchema"].findings} == {"FM403"}, "'Meta' has other fields"
    assert [one.diagnostic.code for one in plan(code.replace(*change))["PetSchema"].findings] == ["FM405"]


@pytest.mark.parametrize(
    "code",
    [
        "PetSchema.KINDS['cow'] = CatSchema",
        "PetSchema.KINDS = {}",
        "def register(name, schema):\n    PetSchema.KINDS.update({name: schema})",
    ],
)
def test_schemas_that_are_registered_later_stay(plan: Any, code: str) -> None:
    assert [one.diagnostic.code for one in plan(FILTERED + code)["PetSchema"].findings] == ["FM408"]


def test_a_class_below_one_that_chooses_stays(plan: Any) -> None:
    plans = plan(FILTERED + "class MineSchema(PetSchema):\n    more = fields.Str()\n")
    assert [one.diagnostic.code for one in plans["MineSchema"].findings] == ["FM407"]


def test_a_part_of_what_has_no_fields_stays(plan: Any) -> None:
    plans = plan(PLAIN)
    assert [str(one) for one in plans["OwnerSchema"].findings]
    assert not plans["DogSchema"].findings


def test_what_is_loaded_stays(plan: Any) -> None:
    plans = plan(FILTERED)
    assert not plans["PetSchema"].findings
    assert [one.diagnostic.code for one in plans["PetSchema"].load_findings] == ["FM405"]
    assert plans["HomeSchema"].load_findings
    assert not plans["DogSchema"].load_findings
