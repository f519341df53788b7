"""Examples of differences are kept without what lets somebody in."""

import json

import pytest

from proxy.runtime.comparing import Answer
from proxy.runtime.masking import shown_body
from proxy.runtime.shadow import described

JSON, FORM, MULTIPART = "application/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=b"
PART = 'Content-Disposition: form-data; name="{}"\r\n\r\nx\r\n'


@pytest.mark.parametrize(
    ("kind", "body", "shown"),
    [
        (JSON, '{"author": "x",  "price": 1}', '{"author": "x",  "price": 1}'),
        (JSON, '{"user": {"Password": "x", "name": "é"}}', '{"user": {"Password": "…", "name": "é"}}'),
        (JSON, '[{"access_token": ["x"]}, 1]', '[{"access_token": "…"}, 1]'),
        (JSON, '{"pass\\u0077ord": "x"}', '{"password": "…"}'),
        (JSON, '{"password": "x"', "…"),
        (JSON, '{"name": 100%', '{"name": 100%'),
        ("", '{"csrf": "x"}', '{"csrf": "…"}'),
        (FORM, "name=a%20b&empty=", "name=a%20b&empty="),
        (FORM, "name=a&pass%77ord=x&csrf_token=y", "name=a&pass%77ord=…&csrf_token=…"),
        (MULTIPART, PART.format("name"), PART.format("name")),
        (MULTIPART, PART.format("password"), "…"),
        ("text/plain", "a token", "a token"),
    ],
)
def test_bodies(kind: str, body: str, shown: str):
    assert shown_body([(b"Content-Type", kind.encode())], body.encode()) == shown


def test_what_is_kept_of_a_pair():
    headers = [(b"content-type", JSON.encode())]
    scope = {"method": "POST", "path": "/login", "query_string": b"token=x&page=1", "headers": headers}
    request = json.loads(described(scope, b'{"password": "x"}'))
    assert (request["target"], request["body"]) == ("/login?token=…&page=1", '{"password": "…"}')
    assert json.loads(Answer(200, headers, b'{"token": "x"}').described())["body"] == '{"token": "…"}'
