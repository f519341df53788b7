"""Rules as text, checked against Werkzeug itself."""

import random

import pytest
from werkzeug.exceptions import NotFound
from werkzeug.routing import Map, RequestRedirect, Rule
from werkzeug.routing.rules import parse_converter_args

from codemods.scan.rules import MalformedRuleError, converter_arguments, ranks, variables

PIECES = [
    "a",
    "b",
    "<x>",
    "<int:x>",
    "<float:x>",
    "<path:x>",
    "a<x>",
    "<int:x>-<y>",
    "<string(length=2):x>",
    "<x>.json",
]


@pytest.mark.parametrize("seed", range(60))
def test_the_first_rule_by_rank_is_the_one_that_werkzeug_takes(seed):
    source = random.Random(seed)
    texts = list(
        {
            "/"
            + "/".join(
                source.choice(PIECES).replace("x", f"x{n}").replace("y", f"y{n}") for n in range(source.randint(1, 3))
            )
            + source.choice(["", "", "/"])
            for _ in range(source.randint(2, 8))
        }
    )
    rules = [Rule(text, endpoint=text) for text in texts]
    adapter = Map(rules, merge_slashes=False).bind("h")
    ordered = [text for _, text in sorted(zip(ranks(texts), texts, strict=True))]
    for path in (
        f"/{one}{two}{three}"
        for one in ("a", "1", "1.5", "aa", "1-z", "q.json")
        for two in ("", "/a", "/1", "/b.json", "/22/")
        for three in ("", "/a", "/7/8")
    ):
        try:
            expected = adapter.match(path)[0]
        except (NotFound, RequestRedirect):
            continue
        takers = [text for text in ordered if matches(text, path)]
        assert takers[0] == expected, (path, ordered)


def matches(text, path):
    try:
        Map([Rule(text, endpoint="x")], merge_slashes=False).bind("h").match(path)
    except (NotFound, RequestRedirect):
        return False
    return True


@pytest.mark.parametrize("text", ["", "min=1, max=5", "length=2", "a, b, 'c d'", "signed=True", "1.5", '"a,b", c'])
def test_arguments_as_werkzeug_reads_them(text):
    positional, named = parse_converter_args(text)
    expected = {**{str(place): value for place, value in enumerate(positional)}, **named}
    assert dict(converter_arguments(text)) == expected


def test_variables():
    assert [(row.name, row.converter) for row in variables("/<a>/x<int(min=1):b>.<path:c>")] == [
        ("a", "default"),
        ("b", "int"),
        ("c", "path"),
    ]


@pytest.mark.parametrize("rule", ["/<a", "/<int:>", "/<int:1>"])
def test_malformed(rule):
    with pytest.raises(MalformedRuleError):
        variables(rule)
    with pytest.raises(ValueError, match="malformed url rule"):
        Map([Rule(rule, endpoint="x")])
