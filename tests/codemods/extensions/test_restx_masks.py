"""Models of Flask-RESTX with a mask of their own: what clients see where they ask for no fields."""

import pytest

APP = """
from flask import Flask
from flask_restx import Api, Resource, fields, marshal

app = Flask(__name__)
api = Api(app, doc=False)
owner = api.model("Owner", {"name": fields.String, "email": fields.String}, mask="{name}")
pet = api.model("Pet", {
    "id": fields.Integer, "default_mask": fields.String, "owner": fields.Nested(owner), "age": fields.Integer,
}, mask="{id,default_mask,owner}")
older = api.inherit("Older", pet, {"years": fields.Integer})
copied = pet.clone("Copied", {"years": fields.Integer})
PET = {"id": 1, "default_mask": "x", "owner": {"name": "Ann", "email": "a@b.c"}, "age": 3, "years": 7}


@api.route("/pets")
class Pets(Resource):
    @api.marshal_list_with(pet)
    def get(self):
        return [PET, {}]

    @api.marshal_with(pet, mask="age,owner{email}")
    def post(self):
        return PET


@api.route("/older")
class Older(Resource):
    @api.marshal_with(older)
    def get(self):
        return PET

    def post(self):
        return marshal(PET, copied, envelope="pet")

    def put(self):
        return marshal(PET, pet, skip_none=True)
"""


def test_masks_of_models_count_as_in_flask(pair) -> None:
    both = pair(APP)
    assert {both.runtimes()[name] for name in ("pets", "older")} == {"native"}
    with both.served() as same:
        for headers in ({}, {"X-Fields": "age"}, {"X-Fields": "{owner{*}}"}, {"X-Fields": "{"}, {"X-Fields": ""}):
            for method, path in (("GET", "/pets"), ("POST", "/pets"), ("GET", "/older"), ("POST", "/older")):
                same(method, path, headers=headers)
        assert same("PUT", "/older")[1] == b'{"id": 1, "default_mask": "x", "owner": {"name": "Ann"}}\n'


@pytest.mark.parametrize("mask", ["Mask('{name}')", "str(1)", "f'{1}'"])
def test_a_mask_that_is_no_text_stays_on_flask(pair, mask: str) -> None:
    both = pair(APP.replace('mask="{name}"', f"mask={mask}").replace("Resource,", "Mask, Resource,"))
    both.stays("pets", "FM776")
