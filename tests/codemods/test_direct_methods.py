"""Classes whose objects are made for one call, of a method with a name that many things have."""

import pytest

APP = """
import asyncio

from flask import Flask, g, has_request_context, jsonify, request

app = Flask(__name__)
LINES = []


class Session:
    def execute(self, text):
        return f"ran {text}"


session = Session()


class Order:
    def __init__(self, item, count=1):
        self.item, self.count = item, count
        self.__total = 2 * count

    def execute(self, note=""):
        who = request.headers.get("X-User") if has_request_context() else None
        return {"who": who, "item": self.item, "note": note, "total": self.__sum(self.__total), "plain": self.plain()}

    def __sum(self, number):
        return number + self.__total

    def plain(self):
        return self.count


class Later:
    def __init__(self, number):
        self.number = number

    def execute(self):
        return asyncio.run(self._execute())

    async def _execute(self):
        await asyncio.sleep(0)
        return {**Order(self.number).execute(), "path": request.path}


class Plain:
    def execute(self):
        return "plain"


@app.get("/orders/<item>")
def order(item):
    return jsonify(Order(item, count=3).execute(note="fast"), session.execute("x"), Plain().execute())


@app.get("/later/<int:number>")
def later(number):
    return Later(number=number).execute()


@app.get("/helped")
def helped():
    return {"orders": [one for one in ordered(["a", "b"])]}


def ordered(items):
    return [Order(item).execute() for item in items]
"""

STAYS = {
    "kept in a variable": "    op = Order(1)\n    return op.execute()\n",
    "handed on": "    return run(Order(1))\n",
    "another method": "    return str(Order(1).plain())\n",
    "named otherwise": "    kind = Order\n    return kind(1).execute()\n",
}


def test_such_a_method_is_a_function_that_is_handed_the_request(pair):
    both = pair(APP)
    assert "flask" not in both.runtimes().values(), [both.findings(name) for name in both.runtimes()]
    for path in ("/orders/a", "/later/3", "/helped"):
        for headers in ({}, {"X-User": "ann"}):
            theirs, mine = both.answers("GET", path, headers=headers)
            assert mine == theirs, path
    router = both.text("bridged/routers/root.py")
    assert 'order_execute(Order(item, count=3), note="fast", request=request)' in router
    assert 'session.execute("x")' in router


@pytest.mark.parametrize("name", STAYS)
def test_classes_with_other_uses_stay_on_flask(pair, name):
    run = "\n\ndef run(one):\n    return one.execute()\n"
    both = pair(f'{APP}{run}\n\n@app.get("/other")\ndef other():\n{STAYS[name]}')
    assert both.runtimes()["order"] == "flask"
    assert both.findings("order")
