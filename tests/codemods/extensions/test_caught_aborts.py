"""`abort` of Flask-RESTful and Flask-RESTX in code that catches the errors by their classes."""

import pytest

LIBRARIES = {
    "flask_restful": ("from flask_restful import Api, Resource, abort", "api = Api(app)", 'message="told"'),
    "flask_restx": ("from flask_restx import Api, Resource, abort", "api = Api(app, doc=False)", '"told", extra=1'),
}
SOURCE = """
from flask import Flask
{imports}
from werkzeug.exceptions import HTTPException, NotFound

app = Flask(__name__)
{api}


def find(number):
    if number == 0:
        abort(404)
    if number == 1:
        abort(404, {told})
    if number == 2:
        abort(403)
    return {{"number": number}}


class Item(Resource):
    def get(self, number):
        try:
            return find(number)
        except NotFound as error:
            return {{"code": error.code, "data": getattr(error, "data", None)}}

    def post(self, number):
        try:
            abort(409)
        except HTTPException:
            return find(number)


api.add_resource(Item, "/items/<int:number>")
"""


@pytest.mark.parametrize("library", LIBRARIES)
def test_an_abort_that_is_caught_is_of_its_class(pair, library):
    imports, api, told = LIBRARIES[library]
    found = pair(SOURCE.format(imports=imports, api=api, told=told))
    assert found.runtimes()["item"] == "native"
    with found.served() as same:
        answers = [same(method, f"/items/{number}") for method in ("GET", "POST") for number in range(4)]
    assert [status for status, *_ in answers] == [200, 200, 403, 200, 404, 404, 403, 200]
