"""`compat.multipart` takes from a body what Werkzeug takes."""

import asyncio
import io
from itertools import product

import pytest
from starlette.datastructures import Headers
from werkzeug.formparser import FormDataParser

from codemods.compat.multipart import read_form

NAMED = 'Content-Disposition: form-data; name="{}"'
ENDS = {"CRLF": "\r\n", "LF": "\n", "CR": "\r"}


def part(line, name, content, file=None):
    disposition = NAMED.format(name) + (f'; filename="{file}"' if file else "")
    return f"--bound{line}{disposition}{line}{line}{content}"


BODIES = {
    **{
        f"{name}, {kind}": part(line, "a", "one", file)
        + line
        + part(line, "b", "two\nlines")
        + line
        + f"--bound--{last}"
        for (name, line), (kind, file), last in product(ENDS.items(), {"text": None, "file": "a.txt"}.items(), ["\r\n"])
    },
    **{
        f"an empty part without a line of its own, {name}": part(line, "a", "", "a.txt")
        + part(line, "b", "")
        + "--bound--"
        for name, line in ENDS.items()
    },
    "a bare LF ahead of the last boundary": part("\r\n", "a", "one", "x") + "\n--bound--",
    "a bare LF ahead of any boundary": part("\r\n", "a", "one") + "\n" + part("\r\n", "b", "two") + "\n--bound--\n",
    "content with empty lines": part("\r\n", "a", "one\n\ntwo\r\r\r\nthree") + "\r\n--bound--\r\n",
    "content that talks of the boundary": part("\r\n", "a", "x --bound y") + "\r\n--bound--\r\n",
    "text ahead and behind": "preamble\r\n" + part("\r\n", "a", "one") + "\r\n--bound--\r\nepilogue",
    "without the last boundary": part("\r\n", "a", "one") + "\r\n" + part("\r\n", "b", "two") + "\r\n",
    "cut in a part": part("\r\n", "a", "one") + "\r\n" + part("\r\n", "b", "tw"),
    "nothing": "",
    "only an end": "--bound--\r\n",
    "no boundary at all": "a=1&b=2",
}


@pytest.mark.parametrize("name", BODIES)
def test_bodies(name):
    body = BODIES[name].encode()
    content_type = "multipart/form-data; boundary=bound"
    _, form, files = FormDataParser().parse(io.BytesIO(body), "multipart/form-data", len(body), {"boundary": "bound"})
    expected = [(key, value) for key, value in form.items(multi=True)]
    expected += [(key, (value.filename, value.read())) for key, value in files.items(multi=True)]

    async def parsed():
        async def stream():
            for start in range(0, len(body), 7):
                yield body[start : start + 7]
            yield b""

        headers = Headers({"content-type": content_type, "content-length": str(len(body))})
        found = []
        for key, value in (await read_form(headers, stream(), 1000, 500_000)).multi_items():
            found.append((key, value if isinstance(value, str) else (value.filename, await value.read())))
        return found

    assert sorted(asyncio.run(parsed()), key=repr) == sorted(expected, key=repr)
