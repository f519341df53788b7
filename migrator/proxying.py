"""Files of a proxy on disk, the proxy's own opinion of them, and a running proxy that takes them."""

import socket
import subprocess
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from migrator import marked
from migrator.errors import MigrateError, Refused
from migrator.files import read_bytes, write_atomically
from migrator.programs import find_program
from migrator.rehearsing import rehearse
from proxy.engines import Engine, marking
from proxy.engines.activation import Activation
from proxy.engines.rehearsal import Rehearsal

PATIENCE = 30
"""Seconds that a proxy has for an answer."""


def write(folder: Path, files: Mapping[str, str]) -> None:
    """The files into a folder, each at once. Raises MigrateError when it cannot be written."""
    for parent in {(folder / name).parent: None for name in files if name != marking.STATE}:
        try:
            parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise MigrateError(f"{parent}: cannot be made: {error.strerror or error}") from error
    for name, text in files.items():
        if name == marking.STATE:
            marked.write(folder, text)
        else:
            write_atomically(folder / name, text.encode())


def validate(name: str, engine: Engine, files: Mapping[str, str]) -> None:
    """Let the proxy look at the files. Raises Refused when it objects, MigrateError when it is not installed here."""
    with tempfile.TemporaryDirectory(prefix="migrate-proxy-") as folder:
        write(Path(folder), files)
        objections = objections_to(name, engine, Path(folder))
    if objections:
        needed = f"which is for {engine.OLDEST} or newer; here is {version(engine)}"
        raise Refused(f"{name} does not accept the configuration, {needed}", objections)


def objections_to(name: str, engine: Engine, folder: Path) -> str:
    """What the proxy says against the files in a folder; nothing if it takes them."""
    how = engine.validation(folder)
    if isinstance(how, Rehearsal):
        return "\n".join(rehearse(how))
    done = run(how, f"{name} cannot be asked about the configuration", folder)
    return (done.stderr or done.stdout or f"it has ended with {done.returncode}") if done.returncode else ""


def version(engine: Engine) -> str:
    """What the proxy says that it is, in its first line."""
    done = run(engine.VERSION, "its version is not known")
    lines = (done.stdout or done.stderr).strip().splitlines()
    return lines[0].strip() if lines else "one that does not tell its version"


def read(folder: Path, names: Iterable[str]) -> dict[str, str]:
    """Those of the files that are there."""
    contents = {name: read_bytes(folder / name) for name in names}
    return {name: content.decode("utf-8", "replace") for name, content in contents.items() if content is not None}


def replace(name: str, engine: Engine, folder: Path, before: Mapping[str, str], after: Mapping[str, str]) -> str:
    """Let the proxy that runs take files which have been replaced, and say how it does.

    Raises Refused or MigrateError when it does not: then it serves as before, and so the files are those of before.
    """
    activation = engine.activation(folder.resolve(), after)
    changed = {file for file, text in after.items() if before.get(file) != text} - {engine.STATE}
    unread = changed & {*activation.at_start} if activation.is_whole or activation.command else changed
    if unread:
        raise Refused(f"{', '.join(sorted(unread))}: changed too, and {name} reads that when it starts: start it again")
    try:
        activate(name, activation)
        if changed and activation.command:
            reload(name, activation)
            return f"{name} has reloaded: {', '.join(sorted(changed))} changed too"
    except MigrateError:
        write(folder, before)
        raise
    return activation.words


def activate(name: str, activation: Activation) -> None:
    """Let the proxy that runs take the state. Raises Refused when it does not, and so serves as before."""
    for line in activation.lines:
        try:
            answer = say(activation.socket, line)
        except OSError as error:
            problem = f"{activation.socket}: {error.strerror or error}"
            raise Refused(f"{name} cannot be told and serves as before: is it running?", problem) from error
        if answer.strip():
            raise Refused(f"{name} has not taken the whole state: start it again", answer.strip())


def reload(name: str, activation: Activation) -> None:
    """Let the proxy that runs read all its files. Raises Refused when it does not, and so serves as before."""
    done = run(activation.command, f"{name} cannot be told")
    if done.returncode:
        raise Refused(f"{name} has not taken the new files and serves as before", done.stderr or done.stdout)


def run(command: Sequence[str], purpose: str, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run a program to its end, in a folder if one is named. Raises MigrateError without the program, or an end."""
    program = find_program(command[0])
    if program is None:
        raise MigrateError(f"{command[0]} is not installed here: {purpose}")
    try:
        command = [program, *command[1:]]
        return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=PATIENCE * 2)
    except subprocess.TimeoutExpired as error:
        raise MigrateError(f"{command[0]} does not come to an end: {purpose}") from error


def say(path: str, line: str) -> str:
    """Send a line to a socket, and return all that is answered."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(PATIENCE)
        connection.connect(path)
        connection.sendall(f"{line}\n".encode())
        return b"".join(iter(lambda: connection.recv(65536), b"")).decode("utf-8", "replace")
