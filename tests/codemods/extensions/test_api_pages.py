"""Pages of extensions that describe the Flask application's API: they stay, and a note says what they are."""

import pytest

PAGES = {
    "smorest": (
        "from flask_smorest import Api, Blueprint\n"
        'app.config.update(API_TITLE="t", API_VERSION="1", OPENAPI_VERSION="3.0.3", OPENAPI_URL_PREFIX="/d")\n'
        'app.config["OPENAPI_SWAGGER_UI_PATH"], app.config["OPENAPI_SWAGGER_UI_URL"] = "/ui", "/x"\n'
        "api = Api(app)\n",
        {"api-docs.openapi_json", "api-docs.openapi_swagger_ui"},
    ),
    "restx": ("from flask_restx import Api\napi = Api(app)\n", {"specs", "doc", "root"}),
    "apiflask": (
        "from apiflask import APIFlask\napp = APIFlask(__name__)\n",
        {"openapi.spec", "openapi.docs", "openapi.swagger_ui_oauth_redirect"},
    ),
    "apifairy": ("from apifairy import APIFairy\nAPIFairy(app)\n", {"apifairy.json", "apifairy.docs"}),
}


@pytest.mark.parametrize("name", PAGES)
def test_pages_about_the_api_stay_with_a_note(pair, name):
    text, pages = PAGES[name]
    both = pair(f"from flask import Flask\napp = Flask(__name__)\n{text}")
    runtimes = both.runtimes()
    assert {one: runtimes[one] for one in pages} == dict.fromkeys(pages, "flask")
    assert {finding[:5] for one in pages for finding in both.findings(one)} == {"FM188"}


def test_other_pages_of_libraries_are_not_taken_for_these(pair):
    both = pair(
        "import json\nfrom flask import Flask\napp = Flask(__name__)\n"
        'app.add_url_rule("/x", view_func=json.JSONEncoder().encode, endpoint="x")\n'
    )
    assert both.findings("x")[0][:5] == "FM180"
