"""APIFlask's schema of a page and `pagination_builder`: what stays on Flask, and that what converts answers alike."""

import pytest

HEAD = """
from apiflask import APIFlask, PaginationSchema, Schema, pagination_builder
from apiflask.fields import Integer, List, Nested, String
from apiflask.validators import Range

app = APIFlask(__name__)
PETS = [{"id": number, "name": f"pet {number}"} for number in range(1, 24)]


class Page:
    def __init__(self, rows, page, per_page):
        self.page, self.per_page, self.total = page, per_page, len(rows)
        self.pages = -(-self.total // per_page)
        self.items = rows[(page - 1) * per_page : page * per_page]
        self.has_next, self.has_prev = page < self.pages, page > 1
        self.next_num = page + 1 if self.has_next else None
        self.prev_num = page - 1 if self.has_prev else None


class Query(Schema):
    page = Integer(load_default=1, validate=Range(min=1))
    per_page = Integer(load_default=5, validate=Range(max=10))


class PetOut(Schema):
    id = Integer()
    name = String()


class PetsOut(Schema):
    pets = List(Nested(PetOut))
    pagination = Nested(PaginationSchema)


MORE = {"color": "black"}
"""
STAYS = {
    "a model": 'pagination_builder(page, schema_type="pydantic")',
    "spread values": "pagination_builder(page, **MORE)",
}
VIEW = """
@app.get("/pets")
@app.input(Query, location="query")
def pets(query_data):
    page = Page(PETS, **query_data)
    return {call}
"""


@pytest.mark.parametrize("call", STAYS.values(), ids=STAYS)
def test_what_has_no_counterpart_stays(pair, call):
    both = pair(HEAD + VIEW.format(call=call))
    assert both.runtimes()["pets"] == "flask"
    assert both.findings("pets")[0].startswith("FM737")


VIEWS = """
def told(pagination, **values):
    return pagination_builder(pagination=pagination, schema_type="marshmallow", color="black & white")


@app.get("/pets")
@app.input(Query, location="query")
@app.output(PetsOut)
def pets(query_data):
    page = Page(PETS, query_data["page"], query_data["per_page"])
    return {"pets": page.items, "pagination": pagination_builder(page)}


@app.get("/kinds/<kind>/pets")
@app.input(Query, location="query")
@app.output(PetsOut)
def by_kind(kind, query_data):
    page = Page(PETS[:7], **query_data)
    return {"pets": page.items, "pagination": pagination_builder(page, kind=kind, _anchor="top")}


@app.get("/plain")
@app.input(Query, location="query")
def plain(query_data):
    return told(Page(PETS, **query_data))


@app.get("/wrong/<kind>")
def wrong(kind):
    return pagination_builder(Page(PETS, 1, 5))
"""


def test_pages_tell_of_others_as_apiflasks(pair):
    both = pair(HEAD + VIEWS)
    both.flask.config["PROPAGATE_EXCEPTIONS"] = False
    assert {both.runtimes()[name] for name in ("pets", "by_kind", "plain", "wrong")} == {"native"}
    for path in (
        "/pets",
        "/pets?page=3&per_page=10",
        "/pets?page=9",
        "/pets?page=0",
        "/kinds/dog%20s/pets?page=2",
        "/plain?page=2",
        "/wrong/dog",
    ):
        both.same("GET", path)
    links = both.alone("GET", "/kinds/dog/pets?page=2&per_page=3")[1]
    assert b'"next":"http://localhost/kinds/dog/pets?page=3&per_page=3#top"' in links


MODULES = {
    "schemas": """
from apiflask import Schema
from apiflask.fields import Integer, List, Nested
from apiflask.schemas import PaginationSchema


class IdsOut(Schema):
    ids = List(Integer())
    pagination = Nested(PaginationSchema, required=True)
"""
}


def test_two_modules_share_the_schema_of_a_page(pair):
    views = """
from schemas import IdsOut


@app.get("/pets")
@app.output(PetsOut)
def pets():
    page = Page(PETS, 2, 5)
    return {"pets": page.items, "pagination": pagination_builder(page)}


@app.get("/ids")
@app.output(IdsOut)
def ids():
    page = Page(PETS, 2, 5)
    return {"ids": [one["id"] for one in page.items], "pagination": pagination_builder(page)}
"""
    both = pair(HEAD + views, {f"{name}.py": text for name, text in MODULES.items()})
    assert {both.runtimes()[name] for name in ("pets", "ids")} == {"native"}
    assert sum(text.count("class Pagination(Schema)") for text in both.conversion.files.values()) == 1
    both.same("GET", "/pets")
    both.same("GET", "/ids")
