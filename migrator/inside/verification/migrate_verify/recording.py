"""The exchanges of a run, and how each test of it ended."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

BODY_LIMIT = 4 * 1024 * 1024


class Exchange:
    """One request and its answer, as the test client saw them; `complete` where the body was read to its end."""

    def __init__(self, test: str, index: int, environ: dict[str, Any]) -> None:
        self.test = test
        self.index = index
        self.method: str = environ["REQUEST_METHOD"]
        query = environ.get("QUERY_STRING", "")
        path = (
            (environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")).encode("latin-1").decode("utf-8", "replace")
        )
        self.target = path + ("?" + query if query else "")
        self.served_by = "flask"
        self.route: str | None = None
        self.status = 0
        self.headers: list[tuple[str, str]] = []
        self.body = bytearray()
        self.complete = False
        self.error: str | None = None

    def add(self, piece: bytes) -> None:
        """Keep a piece of the body, up to a limit."""
        if len(self.body) < BODY_LIMIT:
            self.body += piece[: BODY_LIMIT - len(self.body)]

    def document(self) -> dict[str, Any]:
        """The exchange as JSON."""
        return {
            "test": self.test,
            "index": self.index,
            "method": self.method,
            "target": self.target,
            "served_by": self.served_by,
            "route": self.route,
            "status": self.status,
            "headers": self.headers,
            "body": base64.b64encode(bytes(self.body)).decode("ascii"),
            "complete": self.complete,
            "error": self.error,
        }


class RecordedBody:
    """The body of a streamed answer: keeps what the test reads of it, closes what it wraps."""

    def __init__(self, pieces: Iterable[bytes], exchange: Exchange) -> None:
        self._pieces = pieces
        self._iterator = iter(pieces)
        self._exchange = exchange

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        try:
            piece = next(self._iterator)
        except StopIteration:
            self._exchange.complete = True
            raise
        except Exception as error:
            self._exchange.error = describe(error)
            raise
        self._exchange.add(piece)
        return piece

    def close(self) -> None:
        """Close the wrapped iterable."""
        close = getattr(self._pieces, "close", None)
        if close is not None:
            close()


class WholeBody:
    """A body that was read at once; what made it is closed when the client closes the answer, as ever."""

    def __init__(self, source: Iterable[bytes], exchange: Exchange) -> None:
        self._source = source
        pieces = list(source)
        for piece in pieces:
            exchange.add(piece)
        exchange.complete = True
        self._rest = iter(pieces)

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        return next(self._rest)

    def close(self) -> None:
        """Close what the pieces were read from."""
        close = getattr(self._source, "close", None)
        if close is not None:
            close()


class Recorder:
    """Everything one process of a run has to say. `test` is the test that runs now."""

    def __init__(self, mode: str) -> None:
        self.mode = mode
        self.test = ""
        self.exchanges: list[Exchange] = []
        self.tests: dict[str, dict[str, str]] = {}
        self.context_reads: dict[str, set[str]] = {}
        self.replaced: dict[str, set[str]] = {}
        self.apart: dict[str, set[str]] = {}
        self.problems: list[str] = []
        self._counts: dict[str, int] = {}

    def begin(self, environ: dict[str, Any]) -> Exchange:
        """Start recording a request of the current test."""
        index = self._counts.get(self.test, 0)
        self._counts[self.test] = index + 1
        exchange = Exchange(self.test, index, environ)
        self.exchanges.append(exchange)
        return exchange

    def note(self, notes: dict[str, set[str]], what: str) -> None:
        """Add a note on the current test."""
        notes.setdefault(self.test, set()).add(what)

    def write(self, folder: Path) -> None:
        """Write everything to a file of this process in `folder`."""
        document = {
            "format": 1,
            "mode": self.mode,
            "tests": self.tests,
            "context_reads": {test: sorted(names) for test, names in self.context_reads.items()},
            "replaced": {test: sorted(names) for test, names in self.replaced.items()},
            "apart": {test: sorted(reasons) for test, reasons in self.apart.items()},
            "problems": self.problems,
            "exchanges": [exchange.document() for exchange in self.exchanges],
        }
        temporary = folder / f".{os.getpid()}.tmp"
        temporary.write_text(json.dumps(document), "utf-8")
        temporary.replace(folder / f"{os.getpid()}.json")


def describe(error: BaseException) -> str:
    """An exception in one line."""
    return " ".join(f"{type(error).__name__}: {error}".split())
