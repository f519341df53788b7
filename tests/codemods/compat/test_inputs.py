"""Types of arguments against those of Flask-RESTful: the same values, the same words of refusal."""

import pytest
from flask_restful import inputs as theirs

from codemods.compat import input_dates, inputs

URLS = (
    "http://example.com", "example.com", "https://u:p@example.com:8/x?y=1", "ftp://localhost", "http://10.0.0.1/", "",
    "http://[::1]:80/a", "http://a b", "http://x.", "HTTP://EXAMPLE.CO.UK.", "mailto:a@b.c", "http://-a.com", 5, None,
)  # fmt: skip
MOMENTS = (
    "2024-02-29T12:30:15", "2024-02-29T12:30:15.25Z", "20240229T1230+02:00", "2024-W09-4T12", "2024-060T23:59:60",
    "2024-02-29", "2024-02-29 12:30", "x", "", "2024-02-30T10:00", "+12024-01-01T00:00", "2024-02-29T12:30-00:00", 5,
    None,
)  # fmt: skip
INTERVALS = (
    *MOMENTS, "2024-01-01/2024-02-01", "2024-02-01/2024-01-01", "2024-01-01/P3D", "2024-01-01T12:00/PT30M",
    "2024-01-01T06:00+02:00/2024-01-01T12:00Z", "2024-01-01/2024-01-01T12:00", "2024-01-01T12:00/2024-01-01T12:00Z",
    "2024-01-01/", "P1D/2024-01-01", "2024", "2024-05", "9999-12-31", "2024-01-01T05+01:00",
)  # fmt: skip
MAILED = ("Thu, 29 Feb 2024 12:30:15 GMT", "29 Feb 2024 12:30:15 +0200", "Wed, 02 Oct 2002 08:00:00 EST", "x", "", None)


@pytest.mark.parametrize(
    ("name", "module", "values"),
    [
        ("url", inputs, URLS),
        ("datetime_from_iso8601", input_dates, MOMENTS),
        ("iso8601interval", input_dates, INTERVALS),
        ("datetime_from_rfc822", input_dates, MAILED),
    ],
)
def test_values_and_refusals_are_the_same(name, module, values):
    for value in values:
        assert told(getattr(module, name), value) == told(getattr(theirs, name), value), value


def test_a_refused_interval_names_its_argument():
    assert told(lambda value: input_dates.iso8601interval(value, "when"), "x") == told(
        lambda value: theirs.iso8601interval(value, "when"), "x"
    )


def told(function, value):
    try:
        found = function(value)
        return [one.isoformat() for one in found] if isinstance(found, tuple) else str(found)
    except Exception as error:
        return isinstance(error, ValueError), isinstance(error, TypeError), str(error)
