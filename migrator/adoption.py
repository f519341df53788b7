"""Hand edits of generated files that the team adopted: they survive until what is generated changes below them.

An adopted file is served and counts as ours, with evidence of its own. The digest of what was generated when it was
adopted is kept: as long as the same would be generated again, the edit stays; else the conflict is shown.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from migrator.errors import MigrateError
from migrator.files import digest_of, read_bytes


@dataclass(frozen=True, slots=True)
class Adopted:
    """The target's files with adopted edits in their place; path → digest of what was generated; what is new of it."""

    texts: Mapping[str, bytes]
    bases: Mapping[str, str]
    fresh: frozenset[str]


def with_adopted(
    root: Path,
    generated: Mapping[str, bytes],
    recorded: Mapping[str, str],
    bases: Mapping[str, str],
    adopt: bool,
    whole: Collection[str],
) -> Adopted:
    """Put adopted edits in the place of what was generated; with `adopt`, those that are new or in conflict too.

    Files in `whole` are never edited: the gateway's runtime. Raises MigrateError for an edit that is no Python.
    """
    texts, kept, fresh = dict(generated), {}, set()
    for path, content in generated.items():
        there = read_bytes(root / path)
        if there is None or there == content or path not in recorded or path in whole:
            continue
        was_adopted = path in bases and digest_of(there) == recorded[path]
        if was_adopted and bases[path] == digest_of(content):
            kept[path] = bases[path]
        elif adopt and (was_adopted or digest_of(there) != recorded[path]):
            check_python(path, there)
            kept[path] = digest_of(content)
            fresh.add(path)
        else:
            continue
        texts[path] = there
    return Adopted(texts, kept, frozenset(fresh))


def check_python(path: str, content: bytes) -> None:
    """Raise MigrateError, with the line, for a module that cannot be compiled."""
    try:
        compile(content, path, "exec", dont_inherit=True)
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None) or 1
        raise MigrateError(f"{path}:{line}: cannot be adopted: {error.args[0]}") from error
