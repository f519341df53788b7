"""What stands around generated views: helpers, decorators, hooks, error handlers."""

HEAD = """\
import json
from datetime import date, datetime, timezone
from functools import wraps
from io import BytesIO

from flask import (
    Blueprint, Flask, Response, abort, after_this_request, current_app, flash, g, get_flashed_messages, jsonify,
    make_response, redirect, render_template, render_template_string, request, send_file, send_from_directory, session,
    stream_with_context, url_for,
)
from flask.views import MethodView, View
from werkzeug.exceptions import HTTPException, NotFound

app = Flask(__name__)
app.secret_key = "not so secret"
app.config["LIMIT"] = 10


@app.template_filter()
def shout(text):
    return text.upper() + "!"


@app.template_global()
def twice(number):
    return 2 * number


class OutOfStock(Exception):
    def __init__(self, item):
        super().__init__(item)
        self.item = item


def pages(total, size):
    return (total + size - 1) // size


def wanted_language():
    return request.headers.get("X-Language", "en")


def flag(name):
    return request.args.get(name) == "yes"


def token_required(view):
    @wraps(view)
    def wrapper(*args, **kwargs):
        if request.headers.get("X-Token") != "secret":
            return jsonify(error="token"), 401
        return view(*args, **kwargs)
    return wrapper


def role_required(role):
    def decorate(view):
        @wraps(view)
        def wrapper(*args, **kwargs):
            if request.args.get("role") != role:
                abort(403)
            return view(*args, **kwargs)
        return wrapper
    return decorate


def marked(view):
    @wraps(view)
    def wrapper(*args, **kwargs):
        response = make_response(view(*args, **kwargs))
        response.headers["X-Marked"] = "yes"
        return response
    return wrapper


def numbered(view):
    @wraps(view)
    def wrapper(*args, **kwargs):
        g.number = len(request.path)
        return view(*args, **kwargs)
    return wrapper
"""
FILES = {
    "templates/page.html": "<h1>{{ title }}</h1>\n{% for one in values %}<p>{{ one }}</p>{% endfor %}\n"
    "<a href=\"{{ url_for('index') }}\">{{ request.path }}</a>{{ get_flashed_messages()|length }}\n",
    "data/tea.txt": "leaves\n",
}
DECORATORS = ("@token_required", '@role_required("admin")', "@marked", "@numbered")

ANYWHERE = (
    '@{owner}.before_request\ndef load_user_{index}():\n    g.user = request.headers.get("X-User", "nobody")\n',
    "@{owner}.before_request\ndef stop_{index}():\n"
    '    if request.headers.get("X-User") == "stop":\n        return {{"stopped": {index}}}, 403\n',
    "@{owner}.before_request\ndef refuse_{index}():\n"
    '    if request.headers.get("X-User") == "stop":\n        abort(403)\n',
    '@{owner}.after_request\ndef sign_{index}(response):\n    response.headers["X-After"] = "{index}"\n'
    "    return response\n",
    "@{owner}.after_request\ndef tell_{index}(response):\n"
    '    response.headers.setdefault("X-Status", str(response.status_code))\n    return response\n',
    "@{owner}.teardown_request\ndef forget_{index}(error):\n    g.pop('user', None)\n",
    "@{owner}.url_value_preprocessor\ndef look_{index}(endpoint, values):\n    g.seen = endpoint\n",
    "@{owner}.url_defaults\ndef fill_{index}(endpoint, values):\n    values.setdefault('lang', 'en')\n",
    "@{owner}.context_processor\ndef give_{index}():\n    return {{'title': 'given'}}\n",
    "@{owner}.errorhandler(404)\ndef missing_{index}(error):\n    return jsonify(error=404, where={index}), 404\n",
    "@{owner}.errorhandler(403)\ndef forbidden_{index}(error):\n    return f'<b>{{error.name}}</b>', 403\n",
    '@{owner}.errorhandler(OutOfStock)\ndef out_of_stock_{index}(error):\n    return {{"error": error.item}}, 409\n',
    '@{owner}.errorhandler(ValueError)\ndef bad_value_{index}(error):\n    return "bad value", 400\n',
    "@{owner}.errorhandler(400)\ndef bad_request_{index}(error):\n"
    "    return jsonify(error=error.description), error.code\n",
    "@{owner}.errorhandler(HTTPException)\ndef any_error_{index}(error):\n"
    "    return jsonify(code=error.code, name=error.name), error.code\n",
)
OF_BLUEPRINTS = (
    "@{owner}.before_app_request\ndef count_{index}():\n    g.count = {index}\n",
    '@{owner}.after_app_request\ndef sign_all_{index}(response):\n    response.headers["X-All"] = "{index}"\n'
    "    return response\n",
    "@{owner}.app_errorhandler(405)\ndef not_allowed_{index}(error):\n    return jsonify(error=405), 405\n",
)
