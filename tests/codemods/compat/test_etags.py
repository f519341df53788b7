"""The tags of a request's header tell what Werkzeug's do."""

import pytest
from werkzeug.http import parse_etags as theirs

from codemods.compat.etags import parse_etags

TAGS = ("a", "b", '"a"', 'W/"a"', 'w/"b"', "W/b", "", "*")


@pytest.mark.parametrize("header", ["", '"a"', 'W/"a"', '"a", W/"b"', "a, W/b", "*", 'w/"a", "b'])
def test_tags_of_a_header(header: str) -> None:
    mine, known = parse_etags(header), theirs(header)
    assert (bool(mine), len(mine), str(mine)) == (bool(known), len(known), str(known))
    assert mine.to_header() == known.to_header()
    assert mine.star_tag == known.star_tag
    assert (mine.as_set(), mine.as_set(True)) == (known.as_set(), known.as_set(True))
    for tag in TAGS:
        assert (tag in mine) == (tag in known)
        assert mine.contains_weak(tag) == known.contains_weak(tag)
        assert (mine.is_strong(tag), mine.is_weak(tag)) == (known.is_strong(tag), known.is_weak(tag))
        if tag:
            assert mine.contains_raw(tag) == known.contains_raw(tag)
