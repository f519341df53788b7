"""What Flask says of an uploaded file and FastAPI does not.

Preserves: `file.save(path)`, `file.mimetype`, `file.content_length` and `file.mimetype_params` of `request.files`.

To live without it: `shutil.copyfileobj(file.file, target)` with the target opened by hand, and `file.content_type`,
which may have parameters.
"""

import os
import shutil
from pathlib import Path
from typing import IO

from starlette.datastructures import UploadFile

from .header_options import header_options


def save(file: UploadFile, target: str | os.PathLike[str] | IO[bytes], buffer_size: int = 16384) -> None:
    """Write what has not been read of the file yet to a path or into an open file."""
    if isinstance(target, str | os.PathLike):
        with Path(target).open("wb") as opened:
            shutil.copyfileobj(file.file, opened, buffer_size)
    else:
        shutil.copyfileobj(file.file, target, buffer_size)


def mimetype(file: UploadFile) -> str:
    """The content type without parameters, in lower case."""
    return (file.content_type or "").partition(";")[0].strip(" \t").lower()


def mimetype_params(file: UploadFile) -> dict[str, str]:
    """The parameters of the content type."""
    return header_options(file.content_type or "")


def content_length(file: UploadFile) -> int:
    """What the part's own header says, which browsers leave out: 0 then."""
    try:
        return int(file.headers.get("content-length") or 0)
    except ValueError:
        return 0
