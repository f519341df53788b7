"""Noise learnt from two runs, and what is left to differ."""

import json
from dataclasses import replace

import pytest

from migrator.verify.comparison import compare
from migrator.verify.exchanges import Exchange
from migrator.verify.noise import SILENCE, UNSTABLE, learn


def answer(
    body=b"", status=200, kind="application/json", complete=True, error=None, method="GET", target="/x", **headers
):
    body = body if isinstance(body, bytes) else json.dumps(body).encode()
    named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Exchange("test", 0, method, target, status, (("Content-Type", kind), *named), body, complete, error)


def left(one, other, gateway):
    return [difference.where for difference in compare(one, gateway, learn(one, other))]


def test_equal_json_in_another_order_is_the_same():
    assert left(*[answer(b'{"a": 1, "b": [1.0]}')] * 2, answer(b'{"b":[1],"a":1}')) == []


@pytest.mark.parametrize(
    ("want", "got", "where"),
    [
        ({"a": 1}, {"a": True}, "body .a"),
        ({"a": None}, {}, "body .a"),
        ({"a": [1, 2]}, {"a": [1]}, "body .a"),
        ({"a": [{"b": 1}]}, {"a": [{"b": "1"}]}, "body .a[0].b"),
        ([], {}, "body ."),
        ("x", "y", "body ."),
    ],
)
def test_json_that_differs(want, got, where):
    assert left(answer(want), answer(want), answer(got)) == [where]


def test_clocks_and_ids_may_change_in_their_place_and_their_form_only():
    one = answer({"id": "6c84fb90-12c4-11e1-840d-7b25c5ee775a", "at": "2026-01-02T03:04:05", "n": 1, "name": "tea"})
    other = answer({"id": "110ec58a-a0f2-4ac4-8393-c866d813b8d1", "at": "2026-01-02T03:04:06", "n": 2, "name": "tea"})
    fine = {"id": "f47ac10b-58cc-4372-a567-0e02b2c3d479", "at": "2027-11-12T13:14:15", "n": 3.5, "name": "tea"}
    assert left(one, other, answer(fine)) == []
    assert left(one, other, answer({**fine, "at": "Fri, 02 Jan 2026 03:04:05 GMT"})) == ["body .at"]
    assert left(one, other, answer({**fine, "at": "2026-01-02T03:04:05+00:00"})) == ["body .at"]
    assert left(one, other, answer({**fine, "id": "7"})) == ["body .id"]
    assert left(one, other, answer({**fine, "n": "3"})) == ["body .n"]
    assert left(one, other, answer({**fine, "name": "2026-01-02T03:04:05"})) == ["body .name"]
    assert left(one, other, answer({name: value for name, value in fine.items() if name != "at"})) == ["body .at"]


def test_a_value_that_comes_and_goes_may_do_so():
    one, other = answer({"a": {"b": 1}}), answer({"a": None})
    assert left(one, other, answer({"a": {"b": 2}})) == []
    assert left(one, other, answer({})) == []


def test_text_around_a_token_still_counts():
    one = answer(b"<input value='a1f0'> 3 items at 10:59:59", kind="text/html")
    other = answer(b"<input value='b2e9'> 3 items at 11:00:01", kind="text/html")
    assert left(one, other, answer(b"<input value='00ff'> 3 items at 12:31:07", kind="text/html")) == []
    assert left(one, other, answer(b"<input value='00ff'> 4 items at 12:31:07", kind="text/html")) == ["body"]
    assert left(one, other, answer(b"<input value=''> 3 items at 12:31:07", kind="text/html")) == ["body"]


def test_a_json_web_token_is_opened():
    import base64

    def token(**payload):
        parts = [{"alg": "HS256", "typ": "JWT"}, payload]
        return (
            ".".join(base64.urlsafe_b64encode(json.dumps(one).encode()).decode().rstrip("=") for one in parts) + ".sig"
        )

    one, other = answer({"t": token(sub="1", iat=10)}), answer({"t": token(sub="1", iat=20)})
    assert left(one, other, answer({"t": token(sub="1", iat=30)})) == []
    assert left(one, other, answer({"t": token(sub="2", iat=30)})) == ["body .t.token.payload.sub"]


@pytest.mark.parametrize(
    ("want", "got", "where"),
    [
        ({"ETag": "a"}, {}, ["header etag"]),
        ({}, {"X_Own": "1"}, ["header x-own"]),
        ({"Allow": "GET, HEAD"}, {"allow": "HEAD,GET"}, []),
        ({"Vary": "Cookie"}, {"Vary": "Cookie, Accept"}, ["header vary"]),
        ({"Set_Cookie": "a=1; Path=/; HttpOnly"}, {"Set_Cookie": "a=1; httponly; path=/"}, []),
        ({"Set_Cookie": "a=1; Path=/; HttpOnly"}, {"Set_Cookie": "a=1; Path=/"}, ["header set-cookie"]),
        ({"Set_Cookie": "a=1; Path=/A"}, {"Set_Cookie": "a=1; Path=/a"}, ["header set-cookie"]),
        ({"Date": "x", "Content_Length": "1"}, {"Server": "y"}, []),
    ],
)
def test_headers(want, got, where):
    assert left(answer(**want), answer(**want), answer(**got)) == where


def test_the_content_type_by_meaning():
    assert (
        left(*[answer(b"x", kind="text/html; charset=utf-8")] * 2, answer(b"x", kind="text/html;charset=UTF-8")) == []
    )
    assert left(*[answer(b"x", kind="text/html")] * 2, answer(b"x", kind="text/plain")) == ["header content-type"]


def test_a_header_that_changes_keeps_its_form():
    one, other = answer(Location="/items/7"), answer(Location="/items/8")
    assert left(one, other, answer(Location="/items/99")) == []
    assert left(one, other, answer(Location="/item/99")) == ["header location"]
    assert left(one, other, answer()) == ["header location"]


def test_another_status_is_told_alone():
    assert left(answer({"a": 1}), answer({"a": 1}), answer({"b": 1}, status=201, X_Own="1")) == ["status"]


def test_errors_by_kind():
    raised = answer(error="KeyError: 1", status=0)
    assert left(raised, raised, replace(raised, error="KeyError: 2")) == []
    assert left(raised, raised, replace(raised, error="ValueError: 1")) == ["answer"]
    assert left(raised, raised, answer()) == ["answer"]


def test_streams_that_were_not_read_to_the_end_by_what_there_is_of_both():
    one = answer(b"0\n1\n", kind="text/csv", complete=False)
    assert left(one, one, answer(b"0\n", kind="text/csv", complete=False)) == []
    assert left(one, one, answer(b"0\n2\n", kind="text/csv", complete=False)) == ["body"]


def test_the_body_of_head_does_not_count():
    assert left(*[answer(b"", method="HEAD")] * 2, answer(b"{}", method="HEAD")) == []


def test_an_exchange_on_which_flask_does_not_agree_with_itself_is_unstable():
    assert learn(answer(), answer(status=500)) == UNSTABLE
    assert compare(answer(), answer(status=404), UNSTABLE) == ()


def test_another_request_is_a_difference_unless_it_is_known_to_change():
    assert left(answer(), answer(), answer(target="/y")) == ["request"]
    assert left(answer(target="/x/1"), answer(target="/x/2"), answer(target="/x/3")) == []


def test_bytes_that_are_no_text():
    assert left(*[answer(b"\xff\x00", kind="image/png")] * 2, answer(b"\xff\x01", kind="image/png")) == ["body"]
    assert compare(answer(b"\xff", kind="image/png"), answer(b"\xff", kind="image/png"), SILENCE) == ()
