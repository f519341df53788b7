"""What several workers write down together, in both databases, also while one of them has to wait."""

import sqlite3
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from proxy.runtime import databases
from proxy.runtime.counters import Counts
from proxy.runtime.records import EXAMPLES, KEPT_SECONDS
from proxy.runtime.store import Store

REQUEST = ("GET /", "flask", 200)


def counted(number: int = 1) -> Counts:
    counts = Counts()
    for _ in range(number):
        counts.note(*REQUEST, 0.01)
        counts.happened("GET /", "fallback")
    return counts


@contextmanager
def used(place: str) -> Iterator[Any]:
    """The database of a store, as somebody else uses it; its statements hold no values."""
    if place.startswith("postgresql"):
        import psycopg

        with psycopg.connect(place, options="-c search_path=migrate_traffic") as connection:
            yield connection
    else:
        with closing(sqlite3.connect(place)) as connection, connection:
            yield connection


def rows(place: str, statement: str) -> list[Any]:
    with used(place) as connection:
        return list(connection.execute(statement).fetchall())


def test_workers_share_a_store(traffic_store: str):
    stores = [Store(traffic_store) for _ in range(4)]

    def work(store: Store) -> None:
        for _ in range(20):
            store.add(counted())
            store.write()

    threads = [threading.Thread(target=work, args=(store,)) for store in stores]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for store in stores:
        store._thread.shutdown()
        store.write()
    total = stores[0].totals()
    assert total.requests[REQUEST].count == 80
    assert total.events == {("GET /", "fallback"): 80}


@contextmanager
def held(place: str) -> Iterator[None]:
    """Somebody writes, and takes a while."""
    with used(place) as connection:
        locking = f"SELECT pg_advisory_xact_lock({databases.LOCK})"
        connection.execute(locking if place.startswith("postgresql") else "BEGIN EXCLUSIVE")
        yield
        connection.rollback()


def test_nothing_is_lost_while_another_writes(traffic_store: str, monkeypatch: Any, caplog: Any):
    monkeypatch.setattr(databases, "LOCK_SECONDS", 0.01)
    store = Store(traffic_store)
    monkeypatch.setattr(store, "_write_again", lambda: None)
    store._waiting = counted(3)
    store.write()
    with held(traffic_store):
        store._waiting.add(counted(4))
        store.write()
        store.record("GET /", ["$.a"], "1", "{}", "{}")
        store.record("GET /", ["$.a"], "2", "{}", "{}")
    assert rows(traffic_store, "SELECT count FROM requests") == [(3,)]
    assert "what is counted waits meanwhile" in caplog.text
    store.write()
    assert store.totals().requests[REQUEST].count == 7
    assert store.totals().events == {("GET /", "fallback"): 7}
    assert rows(traffic_store, "SELECT place, count FROM differences") == [("$.a", 2)]
    assert rows(traffic_store, "SELECT request FROM examples ORDER BY at") == [("1",), ("2",)]


def test_it_is_tried_again_without_new_requests(tmp_path: Path, wait_until: Callable[..., None], monkeypatch: Any):
    monkeypatch.setattr(databases, "LOCK_SECONDS", 0.01)
    monkeypatch.setattr("proxy.runtime.store.AGAIN_SECONDS", 0.01)
    place = str(tmp_path / "traffic.sqlite")
    store = Store(place)
    with held(place):
        store._waiting = counted()
        store.write()
    wait_until(lambda: store.totals().requests[REQUEST].count == 1 and not store._waiting.requests)


def test_old_slots_become_one(traffic_store: str):
    store = Store(traffic_store)
    store._waiting.add(counted())
    store.write()
    with used(traffic_store) as connection:
        for table in ("requests", "events"):
            connection.execute(f"UPDATE {table} SET at = at - {KEPT_SECONDS + 60}")
    store._cleaned_at = 0.0
    store._waiting.add(counted())
    store.write()
    for table in ("requests", "events"):
        assert [row[0] == 0 for row in rows(traffic_store, f"SELECT at FROM {table} ORDER BY at")] == [True, False]
    assert store.totals().requests[REQUEST].count == 2


def test_a_few_examples_of_each_place(traffic_store: str):
    store = Store(traffic_store)
    for number in range(EXAMPLES + 2):
        store.record("GET /", ["$.a", "$.b"][: 1 + (number == 0)], f"request {number}", "{}", "{}")
    assert rows(traffic_store, "SELECT place, count FROM differences ORDER BY place") == [("$.a", 7), ("$.b", 1)]
    kept = rows(traffic_store, "SELECT request FROM examples WHERE place = '$.a' ORDER BY at")
    assert kept == [(f"request {number}",) for number in range(EXAMPLES)]


def test_texts_that_no_database_takes(traffic_store: str):
    store = Store(traffic_store)
    store.record("GET /", ["$.a\0b", "$.\ud800"], "{}", "{}", "{}")
    found = rows(traffic_store, "SELECT place FROM differences ORDER BY place")
    assert found == [("$.?",), ("$.a\N{REPLACEMENT CHARACTER}b",)]


def test_a_server_that_is_away_is_told_without_its_password(postgresql: Callable[[], str], caplog: Any):
    store = Store(postgresql().replace("?host=", "?host=/nowhere"))
    store._write_again = lambda: None  # type: ignore[method-assign]
    store._waiting = counted()
    store.write()
    assert store.totals().requests[REQUEST].count == 1
    assert "PostgreSQL /nowhere" in caplog.text
    assert "secret" not in caplog.text


def test_a_connection_that_was_cut_is_made_again(postgresql: Callable[[], str]):
    place = postgresql()
    store = Store(place)
    store._write_again = lambda: None  # type: ignore[method-assign]
    store._waiting = counted()
    store.write()
    rows(place, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'migrate'")
    store._waiting = counted()
    store.write()
    store.write()
    assert store.totals().requests[REQUEST].count == 2


def test_who_may_not_make_tables_may_use_them(postgresql: Callable[[], str]):
    place = postgresql()
    Store(place).record("GET /", ["$.a"], "{}", "{}", "{}")
    with used(place) as connection:
        connection.execute("CREATE ROLE clerk LOGIN")
        connection.execute("GRANT USAGE ON SCHEMA migrate_traffic TO clerk")
        connection.execute("GRANT ALL ON ALL TABLES IN SCHEMA migrate_traffic TO clerk")
    Store(place.replace("postgres:secret@", "clerk@")).record("GET /", ["$.a"], "{}", "{}", "{}")
    assert rows(place, "SELECT count FROM differences") == [(2,)]


def test_without_its_driver_it_says_so_at_the_start(monkeypatch: Any):
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(ValueError, match="PostgreSQL is used through psycopg: pip install"):
        Store("postgresql://shop@db/shop")
