"""A proxy that is run in order to hear what it says against its configuration."""

import json

import pytest

from migrator.errors import MigrateError
from migrator.rehearsing import rehearse
from proxy.engines.rehearsal import Rehearsal

SERVER = """\
import http.server, sys
class Handler(http.server.BaseHTTPRequestHandler):
    asked = 0
    def do_GET(self):
        Handler.asked += 1
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b'["no router"]' if Handler.asked > 2 else b'null')
    def log_message(self, *args):
        pass
http.server.HTTPServer(("127.0.0.1", int(open(sys.argv[1]).read())), Handler).serve_forever()
"""


def rehearsal(code: str) -> Rehearsal:
    return Rehearsal(("python3", "-c", code, "{file}"), "{port}", "/", json.loads)


def test_it_is_asked_until_it_has_read_its_configuration():
    assert rehearse(rehearsal(SERVER)) == ["no router"]


def test_what_it_writes_is_an_objection():
    assert rehearse(rehearsal("print('bad file')")) == ("bad file",)


def test_an_end_is_an_objection():
    assert rehearse(rehearsal("raise SystemExit(3)")) == ("it has ended with 3",)


def test_one_that_is_not_installed():
    with pytest.raises(MigrateError, match="traefik-none is not installed here"):
        rehearse(Rehearsal(("traefik-none",), "", "/", json.loads))
