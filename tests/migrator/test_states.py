"""Steps between states, with their history."""

import pytest

from migrator.errors import MigrateError
from migrator.manifest.model import RouteEntry
from migrator.states import move


def route(**values):
    return RouteEntry(endpoint="orders.show", rule="/orders", method="GET", **values)


def test_the_whole_way_leaves_history():
    entry = route()
    for state, weight in [
        ("converted", 0),
        ("verified", 0),
        ("canary", 10),
        ("canary", 50),
        ("live", 100),
        ("verified", 0),
    ]:
        assert move("GET /orders", entry, state, "because", weight, at="2026-01-01T00:00:00Z")
    assert [(one.from_, one.to) for one in entry.history] == [
        ("legacy", "converted"),
        ("converted", "verified"),
        ("verified", "canary 10%"),
        ("canary 10%", "canary 50%"),
        ("canary 50%", "live"),
        ("live", "verified"),
    ]
    assert entry.history[0].model_dump(mode="json") == {
        "at": "2026-01-01T00:00:00Z",
        "from": "legacy",
        "to": "converted",
        "reason": "because",
    }


def test_a_step_to_where_it_is_leaves_no_history():
    entry = route(state="live", weight=100)
    assert not move("GET /orders", entry, "live", "again", 100)
    assert entry.history == []


@pytest.mark.parametrize(
    ("state", "to", "said"),
    [
        ("legacy", "live", "run `migrate apply` first"),
        ("legacy", "verified", "run `migrate apply` first"),
        ("kept", "converted", "kept on Flask (too old)"),
        ("retired", "legacy", "its Flask side is gone"),
        ("converted", "retired", "cannot become retired"),
    ],
)
def test_a_step_that_is_not_allowed_changes_nothing(state, to, said):
    entry = route(state=state, kept="too old")
    with pytest.raises(MigrateError) as error:
        move("GET /orders", entry, to, "because")
    assert said in error.value.message
    assert (entry.state, entry.history) == (state, [])
