"""Classes of a project's own for Flask-RESTX's `Api` and `Namespace`: what stays, and what answers the same."""

import pytest

LIBRARY = """
from flask import url_for
from flask_restx import Api, Namespace


class BaseApi(Api):
    \"\"\"Documents behind a proxy.\"\"\"

    @property
    def specs_url(self):
        return url_for(self.endpoint("specs"), _external=True, _scheme="https")


class ShopApi(BaseApi):
    def __init__(self, *args, **kwargs):
        kwargs.setdefault("serve_challenge_on_401", True)
        super().__init__(*args, title="Shop", catch_all_404s=True, **kwargs)


class Checked(Namespace):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, validate=True, **kwargs)
"""
SHOP = """
from NAME import Checked, ShopApi
from flask import Flask
from flask_restx import Resource, fields

app = Flask(__name__)
app.config["PROPAGATE_EXCEPTIONS"] = False
api = ShopApi(app, prefix="/v1")
items = Checked("items")
item = items.model("Item", {"name": fields.String(required=True, max_length=3)})
api.add_namespace(items)


@api.errorhandler(LookupError)
def handle_lookup(error):
    return {"lookup": str(error)}, 410


@items.route("/<int:number>")
class Item(Resource):
    @items.marshal_with(item)
    def get(self, number):
        if number == 1:
            items.abort(401, "who?")
        if number == 2:
            raise KeyError(number)
        return {"name": "pen"}

    @items.expect(item)
    def post(self, number):
        return items.payload


@api.route("/health")
class Health(Resource):
    def get(self):
        return {"ok": True}


@app.get("/plain")
def plain():
    return "plain"
"""
LEFT = {
    "another method": "    def handle_error(self, error):\n        return {}, 400",
    "an attribute": "    default_mediatype = None",
    "an argument of its own": "    def __init__(self, app, title):\n        super().__init__(app, title=title)",
    "decorators": (
        "    def __init__(self, *args, **kwargs):\n        super().__init__(*args, decorators=[repr], **kwargs)"
    ),
    "something else on the way": (
        "    def __init__(self, *args, **kwargs):\n        print(args)\n        super().__init__(*args, **kwargs)"
    ),
    "nothing handed on": "    def __init__(self, *args, **kwargs):\n        super().__init__(*args, doc=False)",
    "an argument that decides and is computed": (
        "    def __init__(self, *args, **kwargs):\n        super().__init__(*args, validate=bool(len([])), **kwargs)"
    ),
    "another base": "    pass\n\n\nclass Plain:\n    pass\n\n\nclass Mixed(Plain, Namespace):\n    pass",
}


def make(pair, name, library=LIBRARY):
    return pair(SHOP.replace("NAME", name), {f"{name}.py": library})


@pytest.mark.parametrize("name", LEFT)
def test_classes_that_do_more_keep_resources_on_flask(pair, name):
    both = make(pair, f"left_{list(LEFT).index(name)}", f"{LIBRARY}\n\nclass Other(BaseApi):\n{LEFT[name]}\n")
    if name == "an argument that decides and is computed":
        assert both.runtimes()["items_item"] == "native"  # nobody makes one
        both = pair(
            SHOP.replace("NAME", "made").replace("ShopApi", "Other"),
            {"made.py": f"{LIBRARY}\n\nclass Other(BaseApi):\n{LEFT[name]}\n"},
        )
    assert both.runtimes()["items_item"] == both.runtimes()["health"] == "flask"
    assert both.findings("items_item")[0].startswith("FM777"), both.findings("items_item")
    assert both.runtimes()["plain"] == "native"


def test_classes_that_fix_arguments_answer_as_the_library_does_with_these(pair):
    both = make(pair, "own_apis")
    assert both.runtimes()["items_item"] == both.runtimes()["health"] == "native", both.findings("items_item")
    with both.clients() as (flask, fastapi):
        for path in ("/v1/items/0", "/v1/items/1", "/v1/items/2", "/v1/items/x", "/v1/health", "/v1/item/0", "/no"):
            for method in ("GET", "POST"):
                for body in ({"name": "pen"}, {"name": "pencil"}, {}):
                    theirs = flask.open(path, method=method, json=body)
                    mine = fastapi.request(method, path, json=body)
                    assert (mine.status_code, mine.content) == (theirs.status_code, theirs.data), (method, path, body)
                    assert mine.headers.get("www-authenticate") == theirs.headers.get("www-authenticate"), path
    paths = both.make(None).openapi()["paths"]
    assert paths["/v1/items/{number}"]["get"]["tags"] == ["items"]
    assert paths["/v1/health"]["get"]["tags"] == ["default"]
