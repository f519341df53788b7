"""Flask-RESTful's setting `RESTFUL_JSON`: what is written by it is the same."""

import pytest

APP = """
import datetime
import json
from decimal import Decimal

from flask import Blueprint, Flask, make_response
from flask_restful import Api, Resource, abort, fields, marshal_with


class ShopEncoder(json.JSONEncoder):
    def default(self, value):
        if isinstance(value, Decimal):
            return str(value)
        return super().default(value)


def shown(value):
    return value.isoformat()


app = Flask(__name__)
app.config["PROPAGATE_EXCEPTIONS"] = False
bp = Blueprint("more", __name__, url_prefix="/more")
SETTING
APIS


class Report(Resource):
    def get(self, number):
        if number == 1:
            abort(404, message="nö", more={"z": 1, "a": 2})
        if number == 2:
            raise ValueError("two")
        if number == 3:
            return {"total": Decimal("1.50")}, 201, {"X-After": "3"}
        if number == 4:
            return {"day": datetime.date(2024, 1, 2)}
        if number == 5:
            return make_response("plain", 202)
        return {"b": "ö", "a": [1, {"z": None}]}

    @marshal_with({"b": fields.String, "a": fields.Integer})
    def post(self, number):
        return {"b": "ü"}


ADDED


@app.get("/plain")
def plain():
    return {"b": "ö", "a": 1}
"""
SETTINGS = {
    "indent": 'app.config["RESTFUL_JSON"] = {"indent": 2, "sort_keys": True}',
    "separators": 'app.config.update(RESTFUL_JSON={"separators": (",", ":"), "ensure_ascii": False})',
    "a class": 'app.config["RESTFUL_JSON"] = {"cls": ShopEncoder}',
    "a function": 'app.config["RESTFUL_JSON"] = dict(default=shown, indent=None)',
    "a builtin": 'app.config.from_mapping({"RESTFUL_JSON": {"default": str}})',
    "of a class": (
        'class Config:\n    RESTFUL_JSON = {"cls": ShopEncoder, "indent": 1}\n\n\napp.config.from_object(Config)'
    ),
    "of a function": (
        "def set_up():\n    from json import JSONEncoder as Own\n\n"
        '    app.config["RESTFUL_JSON"] = {"cls": Own}\n\n\nset_up()'
    ),
}
APIS = {
    "one": ('api = Api(app, errors={"ValueError": {"message": "vö", "status": 418}})', ""),
    "two": (
        "api, other = Api(app), Api(bp, serve_challenge_on_401=True)",
        'other.add_resource(Report, "/reports/<int:number>")\napp.register_blueprint(bp)',
    ),
}


@pytest.mark.parametrize("apis", APIS)
@pytest.mark.parametrize("name", SETTINGS)
def test_data_and_errors_are_written_as_the_setting_says(pair, name, apis):
    made, more = APIS[apis]
    added = f'api.add_resource(Report, "/reports/<int:number>")\n{more}'
    both = pair(APP.replace("SETTING", SETTINGS[name]).replace("APIS", made).replace("ADDED", added))
    own = {"report", "plain"} | ({"more.report"} if more else set())
    assert {one for one, runtime in both.runtimes().items() if runtime == "native"} == own, both.findings("report")
    for prefix in ("", "/more"):
        for number in range(1, 7):
            for method in ("GET", "POST", "PUT"):
                both.same(method, f"{prefix}/reports/{number}")
    both.same("GET", "/plain")
    both.same("GET", "/reports/6", headers={"Accept": "text/html"})


def test_functions_for_other_types_stand_beside_it(pair):
    made = """
api = Api(app)


@api.representation("text/csv")
def csv(data, code, headers=None):
    response = make_response("csv", code)
    response.headers.extend(headers or {})
    return response
"""
    added = 'api.add_resource(Report, "/reports/<int:number>")'
    both = pair(APP.replace("SETTING", SETTINGS["a class"]).replace("APIS", made).replace("ADDED", added))
    assert both.runtimes()["report"] == "native", both.findings("report")
    for kind in ("text/csv", "application/json", "text/html"):
        for number in range(1, 7):
            both.same("GET", f"/reports/{number}", headers={"Accept": kind})
