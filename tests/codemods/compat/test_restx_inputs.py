"""Types of arguments against those of Flask-RESTX: the same values, the same words of refusal."""

import socket

import pytest
from flask_restx import inputs as theirs

from codemods.compat import restx_input_dates, restx_inputs

ADDRESSES = ("127.0.0.1", "10.0.0.1", "1.2", "::1", "2001:db8::1", "localhost", "example.com", "", "999.1.1.1", 5, None)
URLS = (
    "http://example.com", "example.com", "example.com/a?b=1", "https://u:p@example.com:8/x?y=1", "ftp://localhost",
    "http://10.0.0.1/", "http://127.0.0.1", "http://999.1.1.1", "http://[::1]:80/a", "http://[::1]", "http://a b", "",
    "http://x.", "HTTP://EXAMPLE.CO.UK.", "mailto:a@b.c", "http://-a.com", "http://example.org:0", "//example.com",
    "http://example.org:70000", "gopher://example.net", "http://[::1", "{0}", "http://{a}.com", "x y", 5, None,
)  # fmt: skip
MAILS = (
    "ann@example.com", "ann.@example.com", "ann@", "@example.com", "a@b@c", "ann@example..com", "ann@localhost", "x",
    "", "ann@127.0.0.1", "ann@10.0.0.1", "ann@::1", "bob@example.org", 5, None,
)  # fmt: skip
OPTIONS = (
    {}, {"ip": True}, {"local": True}, {"ip": True, "local": True}, {"domains": ["example.com"]}, {"check": True},
    {"exclude": ("example.org", "example.net")}, {"domains": ["example.org"], "exclude": ["example.org"]},
)  # fmt: skip
MORE = ({"port": True}, {"auth": True, "port": True}, {"schemes": ["https"]}, {"ip": True, "port": True})
DATES = (
    "2024-02-29T12:30:15", "2024-02-29T12:30:15.25Z", "20240229T1230+02:00", "2024-W09-4T12", "2024-02-29", "x", "",
    "2024-02-30", "2024", "2024-05", "+12024-01-01", "2024-02-29 12:30", 5, None,
)  # fmt: skip
MAILED = (
    "Thu, 29 Feb 2024 12:30:15 GMT", "29 Feb 2024 12:30:15 +0200", "Wed, 02 Oct 2002 08:00:00 EST", "x", "", None,
    "Thu, 29 Feb 2024", "29 Feb 2024 12:30:15", 5,
)  # fmt: skip


def told(function, value):
    """What a function makes of a value: that, or the error."""
    try:
        return function(value)
    except Exception as error:
        return type(error), str(error)


@pytest.fixture(autouse=True)
def known(monkeypatch):
    """A network in which only one host has a name."""

    def resolve(host, *_):
        if host != "example.com":
            raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", resolve)


@pytest.mark.parametrize("name", ["ip", "ipv4", "ipv6"])
def test_addresses(name):
    for value in ADDRESSES:
        assert told(getattr(restx_inputs, name), value) == told(getattr(theirs, name), value), value


@pytest.mark.parametrize("options", [*OPTIONS, *MORE])
def test_urls(options):
    for value in URLS:
        assert told(restx_inputs.URL(**options), value) == told(theirs.URL(**options), value), value
        assert told(restx_inputs.url, value) == told(theirs.url, value), value


@pytest.mark.parametrize("options", OPTIONS)
def test_mails(options):
    for value in MAILS:
        assert told(restx_inputs.email(**options), value) == told(theirs.email(**options), value), value


@pytest.mark.parametrize(
    ("name", "values"),
    [("date_from_iso8601", DATES), ("datetime_from_iso8601", DATES), ("datetime_from_rfc822", (*MAILED, *DATES))],
)
def test_dates(name, values):
    for value in values:
        mine, known = told(getattr(restx_input_dates, name), value), told(getattr(theirs, name), value)
        assert (mine, str(getattr(mine, "tzinfo", ""))) == (known, str(getattr(known, "tzinfo", ""))), value


def test_documents_tell_of_them():
    for name in ("ip", "ipv4", "ipv6", "url"):
        assert getattr(restx_inputs, name).openapi_schema == getattr(theirs, name).__schema__
    assert restx_inputs.email().openapi_schema == theirs.email().__schema__
    for name in ("date_from_iso8601", "datetime_from_iso8601"):
        assert getattr(restx_input_dates, name).openapi_schema == getattr(theirs, name).__schema__
