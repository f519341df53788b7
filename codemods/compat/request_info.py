"""What a request says of its own URL and client, in Werkzeug's words.

Preserves: `request.url`, `base_url`, `url_root`, `host`, `host_url`, `path`, `full_path`, `root_path`, `remote_addr`,
`access_route`, `mimetype_params` and the headers' names; URLs are shown with their characters decoded.

To live without it: Starlette's `request.url`, which is encoded, and `request.client`.
"""

import codecs
import re
from urllib.parse import quote, unquote, urlsplit, urlunsplit

from fastapi import Request

from .header_lists import list_items
from .header_options import header_options
from .request import quote_undecodable

codecs.register_error("compat.quote", quote_undecodable)

UNTRUSTED = "compat.untrusted"
"""Where `trusted_hosts` leaves the error for a request whose host is not to be looked at."""

VALID_HOST = re.compile(r"(?:[a-z0-9.-]+|\[[a-f0-9]*:[a-f0-9.:]+\])(?::([1-9][0-9]{,4}))?", re.IGNORECASE)

# What stays encoded, by the part of the URL: always controls, blanks and "%".
ALWAYS = "".join(map(chr, range(0x21))) + "%\x7f"


def asked_host(request: Request) -> str | None:
    """The `Host` header, else the server's address, without the scheme's own port; None where there is neither."""
    found: str | None = request.headers.get("host")
    if found is None:
        server = request.scope.get("server")
        if server is None or server[1] is None:
            return None
        name = f"[{server[0]}]" if ":" in server[0] and not server[0].startswith("[") else server[0]
        found = f"{name}:{server[1]}"
    return found.removesuffix(":443" if request.scope["scheme"] == "https" else ":80")


def host(request: Request) -> str:
    """`request.host`: what was asked for, empty where that is no host; raises a 400 for one that is not trusted."""
    if UNTRUSTED in request.scope:
        raise request.scope[UNTRUSTED]
    found = asked_host(request) or ""
    valid = VALID_HOST.fullmatch(found)
    return found if valid and int(valid[1] or 0) <= 65535 else ""


def own_host(request: Request) -> str:
    """The host of URLs that the application writes: that of `SERVER_NAME` where there is one, else the request's.

    Where subdomains have routes of their own (`app.state.matches_subdomains`) it is the request's, below that name.
    """
    state = request.app.state
    name: str | None = getattr(state, "server_name", None)
    if name is None or getattr(state, "matches_subdomains", False):
        return host(request)
    return name.lower()


def root_path(request: Request) -> str:
    """`request.root_path`: where the application is mounted."""
    root: str = request.scope.get("root_path", "").rstrip("/")
    return root


def path(request: Request) -> str:
    """`request.path`, below the mount."""
    whole: str = request.scope["path"]
    return "/" + whole.removeprefix(root_path(request)).lstrip("/")


def full_path(request: Request) -> str:
    """`request.full_path`, which always has a question mark."""
    return f"{path(request)}?{request.scope['query_string'].decode(errors='replace')}"


def host_url(request: Request) -> str:
    """`request.host_url`."""
    return uri_to_iri(f"{request.scope['scheme']}://{host(request)}/")


def url_root(request: Request) -> str:
    """`request.url_root` and `request.root_url`."""
    return uri_to_iri(f"{request.scope['scheme']}://{host(request)}{quoted_path(root_path(request))}/")


def base_url(request: Request) -> str:
    """`request.base_url`: the URL without its query."""
    return uri_to_iri(encoded_url(request))


def url(request: Request) -> str:
    """`request.url`."""
    query = quote(request.scope["query_string"], safe="!$&'()*+,/:;=?@%")
    return uri_to_iri(f"{encoded_url(request)}?{query}" if query else encoded_url(request))


def content_length(request: Request) -> int | None:
    """`request.content_length`: None for a chunked body, and where the header is no number."""
    announced = request.headers.get("content-length", "")
    if request.headers.get("transfer-encoding") == "chunked" or not re.fullmatch(r"-?[0-9]+", announced):
        return None
    return max(0, int(announced))


def remote_addr(request: Request) -> str | None:
    """`request.remote_addr`."""
    return request.client.host if request.client else None


def header_items(request: Request) -> list[tuple[str, str]]:
    """`request.headers.items()`: names in title case, a repeated header as one value."""
    names = dict.fromkeys(request.headers.keys())
    return [
        (name.title(), request.headers[name]) for name in names if name != "content-length" or request.headers[name]
    ]


def access_route(request: Request) -> list[str]:
    """`request.access_route`: what `X-Forwarded-For` lists, else the client's address."""
    if "x-forwarded-for" in request.headers:
        return list_items(request.headers["x-forwarded-for"])
    address = remote_addr(request)
    return [] if address is None else [address]


def max_forwards(request: Request) -> int | None:
    """`request.max_forwards`, None where the header is no number."""
    try:
        return int(request.headers.get("max-forwards", ""))
    except ValueError:
        return None


def mimetype_params(request: Request) -> dict[str, str]:
    """`request.mimetype_params`: the parameters of the content type."""
    return header_options(request.headers.get("content-type", ""))


def encoded_url(request: Request) -> str:
    """The URL without its query, encoded."""
    whole = f"{root_path(request)}/{path(request).lstrip('/')}"
    return f"{request.scope['scheme']}://{host(request)}{quoted_path(whole)}"


def quoted_path(text: str) -> str:
    """A path, encoded."""
    return quote(text, safe="!$&'()*+,/:;=@%")


def uri_to_iri(uri: str) -> str:
    """A URL with its characters decoded, but for those that would change its meaning."""
    parts = urlsplit(uri)
    netloc = decoded_host(parts.hostname or "")
    if parts.port is not None:
        netloc = f"{netloc}:{parts.port}"
    return urlunsplit(
        (parts.scheme, netloc, decoded(parts.path, "/?#"), decoded(parts.query, "&=+#"), decoded(parts.fragment, ""))
    )


def decoded_host(name: str) -> str:
    """A host's name out of Punycode, but for the labels that are none."""
    if ":" in name:
        return f"[{name}]"
    labels = []
    for label in name.split("."):
        try:
            labels.append(label.encode("ascii").decode("idna"))
        except UnicodeError:
            labels.append(label)
    return ".".join(labels)


def decoded(text: str, kept: str) -> str:
    """A part of a URL, decoded but for these characters."""
    codes = "|".join(f"{ord(character):02X}" for character in ALWAYS + kept)
    pieces = re.split(f"((?:%(?:{codes}))+)", text, flags=re.IGNORECASE)
    return "".join(piece if index % 2 else unquote(piece, errors="compat.quote") for index, piece in enumerate(pieces))
