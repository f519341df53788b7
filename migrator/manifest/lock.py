"""A lock between processes: `flock` where the system has it, a file made exclusively elsewhere."""

import contextlib
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from migrator.errors import MigrateError
from migrator.files import read_bytes

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]  # the module or nothing

PATIENCE = 20.0


@contextmanager
def locked(file: Path, patience: float = PATIENCE) -> Iterator[None]:
    """Hold the lock for a block. A process that dies lets go of it.

    Raises MigrateError when another process holds it for longer than `patience` seconds.
    """
    acquire = _flock if fcntl is not None else _exclusive
    with acquire(file, time.monotonic() + patience):
        yield


def _busy(file: Path, owner: str) -> MigrateError:
    return MigrateError(f"{file}: another migrate ({owner}) is writing: wait for it to end, or end it")


@contextmanager
def _flock(file: Path, deadline: float) -> Iterator[None]:
    descriptor = _open(file, os.O_RDWR | os.O_CREAT)
    try:
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except OSError:
                if time.monotonic() > deadline:
                    owner = os.pread(descriptor, 32, 0).decode(errors="replace").strip()
                    raise _busy(file, f"process {owner or 'unknown'}") from None
                time.sleep(0.05)
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(descriptor)


@contextmanager
def _exclusive(file: Path, deadline: float) -> Iterator[None]:
    file = file.with_name(f"{file.name}.pid")
    while True:
        try:
            descriptor = _open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
            break
        except FileExistsError:
            owner = (read_bytes(file) or b"").decode(errors="replace").strip()
            if owner.isdigit() and not _alive(int(owner)):
                file.unlink(missing_ok=True)
            elif time.monotonic() > deadline:
                raise _busy(file, f"process {owner or 'unknown'}") from None
            time.sleep(0.05)
    try:
        os.write(descriptor, f"{os.getpid()}\n".encode())
        yield
    finally:
        os.close(descriptor)
        with contextlib.suppress(OSError):
            file.unlink()


def _open(file: Path, flags: int) -> int:
    try:
        return os.open(file, flags, 0o644)
    except FileExistsError:
        raise
    except OSError as error:
        raise MigrateError(f"{file}: cannot be written: {error.strerror or error}") from error


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
