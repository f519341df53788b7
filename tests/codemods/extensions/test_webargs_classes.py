"""webargs' decorators in the list of a class-based view: they stand around each of its methods."""

import pytest

APP = """
from functools import wraps

from flask import Flask, jsonify
from flask.views import MethodView
from marshmallow import fields, validate
from webargs.flaskparser import parser, use_args, use_kwargs

app = Flask(__name__)
app.config["PROPAGATE_EXCEPTIONS"] = False


def handing_on(view):
    @wraps(view)
    def wrapper(*args, **kwargs):
        return view("ann", *args, **kwargs)

    return wrapper


class Stats(MethodView):
    decorators = [
        use_kwargs({"unit": fields.Str(load_default="count"), "limit": fields.Int()}, location="query"),
        use_args({"X-Token": fields.Str(required=True)}, location="headers", arg_name="headers"),
    ]

    def get(self, headers, number, unit, limit=3):
        return jsonify(number=number, unit=unit, limit=limit, token=headers["X-Token"])

    @use_args({"from": fields.Str(load_default="own"), "a b": fields.Int(), "ä": fields.Int()}, location="form")
    def post(self, sent, headers, number, unit, limit=4):
        return jsonify(number=number, unit=unit, limit=limit, token=headers["X-Token"], sent=sent, of=sent["from"])


class Others(MethodView):
    decorators = [parser.use_kwargs({"unit": fields.Int(validate=validate.Range(1))}, location="query")]

    def get(self, **given):
        return jsonify(given)


class Broken(MethodView):
    decorators = [use_args({"unit": fields.Int()}, location="query")]

    def get(self, given):
        return jsonify(given)


class Handed(MethodView):
    decorators = [handing_on]

    def get(self, user):
        return user


app.add_url_rule("/stats/<int:number>", view_func=Stats.as_view("stats"))
app.add_url_rule("/others", view_func=Others.as_view("others"))
app.add_url_rule("/broken", view_func=Broken.as_view("broken"))
app.add_url_rule("/handed", view_func=Handed.as_view("handed"))
"""


def test_a_view_takes_keywords_only(pair) -> None:
    both = pair(APP)
    assert both.flask.test_client().get("/broken").status_code == 500
    assert both.flask.test_client().get("/handed").status_code == 500
    both.stays("broken", "FM113")
    both.stays("handed", "FM113")


def test_arguments_for_all_methods_of_a_class(pair) -> None:
    both = pair(APP)
    assert both.runtimes()["stats"] == "native", both.findings("stats")
    router = both.text("routers/root.py")
    assert "StatsQuery" in router
    assert "StatsHeaders" in router
    (schemas,) = (text for path, text in both.conversion.files.items() if "class StatsHeaders" in text)
    for line in ('x_token: Annotated[Str, At("X-Token")] = ', "from_: ", "a_b: "):
        assert line in schemas
    with both.served() as same:
        for query in ("", "?unit=x&limit=2", "?limit=x", "?more=1"):
            for headers in ({}, {"X-Token": "t"}):
                same("GET", f"/stats/1{query}", headers=headers)
                same("POST", f"/stats/1{query}", headers=headers, data={"from": "form", "a b": "x"})
                same("POST", f"/stats/1{query}", headers=headers, data={"a b": "1", "ä": "2"})
            same("GET", f"/others{query}")
        same("GET", "/others?unit=7")
        same("PUT", "/stats/1")


@pytest.mark.parametrize("listed", ["decorators = tuple(MADE)", "decorators = []\n    decorators += MADE"])
def test_a_list_that_is_made_stays_on_flask(pair, listed: str) -> None:
    made = APP.partition("class Others")[2].partition("    decorators = ")[2].partition("\n")[0]
    both = pair(
        APP.replace("class Others", f"MADE = {made}\n\n\nclass Others").replace(
            f"    decorators = {made}\n", f"    {listed}\n"
        )
    )
    assert both.runtimes()["others"] == "flask"
