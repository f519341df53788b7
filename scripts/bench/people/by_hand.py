"""The same schemas as a FastAPI developer writes them, and the shortest ways to load and dump a hundred of them."""

import datetime as dt
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, EmailStr, Field, TypeAdapter


class AddressIn(BaseModel):
    """Where somebody lives."""

    model_config = ConfigDict(extra="forbid")

    street: Annotated[str, Field(min_length=2, max_length=80)]
    city: str
    postcode: Annotated[str, Field(min_length=3, max_length=10)]


class PersonIn(BaseModel):
    """Somebody."""

    model_config = ConfigDict(extra="forbid")

    id: int
    name: Annotated[str, Field(min_length=2, max_length=80)]
    email: EmailStr
    age: Annotated[int, Field(ge=0, le=150)] | None = None
    active: bool = True
    role: Literal["customer", "admin"] | None = None
    balance: float | None = None
    born: dt.date | None = None
    joined: dt.datetime | None = None
    tags: list[str] | None = None
    note: str | None = None
    address: AddressIn | None = None


class AddressOut(BaseModel):
    """Where somebody lives."""

    street: str
    city: str
    postcode: str


class PersonOut(BaseModel):
    """Somebody."""

    id: int
    name: str
    email: str
    age: int | None = None
    active: bool | None = None
    role: str | None = None
    balance: float | None = None
    born: dt.date | None = None
    joined: dt.datetime | None = None
    tags: list[str] | None = None
    note: str | None = None
    address: AddressOut | None = None


LOADED = TypeAdapter(list[PersonIn])
SHOWN = TypeAdapter(list[PersonOut])


def load_many(data: Any) -> list[PersonIn]:
    """Data as models."""
    return LOADED.validate_python(data)


def models_of(rows: Any) -> list[PersonOut]:
    """Objects as models."""
    return SHOWN.validate_python(rows, from_attributes=True)


def shown(models: list[PersonOut]) -> Any:
    """Models as JSON has them."""
    return SHOWN.dump_python(models, mode="json")


def dump_many(rows: Any) -> Any:
    """Objects as JSON has them."""
    return shown(models_of(rows))
