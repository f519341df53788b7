"""An `Api` of flask-smorest's that answers errors in a way of its own."""

from .smorest_pets import APP, END

OWN = """
from marshmallow import validate


class ProblemApi(Api):
    def handle_http_exception(self, error):
        data = getattr(error, "data", None) or {}
        payload = {"title": data.get("message", error.name), "status": error.code}
        for name in ("messages", "errors"):
            if name in data:
                payload["errors"] = data[name]
        headers = data.get("headers") or {}
        return payload, error.code, {"Content-Type": "application/problem+json", **headers}


api = ProblemApi(app)


class TakeSchema(Schema):
    count = fields.Int(required=True, validate=validate.Range(min=1))


@blp.route("/take", methods=["POST"])
@blp.arguments(TakeSchema, error_headers={"X-After": "refused"})
@blp.response(200)
def take(data):
    if data["count"] > 2:
        abort(409, message="Too many.", errors={"count": "large"}, headers={"X-After": "large"})
    return data


@blp.route("/stop/<int:status>")
@blp.response(200)
def stop(status):
    abort(status)
"""
REQUESTS = [
    ("POST", "/pets/take", {"json": {"count": 1}}),
    ("POST", "/pets/take", {"json": {"count": 3}}),
    ("POST", "/pets/take", {"json": {"count": 0}}),
    ("POST", "/pets/take", {"data": "{", "headers": {"Content-Type": "application/json"}}),
    ("GET", "/pets/take", {}),
    ("GET", "/pets/stop/404", {}),
    ("GET", "/pets/stop/418", {}),
    ("GET", "/nowhere", {}),
]


def test_answers_are_those_of_the_application(pair):
    both = pair(APP.replace("api = Api(app)\n", "") + OWN + END)
    assert both.runtimes()["pets.take"] == both.runtimes()["pets.stop"] == "native"
    for method, path, sent in REQUESTS:
        both.same(method, path, **sent)


def test_one_that_asks_the_library_stays_on_flask(pair):
    source = OWN.replace('payload = {"title"', 'payload = super().handle_http_exception(error)[0] | {"title"')
    both = pair(APP.replace("api = Api(app)\n", "") + source + END)
    both.stays("pets.take", "FM604")
