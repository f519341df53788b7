"""Files as Flask sends them.

Preserves: `send_file` and `send_from_directory`: type and encoding by the name, `Content-Disposition`, ETag,
`Last-Modified`, `Cache-Control`, 304, ranges, 404 for what is outside the directory.

To live without it: `FileResponse` (no 304, no disposition, an ETag of its own) or a `StaticFiles` mount.
"""

import io
import mimetypes
import os
import posixpath
import unicodedata
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from email.utils import formatdate
from pathlib import Path
from time import time
from typing import IO, Any
from urllib.parse import quote
from zlib import adler32

from fastapi import Request, Response
from fastapi.concurrency import run_in_threadpool
from starlette.types import Receive, Scope, Send

from .dates import http_date
from .etags import is_modified, parse_etags, requested_range, set_etag
from .http_statuses import NotFound, RequestedRangeNotSatisfiable
from .response_headers import with_parameters
from .responses import Stream, with_charset

BLOCK = 64 * 1024

MaxAge = int | None | Callable[[str | None], int | None]


class FlaskFileResponse(Stream):
    """A file or a part of it; closed when it is sent."""

    def __init__(self, file: IO[bytes], headers: dict[str, str]) -> None:
        super().__init__(self.blocks(), 200, headers, direct_passthrough=True)
        self.file = file
        self.span: tuple[int, int] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the file; a HEAD request reads nothing of it."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            await run_in_threadpool(self.file.close)

    def blocks(self) -> Iterator[bytes]:
        """The blocks of the file, or of its part between the two offsets of `span`."""
        left = None
        if self.span is not None:
            self.file.seek(self.span[0])
            left = self.span[1] - self.span[0]
        while block := self.file.read(BLOCK if left is None else min(BLOCK, left)):
            left = None if left is None else left - len(block)
            yield block


def send_file(
    request: Request,
    path_or_file: str | os.PathLike[str] | IO[bytes],
    mimetype: str | None = None,
    as_attachment: bool = False,
    download_name: str | None = None,
    conditional: bool = True,
    etag: bool | str = True,
    last_modified: datetime | int | float | None = None,
    max_age: MaxAge = None,
    root_path: str | None = None,
) -> Response:
    """`flask.send_file`; a relative path starts at `root_path`, without one at the working directory.

    Without `max_age` the application's `SEND_FILE_MAX_AGE_DEFAULT` holds, which is kept at
    `app.state.send_file_max_age`.

    Raises `OSError` for a file that cannot be read, `TypeError` where no name tells its type, `ValueError` for a file
    in text mode, and a 416 for a range that is not there.
    """
    path = None
    if isinstance(path_or_file, str | os.PathLike):  # the ETag tells of the path as it is written, `..` included
        path = os.path.join(root_path or Path.cwd(), path_or_file)  # noqa: PTH118  # text
    if download_name is None and path is not None:
        download_name = posixpath.basename(path)
    headers = naming_headers(download_name, mimetype, as_attachment)
    file, size, changed = opened(path, path_or_file)
    if size is not None:
        headers["Content-Length"] = str(size)
    if (moment := last_modified if last_modified is not None else changed) is not None:
        headers["Last-Modified"] = http_date(moment)
    headers |= caching_headers(max_age(path) if callable(max_age) else default_max_age(request, max_age))
    response = FlaskFileResponse(file, headers)
    if isinstance(etag, str):
        set_etag(response, etag)
    elif etag and path is not None:
        set_etag(response, f"{changed}-{size}-{adler32(path.encode()) & 0xFFFFFFFF}")
    return made_conditional(request, response, size) if conditional else response


def send_from_directory(
    request: Request, directory: str | os.PathLike[str], path: str, root_path: str | None = None, **options: Any
) -> Response:
    """`flask.send_from_directory`; raises a 404 for what is no file below the directory."""
    name = posixpath.normpath(path) if path else ""
    if name.startswith(("/", "../")) or name == ".." or (os.altsep and os.altsep in name):
        raise NotFound
    whole = posixpath.join(os.fspath(directory) or ".", name)
    try:
        if not Path(root_path or "", whole).is_file():
            raise NotFound
    except ValueError:  # a null byte
        raise NotFound from None
    return send_file(request, whole, root_path=root_path, **options)


def opened(path: str | None, given: Any) -> tuple[IO[bytes], int | None, float | None]:
    """The file to send, its size and its time of change, where they are known."""
    if path is not None:
        status = Path(path).stat()
        return Path(path).open("rb"), status.st_size, status.st_mtime
    if isinstance(given, io.TextIOBase):
        raise ValueError("Files must be opened in binary mode or use BytesIO.")
    return given, given.getbuffer().nbytes if isinstance(given, io.BytesIO) else None, None


def naming_headers(name: str | None, mimetype: str | None, as_attachment: bool) -> dict[str, str]:
    """Type, encoding and disposition; raises `TypeError` where a name would be needed."""
    headers = {}
    if mimetype is None:
        if name is None:
            raise TypeError("Unable to detect the MIME type because a file name is not available.")
        mimetype, encoding = mimetypes.guess_type(name)
        if encoding is not None and not as_attachment:
            headers["Content-Encoding"] = encoding
    headers["Content-Type"] = with_charset(mimetype or "application/octet-stream")
    if name is not None:
        headers["Content-Disposition"] = disposition(name, as_attachment)
    elif as_attachment:
        raise TypeError("No name provided for attachment.")
    return headers


def disposition(name: str, as_attachment: bool) -> str:
    """`Content-Disposition`, with the name in ASCII and, where it is not, in UTF-8 too.

    Raises `ValueError` for a line break.
    """
    kind = "attachment" if as_attachment else "inline"
    if "\n" in name or "\r" in name:
        raise ValueError("Header values must not contain newline characters.")
    if name.isascii():
        return with_parameters(kind, {"filename": name})
    simple = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode("ascii")
    exact = quote(name, safe="!#$&+-.^_`|~")
    return with_parameters(kind, {"filename": simple, "filename*": f"UTF-8''{exact}"})


def caching_headers(max_age: int | None) -> dict[str, str]:
    """`Cache-Control` and `Expires`."""
    if max_age is None:
        return {"Cache-Control": "no-cache"}
    expires = formatdate(int(time() + max_age), usegmt=True)
    rule = f"public, max-age={max_age}" if max_age > 0 else f"no-cache, max-age={max_age}"
    return {"Cache-Control": rule, "Expires": expires}


def default_max_age(request: Request, given: int | None) -> int | None:
    """How long a file may be cached: what the call gives, else the application's `SEND_FILE_MAX_AGE_DEFAULT`."""
    found = getattr(request.app.state, "send_file_max_age", None) if given is None else given
    return int(found.total_seconds()) if isinstance(found, timedelta) else found


def made_conditional(request: Request, response: FlaskFileResponse, size: int | None) -> Response:
    """The response, or the part of it, that the request asks for; closes the file where there is no such part."""
    if request.scope["method"] not in ("GET", "HEAD"):
        return response
    headers = response.headers
    headers["Date"] = formatdate(usegmt=True)
    try:
        span = requested_range(request, response, True, size)
    except RequestedRangeNotSatisfiable:
        response.file.close()
        raise
    if span is not None:
        response.span = span
        response.status_code = 206
        headers["Content-Range"] = f"bytes {span[0]}-{span[1] - 1}/{size}"
        headers["Content-Length"] = str(span[1] - span[0])
    elif not is_modified(request, headers.get("etag"), headers.get("last-modified")):
        response.status_code = 412 if parse_etags(request.headers.get("if-match")) else 304
    return response
