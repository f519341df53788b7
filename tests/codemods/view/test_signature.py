"""Parameters: their names, their texts, and whether two are one."""

import pytest

from codemods.view.imports import Need
from codemods.view.signature import Parameter, Signature

QUERY = Parameter("page", "Annotated[int, Query(), lenient(int, default=1)]", "1", ("query", "page"))
HEADER = Parameter("x_token", "Annotated[str | None, Header()]", "None", ("header", "x-token"))


def test_a_parameter_under_its_own_name_is_itself() -> None:
    assert QUERY.renamed("page") is QUERY


RENAMED = [
    (QUERY, "number", 'Annotated[int, Query(alias="page"), lenient(int, default=1)]'),
    (HEADER, "token", 'Annotated[str | None, Header(alias="x-token")]'),
    (Parameter("size", 'Annotated[str, Query(alias="page-size")]', '"1"', ("query", "page-size")), "other",
     'Annotated[str, Query(alias="page-size")]'),
    (Parameter("query_from", 'Annotated[str, Form(alias="from")]', '"1"', ("form", "from")), "sent",
     'Annotated[str, Form(alias="from")]'),
    (Parameter("other", 'Annotated[int, Query(alias="page")]', "1", ("query", "page")), "page",
     "Annotated[int, Query()]"),
    (Parameter("token", 'Annotated[str, Header(alias="X-Token")]', '""', ("header", "x-token")), "x_token",
     "Annotated[str, Header()]"),
]  # fmt: skip


@pytest.mark.parametrize(("parameter", "name", "annotation"), RENAMED)
def test_a_parameter_under_another_name_is_read_by_its_alias(parameter: Parameter, name: str, annotation: str) -> None:
    renamed = parameter.renamed(name)
    assert (renamed.name, renamed.annotation) == (name, annotation)
    assert (renamed.source, renamed.default) == (parameter.source, parameter.default)


@pytest.mark.parametrize(
    ("annotation", "plain"),
    [("Request", "Request"), ("Annotated[int, Query()]", "int"), ("Annotated[str | None, Header()]", "str | None"),
     ("Annotated[dict[str, int], Query(), x]", "dict[str, int]"), ("JsonBody[Any]", "JsonBody[Any]")],
)  # fmt: skip
def test_the_plain_annotation_is_what_a_helper_is_given(annotation: str, plain: str) -> None:
    needs = frozenset({Need("fastapi", "Query")})
    parameter = Parameter("a", annotation, needs=needs)
    assert parameter.plain == plain
    assert parameter.plain_needs() == (frozenset() if annotation.startswith("Annotated") else needs)


def test_a_name_that_stands_for_something_else_is_not_given_twice() -> None:
    signature = Signature(True, frozenset({"page"}))
    assert signature.free_name("page", "query") == "page_query"
    assert signature.ask(HEADER)
    assert signature.ask(HEADER)
    assert not signature.ask(Parameter("x_token", "str"))
    assert signature.free_name("x_token", "header") == "x_token_header"
    assert signature.find(("header", "x-token")) is HEADER
    assert signature.find(("query", "x-token")) is None


def test_parameters_with_defaults_come_last() -> None:
    signature = Signature(True, frozenset())
    for one in (HEADER, Parameter("request", "Request"), QUERY):
        signature.ask(one)
    assert signature.render().startswith("request: Request, x_token: ")
    assert signature.render().endswith(" = 1")
