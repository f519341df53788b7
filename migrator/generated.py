"""What was generated last, file by file: the common ancestor of a hand edit and of what is generated next.

A copy lies in `.migrate/generated`. Where that is missing, as in a fresh clone, git's history of the file is asked.
"""

import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from migrator.files import digest_of, read_bytes, write_atomically
from migrator.manifest.store import own_folder

FOLDER = "generated"
COMMITS = 200


def remember(root: Path, texts: Mapping[str, bytes]) -> None:
    """Keep a copy of everything that was generated, and of nothing else."""
    folder = own_folder(root) / FOLDER
    for path, content in texts.items():
        file = folder / path
        if read_bytes(file) != content:
            file.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(file, content)
    for file in sorted(folder.rglob("*")):
        if file.is_file() and file.relative_to(folder).as_posix() not in texts:
            file.unlink()


def recall(root: Path, path: str, digest: str) -> bytes | None:
    """What was generated for `path` when it had this digest; None where nobody has it any more."""
    content = read_bytes(own_folder(root) / FOLDER / path)
    if content is not None and digest_of(content) == digest:
        return content
    return _from_git(root, path, digest)


def _from_git(root: Path, path: str, digest: str) -> bytes | None:
    if shutil.which("git") is None:
        return None
    commits = _git(root, "rev-list", f"--max-count={COMMITS}", "HEAD", "--", path)
    for commit in (commits or b"").decode().split():
        content = _git(root, "show", f"{commit}:./{path}")
        if content is not None and digest_of(content) == digest:
            return content
    return None


def _git(root: Path, *arguments: str) -> bytes | None:
    done = subprocess.run(["git", *arguments], cwd=root, capture_output=True, check=False)
    return done.stdout if done.returncode == 0 else None
