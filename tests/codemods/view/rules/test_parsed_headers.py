"""Headers that Flask parses and what it says of the route, read in views, helpers and handlers."""

from collections.abc import Callable
from typing import Any

import pytest

READS = {
    "types": '[request.accept_mimetypes.best, request.accept_mimetypes["text/html"]]',
    "a type": '"a/b" in request.accept_mimetypes',
    "json": "[request.accept_mimetypes.accept_json, request.accept_mimetypes.quality('application/json')]",
    "languages": '[request.accept_languages.best_match(["de", "en"]), list(request.accept_languages.values())]',
    "charsets": "[str(request.accept_charsets), [q for _, q in request.accept_encodings]]",
    "tags": '["a" in request.if_none_match, request.if_none_match.contains_weak("b"), bool(request.if_match)]',
    "star": "[request.if_match.star_tag, request.if_none_match.star_tag]",
    "dates": "[request.if_modified_since, request.if_unmodified_since, request.date]",
    "range": "request.range.ranges if request.range else None",
    "if_range": "[request.if_range.etag, request.if_range.date]",
    "caching": "[request.cache_control.max_age, request.cache_control.no_cache]",
    "type": "[request.mimetype, request.mimetype_params, request.content_type, request.content_encoding]",
    "sender": "[request.referrer, request.origin, request.max_forwards, request.access_route[1:]]",
    "place": "[request.root_path, request.script_root]",
    "route": "[request.endpoint, request.blueprint, request.blueprints, request.view_args]",
    "authorization": "[request.authorization.type, request.authorization.username, request.authorization['password']]"
    " if request.authorization else None",
}
SENT: list[dict[str, str]] = [
    {},
    {"Accept": "text/html;q=0.5, application/json", "Accept-Language": "de-AT, en;q=0.3", "Accept-Charset": "utf8",
     "Accept-Encoding": "gzip;q=0.5, br", "If-None-Match": '"a", W/"b"', "If-Match": "*", "Range": "bytes=0-4,9-",
     "If-Modified-Since": "Thu, 01 Jan 2026 00:00:00 GMT", "If-Unmodified-Since": "never", "If-Range": '"x"',
     "Cache-Control": "max-age=3, no-cache", "Content-Type": "Text/Plain; Charset=UTF-8", "Referer": "/x",
     "Origin": "http://a", "Max-Forwards": "3", "X-Forwarded-For": "1.2.3.4, 5.6.7.8",
     "Authorization": "Basic YW5uOnNlY3JldA==", "Content-Encoding": "gzip", "Date": "x"},
]  # fmt: skip


@pytest.mark.parametrize("read", READS.values(), ids=list(READS))
def test_a_read(pair: Callable[..., Any], read: str) -> None:
    both = pair(
        f"""
from flask import Flask, jsonify, request
app = Flask(__name__)

def told():
    return {read}

@app.get("/view/<int:n>")
def view(n):
    return jsonify({read})

@app.get("/helper")
def helper():
    return jsonify(told())

@app.errorhandler(404)
def missing(error):
    return jsonify(told()), 404
"""
    )
    assert both.runtimes() == {"view": "native", "helper": "native"}
    for headers in SENT:
        for path in ("/view/3", "/helper", "/nowhere"):
            both.same("GET", path, headers={"Accept": "*/*", "Accept-Encoding": "x", **headers})
