"""What generated views do: read the request, leave early, answer."""

from hypothesis import strategies as st

from .requests import Step

NAMES = ("page", "size", "q", "name", "sort", "tag")
LEAVING = (
    "abort(404)",
    "abort(401)",
    'abort(400, description="no such thing")',
    'abort(409, "taken")',
    'abort(make_response("stopped", 418))',
    'raise NotFound("lost")',
    'raise OutOfStock("tea")',
    'return {"early": True}',
    'return "gone", 410',
    "return jsonify([]), 202",
    'return redirect(url_for("index"))',
    'return redirect(url_for("index", _anchor="top"), 303)',
    'flash("come back")\n    return redirect("/")',
)


@st.composite
def steps(draw: st.DrawFn, index: int, methods: tuple[str, ...]) -> Step:
    """One statement of a view."""
    name, key = f"value_{index}", draw(st.sampled_from(NAMES))
    kinds = {**of_url(draw, key), **OF_HEADERS, **OF_CONTEXT}
    if set(methods) & {"POST", "PUT", "PATCH"}:
        kinds |= of_body(key)
    text, query, headers, reads_body = kinds[draw(st.sampled_from(sorted(kinds)))]
    return Step(f"{name} = {text}", name, query, headers, reads_body)


Kind = tuple[str, tuple[str, ...], tuple[tuple[str, str], ...], bool]
OF_HEADERS: dict[str, Kind] = {
    "header": ('request.headers.get("X-Name", "nobody")', (), (("X-Name", "ann"), ("X-Name", "")), False),
    "header there": ('"X-Name" in request.headers', (), (("X-Name", "ann"), ("X-Name", "")), False),
    "cookie": ('request.cookies.get("theme")', (), (("Cookie", "theme=dark"), ("Cookie", "theme=")), False),
    "language": ("wanted_language()", (), (("X-Language", "de"),), False),
    "user": (
        "request.authorization.username if request.authorization else None",
        (),
        (("Authorization", "Basic YW5uOnB3"), ("Authorization", "Bearer abc"), ("Authorization", "Basic %")),
        False,
    ),
    "wanted": (
        'request.accept_mimetypes.best_match(["application/json", "text/html"])',
        (),
        (("Accept", "text/html"), ("Accept", "application/json;q=0.5, text/*"), ("Accept", "image/png")),
        False,
    ),
    "agent": ('request.headers.get("User-Agent", "none").lower()', (), (("User-Agent", "Tea/1.0"),), False),
    "g": ('g.get("user", "anonymous")', (), (("X-User", "bob"),), False),
    "tags": ("request.if_none_match.to_header()", (), (("If-None-Match", '"a", W/"b"'), ("If-None-Match", "*")), False),
    "unchanged": ('"fixed" in request.if_none_match', (), (("If-None-Match", '"fixed"'),), False),
    "languages": (
        'request.accept_languages.best_match(["en", "de"], "en")', (), (("Accept-Language", "de-CH, en;q=0.2"),), False,
    ),
}  # fmt: skip
OF_CONTEXT: dict[str, Kind] = {
    "pure": ("pages(41, 10)", (), (), False),
    "method": ("request.method", (), (), False),
    "path": ("request.path", (), (), False),
    "full path": ("request.full_path", ("a=1", ""), (), False),
    "whole url": ("request.url", ("a=1&b=%C3%A9", ""), (), False),
    "base url": ("request.base_url", (), (), False),
    "endpoint": ("request.endpoint", (), (), False),
    "blueprint": ("request.blueprint", (), (), False),
    "query": ("request.query_string.decode()", ("a=1", "a=%20", ""), (), False),
    "session": ('session.get("count", 0)', (), (), False),
    "session there": ('"count" in session', (), (), False),
    "flashed": ("get_flashed_messages()", (), (), False),
    "testing": ("current_app.testing", (), (), False),
    "config": ('current_app.config["LIMIT"]', (), (), False),
    "external": ('url_for("index", _external=True)', (), (), False),
    "again": ("url_for(request.endpoint, **request.view_args)", (), (), False),
    "rule": ("request.url_rule.rule", (), (), False),
    "arguments": ("dict(request.view_args)", (), (), False),
    "secure": ("request.is_secure", (), (), False),
    "host": ("request.host", (), (), False),
    "address": ("request.remote_addr", (), (), False),
    "anchor": ('url_for("index", _anchor="a b", page=2)', (), (), False),
}


def of_url(draw: st.DrawFn, key: str) -> dict[str, Kind]:
    """Reads of the query, and links."""
    query = (f"{key}=3", f"{key}=x", f"{key}=", f"{key}=1&{key}=2", f"{key}=%C3%A9+%26", "")
    default = draw(st.sampled_from(("1", "None", "20")))
    word = draw(st.sampled_from(('"all"', "None", '""')))
    endpoint = draw(st.sampled_from(("index", "static")))
    return {
        "typed": (f'request.args.get("{key}", {default}, type=int)', query, (), False),
        "decimal": (f'request.args.get("{key}", type=float)', query, (), False),
        "text": (f'request.args.get("{key}", {word})', query, (), False),
        "needed": (f'request.args["{key}"]', query, (), False),
        "all": (f'request.args.getlist("{key}")', query, (), False),
        "all typed": (f'request.args.getlist("{key}", type=int)', query, (), False),
        "there": (f'"{key}" in request.args', query, (), False),
        "number": (f'int(request.args.get("{key}", "4"))', query, (), False),
        "fields": ("request.args.to_dict()", query, (), False),
        "value": (f'request.values.get("{key}", "none")', query, (), False),
        "flag": ('flag("verbose")', ("verbose=yes", "verbose=no"), (), False),
        "url": (f'url_for("{endpoint}", filename="a b.css", q="1&2")', (), (), False),
    }


def of_body(key: str) -> dict[str, Kind]:
    """Reads of the body."""
    return {
        "json": ("request.get_json()", (), (), True),
        "json attribute": ("request.json", (), (), True),
        "lenient json": ("request.get_json(silent=True)", (), (), True),
        "forced json": ("request.get_json(force=True)", (), (), True),
        "json field": ('(request.get_json(silent=True) or {}).get("name")', (), (), True),
        "is json": ("request.is_json", (), (), True),
        "mimetype": ("request.mimetype", (), (), True),
        "bytes": ("request.get_data(as_text=True)", (), (), True),
        "form": (f'request.form.get("{key}", "none")', (), (), True),
        "form needed": (f'request.form["{key}"]', (), (), True),
        "form all": (f'request.form.getlist("{key}")', (), (), True),
        "form fields": ("request.form.to_dict()", (), (), True),
        "file": ('request.files["upload"].filename if "upload" in request.files else None', (), (), True),
        "file content": ('request.files["upload"].read().decode()', (), (), True),
    }


@st.composite
def conditions(draw: st.DrawFn, known: list[Step]) -> str:
    """An `if` that leaves the view early, or changes what was read."""
    name = draw(st.sampled_from(known)).name if known else "1"
    test = draw(st.sampled_from((f"not {name}", f"{name} == 3", f'{name} == "x"', f"isinstance({name}, list)")))
    return f"if {test}:\n    {draw(st.sampled_from(LEAVING))}"


def plain_answers(body: str, values: str, text: str) -> tuple[str, ...]:
    """Answers that are what the view returns."""
    return (
        f"return {body}",
        f"return {body}, 201",
        f'return {body}, 200, {{"X-After": "yes"}}',
        f'return {body}, {{"X-After": "yes"}}',
        f'return {body}, 200, [("X-After", "1"), ("X-After", "2")]',
        f"return jsonify({body})",
        f"return jsonify({values})",
        f"return jsonify(data={body}), 200",
        f"return {values}",
        f"return {text}",
        f'return {text}, 203, {{"Content-Type": "text/plain"}}',
        f'return Response({text}, status=202, mimetype="text/plain")',
        f'return {{"when": datetime(2026, 1, 5, tzinfo=timezone.utc), "day": date(2026, 1, 5), "values": {values}}}',
        'return ""',
        'return "", 204',
        "return jsonify()",
        "return jsonify('text')",
        "return b'bytes'",
        f"return make_response({body}, 202)",
        f'return make_response(({text}, 201, {{"X-After": "yes"}}))',
        "return Response(status=304)",
        f'return Response(json.dumps({values}), content_type="application/json; charset=utf-8")',
        f'return Response({text}, 201, {{"X-After": "yes"}})',
        "return (str(one) for one in (1, 2))",
        'return redirect("/elsewhere")',
        'return redirect("/else where?q=\u00e9", code=301)',
    )


def made_answers(body: str, values: str, text: str) -> tuple[str, ...]:
    """Answers that are made by Flask's functions and objects."""
    return (
        f'response = make_response({text})\nresponse.headers["X-After"] = "made"\nreturn response',
        f"response = jsonify({body})\nresponse.status_code = 207\nreturn response",
        'response = make_response("cookie")\nresponse.set_cookie("theme", "dark", max_age=60)\nreturn response',
        'response = make_response("cookie")\nresponse.set_cookie("a", "b c", httponly=True, samesite="Lax")\n'
        "return response",
        'response = make_response("cookie")\nresponse.delete_cookie("theme")\nreturn response',
        f'response = make_response({text})\nresponse.set_etag("fixed")\nreturn response.make_conditional(request)',
        f"response = make_response({text}, 200)\nresponse.cache_control.max_age = 60\nreturn response",
        f"response = make_response({text})\nresponse.last_modified = datetime(2026, 1, 5, tzinfo=timezone.utc)\n"
        "return response",
        f"response = make_response({text})\nresponse.headers.add('X-After', '1')\n"
        "response.headers.add('X-After', '2')\n"
        "return response",
        f'response = Response({text})\nresponse.content_type = "text/csv"\nreturn response',
        f"response = jsonify({body})\nresponse.vary.add('Cookie')\nreturn response",
        f"session.permanent = True\nsession['values'] = str({values})\nreturn {{'kept': session['values']}}",
        f"return render_template_string('{{{{ values|shout }}}} {{{{ twice(2) }}}}', values=str({values}))",
        'session["count"] = session.get("count", 0) + 1\nreturn {"count": session["count"]}',
        'session.pop("count", None)\nreturn {"left": sorted(session)}',
        "session.clear()\nreturn redirect(url_for('index'))",
        f"flash(str({values}))\nreturn redirect(url_for('index'))",
        f'return render_template("page.html", title="A & B", values={values})',
        f'return render_template_string("{{% for one in values %}}{{{{ one }}}};{{% endfor %}}", values={values})',
        f"def lines():\n    for one in {values}:\n        yield f'{{one}}\\n'\n"
        'return Response(lines(), mimetype="text/plain")',
        'def lines():\n    yield request.path\n    yield "!"\n'
        'return Response(stream_with_context(lines()), mimetype="text/plain")',
        'return send_file(BytesIO(b"tea leaves"), mimetype="text/plain", download_name="tea.txt", as_attachment=True)',
        'return send_from_directory("data", "tea.txt")',
        'return send_from_directory("data", request.args.get("name", "none.txt"))',
        '@after_this_request\ndef sign(response):\n    response.headers["X-Signed"] = "yes"\n    return response\n'
        f"return {body}",
    )


@st.composite
def answers(draw: st.DrawFn, known: list[Step], arguments: list[str]) -> str:
    """What a view returns."""
    fields = ", ".join(f'"{one.name}": {one.name}' for one in known)
    fields += "".join(f', "{one}": str({one})' for one in arguments)
    body = "{" + fields.removeprefix(", ") + "}"
    values = "[" + ", ".join(one.name for one in known) + "]"
    text = 'f"<p>' + " ".join("{" + one.name + "}" for one in known) + '</p>"'
    ways = (plain_answers, made_answers)
    return draw(st.sampled_from(draw(st.sampled_from(ways))(body, values, text)))
