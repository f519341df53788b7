"""The folder of a state in which proxies look with every request, on disk: replaced at once, whole or not at all."""

import contextlib
import shutil
import stat
import tempfile
from pathlib import Path

from migrator.errors import MigrateError
from migrator.files import sync_folder, temporary_name, write_atomically
from proxy.engines import marking

BEFORE = "before"
"""The name, in such a folder, of the one before it."""


def write(folder: Path, text: str) -> None:
    """Make the folder that a text tells of, and let the link to it take the place of the one that there is.

    What was linked before stays until the next time: a proxy may be on its way through it. Raises MigrateError when it
    cannot be written, and when something else has the link's name.
    """
    link = folder / marking.FOLDER
    try:
        if link.exists() and not link.is_symlink():
            raise MigrateError(f"{link}: not a link to a folder, as `migrate proxy` makes it: remove it")
        before = str(link.readlink()) if link.is_symlink() else ""
        made = Path(tempfile.mkdtemp(prefix=f".{marking.FOLDER}-", dir=folder))
        try:
            fill(made, text, before)
            temporary = temporary_name(link)
            temporary.unlink(missing_ok=True)
            temporary.symlink_to(made.name)
            temporary.replace(link)
        except (OSError, MigrateError):
            shutil.rmtree(made, ignore_errors=True)
            raise
    except OSError as error:
        raise MigrateError(f"{link}: cannot be written: {error.strerror or error}") from error
    sync_folder(folder)
    if before:
        forget(folder, folder / before)


def fill(made: Path, text: str, before: str) -> None:
    """Make what has to be in a folder. Raises OSError or MigrateError when it cannot be made."""
    made.chmod(0o755)  # a proxy's workers are another user
    links = marking.links(text)
    for share in sorted({*links.values()}):
        (made / share).mkdir()
        (made / share).chmod(0o755)
    for file in marking.files(links):
        (made / file).touch()
    for name, share in links.items():
        (made / name).symlink_to(share)
    if before:
        (made / BEFORE).symlink_to(Path("..") / before)
    write_atomically(made / Path(marking.STATE).name, text.encode())


def forget(folder: Path, left: Path) -> None:
    """Remove what was linked before the one that has been left just now."""
    with contextlib.suppress(OSError):
        older = folder / (left / BEFORE).readlink().name
        if older.name.startswith(f".{marking.FOLDER}-"):
            shutil.rmtree(older, ignore_errors=True)


def hidden_by(folder: Path) -> Path | None:
    """The folder that keeps other users, as a proxy's workers mostly are, from looking into this one."""
    folders = [folder.resolve(), *folder.resolve().parents]
    return next((one for one in reversed(folders) if not one.stat().st_mode & stat.S_IXOTH), None)
