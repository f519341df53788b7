"""Free names under another spelling; everything else as it was."""

import pytest

from codemods.view.rename import rename

KEPT = {
    "nothing to rename": "x = date(1)\n",
    "an attribute": "day = other.now\n",
    "a keyword": "make(now=1)\n",
    "a parameter": "def f(now):\n    pass\n",
    "a function's own name": "def now():\n    pass\n",
    "a class's own name": "class now:\n    pass\n",
    "a longer name": "known = nowhere\n",
    "a string": 'x = "now"\n',
}


@pytest.mark.parametrize("text", KEPT.values(), ids=list(KEPT))
def test_what_keeps_its_name(text: str) -> None:
    assert rename(text, {"now": "clock_now"}) == text


RENAMED = {
    "now()": "clock_now()",
    "now.year": "clock_now.year",
    "make(now=now)": "make(now=clock_now)",
    "f'{now()}'": "f'{clock_now()}'",
    "def f(a: now = now) -> now: return now": "def f(a: clock_now = clock_now) -> clock_now: return clock_now",
    "@now\ndef now(): pass": "@clock_now\ndef now(): pass",
    "class A(now): pass": "class A(clock_now): pass",
    "x = [now for a in now]": "x = [clock_now for a in clock_now]",
}


@pytest.mark.parametrize("text", RENAMED)
def test_what_gets_the_other_name(text: str) -> None:
    assert rename(text, {"now": "clock_now"}) == RENAMED[text]


def test_without_names_the_text_is_not_even_parsed() -> None:
    assert rename("not python (", {}) == "not python ("


def test_two_names_are_exchanged_at_once() -> None:
    assert rename("f(a, b)", {"a": "b", "b": "a"}) == "f(b, a)"
