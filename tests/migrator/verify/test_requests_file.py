"""Files of requests that are right, and every way to be wrong."""

import pytest

from migrator.errors import MigrateError
from migrator.verify.requests_file import Request, har_request, listed_request, read_requests


def test_a_list_with_each_kind_of_body(tmp_path):
    file = tmp_path / "requests.json"
    file.write_text('[{"path": "/a"}, {"method": "post", "path": "/b", "form": {"x": "1"}, "headers": {"X-Y": "z"}}]')
    first, second = read_requests(file)
    assert first == Request("GET", "/a")
    assert second == Request("POST", "/b", (("X-Y", "z"),), ("form", {"x": "1"}))
    assert first.is_safe
    assert not second.is_safe
    assert second.document() == {"method": "POST", "path": "/b", "headers": [["X-Y", "z"]], "form": {"x": "1"}}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[", "cannot be read as JSON"),
        ("{}", "neither a JSON list of requests nor a HAR"),
        ("[]", "has no request"),
        ('["/a"]', r"\[0\]: a request is"),
        ('[{"path": "/a"}, {"path": "a"}]', r"\[1\]: path 'a' must begin with a slash"),
        ('[{"path": "/a", "verb": "GET"}]', "unknown key 'verb'"),
        ('[{"path": "/a", "headers": ["X"]}]', "headers are an object"),
        ('[{"path": "/a", "json": 1, "body": "x"}]', "has json and body"),
        ('{"log": {"entries": [{"request": {}}]}}', r"log.entries\[0\]: is no entry of a HAR"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(tmp_path, text, message):
    file = tmp_path / "requests.json"
    file.write_text(text)
    with pytest.raises(MigrateError, match=message):
        read_requests(file)


def test_null_is_a_json_body():
    assert listed_request({"path": "/a", "method": "POST", "json": None}, "").body == ("json", None)


def test_a_har_form_of_parameters_keeps_repeated_ones():
    posted = {"params": [{"name": "x", "value": "1"}, {"name": "x", "value": "2"}]}
    request = har_request({"request": {"method": "POST", "url": "http://h", "postData": posted}}, "")
    assert request == Request("POST", "/", (), ("form", {"x": ["1", "2"]}))
