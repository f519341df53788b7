"""Takes turns between both sides of the schema; prints the best time of each, and its memory, as JSON."""

import contextlib
import gc
import json
import sys
import time
import tracemalloc
from collections.abc import Callable
from types import SimpleNamespace

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
    ways = {
        "load": (lambda: OLD.load(ITEMS), lambda: PersonIn.load_many(ITEMS)),
        "load to dictionaries": (
            lambda: OLD.load(ITEMS),
            lambda: [one.to_dict() for one in PersonIn.load_many(ITEMS)],
        ),
        "load of wrong data": (lambda: refused(OLD.load), lambda: refused(PersonIn.load_many)),
        "dump": (lambda: OLD.dump(rows), lambda: PersonOut.dump_many(rows)),
    }
    if style == "idiomatic":
        old = OldWithText(many=True)
        ways["load, addresses as texts"] = (lambda: old.load(ITEMS), lambda: WithText.load_many(ITEMS))
    best = {name: [min(seconds(call) for _ in range(TURNS)) for call in calls] for name, calls in ways.items()}
    bytes_of = {name: [peak(call) for call in ways[name]] for name in ("load", "dump")}
    print(json.dumps({"seconds": best, "bytes": bytes_of}))


main(sys.argv[1])
