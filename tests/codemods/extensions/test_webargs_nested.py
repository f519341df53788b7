"""Dictionaries of fields with names that other fields hold: what stays on Flask, and what is loaded as webargs does."""

import pytest

HEAD = """
from flask import Flask, jsonify
from webargs import fields, validate
from webargs.flaskparser import use_args

app = Flask(__name__)


@app.errorhandler(422)
def unprocessable(err):
    return jsonify(err.data["messages"]), 422


address = {"street": fields.Str(required=True), "zip": fields.Str(validate=validate.Length(5, 5))}
"""
VIEW = """

@app.post("/")
@use_args({"address": fields.Nested(address, required=True)})
def index(args):
    return jsonify(args)
"""
STAYS = {
    "one that is changed": 'address["more"] = fields.Int()\n',
    "one that is handed on": "print(address)\n",
    "one that is made": "address = dict(address)\n",
}


@pytest.mark.parametrize("name", STAYS)
def test_what_may_be_another_one_stays(pair, name: str):
    both = pair(HEAD + STAYS[name] + VIEW)
    assert both.runtimes()["index"] == "flask"
    assert both.findings("index")


ORDERS = """
line_item = {"sku": fields.Str(required=True), "to": fields.Nested(address)}
order = {
    "customer": fields.Nested({"name": fields.Str(required=True), "address": fields.Nested(address)}, required=True),
    "lines": fields.List(fields.Nested(line_item), validate=validate.Length(min=1)),
}


@app.post("/orders")
@use_args(order)
def orders(args):
    return jsonify(args)


@app.post("/addresses")
@use_args(address, location="form")
def addresses(args):
    return jsonify(args)
"""
BODIES = [
    {"customer": {"name": "Ann", "address": {"street": "x", "zip": "12345"}}},
    {"customer": {"name": "Ann", "address": {"zip": "1"}}, "lines": [{"sku": "a", "to": {}}, {"other": 1}]},
    {"customer": {"address": None}, "lines": []},
    {"lines": [{"sku": "a", "to": {"street": "x"}}]},
    {"address": {"street": "x", "more": 1}},
    {},
]


def test_answers_are_those_of_webargs(pair):
    both = pair(HEAD + ORDERS + VIEW)
    names = ("index", "orders", "addresses")
    assert {both.runtimes()[name] for name in names} == {"native"}, [both.findings(name) for name in names]
    for body in BODIES:
        both.same("POST", "/", json=body)
        both.same("POST", "/orders", json=body)
    for form in ({"street": "x"}, {"zip": "1"}, {"street": "x", "more": "1"}):
        both.same("POST", "/addresses", data=form)
