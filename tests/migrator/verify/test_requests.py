"""`migrate verify --requests` with lists and HAR files, on a real project."""

import json


def test_safe_requests_of_a_list_are_compared_through_the_real_bridge(shop):
    file = shop.root / "requests.json"
    file.write_text(
        json.dumps(
            [
                {"method": "GET", "path": "/items?page=1"},
                {"path": "/page", "headers": {"Accept": "text/html"}},
                {"method": "get", "path": "/items"},
                {"method": "POST", "path": "/items", "json": {"name": "tea"}},
                {"path": "/nothing"},
                {"path": "/stream"},
                {"path": "/boom"},
            ]
        )
    )
    report = shop.report("GET /items", "GET /page", "GET /stream", "--requests", str(file), code=0)
    assert report["tests"] == 6
    assert report["on_fastapi"] == 4
    evidence = shop.route("GET /items").evidence
    assert (evidence.kind, evidence.exchanges, evidence.differences) == ("requests", 2, 0)


def test_unsafe_requests_only_on_demand_with_cookies_kept(shop):
    file = shop.root / "requests.json"
    file.write_text(
        json.dumps(
            [
                {"method": "POST", "path": "/login"},
                {"method": "POST", "path": "/items", "json": {"name": "tea"}},
                {"path": "/who"},
            ]
        )
    )
    result = shop.verify("POST /items", "GET /who", "--requests", str(file), "--unsafe")
    assert result.exit_code == 1, result.output
    assert "differs request 3: GET /who (served by fastapi)" in result.stdout
    assert '        Flask:   "ada"' in result.stdout
    assert "        gateway: null" in result.stdout
    assert shop.route("POST /items").state == "verified"
    assert shop.route("GET /who").evidence.differences == 1


def test_a_har_that_a_browser_has_saved(shop):
    entry = {
        "method": "GET",
        "url": "https://shop.example.com/items?page=1",
        "headers": [{"name": ":authority", "value": "x"}, {"name": "Host", "value": "shop.example.com"}],
    }
    posted = {
        "method": "POST",
        "url": "https://shop.example.com/items",
        "headers": [{"name": "Content-Type", "value": "application/json"}, {"name": "Content-Length", "value": "14"}],
        "postData": {"mimeType": "application/json", "text": '{"name":"tea"}'},
    }
    file = shop.root / "saved.har"
    file.write_text(json.dumps({"log": {"version": "1.2", "entries": [{"request": entry}, {"request": posted}]}}))
    report = shop.report("--requests", str(file), "--unsafe", code=0)
    assert report["routes"]["GET /items"]["exchanges"] == 1
    assert report["routes"]["POST /items"]["exchanges"] == 1


def test_only_unsafe_requests_without_the_option(shop):
    file = shop.root / "requests.json"
    file.write_text('[{"method": "DELETE", "path": "/items"}]')
    result = shop.verify("--requests", str(file))
    assert result.exit_code == 2
    assert "--unsafe" in result.stderr


def test_an_application_that_cannot_be_imported(shop):
    shop.write("shop/wsgi.py", "import no_such_module")
    file = shop.root / "requests.json"
    file.write_text('[{"path": "/items"}]')
    result = shop.verify("--requests", str(file))
    assert result.exit_code == 2
    assert "no_such_module" in result.stderr
