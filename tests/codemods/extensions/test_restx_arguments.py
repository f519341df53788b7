"""What Flask-RESTX's resources are made with: their `Api`, and arguments of their registration; compared with Flask."""

import pytest

SOURCE = """
from flask import Blueprint, Flask
from flask_restx import Api, Namespace, Resource, fields

app = Flask(__name__)
app.config["PROPAGATE_EXCEPTIONS"] = False
api = Api(app)
ns = Namespace("things")
api.add_namespace(ns)
PRICES = {"pen": 2, "ink": 9}
STOCK = {"pen": 1}
model = api.model("Thing", {"name": fields.String(required=True), "price": fields.Integer})


@ns.route("/", resource_class_kwargs={"prices": PRICES, "limit": 3})
class Things(Resource):
    def __init__(self, api=None, *args, **kwargs):
        super().__init__(api, *args, **kwargs)
        self.prices = kwargs["prices"]
        self.limit = kwargs.get("limit", 7)

    @ns.marshal_list_with(model)
    def get(self):
        return [{"name": name, "price": price} for name, price in self.prices.items() if price > self.limit]

    @ns.expect(model, validate=True)
    def post(self):
        return self.api.payload, 201, {"Location": self.api.url_for(Thing, name="pen", page=2)}


@ns.route("/<name>")
class Thing(Resource):
    def __init__(self, *args, **kwargs):
        super(Thing, self).__init__(*args, **kwargs)
        self.factor = 2

    def get(self, name):
        if name not in PRICES:
            self.api.abort(404, "no such thing", url=api.url_for(Things))
        return {"price": PRICES[name] * self.factor, "all": api.url_for(Things, _external=True)}


class Stock(Resource):
    def __init__(self, api, stock, kind="plain"):
        self.api = api
        self.stock, self.kind = stock, kind

    def get(self):
        return {"stock": len(self.stock), "kind": self.kind}


api.add_resource(Stock, "/stock", resource_class_kwargs={"stock": STOCK})


@app.get("/plain")
def plain():
    return "plain"
"""
RESOURCES = {"things_things", "things_thing", "stock"}
LEFT = {
    "an Api that is not handed on": ("super().__init__(api, *args, **kwargs)", "super().__init__(**kwargs)"),
    "another Api that is handed on": ("super().__init__(api, *args, **kwargs)", "super().__init__(kwargs, *args)"),
    "more than parameters": ("super().__init__(api, *args, **kwargs)", "super().__init__(api, len(kwargs))"),
    "arguments that are computed": ("PRICES, \"limit\": 3}", "dict(PRICES), \"limit\": 3}"),
    "all arguments": ("resource_class_kwargs={\"prices\": PRICES, \"limit\": 3}", "resource_class_kwargs=KEPT"),
    "a resource that is registered twice": (
        "@app.get",
        'ns.add_resource(Things, "/more", endpoint="more", resource_class_kwargs={"prices": STOCK})\n@app.get',
    ),
    "an Api with another name": ("        self.limit =", "        self.owner = api\n        self.limit ="),
    "another of two Apis": ("@app.get", "other = Api(Blueprint(\"other\", __name__))\n\n\n@app.get"),
}  # fmt: skip


@pytest.mark.parametrize("name", LEFT)
def test_arguments_that_are_not_known_keep_the_resource_on_flask(pair, name):
    old, new = LEFT[name]
    assert old in SOURCE
    source = SOURCE.replace(old, new).replace("STOCK = {", 'KEPT = {"prices": PRICES, "limit": 3}\nSTOCK = {')
    both = pair(source)
    both.stays("things_things", "FM116")
    assert both.runtimes()["stock"] == both.runtimes()["plain"] == "native", both.findings("stock")


def test_resources_with_arguments_answer_the_same(pair):
    both = pair(SOURCE)
    assert {one for one, runtime in both.runtimes().items() if runtime == "native"} == {*RESOURCES, "plain"}, [
        both.findings(one) for one in sorted(RESOURCES)
    ]
    for path in ("/things/", "/things/pen", "/things/none", "/stock"):
        both.same("GET", path)
    for body in ({"name": "cap"}, {}):
        both.same("POST", "/things/", json=body)
