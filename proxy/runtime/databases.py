"""The databases that hold the records: a file of SQLite, or PostgreSQL for gateways on several machines.

Each opens a transaction in which nobody else writes.
"""

import importlib
import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from typing import Any, Protocol

from .records import TABLES, Session

LOCK_SECONDS = 5.0
"""How long another who writes is waited for."""
CONNECT_SECONDS = 5
STATEMENT_SECONDS = 10
SCHEMA = "migrate_traffic"
"""Where the tables are in PostgreSQL, whose database may be the application's."""
LOCK = 4_726_083_552
"""The advisory lock of those who write there; any number that nobody else has."""


class DatabaseError(Exception):
    """A database that cannot be used, at least for now."""


class Database(Protocol):
    """Where records are."""

    name: str

    def writing(self) -> AbstractContextManager[Session]:
        """A transaction in which nobody else writes; there are tables. Raises DatabaseError."""

    def reading(self) -> AbstractContextManager[Session | None]:
        """A transaction in which nothing is written; None where there are no tables yet. Raises DatabaseError."""


def database_at(place: str) -> Database:
    """The database of an address (`postgresql://…`) or a file's name. Raises ValueError without a driver."""
    return PostgreSQL(place) if place.startswith(("postgresql://", "postgres://")) else SQLite(place)


class SQLite:
    """A file; opened for each transaction, so that it may be moved away."""

    def __init__(self, file: str) -> None:
        self.name = file

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """See `Database`."""
        with self._opened() as database:
            database.execute("PRAGMA journal_mode = WAL")
            database.execute("PRAGMA synchronous = NORMAL")
            with database:
                database.execute("BEGIN IMMEDIATE")
                # With the work, so that nobody reads a store that has some of its tables only.
                for statement in TABLES:
                    database.execute(statement)
                yield database

    @contextmanager
    def reading(self) -> Iterator[Session | None]:
        """See `Database`."""
        with self._opened() as database, database:
            database.execute("BEGIN")
            has_tables = database.execute("SELECT 1 FROM sqlite_master WHERE name = 'requests'").fetchone()
            yield database if has_tables else None

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        try:
            # Examples hold what clients have sent: nobody but the group may read them. SQLite would ask the umask only.
            os.close(os.open(self.name, os.O_RDWR | os.O_CREAT, 0o640))
            with closing(sqlite3.connect(self.name, timeout=LOCK_SECONDS)) as database:
                yield database
        except (sqlite3.Error, OSError) as error:
            raise DatabaseError(str(error)) from error


class PostgreSQL:
    """A schema of a database, by psycopg 3, over one connection that is kept. Its users come one after the other."""

    def __init__(self, address: str) -> None:
        try:
            self._driver = importlib.import_module("psycopg")
        except ImportError as error:
            raise ValueError(f"PostgreSQL is used through psycopg: pip install 'psycopg[binary]' ({error})") from error
        self._address = address
        self._connection: Any = None
        said = importlib.import_module("psycopg.conninfo").conninfo_to_dict(address)
        self.name = f"PostgreSQL {said.get('host', 'localhost')}/{said.get('dbname', '')}"

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """See `Database`."""
        with self._transaction() as session:
            session.execute("SELECT pg_advisory_xact_lock(?)", (LOCK,))
            if not has_tables(session):
                session.execute(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}")
                for statement in TABLES:
                    session.execute(statement)
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session | None]:
        """See `Database`."""
        with self._transaction() as session:
            yield session if has_tables(session) else None

    @contextmanager
    def _transaction(self) -> Iterator["PostgreSQLSession"]:
        try:
            if self._connection is None or self._connection.closed:
                options = {"connect_timeout": CONNECT_SECONDS, "application_name": "migrate"}
                self._connection = self._driver.connect(self._address, autocommit=True, **options)
            with self._connection.transaction():
                session = PostgreSQLSession(self._connection)
                session.execute(f"SET LOCAL search_path TO {SCHEMA}")
                session.execute(f"SET LOCAL lock_timeout TO '{LOCK_SECONDS}s'")
                session.execute(f"SET LOCAL statement_timeout TO '{STATEMENT_SECONDS}s'")
                yield session
        except self._driver.Error as error:
            if self._connection is not None:
                self._connection.close()
            self._connection = None
            raise DatabaseError(str(error).strip()) from error


class PostgreSQLSession:
    """A transaction of PostgreSQL, with SQLite's way to name a value's place."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def execute(self, statement: str, values: Sequence[Any] = ()) -> Iterable[Any]:
        """The rows that a statement answers; none for one that answers nothing."""
        cursor = self._connection.execute(statement.replace("%", "%%").replace("?", "%s"), tuple(values))
        rows: list[Any] = cursor.fetchall() if cursor.description is not None else []
        return rows


def has_tables(session: Session) -> bool:
    """Whether the tables are in the schema; asked first, since whoever may not make them may still use them."""
    return any(found for (found,) in session.execute("SELECT to_regclass(?) IS NOT NULL", (f"{SCHEMA}.requests",)))
