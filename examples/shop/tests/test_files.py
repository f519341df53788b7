import hashlib
import io

import pytest

FILES = "/api/v1/files"
CONTENT = b"0123456789" * 10
DIGEST = hashlib.sha256(CONTENT).hexdigest()


def upload(client, headers, content=CONTENT, name="note.txt"):
    data = {"file": (io.BytesIO(content), name)}
    return client.post(FILES, data=data, headers=headers, content_type="multipart/form-data")


@pytest.fixture
def asset(client, carol):
    return upload(client, carol).get_json()


def test_upload(client, carol):
    response = upload(client, carol)
    assert response.status_code == 201
    assert response.headers["Location"] == f"{FILES}/1"
    assert response.json == {
        "id": 1,
        "name": "note.txt",
        "contentType": "text/plain",
        "size": 100,
        "digest": DIGEST[:12],
        "owner": "carol@example.com",
    }


def test_upload_under_another_name(client, carol):
    assert upload(client, carol, name="a.txt").json["name"] == "a.txt"
    data = {"file": (io.BytesIO(CONTENT), "a.txt"), "name": "../../My Note.TXT"}
    assert client.post(FILES, data=data, headers=carol).json["name"] == "My_Note.TXT"


def test_upload_needs_a_token(client):
    assert upload(client, {}).status_code == 401


@pytest.mark.parametrize("data", [{}, {"file": "text"}, {"file": (io.BytesIO(b""), "")}])
def test_upload_without_a_file(client, carol, data):
    response = client.post(FILES, data=data, headers=carol, content_type="multipart/form-data")
    assert (response.status_code, response.json["error"]["code"]) == (400, "no_file")


@pytest.mark.parametrize("name", ["virus.exe", "noextension", "..."])
def test_upload_of_the_wrong_kind(client, carol, name):
    response = upload(client, carol, name=name)
    assert (response.status_code, response.json["error"]["code"]) == (415, "bad_file_type")


def test_upload_too_large(client, carol):
    response = upload(client, carol, content=b"x" * 70_000)
    assert response.status_code == 413
    assert response.json == {"error": {"code": "too_large", "message": "At most 65536 bytes.", "limit": 65536}}


def test_list(client, carol, staff, asset):
    upload(client, carol, content=b"GIF89a", name="dot.gif")
    assert client.get(FILES, headers=carol).status_code == 403
    assert [item["name"] for item in client.get(FILES, headers=staff).get_json()] == ["note.txt", "dot.gif"]
    assert [item["name"] for item in client.get(f"{FILES}?kind=image", headers=staff).get_json()] == ["dot.gif"]


def test_download(client, asset):
    response = client.get(f"{FILES}/1")
    assert response.data == CONTENT
    assert response.content_type == "text/plain; charset=utf-8"
    assert response.headers["ETag"] == f'"{DIGEST}"'
    assert response.headers["Last-Modified"] == "Fri, 17 May 2024 09:30:00 GMT"
    assert response.headers["Cache-Control"] == "public, max-age=3600"
    assert response.headers["Accept-Ranges"] == "bytes"
    assert response.headers["Content-Disposition"] == "inline; filename=note.txt"


def test_download_as_attachment(client, asset):
    response = client.get(f"{FILES}/1?download")
    assert response.headers["Content-Disposition"] == "attachment; filename=note.txt"


@pytest.mark.parametrize(
    ("value", "content_range", "body"),
    [
        ("bytes=0-4", "bytes 0-4/100", b"01234"),
        ("bytes=95-", "bytes 95-99/100", b"56789"),
        ("bytes=-3", "bytes 97-99/100", b"789"),
        ("bytes=90-500", "bytes 90-99/100", b"0123456789"),
    ],
)
def test_download_range(client, asset, value, content_range, body):
    response = client.get(f"{FILES}/1", headers={"Range": value})
    assert (response.status_code, response.data) == (206, body)
    assert response.headers["Content-Range"] == content_range
    assert response.headers["Content-Length"] == str(len(body))


def test_download_range_outside(client, asset):
    response = client.get(f"{FILES}/1", headers={"Range": "bytes=200-"})
    assert response.status_code == 416
    assert "Content-Range" not in response.headers  # the handler for all HTTP errors keeps no headers
    assert response.json["error"]["code"] == "requested_range_not_satisfiable"


def test_download_several_ranges_at_once(client, asset):
    response = client.get(f"{FILES}/1", headers={"Range": "bytes=0-1,4-5"})
    assert response.status_code == 416


@pytest.mark.parametrize(("etag", "status"), [(DIGEST, 206), ("other", 200)])
def test_download_if_range(client, asset, etag, status):
    response = client.get(f"{FILES}/1", headers={"Range": "bytes=0-4", "If-Range": f'"{etag}"'})
    assert response.status_code == status


@pytest.mark.parametrize(
    "condition", [{"If-None-Match": f'"{DIGEST}"'}, {"If-Modified-Since": "Fri, 17 May 2024 09:30:00 GMT"}]
)
def test_download_not_modified(client, asset, condition):
    response = client.get(f"{FILES}/1", headers=condition)
    assert (response.status_code, response.data) == (304, b"")
    assert response.headers["ETag"] == f'"{DIGEST}"'


def test_download_head(client, asset):
    response = client.head(f"{FILES}/1")
    assert (response.status_code, response.data, response.headers["Content-Length"]) == (200, b"", "100")


def test_describe(client, asset):
    assert client.get(f"{FILES}/1/meta").json == asset
    assert client.get(f"{FILES}/2/meta").status_code == 404
    assert client.get(f"{FILES}/2").status_code == 404


def test_replace(client, carol, asset):
    response = client.put(f"{FILES}/1/content", data=b"new", content_type="text/plain", headers=carol)
    assert response.json["size"] == 3
    assert client.get(f"{FILES}/1").data == b"new"


def test_replace_refused(client, carol, dave, asset):
    response = client.put(f"{FILES}/1/content", data=b"new", content_type="text/plain", headers=dave)
    assert response.status_code == 403
    response = client.put(f"{FILES}/1/content", data=b"new", content_type="image/png", headers=carol)
    assert (response.status_code, response.json["error"]["code"]) == (415, "unsupported_media_type")


def test_delete(client, carol, dave, asset, app, tmp_path):
    upload(client, dave)
    assert client.delete(f"{FILES}/1", headers=dave).status_code == 403
    assert client.delete(f"{FILES}/1", headers=carol).status_code == 204
    assert (tmp_path / DIGEST).exists()
    assert client.delete(f"{FILES}/2", headers=dave).status_code == 204
    assert not (tmp_path / DIGEST).exists()


def test_public(client):
    response = client.get(f"{FILES}/public/size-guide.txt")
    assert response.data.startswith(b"SIZES\n")
    assert response.headers["Cache-Control"] == "public, max-age=86400"


@pytest.mark.parametrize("name", ["missing.txt", "../shop.css", "..%2fshop.css", ""])
def test_public_only(client, name):
    response = client.get(f"{FILES}/public/{name}")
    assert response.status_code == 404
    assert response.json["error"]["code"] == "not_found"


def test_public_range(client):
    response = client.get(f"{FILES}/public/size-guide.txt", headers={"Range": "bytes=0-4"})
    assert (response.status_code, response.data) == (206, b"SIZES")


def test_static(client):
    response = client.get("/static/shop.css")
    assert response.content_type == "text/css; charset=utf-8"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
