"""`Accept` and `Authorization` headers as Werkzeug parses them."""

import base64
from typing import Any

import pytest
from fastapi import Request
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import Authorization as WerkzeugAuthorization
from werkzeug.datastructures import LanguageAccept, MIMEAccept
from werkzeug.http import parse_accept_header

from codemods.compat.accept import accepts, best_language, best_match
from codemods.compat.authorization import authorization

TYPES = ["application/json", "text/html", "text/html; level=1", "text/plain", "application/xml"]
LANGUAGES = ["en", "en-GB", "de", "de_AT", "fr-CA"]

ACCEPT_ITEMS = st.sampled_from(
    ["*/*", "text/*", "*/html", "*", "json", "APPLICATION/JSON", "text/html;level=1", *TYPES]
)
QUALITIES = st.sampled_from(["", ";q=0", ";q=0.5", "; q=1.0", ";q=2", ";q=x", ";q=-1", ";Q=0.3", ";q=.5", ";q"])
HEADERS = st.lists(st.tuples(ACCEPT_ITEMS, QUALITIES).map("".join), max_size=4).map(", ".join)
TAGS = st.sampled_from(["*", "EN", "en_us", "de-AT", "fr", *LANGUAGES])
LANGUAGE_HEADERS = st.lists(st.tuples(TAGS, QUALITIES).map("".join), max_size=4).map(",".join)


@given(HEADERS, st.lists(st.sampled_from(TYPES), max_size=3), st.sampled_from([None, "default"]))
def test_best_media_type(header, matches, default):
    expected = parse_accept_header(header, MIMEAccept)
    assert best_match(header, matches, default) == expected.best_match(matches, default)
    assert [accepts(header, match) for match in matches] == [match in expected for match in matches]


@given(LANGUAGE_HEADERS, st.lists(st.sampled_from(LANGUAGES), max_size=3), st.sampled_from([None, "default"]))
def test_best_language(header, matches, default):
    expected = parse_accept_header(header, LanguageAccept)
    assert best_language(header, matches, default) == expected.best_match(matches, default)


def test_no_header_and_no_type():
    assert best_match(None, ["text/html"], "default") == MIMEAccept(None).best_match(["text/html"], "default")
    with pytest.raises(ValueError, match="invalid mimetype 'html'"):
        best_match("text/html", ["html"])


def parsed(header: str | None) -> Any:
    fields = [] if header is None else [(b"authorization", header.encode("latin-1"))]
    return authorization(Request({"type": "http", "headers": fields}))


def basic(text: str) -> str:
    return "Basic " + base64.b64encode(text.encode()).decode()


AUTHORIZATIONS = [
    None,
    "",
    basic("ann:secret"),
    basic("ann:with:colon"),
    basic("only"),
    basic("ü:é"),
    "basic " + "YTpi",
    "Basic ???",
    "Basic",
    "Basic YQ",
    "Basic /w==",
    "Bearer abc.def",
    "bearer  abc",
    "Bearer",
    "Bearer abc=",
    "Token a=b",
    "Token",
    "Basic\tYTpi",
    'Digest username="ann", realm="a \\"b\\", c", nc=1, opaque, =x, uri*=UTF-8\'\'%C3%A9, x*=other\'\'%41, y*=plain',
]


@pytest.mark.parametrize("header", AUTHORIZATIONS)
def test_authorization(header):
    expected = WerkzeugAuthorization.from_header(header)
    found = parsed(header)
    if expected is None:
        assert found is None
        return
    assert (found.type, found.token, found.parameters) == (expected.type, expected.token, expected.parameters)
    assert (found.username, found.password) == (expected.username, expected.password)
    assert found.get("none", "default") == expected.get("none", "default")


@given(st.text("Basic erd=,\"\\ *'%4UTF-8", max_size=30))
def test_any_authorization(header):
    expected = WerkzeugAuthorization.from_header(header)
    found = parsed(header)
    assert (expected is None) == (found is None)
    if expected is not None:
        assert (found.type, found.token, found.parameters) == (expected.type, expected.token, expected.parameters)
