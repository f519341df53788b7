"""Applications with Flask-Compress: what stays on Flask, and that the others compress the same answers the same way."""

import gzip
import zlib

import brotli
import pytest
from flask_compress.compat import compression

from codemods.compat.compressing import chosen

APP = """
import os
from pathlib import Path

from flask import Flask, Response, abort, jsonify, make_response
from flask_compress import Compress

app = Flask(__name__, static_folder=None)
{setup}


@app.get("/big")
def big():
    return jsonify(rows=list(range(500)))


@app.get("/small")
def small():
    return jsonify(ok=True)


@app.get("/image")
def image():
    return Response(b"x" * 2000, mimetype="image/png")


@app.get("/tagged/<int:weak>")
def tagged(weak):
    response = make_response("y" * 2000)
    response.set_etag("v1", weak=bool(weak))
    response.headers["Vary"] = "Cookie"
    return response


@app.get("/stream")
def stream():
    return Response((f"part {{one}} " * 50 for one in range(20)), mimetype="text/plain")


@app.get("/encoded")
def encoded():
    return Response(b"z" * 2000, mimetype="text/plain", headers={{"Content-Encoding": "own"}})


@app.get("/missing")
def missing():
    abort(404)
"""
SETUPS = {
    "by itself": "Compress(app)",
    "later": "compress = Compress()\ncompress.init_app(app)",
    "gzip only": 'app.config["COMPRESS_ALGORITHM"] = "gzip"\napp.config["COMPRESS_MIN_SIZE"] = 5\nCompress(app)',
    "levels": (
        'app.config.update(COMPRESS_BR_LEVEL=1, COMPRESS_ZSTD_LEVEL=1, COMPRESS_STREAMS=False,\n'
        '    COMPRESS_MIMETYPES=["text/plain", "image/png"], COMPRESS_EVALUATE_CONDITIONAL_REQUEST=False)\n'
        "Compress(app)"
    ),
}  # fmt: skip
LEFT = {
    "from outside": 'os.environ["FLASK_COMPRESS" + "_MIN_SIZE"] = "1"\napp.config.from_prefixed_env()\n'
    'del os.environ["FLASK_COMPRESS" + "_MIN_SIZE"]\nCompress(app)',
    "computed": 'app.config["COMPRESS_MIN_SIZE"] = int(os.environ.get("SIZE", 5))\nCompress(app)',
    "a cache": (
        'app.config["COMPRESS_CACHE_BACKEND"] = dict\napp.config["COMPRESS_CACHE_KEY"] = lambda request: ""\n'
        "Compress(app)"
    ),
}
ACCEPTED = (
    None, "gzip", "br", "deflate", "zstd", "gzip, br", "br;q=0.5, gzip;q=0.9", "identity", "identity;q=0.5, *", "*;q=0",
    "deflate;q=x", "GZIP", "own", "gzip ; q=0.3, br;q=0.2",
)  # fmt: skip
READ = {
    "gzip": gzip.decompress,
    "br": brotli.decompress,
    "deflate": zlib.decompress,
    "zstd": compression.zstd.decompress,
}
HEADERS = ("content-encoding", "vary", "etag", "content-type")


@pytest.mark.parametrize("name", SETUPS)
def test_answers_are_compressed_the_same_way(pair, name):
    both = pair(APP.format(setup=SETUPS[name]))
    assert set(both.runtimes().values()) == {"native"}, both.findings("big")
    paths = ("/big", "/small", "/image", "/tagged/0", "/tagged/1", "/stream", "/encoded", "/missing", "/nowhere")
    with both.clients() as (flask, fastapi):
        for path in paths:
            for accepted in ACCEPTED if path in ("/big", "/stream") else (None, "gzip", "zstd, br"):
                for match in (None, '"v1"', '"v1:gzip"', '"v1:zstd"') if "tagged" in path else (None,):
                    headers = {"Accept-Encoding": accepted or "", **({"If-None-Match": match} if match else {})}
                    theirs = flask.get(path, headers=headers)
                    with fastapi.stream("GET", path, headers=headers) as mine:
                        content = b"".join(mine.iter_raw())
                    about = (path, headers)
                    assert mine.status_code == theirs.status_code, about
                    assert [mine.headers.get(one) for one in HEADERS] == [theirs.headers.get(one) for one in HEADERS], (
                        about
                    )
                    read = READ.get(theirs.headers.get("content-encoding"), bytes)
                    assert not (content or theirs.data) or read(content) == read(theirs.data), about


def told(response):
    return [response.headers.get(one) for one in HEADERS]


@pytest.mark.parametrize("name", LEFT)
def test_settings_that_are_not_understood_keep_everything_on_flask(pair, name):
    both = pair(APP.format(setup=LEFT[name]))
    assert set(both.runtimes().values()) == {"flask"}
    assert both.findings("big")[0].startswith("FM794")


def test_the_first_of_several_is_chosen():
    assert chosen(("br", "gzip"), "gzip, br") == "br"
    assert chosen(("br", "gzip"), "gzip, br;q=0.9") == "gzip"
    assert chosen(("br", "gzip"), "*") == "br"
    assert chosen(("br", "gzip"), "identity, gzip;q=0.1") is None
