"""What clients ask the shop in an hour: a hundred requests, and how what one answers goes into the next."""

import http.client
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from flask import Flask

from migrator.inside.verification.migrate_verify.cookies import readable_session
from migrator.verify.exchanges import Exchange

PATIENCE = 60
HOST = "shop.example"
API = "/api/v1"


@dataclass(frozen=True, slots=True)
class Ask:
    """A request. `{name}` in it stands for what was kept of an answer before it: `keep` is a name and an expression."""

    request: str
    bearer: str = ""
    json: Any = None
    form: Mapping[str, str] | None = None
    body: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    keep: tuple[str, str] | None = None

    def sent(self, known: Mapping[str, str]) -> tuple[dict[str, str], bytes | None]:
        """Headers and body."""
        headers = {name: filled(value, known) for name, value in self.headers.items()}
        if self.bearer:
            headers["Authorization"] = f"Bearer {known[self.bearer]}"
        if self.json is not None:
            return {"Content-Type": "application/json", **headers}, filled(json.dumps(self.json), known).encode()
        if self.form is not None:
            return {"Content-Type": "application/x-www-form-urlencoded", **headers}, urlencode(self.form).encode()
        return headers, self.body


def filled(text: str, known: Mapping[str, str]) -> str:
    """A text with what is known for the names in it; braces around anything else are braces."""
    return re.sub(r"\{(\w+)\}", lambda found: known.get(found[1], found[0]), text)


def login(name: str) -> Ask:
    """Trade a password for a token, kept under the name."""
    body = {"email": f"{name}@shop.example", "password": "correct-horse-1"}
    return Ask(f"POST {API}/auth/login", json=body, keep=(name, r'"access_token": ?"([^"]+)"'))


def upload(name: str, content: bytes, kind: str) -> tuple[dict[str, str], bytes]:
    """Headers and body of a form with a file in it."""
    head = f'--edge\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\nContent-Type: {kind}\r\n\r\n'
    return {"Content-Type": "multipart/form-data; boundary=edge"}, head.encode() + content + b"\r\n--edge--\r\n"


FILE = b"0123456789" * 100
FORM_HEADERS, FORM_BODY = upload("notes.txt", FILE, "text/plain")
LARGE_HEADERS, LARGE_BODY = upload("large.txt", b"x" * 5000, "text/plain")
ORDER = {"lines": [{"product_id": 12, "quantity": 2}, {"product_id": 11}], "note": "ring twice"}
ADDRESS = {"name": "Carol", "street": "Weg 1", "city": "Bern", "postcode": "3000", "country": "CH"}

HEALTH_AND_ERRORS = [
    Ask("GET /healthz"),
    Ask("HEAD /healthz"),
    Ask("OPTIONS /healthz"),
    Ask("GET /readyz"),
    Ask("GET /version"),
    Ask("GET /robots.txt"),
    Ask("GET /static/shop.css"),
    Ask("GET /static/nothing.css"),
    Ask("GET /nowhere"),
    Ask(f"GET {API}/nothing"),
    Ask(f"PUT {API}/auth/login"),
    Ask(f"DELETE {API}/auth/login"),
    Ask(f"OPTIONS {API}/catalogue/products"),
    Ask("POST /healthz", body=b""),
    Ask("GET //healthz"),
    Ask("GET /HEALTHZ"),
    Ask("GET /healthz/"),
    Ask("GET /static/../healthz"),
    Ask("GET /%68ealthz"),
]

PAGES = [
    Ask("GET /"),
    Ask("GET /home"),
    Ask("GET /index.html?x=1"),
    Ask("GET /about"),
    Ask("GET /shop"),
    Ask("GET /shop/?q=%3Cb%3E%22"),
    Ask("GET /shop/page/2"),
    Ask("GET /shop/page/1?q=mug"),
    Ask("GET /shop/page/99"),
    Ask("GET /p/1"),
    Ask("GET /p/1/wrong"),
    Ask("GET /p/1/mug-no-1"),
    Ask("GET /p/99"),
    Ask("POST /currency", form={"currency": "CHF"}),
    Ask("POST /currency", form={"currency": "USD"}),
    Ask("POST /currency", form={}),
    Ask("GET /contact"),
    Ask("POST /contact", form={"email": "x", "message": "short"}),
    Ask("POST /contact", form={"email": "carol@shop.example", "message": "Do you have blue kettles?"}),
    Ask("GET /contact"),
    Ask("GET /cart"),
    Ask("POST /cart/add", form={"product_id": "12", "quantity": "2"}),
    Ask("POST /cart/add", form={"product_id": "99"}),
    Ask("GET /cart"),
    Ask("GET /account"),
    Ask("GET /signin?next=/account"),
    Ask("POST /signin", form={"email": "carol@shop.example", "password": "wrong"}),
    Ask("POST /signin", form={"email": "carol@shop.example", "password": "correct-horse-1", "next": "/account"}),
    Ask("GET /account"),
    Ask("POST /checkout", form={"note": "by the door"}),
    Ask("GET /account"),
    Ask("POST /checkout", form={}),
    Ask("POST /cart/remove/1", form={}),
    Ask("POST /signout", form={}),
    Ask("GET /account"),
]

CATALOGUE = [
    Ask(f"GET {API}/catalogue/products?per_page=3&page=2&tag=new", headers={"X-Request-ID": "request-1"}),
    Ask(f"GET {API}/catalogue/products?max_price=abc&sort=price&q=no"),
    Ask(f"GET {API}/catalogue/products/2", keep=("etag", r'(?m)^etag: "([^"]+)"')),
    Ask(f"GET {API}/catalogue/products/2", headers={"If-None-Match": '"{etag}"'}),
    Ask(f"HEAD {API}/catalogue/products/2"),
    Ask(f"GET {API}/catalogue/products/99"),
    Ask(f"GET {API}/catalogue/products/by-sku/hom-003"),
    Ask(f"GET {API}/catalogue/products/by-sku/x"),
    Ask(f"GET {API}/catalogue/products/2/related"),
    Ask(f"GET {API}/catalogue/products/2/related/3"),
    Ask(f"GET {API}/catalogue/tags"),
    Ask(f"GET {API}/catalogue/suggest?q=k"),
    Ask(f"GET {API}/catalogue/suggest?q=ke"),
    Ask(f"GET {API}/catalogue/categories?page=1"),
    Ask(f"GET {API}/catalogue/categories/"),
    Ask(f"GET {API}/catalogue/categories/home/kitchen"),
    Ask(f"GET {API}/catalogue/categories/kitchen"),
    Ask(f"POST {API}/catalogue/products", "carol", json={"sku": "NEW-001"}),
    Ask(f"POST {API}/catalogue/products", "staff", json={"sku": "new-001", "name": "", "price": "-1"}),
    Ask(f"POST {API}/catalogue/products", "staff", json={"sku": "new-001", "name": "Rake", "price": "9.90"}),
    Ask(f"POST {API}/catalogue/products", "staff", json={"sku": "new-001", "name": "Rake", "price": "9.90"}),
    Ask(f"POST {API}/catalogue/products/bulk", "staff", body=b"[", headers={"Content-Type": "application/json"}),
    Ask(f"PATCH {API}/catalogue/products/1", "staff", json={"name": "Mug", "tags": ["b", "a"]}),
    Ask(f"POST {API}/catalogue/products/1/stock", "staff", json={"delta": 5, "reason": "delivery"}),
    Ask(f"POST {API}/catalogue/products/1/stock", "staff", body=b"{"),
    Ask(f"POST {API}/catalogue/products/1/reviews/", "carol", json={"rating": 5, "title": "Good"}),
    Ask(f"POST {API}/catalogue/products/1/reviews/", "carol", json={"rating": 9, "title": ""}),
    Ask(f"GET {API}/catalogue/products/1/reviews/summary"),
]

ORDERS = [
    Ask(f"POST {API}/orders", json=ORDER),
    Ask(f"POST {API}/orders", "carol", json=ORDER, keep=("order", r'"token": ?"([^"]+)"')),
    Ask(f"POST {API}/orders", "carol", json={"lines": [{"product_id": 1, "quantity": 0}]}),
    Ask(f"POST {API}/orders", "carol", body=b"x", headers={"Content-Type": "text/plain"}),
    Ask(f"GET {API}/orders?status=pending", "carol"),
    Ask(f"GET {API}/orders/{{order}}", "carol"),
    Ask(f"GET {API}/orders/1", "carol"),
    Ask(f"PATCH {API}/orders/{{order}}", "carol", json={"address": ADDRESS}),
    Ask(f"POST {API}/orders/{{order}}/pay", "carol", form={"amount": "1"}),
    Ask(f"POST {API}/orders/{{order}}/ship", "carol", form={}),
    Ask(f"GET {API}/orders/{{order}}/invoice", "carol"),
    Ask(f"GET {API}/orders/{{order}}/history", "staff"),
    Ask(f"POST {API}/orders/{{order}}/cancel", "carol", form={}),
]

FILES_AND_REPORTS = [
    Ask(f"POST {API}/files", "carol", body=FORM_BODY, headers=FORM_HEADERS, keep=("file", r'"id": ?(\d+)')),
    Ask(f"POST {API}/files", "carol", body=LARGE_BODY, headers=LARGE_HEADERS),
    Ask(f"POST {API}/files", "carol", form={"name": "nothing"}),
    Ask(f"GET {API}/files/{{file}}", keep=("digest", r'(?m)^etag: "([^"]+)"')),
    Ask(f"GET {API}/files/{{file}}", headers={"Range": "bytes=10-29"}),
    Ask(f"GET {API}/files/{{file}}", headers={"Range": "bytes=-5"}),
    Ask(f"GET {API}/files/{{file}}", headers={"Range": "bytes=5000-"}),
    Ask(f"GET {API}/files/{{file}}", headers={"If-None-Match": '"{digest}"'}),
    Ask(f"GET {API}/files/{{file}}", headers={"Range": "bytes=0-4", "If-Range": '"{digest}"'}),
    Ask(f"HEAD {API}/files/{{file}}?download"),
    Ask(f"GET {API}/files/{{file}}/meta"),
    Ask(f"PUT {API}/files/{{file}}/content", "carol", body=b"other", headers={"Content-Type": "text/plain"}),
    Ask(f"PUT {API}/files/{{file}}/content", "staff", body=b"other", headers={"Content-Type": "text/plain"}),
    Ask(f"GET {API}/files/public/size-guide.txt", headers={"Range": "bytes=0-4"}),
    Ask(f"GET {API}/files/public/../shop.css"),
    Ask(f"DELETE {API}/files/{{file}}", "carol"),
    Ask(f"GET {API}/files/{{file}}"),
    Ask(f"GET {API}/reports/events"),
    Ask(f"GET {API}/reports/events", "staff", headers={"Last-Event-ID": "1"}),
    Ask(f"GET {API}/reports/events?limit=1", "staff"),
    Ask(f"GET {API}/reports/orders.csv", "staff"),
    Ask(f"GET {API}/reports/inventory.csv", "staff"),
    Ask(f"GET {API}/reports/sales?from=2024-02-01&to=2024-01-01", "staff"),
    Ask(f"GET {API}/reports/sales", "staff"),
    Ask(f"GET {API}/admin/audit?action=file", "staff"),
    Ask(f"GET {API}/admin/audit?action=file", "admin"),
    Ask(f"DELETE {API}/auth/logout", "carol"),
    Ask(f"GET {API}/auth/me", "carol"),
]

REQUESTS = [
    *HEALTH_AND_ERRORS,
    login("carol"),
    login("staff"),
    login("admin"),
    *PAGES,
    *CATALOGUE,
    *ORDERS,
    *FILES_AND_REPORTS,
]


def exchanges(port: int, secret: str) -> Iterator[Exchange]:
    """Ask all of it, one request after another, with one browser's cookies; sessions are told by what they say."""
    application = Flask("shop")
    application.secret_key = secret
    known: dict[str, str] = {}
    cookies: dict[str, str] = {}
    for number, ask in enumerate(REQUESTS):
        method, _, target = filled(ask.request, known).partition(" ")
        headers, body = ask.sent(known)
        if cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in cookies.items())
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        connection.request(method, target, body, {"Host": HOST, "X-Request-ID": f"number-{number}", **headers})
        response = connection.getresponse()
        content = response.read()
        connection.close()
        for value in response.headers.get_all("Set-Cookie", ()):
            name, _, rest = value.partition("=")
            cookies[name] = rest.partition(";")[0]
        if ask.keep is not None:
            text = "".join(f"{name.lower()}: {value}\n" for name, value in response.getheaders())
            found = re.search(ask.keep[1], f"{text}\n{content.decode('utf-8', 'replace')}")
            assert found, f"{method} {target}: {response.status} {content[:300]!r}"
            known[ask.keep[0]] = found[1]
        side = response.headers.get("X-Served-By", "")
        told = [
            (name, readable_session(application, value) if name.lower() == "set-cookie" else value)
            for name, value in response.getheaders()
            if name.lower() != "via"  # tells of the hop, as Server does
        ]
        yield Exchange("shop", number, method, target, response.status, tuple(told), content, served_by=side)
