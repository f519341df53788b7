"""Applications with Flask-Talisman: what stays on Flask, and that the others send the same headers and redirects."""

import re

import pytest

APP = """
from flask import Flask, abort, jsonify, session
from flask_talisman import Talisman

app = Flask(__name__)
app.secret_key = "key"
{setup}


@app.get("/")
def index():
    return jsonify(ok=True)


@app.post("/login")
def login():
    session["user"] = "ann"
    return "", 204


@app.get("/missing")
def missing():
    abort(404)
"""

SET_UPS = {
    "by itself": "Talisman(app)",
    "without HTTPS": "Talisman(app, force_https=False)",
    "for good": "Talisman(app, force_https_permanent=True, session_cookie_secure=False)",
    "nothing ahead": "Talisman(app, force_https=False, session_cookie_secure=False, content_security_policy=None)",
    "later": "talisman = Talisman()\ntalisman.init_app(app, force_https=False, frame_options=None)",
    "options that the class drops": (
        "talisman = Talisman(force_https=False, frame_options='DENY')\ntalisman.init_app(app)"
    ),
    "policies": (
        "CSP = {'default-src': ['self', '*.a.example'], 'img-src': '*'}\n"
        "Talisman(app, force_https=False, content_security_policy=CSP, content_security_policy_report_uri='/r',\n"
        "         permissions_policy={'a': '()', 'b': '(self)'}, document_policy={'c': 'd'},\n"
        "         feature_policy={'e': 'f'},\n"
        "         referrer_policy='no-referrer', strict_transport_security_preload=True, force_file_save=True,\n"
        "         x_xss_protection=True, x_content_type_options=False)"
    ),
    "texts": (
        "def setup(app):\n"
        "    csp = \"default-src 'self' ; img-src *;\"\n"
        "    Talisman(app, force_https=False, content_security_policy=csp, permissions_policy='a=()',\n"
        "             frame_options='ALLOW-FROM', frame_options_allow_from='*', strict_transport_security=False,\n"
        "             content_security_policy_report_only=True, content_security_policy_report_uri='/r',\n"
        "             session_cookie_samesite='Strict')\n\n\nsetup(app)"
    ),
}
STAYS = {
    "an option that is changed later": "talisman = Talisman(app)\ntalisman.frame_options = 'DENY'",
    "a policy that grows": "talisman = Talisman(app)\ntalisman.content_security_policy['img-src'] = '*'",
    "nonces": "Talisman(app, content_security_policy_nonce_in=['script-src'])",
    "a computed option": "import os\nTalisman(app, force_https=bool(os.environ.get('NO_SUCH_NAME')))",
    "options that are spread": "OPTIONS = {}\nTalisman(app, **OPTIONS)",
    "a policy that changes": "CSP = {}\nCSP['default-src'] = '*'\nTalisman(app, content_security_policy=CSP)",
}
OF_VIEWS = APP.replace('@app.get("/missing")', '@app.get("/missing")\n@talisman(frame_options="DENY")')
HEADERS = (
    "Content-Security-Policy", "Content-Security-Policy-Report-Only", "Document-Policy", "Feature-Policy", "Location",
    "Permissions-Policy", "Referrer-Policy", "Set-Cookie", "Strict-Transport-Security", "X-Content-Type-Options",
    "X-Download-Options", "X-Frame-Options", "X-XSS-Protection",
)  # fmt: skip


@pytest.mark.parametrize("name", STAYS)
def test_what_cannot_be_read_stays_on_flask(pair, name):
    both = pair(APP.format(setup=STAYS[name]))
    assert set(both.runtimes().values()) == {"flask"}
    assert "FM815" in str(both.findings("index"))


def test_options_for_one_view_stay_on_flask(pair):
    both = pair(OF_VIEWS.format(setup="talisman = Talisman(app)"))
    assert both.runtimes()["missing"] == "flask"


@pytest.mark.parametrize("name", SET_UPS)
def test_headers_are_those_of_talisman(pair, name):
    both = pair(APP.format(setup=SET_UPS[name]))
    assert set(both.runtimes().values()) == {"native"}, both.findings("index")
    with both.clients() as (flask, fastapi):
        for headers in ({}, {"X-Forwarded-Proto": "https"}):
            for method, path in (("GET", "/"), ("POST", "/login"), ("GET", "/missing"), ("GET", "/nowhere?a=b%20c")):
                theirs = flask.open(path, method=method, headers=headers)
                mine = fastapi.request(method, path, headers=headers)
                assert mine.status_code == theirs.status_code, (path, headers)
                for header in HEADERS:
                    found, expected = (one.headers.get(header, "none") for one in (mine, theirs))
                    assert without_clock(found) == without_clock(expected), (path, header)


def without_clock(value):
    """A header without the second at which a session was signed, and the signature that it is part of."""
    return re.sub(r"(session=[^.;]+)\.[^;]+", r"\1", value)
