"""Values to try: for each kind of field what it takes and what nearly is that, and what nobody expects of a client.

Simple ones stand first: Hypothesis shrinks towards them.
"""

import datetime as dt
import decimal
import ipaddress
import math
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

HOSTILE: Sequence[Any] = (
    None, True, False, 0, 1, -1, "", "a", [], {}, 1.0, 0.5, -0.0, " ", "0", "1", "null", "true", 2**31, 2**63, 10**30,
    -(10**19), 1e308, math.inf, -math.inf, math.nan, 10**400, "9" * 30, "1e999", "nan", "Infinity", "\x00", "\ud800",
    "é", "e\u0301", "\U0001f600", "\u200b", "{}", "{input}", "%s", "a\n", "A" * 300, ["a"], [None], [[]], [{}], [1],
    {"": 0}, {"a": None}, {"a": {"b": []}}, {"_schema": "x"}, {"$ref": "#"}, "2024-02-30", "12:60", "0x10", "1_0", "٣",
)  # fmt: skip
"""What JSON can hold that has surprised somebody."""

WORDS = (
    "a",
    "ab",
    "abc",
    "Ann",
    "x" * 8,
    "with blanks ",
    " a",
    "b ",
    "Ünïcode",
    "12345",
    "A-1",
    "{x}",
    "tab\t",
    "\u00a0",
    "ß",
    "İ",
)
PADDED = tuple(f" {word} " for word in ("a", "ab", "abc", "Ann"))
"""What a hook that strips blanks changes."""
NUMBERS = (
    "0",
    "1",
    "-1",
    " 7 ",
    "12",
    "1.5",
    "1e2",
    "1_000",
    "+3",
    "007",
    "٣",
    "-0",
    "",
    "1,5",
    "0x1f",
    "1.",
    ".5",
    "NaN",
)
INTEGERS = (0, 1, 2, 3, 5, 7, -1, 10, 99, 100, 101, 255, 1000, -5, 2**31, 2**53 + 1)
FLOATS = (0.0, 1.0, 0.5, 5.9, -0.5, 2.675, 1e-9, 1e22, -1.0, 100.0, 1.005)
MOMENTS = (
    dt.datetime(2024, 2, 29, 10, 30), dt.datetime(1970, 1, 1), dt.datetime(2024, 12, 31, 23, 59, 59, 999999),
    dt.datetime(2024, 2, 29, 10, 30, tzinfo=dt.UTC), dt.datetime(1, 1, 1, 0, 0, 1), dt.datetime(9999, 12, 31, 23, 0),
    dt.datetime(2024, 7, 1, 12, tzinfo=dt.timezone(dt.timedelta(hours=-5, minutes=-30))),
)  # fmt: skip
WRITTEN_MOMENTS = (
    "2024-02-29T10:30:00", "2024-02-29 10:30", "2024-02-29", "20240229T103000", "2024-W09-4", "2024-02-29T10:30:00Z",
    "2024-02-29T10:30:00+02:00", "2024-02-29T10:30:00.123456", "2024-02-29t10:30:00z", "2024-02-29T24:00:00", "2024-02",
    "1709202600", 1709202600, 1709202600.5, "Thu, 29 Feb 2024 10:30:00 GMT", "Thu, 29 Feb 2024 10:30:00 -0000",
)  # fmt: skip
DAYS = (
    "2024-02-29",
    "2024-01-01",
    "20240229",
    "2024-W09-4",
    "2024-2-9",
    "2024-02-29T00:00:00",
    "2023-02-29",
    0,
    "29.02.2024",
)
TIMES = ("10:30", "10:30:00", "10:30:00.5", "T08:30", "0830", "08", "24:00", "10:30:00+02:00", "10:30Z", 3600, "9:5")
PERIODS = (0, 1, 90, 1.5, -1, "90", "1.5", "PT90S", "01:30", True, 1e18, 10**18, 10**400, "1e400", "nan")
IDENTIFIERS = (
    "12345678-1234-5678-1234-567812345678", "12345678" * 4, "{12345678-1234-5678-1234-567812345678}",
    "urn:uuid:12345678-1234-5678-1234-567812345678", "12345678-1234-5678-1234-56781234567G", 5, "x" * 16,
    "ABCDEFAB-1234-5678-1234-567812345678",
)  # fmt: skip
ADDRESSES = (
    "ann@example.com", "a@b.co", "Ann@Example.COM", "ann@localhost", "ann@x.test", "ann@[127.0.0.1]", " a@example.com",
    "Ann <a@b.co>", "ann", "a@b.c", "ann@", "@b.co", "a@b@c.de", "ä@ö.de", '"a b"@c.de', "a..b@c.de", "a@b..co",
    "a+b@c-d.museum", "a@-b.co", "ann@example.com\n", "a" * 300 + "@b.co",
)  # fmt: skip
LINKS = (
    "http://example.com", "https://example.com/a?b=c#d", "http://localhost:8000/", "ftp://x.org", "HTTP://EXAMPLE.com",
    "example.com", "//example.com", "/path", "http://", "http://intranet", "javascript:alert(1)", "mailto:a@b.co",
    "http://1.2.3.4", "http://[::1]/", "http://a.b:99999", "http://ex ample.com", "http://user:pw@x.org/", "file:///tmp",
    "http://münchen.de/ä", "http://x.org\n",
)  # fmt: skip
HOSTS = (
    "127.0.0.1", "::1", "10.0.0.0/8", "192.168.1.1/24", "2001:db8::/32", "256.1.1.1", "1", 1, "::ffff:1.2.3.4",
    "0127.0.0.1", "fe80::1%eth0", "01.02.03.04",
)  # fmt: skip
YES_AND_NO = (
    True,
    False,
    0,
    1,
    "true",
    "false",
    "True",
    "TRUE",
    "t",
    "f",
    "y",
    "n",
    "yes",
    "no",
    "on",
    "off",
    "oN",
    "tRuE",
    "0",
    "1",
    1.0,
    2,
)

LOADED: Mapping[str, Sequence[Any]] = {
    "String": WORDS,
    "Integer": (*INTEGERS, *NUMBERS, *FLOATS, 10**30),
    "Float": (*FLOATS, *INTEGERS, *NUMBERS),
    "Decimal": (*FLOATS, *INTEGERS, *NUMBERS, "2.50", "1E+3", "-0.005", "sNaN", "0.125", "99999999.995"),
    "Boolean": YES_AND_NO,
    "DateTime": WRITTEN_MOMENTS,
    "NaiveDateTime": WRITTEN_MOMENTS,
    "AwareDateTime": WRITTEN_MOMENTS,
    "Date": DAYS,
    "Time": TIMES,
    "TimeDelta": PERIODS,
    "UUID": IDENTIFIERS,
    "Email": ADDRESSES,
    "Url": LINKS,
    "IP": HOSTS, "IPv4": HOSTS, "IPv6": HOSTS, "IPInterface": HOSTS, "IPv4Interface": HOSTS, "IPv6Interface": HOSTS,
}  # fmt: skip
"""What to load into a field of this kind: some of it is valid, all of it is near that."""

DUMPED: Mapping[str, Sequence[Any]] = {
    "String": (*WORDS, 5, True, b"ab", dt.date(2024, 1, 2), 1.5),
    "Integer": (*INTEGERS, 3.7, True, "12", decimal.Decimal("4.5")),
    "Float": (*FLOATS, *INTEGERS, True, "1.5", decimal.Decimal("2.5"), math.inf, math.nan),
    "Decimal": (*map(decimal.Decimal, ("1", "2.5", "1.005", "0", "-0.005", "1E+3", "99.995")), 1, 1.5, "2.50", True),
    "Boolean": (True, False, 1, 0, "yes", "no", "", 2.5),
    "DateTime": MOMENTS, "NaiveDateTime": MOMENTS, "AwareDateTime": MOMENTS,
    "Date": (dt.date(2024, 2, 29), dt.date(1, 1, 1), dt.datetime(2024, 2, 29, 10, 30)),
    "Time": (dt.time(10, 30), dt.time(0), dt.time(23, 59, 59, 5), dt.time(10, 30, tzinfo=dt.UTC)),
    "TimeDelta": (dt.timedelta(0), dt.timedelta(seconds=90), dt.timedelta(days=-1, microseconds=1), dt.timedelta(36)),
    "UUID": (uuid.UUID(int=5), uuid.UUID("12345678-1234-5678-1234-567812345678"), "as it is", 5),
    "Email": ADDRESSES,
    "Url": LINKS,
    "IP": (ipaddress.ip_address("127.0.0.1"), ipaddress.ip_address("::1")),
    "IPv4": (ipaddress.ip_address("127.0.0.1"),),
    "IPv6": (ipaddress.ip_address("2001:db8::"),),
    "IPInterface": (ipaddress.ip_interface("10.0.0.1/8"), ipaddress.ip_interface("::1/64")),
    "IPv4Interface": (ipaddress.ip_interface("10.0.0.1/8"),),
    "IPv6Interface": (ipaddress.ip_interface("::1/64"),),
}  # fmt: skip
"""What objects have in an attribute that a field of this kind dumps."""
