"""Classes that shared objects are made of: one of each while Flask runs beside, and the same alone."""

from collections.abc import Callable
from typing import Any

SHOP = """
import threading
from dataclasses import dataclass, field
from enum import Enum
from flask import Flask, jsonify, request
from flask_login import UserMixin

app = Flask(__name__)
LIMIT = 3


class Kind(Enum):
    PAPER = "paper"
    SOUND = "sound"


@dataclass
class Book:
    title: str
    kind: Kind = Kind.PAPER
    tags: list = field(default_factory=list)

    def shown(self):
        return {"title": self.title, "kind": self.kind.value, "tags": self.tags}


class Rare(Book):
    pass


class SoldOut(Exception):
    pass


class Missing(SoldOut):
    pass


def short(title):
    return title[:LIMIT]


class Store:
    def __init__(self, books):
        self.books = list(books)
        self.lock = threading.Lock()

    def take(self, title):
        with self.lock:
            for book in self.books:
                if short(book.title) == short(title):
                    self.books.remove(book)
                    TAKEN.append(book.title)
                    return book
        raise Missing(title) if title not in TAKEN else SoldOut(title)


TAKEN = []
STORE = Store([Book("Dune"), Book(title="Emma", kind=Kind.SOUND)])
FIRST = {"book": STORE.books[0]}


@app.errorhandler(SoldOut)
def sold_out(error):
    return {"sold out": str(error), "missing": isinstance(error, Missing)}, 404


@app.get("/books")
def books():
    return jsonify([book.shown() for book in STORE.books])


@app.post("/books/<title>")
def add(title):
    made = Rare(title) if request.args.get("rare") else Book(title, Kind.SOUND)
    STORE.books.append(made)
    return {"known": made in STORE.books[:-1], "rare": isinstance(STORE.books[-1], Rare), "short": short(title)}, 201


@app.delete("/books/<title>")
def take(title):
    return STORE.take(title).shown()


@app.post("/careful/<title>")
def careful(title):
    try:
        return STORE.take(title).shown()
    except Missing as error:
        return f"missing {error}", 410


@app.get("/first")
def first():
    return {"is": FIRST["book"] is STORE.books[0] if STORE.books else None, "taken": TAKEN}
"""


def test_one_class_on_both_sides(pair: Callable[..., Any]) -> None:
    both = pair(SHOP)
    assert set(both.runtimes().values()) == {"native"}
    assert "state.Book(title, state.Kind.SOUND)" in both.text("routers/root.py")
    assert "except state.Missing as error" in both.text("routers/root.py")
    assert "class UserMixin" not in both.text("state.py")
    with both.clients() as (flask, fastapi):
        for index, client in enumerate((flask, fastapi, flask, fastapi)):
            title = f"Book {index % 2}"
            assert client.post(f"/books/{title}").status_code == 201
            found = fastapi.get("/books").json()
            assert found == flask.get("/books").get_json()
            assert found[-1]["title"] == title
        answers = [client.delete("/books/Book") for client in (flask, fastapi, flask, fastapi, flask, fastapi)]
        assert [one.status_code for one in answers] == [200] * 4 + [404] * 2
        assert answers[-2].get_json() == answers[-1].json() == {"sold out": "Book", "missing": True}
        assert flask.post("/careful/x").get_data() == fastapi.post("/careful/x").content == b"missing x"
        assert flask.get("/first").get_json() == fastapi.get("/first").json()


def test_equal_objects_are_found_whoever_made_them(pair: Callable[..., Any]) -> None:
    both = pair(SHOP)
    with both.clients() as (flask, fastapi):
        assert flask.post("/books/Ivy").get_json()["known"] is False
        assert fastapi.post("/books/Ivy").json()["known"] is True
        assert flask.post("/books/Ivy").get_json()["known"] is True
        assert fastapi.post("/books/Ivy?rare=1").json() == {"known": False, "rare": True, "short": "Ivy"}


def test_alone_it_starts_as_flask_does(pair: Callable[..., Any]) -> None:
    both = pair(SHOP)
    for method, path in (("GET", "/books"), ("GET", "/first"), ("DELETE", "/books/Nothing"), ("POST", "/careful/n")):
        assert both.alone(method, path) == both.answers(method, path)[0]


def test_what_cannot_be_written_down_stays_with_flask(pair: Callable[..., Any]) -> None:
    both = pair(
        """
import threading
from flask import Flask, current_app, request, jsonify
from flask_login import UserMixin

app = Flask(__name__)


class Reader:
    def name(self):
        return request.args["name"]


class Plain:
    size = 2


class Owner(UserMixin):
    id = "1"


READER = [Reader()]
PLAIN = {"one": Plain()}
OWNER = [Owner()]
FILLED = [Plain()]
FILLED.append(Plain())


class Worker:
    done = 0

    def __init__(self):
        threading.Thread(target=self.work).start()

    def work(self):
        self.done += 1


class Journal:
    def __init__(self, path):
        self.file = open(path, "a")


class Counter:
    number = 0

    def start(self):
        self.number += 1


WORKERS = [Worker()]
JOURNALS = [Journal("/dev/null")]
STARTED = Counter()
STARTED.start()
COUNTED = {"a": 1}
COUNT = len(COUNTED)
COUNTED["b"] = 2


@app.get("/reader")
def reader():
    return READER[0].name()


@app.get("/plain")
def plain():
    return jsonify(PLAIN["one"].size, isinstance(PLAIN["one"], Plain))


@app.get("/filled")
def filled():
    return jsonify(len(FILLED))


@app.get("/effects")
def effects():
    return jsonify(len(WORKERS), len(JOURNALS))


@app.get("/started")
def started():
    return jsonify(STARTED.number)


@app.get("/counted")
def counted():
    return jsonify(COUNTED)


@app.get("/owner")
def owner():
    return jsonify(OWNER[0].get_id(), isinstance(OWNER[0], Owner))
"""
    )
    assert both.runtimes() == {
        "reader": "bridged",
        "plain": "native",
        "filled": "native",
        "effects": "bridged",
        "started": "bridged",
        "counted": "bridged",
        "owner": "native",
    }
    both.same("GET", "/reader?name=x")
    assert both.same("GET", "/plain")[1] == both.alone("GET", "/plain")[1] == b"[2,true]\n"
    assert both.same("GET", "/filled")[1] == both.alone("GET", "/filled")[1] == b"2\n"
    assert both.same("GET", "/owner")[1] == both.alone("GET", "/owner")[1] == b'["1",true]\n'


def test_objects_of_one_module_made_of_the_classes_of_another(pair: Callable[..., Any]) -> None:
    both = pair(
        """
from flask import Flask, jsonify
from sharing_models import Item, ROWS, Wider

app = Flask(__name__)


@app.post("/<int:n>")
def add(n):
    ROWS.append(Wider(n))
    return jsonify([row.n for row in ROWS], [isinstance(row, Item) for row in ROWS])
""",
        {
            "sharing_models.py": """
import flask


class Item:
    def __init__(self, n):
        self.n = n


class Wider(Item):
    pass


ROWS = [Item(n) for n in range(3)]
"""
        },
    )
    assert both.runtimes() == {"add": "native"}, both.findings("add")
    with both.clients() as (flask, fastapi):
        flask.post("/7")
        assert fastapi.post("/8").json() == [[0, 1, 2, 7, 8], [True] * 5]


def test_objects_that_are_filled_while_the_module_is_imported(pair: Callable[..., Any]) -> None:
    both = pair(
        """
from datetime import date
from flask import Flask, jsonify

app = Flask(__name__)


class User:
    def __init__(self, name, born):
        self.name, self.born = name, born


USERS = {}
USERS["ann"] = User("Ann", date(2000, 1, 2))
USERS.update(bob=User("Bob", None))
NAMES = sorted(user.name for user in USERS.values())
NAMES.append("Eve")
number = 40
DOUBLED = [2 * number for number in range(3)]
TURNED = sorted([number, 50], key=lambda number: -number)
LOW, HIGH = 1, len("high")
ROWS, [first, *others] = [[LOW]], ["a", "b"]
for name in ("more", "other"):
    app.add_url_rule(f"/{name}", name, lambda: "")
LENGTHS = {name: len(name) for name in ("long", "longer")}


@app.get("/users")
def users():
    return jsonify(NAMES, {name: user.born for name, user in USERS.items()})


@app.get("/numbers")
def numbers():
    return jsonify(DOUBLED, TURNED, LENGTHS, LOW, HIGH)


@app.get("/rows")
def rows():
    return jsonify(ROWS, first)


@app.post("/users/<name>")
def add(name):
    USERS[name] = User(name, None)
    return jsonify(all(isinstance(user, User) for user in USERS.values()))
"""
    )
    runtimes = both.runtimes()
    assert {runtimes[one] for one in ("users", "add", "numbers")} == {"native"}, both.findings("numbers")
    assert both.same("GET", "/users")[1] == both.alone("GET", "/users")[1]
    assert both.same("GET", "/numbers")[1] == both.alone("GET", "/numbers")[1]
    assert runtimes["rows"] == "bridged"
    both.same("GET", "/rows")
    with both.clients() as (flask, fastapi):
        assert flask.post("/users/x").get_json() is fastapi.post("/users/y").json() is True


def test_a_class_that_uses_objects_while_it_is_made(pair: Callable[..., Any]) -> None:
    both = pair(
        """
from flask import Flask, jsonify

app = Flask(__name__)
SEEN = []


class Late:
    first = SEEN

    def see(self):
        SEEN.append(1)
        return len(self.first)


MADE = [Late()]


@app.get("/")
def index():
    return jsonify(MADE[0].see())


@app.get("/seen")
def seen():
    return jsonify(SEEN)
"""
    )
    assert both.runtimes() == {"index": "bridged", "seen": "native"}
    both.same("GET", "/seen")


SPECIAL = """
from special_shelf import Book

class Special(Book):
    pass
"""


def test_classes_of_one_name_that_are_made_of_a_shared_one_leave_it_to_each_side(pair: Callable[..., Any]) -> None:
    both = pair(
        """
from flask import Flask, jsonify
import special_shelf
from special_first import Special
from special_second import Special as Other
app = Flask(__name__)

@app.get("/books")
def books():
    return jsonify([one.title for one in special_shelf.BOOKS])

@app.get("/special")
def special():
    return Special("a").title + Other("b").title
""",
        {
            "special_shelf.py": "import flask\n\n"
            "class Book:\n    def __init__(self, title):\n        self.title = title\n\n"
            'BOOKS = [Book("Dune")]\nAPPLICATION = flask.Flask\n',
            "special_first.py": SPECIAL + "import flask\nRESPONSE = flask.Response\n",
            "special_second.py": SPECIAL + "import flask\nRESPONSE = flask.Response\n",
        },
    )
    for path in ("/books", "/special"):
        both.same("GET", path)
