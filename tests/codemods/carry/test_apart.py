"""Names that generated code would have, and that a function has for something else."""

from collections.abc import Callable
from typing import Any

APP = """
import collections
from flask import Flask, jsonify, request
from string import ascii_lowercase as state
app = Flask(__name__)
JOBS = {}
LOG = collections.deque(maxlen=3)

@app.post("/jobs/<state>")
def add(state):
    JOBS[state] = "known"
    return jsonify(JOBS)

@app.get("/local")
def local():
    state = request.args.get("state")
    return jsonify([name for name in JOBS if state in (None, name)])

@app.get("/loop")
def loop():
    LOG.clear()
    for state, number in JOBS.items():
        LOG.append([state, number])
    return jsonify(list(LOG))

@app.get("/inner")
def inner():
    def known(state):
        return JOBS.get(state)
    return jsonify(known("new"))

@app.get("/imported")
def imported():
    return jsonify(state[:3], sorted(JOBS))

@app.get("/plain")
def plain():
    return jsonify(len(JOBS), state[0])
"""


def test_state_is_read_where_a_function_has_a_name_like_its_module(pair: Callable[..., Any]) -> None:
    both = pair(APP)
    assert set(both.runtimes().values()) == {"native"}
    for path in ("new", "old"):
        both.same("POST", f"/jobs/{path}")
    for path in ("/local", "/local?state=new", "/loop", "/inner", "/imported", "/plain"):
        both.same("GET", path)
    assert "shared_state.JOBS" in both.text("routers/root.py")
