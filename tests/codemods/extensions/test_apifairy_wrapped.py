"""Decorators of a project that put APIFairy's around a wrapper which takes what these load."""

import pytest

HEAD = """
from functools import wraps

from apifairy import APIFairy, arguments, other_responses, response
from flask import Flask, abort
from flask_marshmallow import Marshmallow

app = Flask(__name__)
ma = Marshmallow(app)
apifairy = APIFairy(app)
KEPT = {}
PETS = [{"id": number, "name": f"pet {number}"} for number in range(5)]


class PetSchema(ma.Schema):
    id = ma.Int()
    name = ma.Str(required=True)


class PageSchema(ma.Schema):
    limit = ma.Int()
    offset = ma.Int(load_default=0)
    count = ma.Int(dump_only=True)


pets_schema = PetSchema(many=True)


def collection(schema, page_schema=PageSchema):
    if schema in KEPT:
        return KEPT[schema]

    class Collection(ma.Schema):
        page = ma.Nested(page_schema)
        data = ma.Nested(schema, many=True)

    Collection.__name__ = "Listed{}".format(schema.__class__.__name__)
    KEPT[schema] = Collection
    return Collection

"""
PAGED = """
def paged(schema, most=3, reverse=False, page_schema=PageSchema):
    '''A part of what a view returns.'''
    def decorate(view):
        @wraps(view)
        def wrapper(*args, **kwargs):
            {take}
            found = view(*args, **kwargs)
            if page["offset"] > len(found):
                abort(400)
            if reverse:
                found = found[::-1]
            shown = found[page["offset"]:][:min(page.get("limit", most), most)]
            return {{"data": shown, "page": {{**page, "count": len(found)}}}}

        # what APIFairy loads and dumps
        return arguments(page_schema)(response(collection(schema, page_schema=page_schema))(wrapper))
    return decorate
"""
TAKES = {
    "pop(-1)": "args = list(args)\n            page = args.pop(-1)",
    "pop()": "args = list(args)\n            page = args.pop()",
    "unpacked": "*args, page = args",
}
VIEWS = """
@app.route("/pets")
@paged(pets_schema)
def pets():
    \"\"\"All pets.\"\"\"
    return PETS

@app.route("/pets/<int:least>")
@paged(pets_schema, most=2, reverse=True)
@other_responses({404: "None"})
def some(least):
    page = [one for one in PETS if one["id"] >= least]
    if not page:
        return abort(404)
    return page
"""


@pytest.mark.parametrize("take", TAKES.values(), ids=TAKES)
def test_the_wrapper_becomes_a_function_that_the_endpoint_calls(pair, take):
    both = pair(HEAD + PAGED.format(take=take) + VIEWS)
    assert {one: kind for one, kind in both.runtimes().items() if "." not in one} == {
        "pets": "native",
        "some": "native",
    }
    router = both.text("routers/root.py")
    assert "return paged(state.PETS, page)" in router
    assert "page_2 = query.to_dict()" in router
    assert "return paged(page, page_2, most=2, reverse=True)" in router
    assert "@dumped_by(ListedPetOut.dump)" in router or "@jsonified_by(ListedPetOut.dump)" in router
    for path in ("/pets", "/pets?limit=1", "/pets?offset=2", "/pets?offset=9", "/pets?limit=x", "/pets/1", "/pets/7"):
        both.same("GET", path)


STAYS = {
    "the wrapper reads its other arguments": (
        "args = list(args)\n            page = args.pop(-1)\n            print(kwargs)", VIEWS,
    ),
    "the wrapper looks at the first one": ("page = args[0]\n            args = args[1:]", VIEWS),
    "the view may return nothing": (TAKES["pop()"], VIEWS.replace("return abort(404)", "return")),
}  # fmt: skip


@pytest.mark.parametrize(("take", "views"), STAYS.values(), ids=STAYS)
def test_what_stays(pair, take, views):
    both = pair(HEAD + PAGED.format(take=take) + views)
    assert both.runtimes()["some"] == "flask"
    assert both.findings("some")


def test_a_factory_that_keeps_what_it_made_for_other_arguments_is_not_followed(pair):
    both = pair(HEAD + PAGED.format(take=TAKES["pop()"]) + VIEWS.replace("reverse=True", "page_schema=PetSchema"))
    assert {both.runtimes()[one] for one in ("pets", "some")} == {"flask"}
