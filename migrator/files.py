"""Files on disk: digests, and writes of which a reader never sees half."""

import contextlib
import hashlib
import os
from pathlib import Path

from migrator.errors import MigrateError


def digest_of(content: bytes) -> str:
    """`sha256:` and the hexadecimal digest, the form used in the manifest."""
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def temporary_name(file: Path) -> Path:
    """The name under which a file is written before it is renamed: always the same, so that no crash leaves two."""
    return file.with_name(f".{file.name}.migrate-tmp")


def write_atomically(file: Path, content: bytes) -> None:
    """Write through a temporary file in the same folder: flushed to disk, then renamed. The file's mode is kept.

    Raises MigrateError when the folder or the file cannot be written.
    """
    temporary = temporary_name(file)
    try:
        with temporary.open("wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        with contextlib.suppress(FileNotFoundError):
            temporary.chmod(file.stat().st_mode)
        temporary.replace(file)
    except OSError as error:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise MigrateError(f"{file}: cannot be written: {error.strerror or error}") from error
    sync_folder(file.parent)


def sync_folder(folder: Path) -> None:
    """Make renames in a folder last through a power cut, where the system can (Windows cannot open a folder)."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def read_bytes(file: Path) -> bytes | None:
    """The file's content; None where there is no such file. Raises MigrateError when it cannot be read."""
    try:
        return file.read_bytes()
    except FileNotFoundError:
        return None
    except NotADirectoryError:
        return None
    except OSError as error:
        raise MigrateError(f"{file}: cannot be read: {error.strerror or error}") from error
