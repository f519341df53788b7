"""The folder of a state in which proxies look with every request, on disk: replaced at once, whole or not at all."""

import shutil
import stat
from pathlib import Path

from migrator.errors import MigrateError
from migrator.files import sync_folder, temporary_name, write_atomically
from migrator.manifest.lock import locked
from proxy.engines import marking

PLACES = tuple(f".{marking.FOLDER}-{number}" for number in (1, 2, 3))
"""What the link leads to in turn: a proxy may still be on its way through the one before."""


def write(folder: Path, text: str) -> None:
    """Make the folder that a text tells of, and let the link to it take the place of the one that there is.

    Raises MigrateError when it cannot be written, and when something else has the link's name.
    """
    link = folder / marking.FOLDER
    with locked(folder / f".{marking.FOLDER}.lock"):
        if link.exists() and not link.is_symlink():
            raise MigrateError(f"{link}: not a link to a folder, as `migrate proxy` makes it: remove it")
        try:
            made = folder / following(link)
            if made.exists():
                shutil.rmtree(made)
            fill(made, text)
            temporary = temporary_name(link)
            temporary.unlink(missing_ok=True)
            temporary.symlink_to(made.name)
            temporary.replace(link)
        except OSError as error:
            raise MigrateError(f"{link}: cannot be written: {error.strerror or error}") from error
    sync_folder(folder)


def following(link: Path) -> str:
    """The place after the one that a link leads to: the one that has been left for longest."""
    place = str(link.readlink()) if link.is_symlink() else ""
    return PLACES[(PLACES.index(place) + 1) % len(PLACES)] if place in PLACES else PLACES[0]


def fill(made: Path, text: str) -> None:
    """Make a folder with what has to be in it. Raises OSError or MigrateError when it cannot be made."""
    links = marking.links(text)
    for folder in (made, *(made / share for share in sorted({*links.values()}))):
        folder.mkdir()
        folder.chmod(0o755)  # a proxy's workers are another user
    for file in marking.files(links):
        (made / file).touch()
    for name, share in links.items():
        (made / name).symlink_to(share)
    write_atomically(made / Path(marking.STATE).name, text.encode())


def hidden_by(folder: Path) -> Path | None:
    """The folder that keeps other users, as a proxy's workers mostly are, from looking into this one."""
    folders = [folder.resolve(), *folder.resolve().parents]
    return next((one for one in reversed(folders) if not one.stat().st_mode & stat.S_IXOTH), None)
