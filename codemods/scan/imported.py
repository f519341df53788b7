"""What a module imports, read from its bytes: many files need not be parsed to know what they lead to."""

import re
from collections.abc import Iterator

CONTINUED = re.compile(rb"\\\r?\n")
IMPORT = re.compile(rb"import[\s(*]")
HEAD = re.compile(rb"(?:^|[;:])\s*(?:from\s*(\.*)\s*([\w.\x80-\xff]*)\s*)?$")
NAMES = re.compile(rb"\s*\(((?:[^)#]|#[^\n]*)*)\)|([^\n;#(]*)")
COMMENT = re.compile(rb"#[^\n]*")
#: words without which nothing is imported by a name that the code computes
COMPUTED = (b"import_module", b"__import__", b"import_string", b"find_modules", b"iter_modules")


def imports_by_computed_name(source: bytes) -> bool:
    """Whether a module may import by a computed name: one has to look at its syntax tree."""
    return any(word in source for word in COMPUTED)


def imported_names(source: bytes, module: str, is_package: bool) -> Iterator[str]:
    """What the import statements of a module name: `a.b`, `package.module.name`, `package.module.*`.

    Everything that is imported, in functions and for annotations too; a line of a text that looks like an import is
    taken for one.
    """
    if b"\\" in source:
        source = CONTINUED.sub(b" ", source)
    for found in IMPORT.finditer(source):
        start = found.start()
        head = HEAD.search(source[source.rfind(b"\n", 0, start) + 1 : start])
        names = NAMES.match(source, start + len(b"import")) if head else None
        if head is None or names is None:
            continue
        if head[2] is None:
            yield from _names(names)
            continue
        base = _absolute(head[2].decode("utf-8", "replace"), len(head[1]), module, is_package)
        yield from (f"{base}.{name}" for name in _names(names))


def _names(found: re.Match[bytes]) -> Iterator[str]:
    listed = COMMENT.sub(b"", found[1]) if found[1] is not None else found[2]
    for part in listed.decode("utf-8", "replace").split(","):
        words = part.split()
        if words:
            yield words[0]


def _absolute(base: str, level: int, module: str, is_package: bool) -> str:
    if not level:
        return base
    package = module if is_package else module.rpartition(".")[0]
    for _ in range(level - 1):
        package = package.rpartition(".")[0]
    return ".".join(part for part in (package, base) if part)
