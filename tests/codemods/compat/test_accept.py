"""`Accept` and `Authorization` headers as Werkzeug parses them."""

import base64
from typing import Any

import pytest
from fastapi import Request
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import Accept, CharsetAccept, LanguageAccept, MIMEAccept
from werkzeug.datastructures import Authorization as WerkzeugAuthorization
from werkzeug.http import parse_accept_header

from codemods.compat.accept import Accepted, AcceptedCharsets, AcceptedLanguages, AcceptedTypes
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


def same(mine: Any, theirs: Any, values: list[str]) -> None:
    assert (list(mine), str(mine), mine.best, mine.provided) == (
        list(theirs),
        str(theirs),
        theirs.best,
        theirs.provided,
    )
    assert list(mine.values()) == list(theirs.values())
    for value in values:
        assert (value in mine, mine[value], mine.quality(value), mine.find(value)) == (
            value in theirs,
            theirs[value],
            theirs.quality(value),
            theirs.find(value),
        )


@given(HEADERS, st.lists(st.sampled_from(TYPES), max_size=3), st.sampled_from([None, "default"]))
def test_media_types(header, matches, default):
    mine, theirs = AcceptedTypes(header), parse_accept_header(header, MIMEAccept)
    assert mine.best_match(matches, default) == theirs.best_match(matches, default)
    same(mine, theirs, TYPES)
    assert (mine.accept_json, mine.accept_html, mine.accept_xhtml) == (
        theirs.accept_json,
        theirs.accept_html,
        theirs.accept_xhtml,
    )


@given(LANGUAGE_HEADERS, st.lists(st.sampled_from(LANGUAGES), max_size=3), st.sampled_from([None, "default"]))
def test_languages(header, matches, default):
    mine, theirs = AcceptedLanguages(header), parse_accept_header(header, LanguageAccept)
    assert mine.best_match(matches, default) == theirs.best_match(matches, default)
    same(mine, theirs, LANGUAGES)


@pytest.mark.parametrize("header", [None, "", "utf8, ISO-8859-1;q=0.5", "*;q=0.1, x-own", "latin1;q=0"])
def test_character_sets_and_encodings(header):
    same(AcceptedCharsets(header), parse_accept_header(header, CharsetAccept), ["UTF-8", "iso8859-1", "x-own", "no"])
    same(Accepted(header), parse_accept_header(header, Accept), ["UTF-8", "utf8", "x-own", "no"])


def test_no_header_and_no_type():
    assert AcceptedTypes(None).best_match(["text/html"], "default") == "default"
    assert AcceptedTypes("text/html, */*;q=0.5")[1] == ("*/*", 0.5)
    with pytest.raises(ValueError, match="invalid mimetype 'html'"):
        AcceptedTypes("text/html").best_match(["html"])


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
