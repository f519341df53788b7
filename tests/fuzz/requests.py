"""Requests to generated views."""

from dataclasses import dataclass, field

from hypothesis import strategies as st

FORM = (
    b'--edge\r\nContent-Disposition: form-data; name="name"\r\n\r\ntea\r\n'
    b'--edge\r\nContent-Disposition: form-data; name="upload"; filename="a b.txt"\r\n'
    b"Content-Type: text/plain\r\n\r\nleaves\r\n--edge--\r\n"
)
BODIES = (
    ("application/json", b'{"name": "tea", "size": 3}'),
    ("application/json", b"[1, 2]"),
    ("application/json", b"{broken"),
    ("application/json", b""),
    ("text/plain", b"{}"),
    ("application/x-www-form-urlencoded", b"name=tea&name=milk&size=&page=1"),
    ("application/x-www-form-urlencoded", b"tag=%E9"),
    ("multipart/form-data; boundary=edge", FORM),
)


@dataclass(frozen=True)
class Request:
    """What a client sends."""

    method: str
    path: str
    query: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True)
class Step:
    """A statement that binds `name`, and what of a request makes a difference to it."""

    text: str
    name: str
    query: tuple[str, ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    reads_body: bool = False


@st.composite
def requests_to(
    draw: st.DrawFn, start: str, urls: list[str], slash: str, methods: tuple[str, ...], known: list[Step]
) -> Request:
    """A request to a view, mostly one that it takes."""
    method = draw(st.sampled_from((*methods, *methods, *methods, "HEAD", "OPTIONS", "DELETE")))
    path = start + draw(st.sampled_from(urls)) + draw(st.sampled_from((slash, slash, slash, "", "/")))
    queries = [draw(st.sampled_from(one.query)) for one in known if one.query]
    if draw(st.booleans()):
        queries.append("role=admin")
    headers: dict[str, str] = {}
    for one in known:
        if one.headers and draw(st.booleans()):
            name, value = draw(st.sampled_from(one.headers))
            headers[name] = value
    if draw(st.booleans()):
        headers["X-Token"] = "secret"
    if draw(st.booleans()):
        headers["X-User"] = draw(st.sampled_from(("bob", "stop")))
    conditions = (None, None, None, ("If-None-Match", '"fixed"'), ("Range", "bytes=1-2"))
    if (condition := draw(st.sampled_from(conditions))) is not None:
        headers[condition[0]] = condition[1]
    body = b""
    if any(one.reads_body for one in known):
        headers["Content-Type"], body = draw(st.sampled_from(BODIES))
    return Request(method, path, "&".join(one for one in queries if one), headers, body)
