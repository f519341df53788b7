"""Hand edits of generated files: adopted, and merged with what is generated next.

An adopted file is served and counts as ours, with evidence of its own. The digest of what was generated when it was
adopted is kept: as long as the same would be generated again, the edit stays as it is. When something else would be,
the two are merged; where they cannot be, the conflict is shown and nothing is written.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from migrator.errors import MigrateError
from migrator.files import digest_of, read_bytes
from migrator.generated import recall
from migrator.merge import merge

Edits = Literal["merge", "adopt", "overwrite"]
"""What becomes of an edit that is not adopted: merged where that is possible, else taken as it is, or left out."""


@dataclass(slots=True)
class Adopted:
    """The target's files with hand edits in their place.

    `bases`: path → digest of what was generated for it. `fresh`: what is new of these. `merged`: what is no longer
    the file on disk. `conflicts`: path → the places that an edit and the new generation both changed.
    """

    texts: dict[str, bytes]
    bases: dict[str, str] = field(default_factory=dict)
    fresh: set[str] = field(default_factory=set)
    merged: set[str] = field(default_factory=set)
    conflicts: dict[str, str] = field(default_factory=dict)

    def take(self, path: str, content: bytes, generated: bytes) -> None:
        """Put an edit in the place of what was generated. Raises MigrateError for one that is no Python."""
        check_python(path, content)
        self.texts[path] = content
        self.bases[path] = digest_of(generated)
        self.fresh.add(path)


def with_adopted(
    root: Path,
    generated: Mapping[str, bytes],
    recorded: Mapping[str, str],
    bases: Mapping[str, str],
    edits: Edits,
    whole: Collection[str],
) -> Adopted:
    """Put hand edits in the place of what was generated: adopted ones, and others as `edits` says.

    Files in `whole` are never edited: the gateway's runtime. Raises MigrateError for an edit that is no Python.
    """
    adopted = Adopted(dict(generated))
    for path, content in generated.items():
        there = read_bytes(root / path)
        if there is None or there == content or path not in recorded or path in whole:
            continue
        is_adopted = path in bases and digest_of(there) == recorded[path]
        if not is_adopted and digest_of(there) == recorded[path]:
            continue
        base = bases.get(path, recorded[path])
        if base != digest_of(content):
            if edits != "overwrite" and merge_into(adopted, path, recall(root, path, base), there, content):
                continue
        elif is_adopted:
            adopted.texts[path], adopted.bases[path] = there, base
            continue
        if edits == "adopt":
            adopted.take(path, there, content)
    return adopted


def merge_into(adopted: Adopted, path: str, base: bytes | None, there: bytes, content: bytes) -> bool:
    """Merge an edit with a new generation where that is possible; whether it was."""
    if base is None:
        return False
    try:
        merged = merge(base.decode(), there.decode(), content.decode())
    except UnicodeDecodeError as error:
        raise MigrateError(f"{path}: the edited file is no UTF-8: {error.reason}") from error
    if merged.conflicts:
        adopted.conflicts[path] = "".join(merged.conflicts)
        return False
    adopted.take(path, merged.text.encode(), content)
    adopted.merged.add(path)
    return True


def check_python(path: str, content: bytes) -> None:
    """Raise MigrateError, with the line, for a module that cannot be compiled."""
    try:
        compile(content, path, "exec", dont_inherit=True)
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None) or 1
        raise MigrateError(f"{path}:{line}: cannot be adopted: {error.args[0]}") from error
