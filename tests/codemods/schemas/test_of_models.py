"""Schemas of models: fields made of SQLAlchemy's columns, compared with what marshmallow-sqlalchemy makes of them."""

import datetime as dt
import uuid
from decimal import Decimal

import pytest

from codemods.schemas import analyse
from codemods.view.source import Sources
from tests.codemods.schemas.conftest import Converted, converted, facts

HEAD = """
import datetime
import enum
import uuid
from decimal import Decimal
from typing import Optional

from marshmallow import EXCLUDE, Schema, fields, validate
from marshmallow_sqlalchemy import SQLAlchemyAutoSchema, SQLAlchemySchema, auto_field
from sqlalchemy import (
    JSON, BigInteger, Boolean, Column, Date, DateTime, Enum, Float, ForeignKey, Integer, Interval, MetaData, Numeric,
    String, Table, Text, Time, Uuid, func,
)
from sqlalchemy.ext.mutable import MutableDict
from sqlalchemy.orm import DeclarativeBase, Mapped, column_property, declared_attr, mapped_column, relationship


class Base(DeclarativeBase):
    pass


class Status(enum.Enum):
    NEW = "new"
    OLD = "old"

"""

CLASSIC = (
    HEAD
    + """
class Stamped:
    created = Column(DateTime, default=datetime.datetime.now)


class Item(Stamped, Base):
    __tablename__ = "item"
    id = Column(Integer, primary_key=True)
    name = Column("item_name", String(10), nullable=False)
    text = Column(Text)
    count = Column(Integer, default=1, nullable=False)
    size = Column(BigInteger().with_variant(Integer, "sqlite"), server_default="1", nullable=False)
    price = Column(Numeric(6, 2), nullable=False)
    weight = Column(Float)
    ratio = Column(Numeric(asdecimal=False))
    active = Column(Boolean, nullable=False)
    day = Column(Date)
    at = Column(Time)
    lasts = Column(Interval)
    data = Column(MutableDict.as_mutable(JSON))
    code = Column(Uuid)
    status = Column(Enum(Status), nullable=False)
    kind = Column(Enum("big", "small"))
    owner_id = Column(Integer, ForeignKey("owner.id"))
    owner = relationship("Owner")


class Owner(Base):
    __tablename__ = "owner"
    key = Column("id", String(4), primary_key=True)


class ItemSchema(SQLAlchemyAutoSchema):
    class Meta:
        model = Item


class ForeignSchema(SQLAlchemyAutoSchema):
    class Meta:
        model = Item
        include_fk = True
        unknown = EXCLUDE
        exclude = ("data", "status", "lasts")

    name = auto_field(validate=validate.Length(min=3))
    shown = fields.Str(load_default="?")


class HeirSchema(ForeignSchema):
    extra = fields.Int(required=True)


class OwnerSchema(SQLAlchemyAutoSchema):
    class Meta:
        model = Owner


class PlainSchema(SQLAlchemySchema):
    class Meta:
        model = Item

    title = auto_field("name", required=False)
    price = auto_field(dump_only=True)
    key = auto_field("key", model=Owner, load_only=True)
"""
)

MAPPED = (
    HEAD
    + """
class Keyed:
    id: Mapped[int] = mapped_column(primary_key=True)


class Parent(Keyed, Base):
    __tablename__ = "parent"
    name: Mapped[str]
    kind: Mapped[str] = mapped_column(String(5))
    note: Mapped[Optional[str]] = mapped_column(String(5))
    more: Mapped["str | None"]
    born: Mapped[datetime.date | None]
    price: Mapped[Decimal]
    status: Mapped[Status]
    code: Mapped[uuid.UUID] = mapped_column(default=uuid.uuid4)
    forced: Mapped[Optional[int]] = mapped_column(nullable=False)
    free: Mapped[int] = mapped_column(nullable=True)
    made: Mapped[int] = mapped_column(server_default=func.now())
    children: Mapped[list["Child"]] = relationship(back_populates="parent")


class Child(Base):
    __tablename__ = "child"
    left: Mapped[int] = mapped_column(primary_key=True)
    right: Mapped[int] = mapped_column(primary_key=True)
    parent_id: Mapped[int] = mapped_column(ForeignKey("parent.id"))
    parent: Mapped["Parent"] = relationship(back_populates="children")


class Grown(Parent):
    __tablename__ = "grown"
    id: Mapped[int] = mapped_column(ForeignKey("parent.id"), primary_key=True)
    job: Mapped[str]


tags = Table("tags", MetaData(), Column("name", String(3), nullable=False), Column("rank", Integer))


class ParentSchema(SQLAlchemyAutoSchema):
    class Meta:
        model = Parent


class ChildSchema(SQLAlchemyAutoSchema):
    class Meta:
        model = Child


class GrownSchema(SQLAlchemyAutoSchema):
    class Meta:
        model = Grown


class TagSchema(SQLAlchemyAutoSchema):
    class Meta:
        table = tags
"""
)

ITEM = {
    "name": "pen", "text": None, "price": "2.345", "weight": 1.5, "ratio": 2, "active": "yes", "day": "2024-02-29",
    "at": "10:30", "lasts": 90, "data": {"a": [1]}, "code": str(uuid.UUID(int=7)), "status": "NEW", "kind": "big",
}  # fmt: skip
PARENT = {
    "name": "Ann", "kind": "a", "note": "b", "more": None, "born": "2000-01-01", "price": "1", "status": "OLD",
    "forced": 1, "free": None,
}  # fmt: skip


def spoiled(data):
    """The data, and variants in which one value is wrong, too long, null or missing."""
    yield data
    for key in data:
        for value in (None, 5, "a much longer text than that", [], True, ""):
            yield {**data, key: value}
        yield {name: one for name, one in data.items() if name != key}
    yield {**data, "id": 3, "created": "2024-02-29T10:30:00", "owner_id": 4, "other": 1}


@pytest.fixture(scope="module")
def classic(tmp_path_factory) -> Converted:
    return converted(tmp_path_factory.mktemp("classic"), CLASSIC)


@pytest.fixture(scope="module")
def mapped(tmp_path_factory) -> Converted:
    return converted(tmp_path_factory.mktemp("mapped"), MAPPED)


@pytest.mark.parametrize("name", ["ItemSchema", "ForeignSchema", "HeirSchema", "OwnerSchema", "PlainSchema"])
def test_columns_of_classes(classic: Converted, name: str):
    inputs = [{}, *spoiled(ITEM), {"key": "long key"}, {"title": "x", "key": "k", "price": 1}, {"extra": 1, **ITEM}]
    for one in inputs:
        before, after = classic.load(name, one)
        assert after == before, one


@pytest.mark.parametrize("name", ["ItemSchema", "ForeignSchema", "PlainSchema"])
def test_columns_of_classes_dump(classic: Converted, name: str):
    values = {
        "name": "pen", "price": Decimal("2.5"), "day": dt.date(2024, 2, 29), "at": dt.time(10),
        "lasts": dt.timedelta(1), "status": classic.old.Status.OLD, "code": uuid.UUID(int=1), "owner_id": 3,
        "created": dt.datetime(2024, 2, 29),
    }  # fmt: skip
    for made in (classic.old.Item(**values), classic.old.Item()):
        before, after = classic.dump(name, made)
        assert after == before
        assert list(after[1]) == list(before[1])


@pytest.mark.parametrize("name", ["ParentSchema", "ChildSchema", "GrownSchema", "TagSchema"])
def test_columns_of_annotations_and_tables(mapped: Converted, name: str):
    inputs = [{}, *spoiled(PARENT), {"left": 1}, {"left": 1, "right": 2}, {**PARENT, "job": "cook"}, {"name": "four"}]
    for one in [*inputs, {"name": "abc", "rank": None}, {"rank": 1}]:
        before, after = mapped.load(name, one)
        assert after == before, one
    before, after = mapped.dump(name, {"id": 1, "name": "a", "rank": 2, "left": 3})
    assert after == before


def test_the_order_of_columns(mapped: Converted):
    for name in ("ParentSchema", "GrownSchema"):
        old, _, new = mapped.pair(name)
        assert list(new.model_fields) == list(old().fields)


LOADED = (
    HEAD
    + """
class Item(Base):
    __tablename__ = "item"
    id = Column(Integer, primary_key=True)

class ItemSchema(SQLAlchemyAutoSchema):
    class Meta:
        model = Item
        load_instance = True

class BoxSchema(Schema):
    items = fields.Nested(ItemSchema, many=True)

class ShelfSchema(Schema):
    item = fields.Nested(ItemSchema, dump_only=True)
    name = fields.Str()
"""
)


def test_schemas_that_make_objects_only_dump(plan):
    plans = plan(LOADED)
    assert [one.converts for one in plans.values()] == [True, True, True]
    assert {name: one.loads for name, one in plans.items()} == {
        "ItemSchema": False, "BoxSchema": False, "ShelfSchema": True,
    }  # fmt: skip
    assert [str(one.diagnostic.code) for one in plans["ItemSchema"].load_findings] == ["FM414"]
    assert plans["ShelfSchema"].load_name
    assert not plans["BoxSchema"].load_name


MODEL = """
class Item(Base):
    __tablename__ = "item"
    id = Column(Integer, primary_key=True)
    {column}

class ItemSchema(SQLAlchemyAutoSchema):
    class Meta:
        model = Item
        {option}
"""


@pytest.mark.parametrize(
    ("column", "option", "detail"),
    [
        ("kind = Column(Own)", "", "the type of 'kind'"),
        ("kind = Column(Own.as_mutable(JSON))", "", "the type of 'kind'"),
        ("kind = Column(String(length=SIZE))", "", "'SIZE'"),
        ("kind = Column(String, nullable=MAYBE)", "", "'nullable'"),
        ("kind = Column(String, **options)", "", "'kind', which is given '**'"),
        ("kind = column_property(1)", "", "'kind'"),
        ("@declared_attr\n    def kind(cls): ...", "", "'kind', which a function declares"),
        ("kind = Column(Enum(*names))", "", "the members of 'kind'"),
        ("other = relationship('Item')", "include_relationships = True", "the relationship 'other'"),
        ("kind = Column(String)", "model_converter = Own", "'model_converter'"),
        ("kind = Column(String)", "include_fk = MAYBE", "'include_fk'"),
        ("__mapper_args__ = {'exclude_properties': ['id']}", "", "'__mapper_args__'"),
    ],
)
def test_what_cannot_be_read_is_a_finding(plan, column: str, option: str, detail: str):
    found = plan(HEAD + MODEL.format(column=column, option=option))["ItemSchema"].findings
    assert detail in "; ".join(one.detail for one in found)


def test_auto_fields_of_unknown_columns(plan):
    source = (
        HEAD + MODEL.format(column="", option="").replace("AutoSchema)", "Schema)") + "\n    other = auto_field()\n"
    )
    found = plan(source)["ItemSchema"].findings
    assert [one.code for one in found][:1] == ["FM413"]
    assert found[0].detail == "'other' of 'Item'"


@pytest.mark.parametrize(
    ("version", "bases", "option", "codes"),
    [
        ("1.0.0", "Auto", "load_instance = True", ["FM413"]),
        ("1.1.0", "Auto", "load_instance = True", []),
        ("1.1.0", "Auto", "", ["FM413"]),
        ("1.1.0", "", "", []),
        ("1.4.0", "Auto", "", []),
    ],
)
def test_enumerations_before_they_could_be_loaded(version: str, bases: str, option: str, codes: list[str]):
    """Before 1.4, what is loaded is refused, or raises; a member is shown by its name all the same."""
    column = "kind = Column(Enum(Status))"
    source = HEAD + MODEL.format(column=column, option=option or "pass").replace("AutoSchema)", f"{bases}Schema)")
    source += "" if bases else "    kind = auto_field(dump_only=True)\n"
    project = facts({"app.py": source})
    project.application.versions["marshmallow-sqlalchemy"] = version
    (plan,) = analyse(project, Sources({"app.py": source.encode()})).values()
    assert [one.code for one in plan.findings] == codes
