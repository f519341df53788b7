"""Types of arguments: addresses of hosts, URLs and mail.

Preserves: those of Flask-RESTX's `inputs`, and the words in which they refuse.

To live without it: give FastAPI's parameters Pydantic's types `IPvAnyAddress`, `AnyHttpUrl` and `EmailStr`.
"""

import re
import socket
from collections.abc import Collection
from typing import NoReturn
from urllib.parse import urlparse

from .inputs import documented

HOST = re.compile(
    r"(?:(?P<auth>[^:@]+?(?::[^:@]*?)?)@)?"
    r"(?:(?P<localhost>localhost)|(?P<ipv4>\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3})|(?:\[?(?P<ipv6>[A-F0-9]*:[A-F0-9:]+)\]?)|"
    r"(?P<domain>(?:[A-Z0-9](?:[A-Z0-9-]{0,61}[A-Z0-9])?\.)+(?:[A-Z]{2,6}\.?|[A-Z0-9-]{2,}\.?)))"
    r"(?::(?P<port>\d+))?$",
    re.IGNORECASE,
)
MAIL = re.compile(r"^(?P<local>[^@]*[^@.])@(?P<server>[^@\.]+(?:\.[^@\.]+)*)$", re.IGNORECASE)


@documented(type="string", format="ipv4")
def ipv4(value: str) -> str:
    """`inputs.ipv4`; raises `ValueError`."""
    try:
        socket.inet_aton(value)
    except OSError:
        pass
    else:
        if value.count(".") == 3:
            return value
    raise ValueError(f"{value} is not a valid ipv4 address")


@documented(type="string", format="ipv6")
def ipv6(value: str) -> str:
    """`inputs.ipv6`; raises `ValueError`."""
    try:
        socket.inet_pton(socket.AF_INET6, value)
    except OSError:
        raise ValueError(f"{value} is not a valid ipv4 address") from None
    return value


@documented(type="string", format="ip")
def ip(value: str) -> str:
    """`inputs.ip`; raises `ValueError`."""
    for check in (ipv4, ipv6):
        try:
            return check(value)
        except ValueError:
            pass
    raise ValueError(f"{value} is not a valid ip")


def is_ip(value: str) -> bool:
    """Whether a text is an address."""
    try:
        ip(value)
    except ValueError:
        return False
    return True


def is_known(host: str) -> bool:
    """Whether the name of a host can be resolved."""
    try:
        socket.getaddrinfo(host, None)
    except OSError:
        return False
    return True


class URL:
    """`inputs.URL`: what a URL may have; with `check` its host must be known."""

    def __init__(
        self,
        check: bool = False,
        ip: bool = False,
        local: bool = False,
        port: bool = False,
        auth: bool = False,
        schemes: Collection[str] | None = None,
        domains: Collection[str] | None = None,
        exclude: Collection[str] | None = None,
    ) -> None:
        self.check, self.ip, self.local, self.port, self.auth = check, ip, local, port, auth
        self.schemes, self.domains, self.exclude = schemes, domains, exclude
        self.openapi_schema = {"type": "string", "format": "url"}

    def __call__(self, value: str) -> str:
        parsed = urlparse(value)
        found = HOST.match(parsed.netloc)
        if not (parsed.scheme and parsed.netloc):
            start = parsed.netloc or parsed.path.split("/", 1)[0].split("?", 1)[0]
            refuse(value, "Did you mean: http://{0}" if HOST.match(start) else "")
        if self.schemes and parsed.scheme not in self.schemes:
            refuse(value, "Protocol is not allowed")
        if found is None:
            refuse(value)
        self.check_address(value, found["ipv4"], found["ipv6"])
        if found["auth"] and not self.auth:
            refuse(value, "Authentication is not allowed")
        if found["localhost"] and not self.local:
            refuse(value, "Localhost is not allowed")
        if found["port"] and not self.port:
            refuse(value, "Custom port is not allowed")
        if found["port"] and not 0 < int(found["port"]) < 65535:
            refuse(value, "Port is out of range")
        if found["domain"]:
            self.check_domain(value, found["domain"])
        return value

    def check_address(self, value: str, four: str | None, six: str | None) -> None:
        """Raise `ValueError` for an address that may not be in a URL."""
        address = four or six
        if not address:
            return
        if not self.ip:
            refuse(value, "IP is not allowed")
        if not is_ip(address):
            refuse(value, f"{address} is not a valid ip")
        if not self.local and ((four and four.startswith("127.")) or six == "::1"):
            refuse(value, "Localhost is not allowed")

    def check_domain(self, value: str, domain: str) -> None:
        """Raise `ValueError` for a domain that may not be in a URL."""
        excluded = not self.domains and bool(self.exclude) and domain in (self.exclude or ())
        if (self.domains and domain not in self.domains) or excluded:
            refuse(value, "Domain is not allowed")
        if self.check and not is_known(domain):
            refuse(value, "Domain does not exists")


def refuse(value: str, why: str = "") -> NoReturn:
    """Raise the `ValueError` for a URL, which is formatted once more, as ever."""
    raise ValueError(". ".join(("{0} is not a valid URL", *([why] if why else []))).format(value))


url = URL(ip=True, auth=True, port=True, local=True, schemes=("http", "https", "ftp", "ftps"))
"""`inputs.url`."""


class email:  # noqa: N801  # its name in Flask-RESTX
    """`inputs.email`: which servers an address of mail may be at; with `check` its server must be known."""

    def __init__(
        self,
        check: bool = False,
        ip: bool = False,
        local: bool = False,
        domains: Collection[str] | None = None,
        exclude: Collection[str] | None = None,
    ) -> None:
        self.check, self.ip, self.local, self.domains, self.exclude = check, ip, local, domains, exclude
        self.openapi_schema = {"type": "string", "format": "email"}

    def __call__(self, value: str) -> str:
        found = MAIL.match(value)
        if found is None or ".." in value:
            raise ValueError(f"{value} is not a valid email")
        server = found["server"]
        is_unknown = self.check and not is_known(server)
        if not is_unknown and self.domains and server not in self.domains:
            raise ValueError(f"{value} does not belong to the authorized domains")
        if not is_unknown and self.exclude and server in self.exclude:
            raise ValueError(f"{value} belongs to a forbidden domain")
        is_local = server in ("localhost", "::1") or server.startswith("127.")
        if is_unknown or (is_local and not self.local) or (is_ip(server) and not self.ip):
            raise ValueError(f"{value} is not a valid email")
        return value
