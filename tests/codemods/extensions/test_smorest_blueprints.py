"""Blueprints of a project's own classes: what stays on Flask, and that what converts answers as flask-smorest does."""

import pytest

from .smorest_pets import APP

HEAD = (
    APP.replace("blp = Blueprint(", "of_library = Blueprint(")
    + """
from flask_smorest import Page
from marshmallow import EXCLUDE
from webargs.flaskparser import FlaskParser


class PetSchema(Schema):
    id = fields.Int()
    name = fields.Str(required=True)


PETS = [{"id": number, "name": f"pet {number}"} for number in range(1, 12)]
SIZES = {"page": 1, "page_size": 2, "max_page_size": 3}
"""
)
END = "\n\napi.register_blueprint(blp)\n"
VIEW = """
blp = Own("pets", __name__, url_prefix="/pets")


@blp.route("/")
@blp.response(200, PetSchema(many=True))
@blp.paginate(Page)
def index():
    return PETS
"""
STAYS = {
    "sizes that are computed": "class Own(Blueprint):\n    DEFAULT_PAGINATION_PARAMETERS = dict(SIZES)\n",
    "sizes by name": "class Own(Blueprint):\n    DEFAULT_PAGINATION_PARAMETERS = SIZES\n",
    "another header": 'class Own(Blueprint):\n    PAGINATION_HEADER_NAME = "X-Pages"\n',
    "a method of its own": "class Own(Blueprint):\n    def paginate(self, *args, **kwargs):\n"
    "        return super().paginate(*args, page_size=1)\n",
    "answers within others": "class Own(Blueprint):\n    @staticmethod\n    def _prepare_response_content(data):\n"
    '        return {"data": data}\n',
    "a decorated class": "def same(one):\n    return one\n\n\n@same\nclass Own(Blueprint):\n    pass\n",
    "sizes that are set": "class Own(Blueprint):\n    pass\n\n\n"
    'Own.DEFAULT_PAGINATION_PARAMETERS = {"page": 1, "page_size": 2, "max_page_size": 3}\n',
    "sizes that are set by name": "class Own(Blueprint):\n    pass\n\n\n"
    'setattr(Own, "DEFAULT_PAGINATION_PARAMETERS", {"page": 1, "page_size": 2, "max_page_size": 3})\n',
}


@pytest.mark.parametrize("name", STAYS)
def test_what_cannot_be_read_stays_on_flask(pair, name: str):
    both = pair(HEAD + STAYS[name] + VIEW + END)
    assert both.runtimes()["pets.index"] == "flask"
    assert both.findings("pets.index")


def test_a_parser_that_is_used_elsewhere_stays_on_flask(pair):
    both = pair(
        HEAD
        + "parser = FlaskParser()\nparser.unknown = None\n\n\nclass Own(Blueprint):\n    ARGUMENTS_PARSER = parser\n"
        + VIEW.replace("@blp.paginate(Page)", '@blp.arguments(PetSchema, location="query")').replace("()", "(pet)")
        + END
    )
    both.stays("pets.index", "FM782")


def test_a_parser_that_reads_in_its_own_way_stays_on_flask(pair):
    both = pair(
        HEAD
        + "class Reading(FlaskParser):\n    def load_querystring(self, req, schema):\n        return {}\n\n\n"
        + "class Own(Blueprint):\n    ARGUMENTS_PARSER = Reading()\n"
        + VIEW.replace("@blp.paginate(Page)", '@blp.arguments(PetSchema, location="query")').replace("()", "(pet)")
        + END
    )
    both.stays("pets.index", "FM782")


CLASSES = '''
"""A docstring may say DEFAULT_PAGINATION_PARAMETERS and ARGUMENTS_PARSER."""


class Lax(FlaskParser):
    DEFAULT_VALIDATION_STATUS = 400
    DEFAULT_UNKNOWN_BY_LOCATION = {**FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION, "json": EXCLUDE}


class Small(Blueprint):
    """Small pages."""

    DEFAULT_PAGINATION_PARAMETERS = {"page": 1, "page_size": 2, "max_page_size": 4}

    @staticmethod
    def _make_doc_response_schema(schema):
        return schema


class LaxSmall(Small):
    ARGUMENTS_PARSER = Lax()


strict = FlaskParser(location="query")


class Named(Blueprint):
    ARGUMENTS_PARSER = strict


class Plain(Named):
    pass


blp = LaxSmall("pets", __name__, url_prefix="/pets")
plain = Plain("plain", __name__, url_prefix="/plain")


class Halves(Page):
    @property
    def item_count(self):
        return len(self.collection) // 2


@blp.route("/")
@blp.response(200, PetSchema(many=True))
@blp.paginate(Page)
def index():
    return PETS


@blp.route("/", methods=["POST"])
@blp.arguments(PetSchema)
@blp.response(201, PetSchema)
def create(pet):
    return pet


@blp.route("/query")
@blp.arguments(PetSchema, location="query", error_status_code=418)
@blp.response(200, PetSchema)
def by_query(pet):
    return pet


@blp.route("/halves")
class Several(MethodView):
    @blp.response(200, PetSchema(many=True))
    @blp.paginate(Halves, max_page_size=3)
    def get(self):
        return PETS


@plain.route("/")
@plain.response(200, PetSchema(many=True))
@plain.paginate(page_size=20)
def mine(pagination_parameters):
    pagination_parameters.item_count = len(PETS)
    return PETS[pagination_parameters.first_item : pagination_parameters.last_item + 1]


@plain.route("/", methods=["POST"])
@plain.arguments(PetSchema)
@plain.response(201, PetSchema)
def make(pet):
    return pet


api.register_blueprint(plain)
'''
REQUESTS = [
    ("GET", "/pets/", {}),
    ("GET", "/pets/?page=3&page_size=4", {}),
    ("GET", "/pets/?page_size=5", {}),
    ("GET", "/pets/halves?page=2", {}),
    ("GET", "/pets/halves?page_size=4", {}),
    ("POST", "/pets/", {"json": {"name": "Rex", "other": 1}}),
    ("POST", "/pets/", {"json": {}}),
    ("GET", "/pets/query?name=Rex", {}),
    ("GET", "/pets/query", {}),
    ("GET", "/plain/", {}),
    ("GET", "/plain/?page_size=101", {}),
    ("POST", "/plain/", {"json": {"name": "Rex", "other": 1}}),
    ("POST", "/plain/", {"json": {"name": "Rex"}}),
    ("POST", "/plain/?name=Rex", {}),
]


def test_answers_are_those_of_flask_smorest(pair):
    both = pair(HEAD + CLASSES + END)
    names = ("pets.index", "pets.create", "pets.by_query", "pets.Several", "plain.mine", "plain.make")
    assert {name: both.runtimes()[name] for name in names} == dict.fromkeys(names, "native"), both.findings(names[0])
    for method, path, sent in REQUESTS:
        theirs, mine = both.answers(method, path, **sent)
        assert mine == theirs, (method, path)
