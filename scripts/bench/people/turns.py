"""Takes turns between the schema, the converted one and one by hand; prints the best time of each, and its memory."""

import contextlib
import gc
import json
import sys
import time
import tracemalloc
from collections.abc import Callable, Mapping
from types import SimpleNamespace

import by_hand
from fastapi_app.schemas.people import PersonIn, PersonOut
from marshmallow import fields
from people import PersonSchema

TURNS = 30
ITEMS = [
    {
        "id": number, "name": f"Person {number}", "email": f"p{number}@example.com", "age": number, "active": True,
        "role": "admin", "balance": number * 1.5, "born": "1990-02-03", "joined": "2024-02-29T10:30:00+00:00",
        "tags": ["a", "b"], "note": None, "address": {"street": "Long street 5", "city": "Ulm", "postcode": "89073"},
    }
    for number in range(100)
]  # fmt: skip
WRONG = [{**item, "age": "old", "email": "nobody"} for item in ITEMS]
OLD = PersonSchema(many=True)


class OldWithText(PersonSchema):
    """The schema, with an address that is any text."""

    email = fields.String(required=True)


class WithText(PersonIn):
    """The same of the converted one, where that is idiomatic."""

    email: str


def refused(load: Callable[[object], object]) -> None:
    """Load what is wrong."""
    with contextlib.suppress(Exception):
        load(WRONG)


def seconds(call: Callable[[], object]) -> float:
    """CPU seconds of a call."""
    began = time.process_time()
    call()
    return time.process_time() - began


def peak(call: Callable[[], object]) -> int:
    """The most bytes that a call has in use."""
    call()
    gc.collect()
    tracemalloc.start()
    result = call()
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    del result
    return most


def main(style: str) -> None:
    """Measure."""
    loaded = OLD.load(ITEMS)
    assert [one.to_dict() for one in PersonIn.load_many(ITEMS)] == loaded
    rows = [SimpleNamespace(**{**one, "address": SimpleNamespace(**one["address"])}) for one in loaded]
    assert style != "exact" or PersonOut.dump_many(rows) == OLD.dump(rows)
    models = by_hand.models_of(rows)
    ways: dict[str, dict[str, Callable[[], object]]] = {
        "load": {
            "Marshmallow": lambda: OLD.load(ITEMS),
            style: lambda: PersonIn.load_many(ITEMS),
            "by hand": lambda: by_hand.load_many(ITEMS),
        },
        "load to dictionaries": {
            "Marshmallow": lambda: OLD.load(ITEMS),
            style: lambda: [one.to_dict() for one in PersonIn.load_many(ITEMS)],
        },
        "load of wrong data": {
            "Marshmallow": lambda: refused(OLD.load),
            style: lambda: refused(PersonIn.load_many),
        },
        "dump": {
            "Marshmallow": lambda: OLD.dump(rows),
            style: lambda: PersonOut.dump_many(rows),
            "by hand": lambda: by_hand.dump_many(rows),
            "models by hand": lambda: by_hand.shown(models),
        },
    }
    if style == "idiomatic":
        old = OldWithText(many=True)
        ways["load, addresses as texts"] = {
            "Marshmallow": lambda: old.load(ITEMS),
            style: lambda: WithText.load_many(ITEMS),
        }
    best = {name: interleaved(sides) for name, sides in ways.items()}
    bytes_of = {name: {side: peak(call) for side, call in ways[name].items()} for name in ("load", "dump")}
    print(json.dumps({"seconds": best, "bytes": bytes_of}))


def interleaved(sides: Mapping[str, Callable[[], object]]) -> dict[str, float]:
    """The best time of each of some calls in turns; another comes first each time, since some leave garbage behind."""
    times: dict[str, list[float]] = {side: [] for side in sides}
    names = list(sides)
    for number in range(TURNS):
        first = number % len(names)
        for side in [*names[first:], *names[:first]]:
            times[side].append(seconds(sides[side]))
    return {side: min(found) for side, found in times.items()}


main(sys.argv[1])
