"""Headers that Flask parses: parameters, ranges, caching."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.http import (
    parse_cache_control_header,
    parse_if_range_header,
    parse_options_header,
    parse_range_header,
)

from codemods.compat.caching import requested_caching
from codemods.compat.header_options import header_options
from codemods.compat.ranges import parse_if_range, parse_range

PIECES = ["a", "b*", "c*0", "c*1", "c*0*", "=", '"', "\\", ";", " ", "utf-8''%C3%A9", "%22", '; b="x;y"', ",", "\t"]
OPTIONS = st.lists(st.sampled_from(PIECES), max_size=12).map("".join)
UNITS = st.sampled_from(["bytes=", "", "items=", "BYTES ="])
RANGES = st.lists(st.sampled_from(["0", "-", "5", ",", " ", "10", "x", "-0", "99", "5-", "2-4"]), max_size=8).map(
    "".join
)
DIRECTIVES = ("no_cache", "no_store", "no_transform", "only_if_cached", "max_age", "max_stale", "min_fresh",
              "stale_if_error")  # fmt: skip


@given(OPTIONS, st.sampled_from(["text/html;", "", " ;"]))
def test_the_parameters_of_a_header(options, start):
    assert header_options(start + options) == parse_options_header(start + options)[1]


@given(UNITS, RANGES)
def test_ranges(units, ranges):
    mine, theirs = parse_range(units + ranges), parse_range_header(units + ranges)
    if theirs is None or mine is None:
        assert mine is theirs
        return
    assert (mine.units, mine.ranges, str(mine)) == (theirs.units, theirs.ranges, str(theirs))
    for length in (None, 0, 3, 100):
        assert mine.range_for_length(length) == theirs.range_for_length(length)
        assert mine.to_content_range_header(length) == theirs.to_content_range_header(length)


@pytest.mark.parametrize("header", ["", None, '"x"', 'W/"x"', "x", "Thu, 01 Jan 2026 00:00:00 GMT"])
def test_a_condition_of_a_range(header):
    mine, theirs = parse_if_range(header), parse_if_range_header(header)
    assert (mine.etag, mine.date, str(mine)) == (theirs.etag, theirs.date, str(theirs))


@pytest.mark.parametrize(
    "header",
    ["", None, "max-age=3, no-cache", 'max-age="3"', "max-stale", "max-stale=4", "max-age=x", "max-age",
     "min-fresh=1,no-store,no-transform,only-if-cached,stale-if-error=3"],
)  # fmt: skip
def test_caching(header):
    mine, theirs = requested_caching(header), parse_cache_control_header(header)
    assert [getattr(mine, name) for name in DIRECTIVES] == [getattr(theirs, name) for name in DIRECTIVES]
    assert dict(mine) == dict(theirs)
