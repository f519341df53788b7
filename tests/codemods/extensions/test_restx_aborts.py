"""`abort` of Flask-RESTX wherever it stands, with whatever it is given, compared with real Flask."""

SOURCE = """
from flask import Flask
from flask_restx import Api, Resource, abort
from flask_restx.errors import abort as stop

app = Flask(__name__)
app.config["PROPAGATE_EXCEPTIONS"] = False
api = Api(app)
PETS = {1: {"name": "Ann"}}
DETAILS = {"fields": {"name": "missing"}, "status": 7}


class PetResource(Resource):
    def find(self, number):
        return PETS.get(number) or api.abort(404, message="Pet {} not found".format(number), id=number)


@api.route("/pets/<int:number>")
class Pet(PetResource):
    def get(self, number):
        return self.find(number)


@api.route("/odd/<int:number>")
class Odd(Resource):
    def get(self, number):
        if number == 1:
            api.abort(409, **DETAILS)
        if number == 2:
            abort(*[410, "gone"])
        if number == 3:
            return abort(400, "Pet %d: bad" % number, code=number) if number else None
        if number == 4:
            number and stop(403, 7)
        if number == 5:
            api.abort(message="failed")
        if number == 6:
            api.abort(code=401, message="")
        if number == 7:
            return [one or api.abort(422) for one in (1, 0)]
        if number == 8:
            try:
                abort(406, reason="none")
            except Exception as error:
                return {"data": error.data, "code": error.code}
        api.abort(404 if number > 9 else 503, f"number {number}", number=number)
"""


def test_aborts_answer_the_same_wherever_they_stand(pair):
    both = pair(SOURCE)
    assert both.runtimes()["pet"] == both.runtimes()["odd"] == "native", both.findings("odd")
    assert "or abort(404, message=" in "".join(both.conversion.files.values())
    for path in ("/pets/1", "/pets/2", *(f"/odd/{number}" for number in range(1, 11))):
        both.same("GET", path)


def test_an_abort_with_more_than_it_takes_stays_on_flask(pair):
    both = pair(SOURCE.replace('abort(406, reason="none")', 'abort(406, "none", 1)'))
    both.stays("odd", "FM779")
    assert both.runtimes()["pet"] == "native"
