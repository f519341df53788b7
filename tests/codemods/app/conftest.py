"""An application with a schema of users, for the tests of routes that use schemas."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest

HEAD = """
from flask import Blueprint, Flask, abort, current_app, jsonify, request
from marshmallow import EXCLUDE, INCLUDE, Schema, ValidationError, fields, post_dump, post_load, pre_load, validate
from marshmallow import validates, validates_schema
app = Flask(__name__)

class UserSchema(Schema):
    id = fields.Int(dump_only=True)
    name = fields.Str(required=True, validate=validate.Length(min=2))
    email = fields.Email()
    password = fields.Str(load_only=True)
    age = fields.Int(load_default=18)

"""
HANDLER = """
@app.errorhandler(ValidationError)
def invalid(error):
    return jsonify(errors=error.messages), 422
"""
BODIES: tuple[Any, ...] = (
    {"name": "Ann"},
    {"name": "Ann", "email": "ann@example.com", "password": "x", "age": "7"},
    {"name": "A", "email": "no", "age": "old"},
    {},
    {"id": 3, "name": "Ann"},
    {"name": None},
    [],
    [{"name": "Ann"}],
    "text",
    None,
)


@pytest.fixture
def users(pair: Callable[[str], Any]) -> Callable[[str], Any]:
    """Converts an application that has a schema of users and the given routes."""
    return lambda source: pair(HEAD + source)


@pytest.fixture
def handled(pair: Callable[[str], Any]) -> Callable[[str], Any]:
    """As `users`, with a handler of Marshmallow's errors."""
    return lambda source: pair(HEAD + HANDLER + source)


@pytest.fixture
def bodies() -> Sequence[Any]:
    """Bodies that the schema of users takes, and others."""
    return BODIES
