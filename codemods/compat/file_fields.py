"""Fields of a schema that are uploaded files, and what checks these.

Preserves: flask-marshmallow's `File`, `FileSize` and `FileType`, which APIFlask hands on, and APIFairy's `FileField`:
what is no file is refused, an empty text counts as none.

To live without it: `UploadFile` parameters, and checks of `file.size` and `file.filename` in the endpoint.
"""

import os
import re
from collections.abc import Iterable
from typing import Annotated, Any

from fastapi import UploadFile
from starlette.datastructures import UploadFile as SentFile

from .converter import Converter, refusal
from .schema_errors import InvalidError
from .validators import Validator

BINARY = {"type": "string", "format": "binary"}
SIZE = re.compile(r"([e\+\-\.\d]+)\s*([kmgtpezy])?(i)?(b)", re.IGNORECASE)
UNITS = "kmgtpezy"


def uploaded(text: str, *, key: str = "invalid", leaves_empty: bool = False) -> Converter:
    """Uploaded files, and this text for anything else: `Annotated[UploadFile, uploaded("Not a file.")]`.

    Where it `leaves_empty`, an empty text or list counts as not sent.
    """

    def read(value: Any) -> Any:
        if leaves_empty and isinstance(value, str | list | tuple) and not value:
            return None  # one of several: of the others nothing is sent
        if not isinstance(value, SentFile):
            raise refusal(key, text)
        return value

    return Converter(read, text, lambda value: value, shown=BINARY, leaves_empty=leaves_empty)


File = Annotated[UploadFile, uploaded("Not a valid file.", leaves_empty=True)]


class FileType(Validator):
    """One of these extensions: `Annotated[File, FileType([".png"])]`."""

    def __init__(self, accept: Iterable[str], error: str | None = None) -> None:
        self.allowed_types = {one.lower() for one in accept}
        self.error = error or "Not an allowed file type. Allowed file types: [{extensions}]"

    def __call__(self, value: Any) -> None:
        if value is None:
            return
        extension = os.path.splitext(value.filename or "")[1]  # noqa: PTH122  # of a file that lies nowhere
        if not value.filename or extension.lower() not in self.allowed_types:
            raise InvalidError(self.error.format(input=shown(value), extensions=",".join(self.allowed_types)))


class FileSize(Validator):
    """No smaller, and no larger: `Annotated[File, FileSize(max="2 MiB")]`. Raises `ValueError` for what is no size."""

    def __init__(
        self,
        min: str | None = None,
        max: str | None = None,
        min_inclusive: bool = True,
        max_inclusive: bool = True,
        error: str | None = None,
    ) -> None:
        self.min, self.max = min, max
        self.least, self.most = size_of(min) if min else None, size_of(max) if max else None
        self.min_inclusive, self.max_inclusive = min_inclusive, max_inclusive
        least = f"greater than{' or equal to' if min_inclusive else ''} {{min}}"
        most = f"less than{' or equal to' if max_inclusive else ''} {{max}}"
        named = [text for text, bound in ((least, min), (most, max)) if bound is not None]
        self.error = error or f"Must be {' and '.join(named)}."

    def __call__(self, value: Any) -> None:
        if value is None:
            return
        size = length_of(value)
        is_small = self.least is not None and (size < self.least if self.min_inclusive else size <= self.least)
        is_large = self.most is not None and (size > self.most if self.max_inclusive else size >= self.most)
        if is_small or is_large:
            raise InvalidError(self.error.format(input=shown(value), min=self.min, max=self.max))


def size_of(text: str) -> float:
    """A size such as `2 MiB` in bytes; raises `ValueError`."""
    found = SIZE.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"Invalid size value: '{text.strip()!r}'")
    number, unit, binary, letter = found.groups()
    power = UNITS.index(unit.lower()) + 1 if unit else 0
    factor: int = (1024 if binary else 1000) ** power
    return float(number) * factor / (8 if letter == "b" else 1)


def length_of(file: SentFile) -> int:
    """How many bytes a file has; where it is read next stays."""
    place = file.file.tell()
    length = file.file.seek(0, os.SEEK_END)
    file.file.seek(place)
    return length


def shown(file: SentFile) -> str:
    """A file as messages show it."""
    return f"<FileStorage: {file.filename!r} ({file.content_type!r})>"
