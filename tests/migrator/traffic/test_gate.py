"""When the gate sends a route back, and when it does not."""

from collections import Counter
from typing import Any

import pytest

from migrator.errors import MigrateError
from migrator.traffic.gate import breach
from migrator.traffic.limits import Gate, gate_from
from migrator.traffic.reading import Figures, Place, RouteTraffic


def figures(requests: int = 0, errors: int = 0, seconds: float = 0.01) -> Figures:
    return Figures(requests, errors, Counter({seconds: requests}))


def traffic(flask: Figures | None = None, fastapi: Figures | None = None, **more: Any) -> RouteTraffic:
    return RouteTraffic({"flask": flask or figures(), "fastapi": fastapi or figures()}, **more)


def differing(count: int, compared: int = 10) -> RouteTraffic:
    events = Counter({"shadow same": compared - count, "shadow different": count})
    return traffic(events=events, places=(Place("$.total", count, count == compared),))


@pytest.mark.parametrize(
    ("recent", "ever"),
    [
        (traffic(), traffic()),
        (traffic(figures(1000), figures(99, 99)), traffic()),
        (traffic(figures(1000, 10), figures(1000, 11)), traffic()),
        (traffic(figures(1000, seconds=0.1), figures(1000, seconds=0.12)), traffic()),
        (traffic(figures(1000, seconds=0.001), figures(1000, seconds=0.005)), traffic()),
        (traffic(None, figures(1000, seconds=9.0)), traffic()),
        (traffic(None, figures(1000, 10)), traffic(figures(1000, 10))),
    ],
    ids=["nothing", "few", "as many errors", "a little slower", "milliseconds", "nothing to compare", "as ever"],
)
def test_what_may_stay(recent: RouteTraffic, ever: RouteTraffic):
    assert breach(Gate(), recent, ever) is None


@pytest.mark.parametrize(
    ("recent", "ever", "why"),
    [
        (traffic(figures(1000, 10), figures(1000, 12)), traffic(), "1.20 % errors, Flask has 1.00 %"),
        (traffic(None, figures(1000, 12)), traffic(figures(5000, 50)), "1.20 % errors, Flask has 1.00 %"),
        (traffic(None, figures(100, 1)), traffic(), "1.00 % errors, Flask has 0.00 %"),
        (traffic(figures(100, seconds=0.1), figures(100, seconds=0.13)), traffic(), "p95 130 ms, Flask has 100 ms"),
        (traffic(), differing(1), "$.total differs in 1 of 10 comparisons"),
    ],
)
def test_what_goes_back(recent: RouteTraffic, ever: RouteTraffic, why: str):
    assert breach(Gate(), recent, ever) == why


@pytest.mark.parametrize("gate", [Gate(ignore=("$.total",)), Gate(differences=3)])
def test_differences_that_are_allowed(gate: Gate):
    assert breach(gate, traffic(), differing(3)) is None


def test_the_settings():
    table = {"errors": 1, "p95": 1.5, "differences": 2, "requests": 10, "window": 60, "ignore": ["$.now"]}
    assert gate_from(table, "pyproject.toml") == Gate(1, 1.5, 2, 10, 60, ("$.now",))


@pytest.mark.parametrize(
    ("table", "problem"),
    [
        ({"error": 1}, "has no key 'error': there are errors, p95"),
        ({"p95": "1.2"}, "p95 = '1.2': a number is expected"),
        ({"requests": 1.5}, r"requests = 1\.5: a number is expected"),
        ({"errors": True}, "errors = True: a number is expected"),
        ({"window": -1}, "window = -1: a number of 10 or more seconds is expected"),
        ({"window": 0}, "window = 0: a number of 10 or more seconds is expected"),
        ({"ignore": "$.now"}, "a list of texts is expected"),
    ],
)
def test_settings_that_make_no_sense(table: Any, problem: str):
    with pytest.raises(MigrateError, match=problem):
        gate_from(table, "pyproject.toml")
