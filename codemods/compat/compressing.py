"""Answers that are compressed for clients that ask for it.

Preserves: Flask-Compress's choice of an algorithm and of answers, `Vary: Accept-Encoding` on every one, tags that name
the algorithm, and a second look at whether the client has the answer already.

To live without it: a proxy that compresses, or Starlette's `GZipMiddleware`, which knows gzip only and has other tags.
"""

import gzip
import sys
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import brotli  # type: ignore[import-untyped]  # it has no types
from fastapi import Request, Response

from .etags import conditional, get_etag, set_etag
from .response_body import is_streamed, mimetype_of, read_body, set_body
from .responses import Stream, chunks, encoded

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

KINDS = (
    "text/html", "text/css", "text/plain", "text/xml", "text/x-component", "text/javascript",
    "application/x-javascript", "application/javascript", "application/json", "application/manifest+json",
    "application/vnd.api+json", "application/xml", "application/xhtml+xml", "application/rss+xml",
    "application/atom+xml", "application/vnd.ms-fontobject", "application/x-font-ttf", "application/x-font-opentype",
    "application/x-font-truetype", "image/svg+xml", "image/x-icon", "image/vnd.microsoft.icon", "font/ttf", "font/eot",
    "font/otf", "font/opentype",
)  # fmt: skip


@dataclass(frozen=True)
class Compression:
    """How answers are compressed: those of these `kinds` from `min_size` bytes on, by the first of `algorithms` that a
    client likes best; what is made while it is sent by one of `streaming`, unless not `streams`.

    A client may have the answer already, which is looked at where `conditional`, and of what is made while it is sent
    for `conditional_streams`, which are names of routes.
    """

    kinds: tuple[str, ...] = KINDS
    min_size: int = 500
    algorithms: tuple[str, ...] = ("zstd", "br", "gzip", "deflate")
    streaming: tuple[str, ...] = ("zstd", "br", "deflate")
    streams: bool = True
    conditional: bool = True
    conditional_streams: tuple[str, ...] = ("static",)
    gzip_level: int = 6
    deflate_level: int = -1
    zstd_level: int = 3
    brotli_level: int = 4
    brotli_mode: int = 0
    brotli_window: int = 22
    brotli_block: int = 0

    def applied(self, request: Request, response: Response) -> Response:
        """The response, compressed where it may be."""
        vary = response.headers.get("Vary")
        if not vary:
            response.headers["Vary"] = "Accept-Encoding"
        elif "accept-encoding" not in vary.lower():
            response.headers["Vary"] = f"{vary}, Accept-Encoding"
        streamed = is_streamed(response)
        known = self.streaming if streamed and self.streams else self.algorithms
        algorithm = chosen(known, request.headers.get("Accept-Encoding", ""))
        if algorithm is None or not self.takes(response, streamed):
            return response
        response.headers["Content-Encoding"] = algorithm
        if isinstance(response, Stream) and streamed:
            response.direct_passthrough = False
            response.iterable = self.parts(response.iterable, algorithm)
            response.body_iterator = chunks(response.iterable)
            if "Content-Length" in response.headers:
                del response.headers["Content-Length"]
        else:
            set_body(response, self.whole(read_body(response), algorithm))
        tag, is_weak = get_etag(response)
        if tag and not is_weak:
            set_etag(response, f"{tag}:{algorithm}")
        if self.conditional and (not streamed or request.scope.get("compat.endpoint") in self.conditional_streams):
            return conditional(request, response)
        return response

    def takes(self, response: Response, streamed: bool) -> bool:
        """Whether an answer is one of those that are compressed."""
        length = response.headers.get("Content-Length")
        return (
            mimetype_of(response) in self.kinds
            and 200 <= response.status_code < 300
            and (not streamed or self.streams)
            and "Content-Encoding" not in response.headers
            and (length is None or int(length) >= self.min_size)
        )

    def whole(self, data: bytes, algorithm: str) -> bytes:
        """A body as a whole; raises `ValueError` for an unknown algorithm."""
        match algorithm:
            case "zstd":
                return bytes(zstd.compress(data, self.zstd_level))
            case "gzip":
                return gzip.compress(data, self.gzip_level)
            case "deflate":
                return zlib.compress(data, self.deflate_level)
            case "br":
                return bytes(
                    brotli.compress(
                        data, mode=self.brotli_mode, quality=self.brotli_level, lgwin=self.brotli_window,
                        lgblock=self.brotli_block,
                    )
                )  # fmt: skip
            case _:
                raise ValueError(f"Unknown compression algorithm: {algorithm}")

    def parts(self, iterable: Iterable[str | bytes], algorithm: str) -> Iterator[bytes]:
        """A body in parts."""
        compress, finish = self.stepwise(algorithm)
        try:
            for one in iterable:
                if part := compress(encoded(one)):
                    yield part
            if part := finish():
                yield part
        finally:
            if close := getattr(iterable, "close", None):
                close()

    def stepwise(self, algorithm: str) -> tuple[Callable[[bytes], bytes], Callable[[], bytes]]:
        """What compresses a part, and what ends the body; raises `ValueError` for an unknown algorithm."""
        compressor: Any
        match algorithm:
            case "zstd":
                compressor = zstd.ZstdCompressor(level=self.zstd_level)
            case "gzip":
                compressor = zlib.compressobj(self.gzip_level, zlib.DEFLATED, zlib.MAX_WBITS + 16)
            case "deflate":
                compressor = zlib.compressobj(level=self.deflate_level)
            case "br":
                compressor = brotli.Compressor(
                    mode=self.brotli_mode, quality=self.brotli_level, lgwin=self.brotli_window,
                    lgblock=self.brotli_block,
                )  # fmt: skip
                return compressor.process, compressor.finish
            case _:
                raise ValueError(f"Unsupported streaming algorithm: {algorithm}")
        return compressor.compress, compressor.flush


def chosen(algorithms: tuple[str, ...], accepted: str) -> str | None:
    """The algorithm that a client likes best, the first of several; None for none."""
    liked: dict[float, set[str | None]] = {}
    any_will_do = False
    for part in accepted.lower().split(","):
        name, quality = part.strip(), 1.0
        if ";q=" in name:
            with suppress(ValueError):
                quality = float(name.split("=")[1].strip())
            name = name.split(";")[0].strip()
        if name == "*":
            any_will_do |= quality > 0
        elif name == "identity":
            liked.setdefault(quality, set()).add(None)
        elif name in algorithms:
            liked.setdefault(quality, set()).add(name)
    for _, names in sorted(liked.items(), reverse=True):
        if len(names) == 1:
            return next(iter(names))
        if found := next((one for one in algorithms if one in names), None):
            return found
    return algorithms[0] if any_will_do else None
