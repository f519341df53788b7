"""Opens the store of gateways: a file of SQLite, or a schema of PostgreSQL."""

import importlib
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Protocol

from migrator.errors import MigrateError

SECONDS = 5
"""How long a server, or another who writes, is waited for."""
SCHEMA = "migrate_traffic"
"""Where the tables are in PostgreSQL."""


class Session(Protocol):
    """A transaction of a database. Values are where `?` is in a statement."""

    def execute(self, statement: str, values: Sequence[Any] = ()) -> Iterable[Any]:
        """The rows that a statement answers."""


@contextmanager
def opened(place: str, *, writing: bool = False) -> Iterator[Session | None]:
    """The store, committed at the end; None where no gateway has written yet.

    Raises MigrateError where it is none, or cannot be used.
    """
    if place.startswith(("postgresql://", "postgres://")):
        with _postgresql(place) as session:
            yield session
    elif not Path(place).is_file():
        yield None
    else:
        with _sqlite(Path(place), "rw" if writing else "ro") as session:
            yield session


@contextmanager
def _sqlite(file: Path, mode: str) -> Iterator[Session | None]:
    address = f"{file.resolve().as_uri()}?mode={mode}"
    try:
        with closing(sqlite3.connect(address, uri=True, timeout=SECONDS)) as database, database:
            has_tables = database.execute("SELECT 1 FROM sqlite_master WHERE name = 'requests'").fetchone()
            yield database if has_tables else None
    except sqlite3.Error as error:
        raise MigrateError(f"{file}: is no store of a gateway's traffic: {error}") from error


@contextmanager
def _postgresql(address: str) -> Iterator[Session | None]:
    try:
        driver: Any = importlib.import_module("psycopg")
    except ImportError as error:
        raise MigrateError(
            "a store in PostgreSQL is read through psycopg: pip install 'flask-to-fastapi[postgresql]'"
        ) from error
    try:
        with driver.connect(address, connect_timeout=SECONDS, application_name="migrate") as connection:
            session = PostgreSQLSession(connection)
            (found,) = session.execute("SELECT to_regclass(?) IS NOT NULL", (f"{SCHEMA}.requests",))
            session.execute(f"SET LOCAL search_path TO {SCHEMA}")
            yield session if found[0] else None
    except driver.Error as error:
        raise MigrateError(f"the store of traffic in PostgreSQL cannot be used: {str(error).strip()}") from error


class PostgreSQLSession:
    """A transaction of PostgreSQL, with SQLite's way to name a value's place."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def execute(self, statement: str, values: Sequence[Any] = ()) -> Iterable[Any]:
        """The rows that a statement answers; none for one that answers nothing."""
        cursor = self._connection.execute(statement.replace("%", "%%").replace("?", "%s"), tuple(values))
        rows: list[Any] = cursor.fetchall() if cursor.description is not None else []
        return rows
