"""Many files written as one: a journal holds all new content on disk before the first file is touched.

`kill -9` before the journal is complete: nothing has changed. After: `recover`, at the start of the next command,
writes what is missing. Only generated files and the manifest are ever in a journal.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from migrator.errors import MigrateError
from migrator.files import digest_of, read_bytes, temporary_name, write_atomically
from migrator.manifest.store import lock, state_folder

NAME = "journal.json"


@dataclass(frozen=True, slots=True)
class Write:
    """One file, relative to the root: what was there (None: nothing), and what shall be (None: nothing)."""

    path: str
    before: bytes | None
    after: bytes | None


def journal_file(root: Path) -> Path:
    """Where the journal is while an apply is under way."""
    return root / ".migrate" / NAME


def commit(root: Path, writes: Iterable[Write]) -> None:
    """Write all files or, after a crash and `recover`, all files. Call it while the lock is held.

    Raises MigrateError when a folder cannot be written: before anything changed where that can be seen in advance.
    """
    planned = [write for write in writes if write.before != write.after]
    if not planned:
        return
    for folder in sorted({(root / write.path).parent for write in planned if write.after is not None}):
        _probe(folder)
    document = {
        "version": 1,
        "writes": [
            {
                "path": write.path,
                "before": None if write.before is None else digest_of(write.before),
                "text": None if write.after is None else write.after.decode(),
            }
            for write in planned
        ],
    }
    state_folder(root)
    write_atomically(journal_file(root), json.dumps(document).encode())
    for write in planned:
        _put(root / write.path, write.after)
    journal_file(root).unlink()


def recover(root: Path) -> int:
    """Complete an apply that was interrupted; how many files it still had to write (0: there was none).

    Raises MigrateError when one of its files was edited meanwhile.
    """
    if not journal_file(root).exists():
        return 0
    with lock(root):
        content = read_bytes(journal_file(root))
        if content is None:  # another process was quicker
            return 0
        try:
            entries = json.loads(content)["writes"]
        except (ValueError, KeyError, TypeError) as error:
            raise MigrateError(f"{journal_file(root)}: is damaged: delete it and run `migrate apply` again") from error
        left = []
        for entry in entries:
            file = root / entry["path"]
            after = None if entry["text"] is None else entry["text"].encode()
            there = read_bytes(file)
            if there == after:
                continue
            if (None if there is None else digest_of(there)) != entry["before"]:
                raise MigrateError(
                    f"{file}: was edited after an `apply` was interrupted: keep your edit by deleting "
                    f"{journal_file(root)}, or delete the file, and run the command again"
                )
            left.append((file, after))
        for file, after in left:
            _put(file, after)
        journal_file(root).unlink(missing_ok=True)
        return len(left)


def _put(file: Path, content: bytes | None) -> None:
    if content is not None:
        _make_folder(file.parent)
        write_atomically(file, content)
        return
    try:
        file.unlink(missing_ok=True)
    except OSError as error:
        raise MigrateError(f"{file}: cannot be removed: {error.strerror or error}") from error


def _probe(folder: Path) -> None:
    """See whether files can be made in a folder, before anything is written anywhere."""
    _make_folder(folder)
    probe = temporary_name(folder / "probe")
    try:
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        raise MigrateError(f"{folder}: cannot be written: {error.strerror or error}; nothing was changed") from error


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise MigrateError(f"{folder}: cannot be made: {error.strerror or error}; nothing was changed") from error
