"""Definitions: kinds, uses through re-exports, what is rebound or may change; and what code reaches."""

import pytest

from codemods.scan.context import context_locals, may_change, reach, reaches_flask

APP = "from flask import Flask\napp = Flask(__name__, static_folder=None)\n"


def definition(project, qualified):
    module, _, name = qualified.partition(":")
    home = project.modules[module]
    return home.definitions.get(name) or home.inner[name]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("1", "constant"),
        ("('a', -1, (None, b''))", "constant"),
        ("f'{PREFIX}/x'", "constant"),
        ("re.compile('x')", "constant"),
        ("frozenset({'a'})", "constant"),
        ("timedelta(hours=1)", "constant"),
        ("frozenset(name.lower() for name in 'AB')", "constant"),
        ("str(uuid.uuid4())", "state"),
        ("int(os.environ.get('X', '1'))", "state"),
        ("os.path.join(tempfile.mkdtemp(), 'x')", "state"),
        ("frozenset(open('words'))", "state"),
        ("str(made())", "state"),
        ("lambda: 1", "function"),
        ("[1]", "state"),
        ("{}", "state"),
        ("set()", "state"),
        ("threading.Lock()", "state"),
        ("os.environ.get('X')", "state"),
        ("(1, [])", "state"),
        ("Other", "constant"),
        ("json.decoder", "unknown"),
        ("datetime.timezone.utc", "constant"),
        ("datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)", "constant"),
        ("datetime.datetime.now(datetime.timezone.utc)", "state"),
        ("http.HTTPStatus.CREATED", "constant"),
        ("sys.path", "unknown"),
    ],
)
def test_kinds_of_values(scan_files, text, kind):
    source = "import datetime, http, json, os, re, sys, tempfile, threading, uuid\nfrom datetime import timedelta\n"
    source += "PREFIX = '/a'\nclass Other: ...\ndef made(): ...\n"
    project = scan_files(f"{APP}{source}VALUE = {text}\n")
    assert definition(project, "app:VALUE").kind == kind


def test_rebound_names_are_state(scan_files):
    project = scan_files(
        APP
        + "COUNT = 0\nTOTAL = 0\nTOTAL += 1\nMODE = 'a'\nif app:\n    MODE = 'b'\n"
        + "def bump():\n    global COUNT, LATE\n    COUNT = 1\n    LATE = 2\n"
    )
    kinds = {name: (row.kind, row.rebound) for name, row in project.modules["app"].definitions.items()}
    assert kinds["COUNT"] == kinds["TOTAL"] == kinds["LATE"] == ("state", True)
    assert kinds["MODE"] == ("unknown", False)


def test_uses_follow_reexports_aliases_and_function_level_imports(scan_files):
    project = scan_files(
        {
            "shop/__init__.py": "from .models import Product\n" + APP + "from . import views\n",
            "shop/models/__init__.py": "from .product import *\n",
            "shop/models/product.py": "class Product:\n    pass\n",
            "shop/views.py": """
                import shop as package
                from flask.globals import request as incoming
                from . import Product as P

                def helper(): ...

                def show(request, local=1):
                    from .models import product
                    helper(); local.x; request.args
                    incoming.args.get("x"); package.Product; P.make(); product.Product
            """,
        },
        "shop:app",
    )
    show = definition(project, "shop.views:show")
    assert show.uses == {
        "shop.views.helper",
        "flask.request.args.get",
        "shop.models.product.Product",
        "shop.models.product.Product.make",
    }
    assert project.modules["shop.views"].imports["P"] == "shop.models.product.Product"


def test_locals_shadow_and_comprehensions_do_not_leak(scan_files):
    project = scan_files(
        APP
        + "from flask import g, request, session\n"
        + "def f(g):\n    request = 1\n    [session for session in ()]\n    return g, request, session\n"
    )
    assert definition(project, "app:f").uses == {"flask.session"}


def test_decorators_are_named_and_their_arguments_used(scan_files):
    project = scan_files(
        APP + "import limits as l\nRATE = '1/s'\n" + "@app.route('/x')\n@l.limit(RATE)\ndef x(a=RATE):\n    pass\n"
    )
    x = definition(project, "app:x")
    assert [(row.text, row.qualified) for row in x.decorators] == [
        ("app.route('/x')", "app.app.route"),
        ("l.limit(RATE)", "limits.limit"),
    ]
    assert x.uses == {"app.RATE"}


def test_inner_and_repeated_definitions(scan_files):
    project = scan_files(
        APP
        + "def twice():\n    return 1\n\ndef twice():\n    def inner():\n        return helper()\n"
        + "    def helper(): ...\n    return inner\n"
        + "class Items:\n    def get(self):\n        return self.rows()\n    def rows(self): ...\n"
    )
    assert definition(project, "app:twice").location.line == 6
    assert definition(project, "app:twice@3").location.line == 3
    assert definition(project, "app:twice.<locals>.inner").uses == {"app.twice.<locals>.helper"}
    assert definition(project, "app:Items.get").uses == {"app.Items.rows"}


DEEP = {
    "app.py": """
        from flask import Flask
        from paging import page
        app = Flask(__name__)
        @app.get("/x")
        def x():
            return page()
        @app.get("/y")
        def y():
            return ""
    """,
    "paging.py": "import numbers_of\ndef page():\n    return numbers_of.current()\n",
    "numbers_of.py": "from flask import request\nPAGE = 'page'\ndef current():\n    return request.args.get(PAGE)\n",
}


def test_reach_goes_through_helpers_in_other_modules(scan_files):
    project = scan_files(DEEP)
    assert "flask.request.args.get" in reach(project, "app.x")
    assert context_locals(project, "app.x") == {"flask.request"}
    assert context_locals(project, "app.y") == frozenset()


def test_reach_of_recursive_code_ends(scan_files):
    project = scan_files(APP + "def a():\n    return b()\ndef b():\n    return a()\n")
    assert reach(project, "app.a") == {"app.a", "app.b"}


def test_what_is_free_of_flask(scan_files):
    project = scan_files(
        {
            "app.py": APP + "from pure import prices\nfrom mixed import other\nimport late, typed\n",
            "pure/__init__.py": "",
            "pure/prices.py": "import decimal\nfrom . import rates\n",
            "pure/rates.py": "RATE = 1\n",
            "mixed/__init__.py": "from marshmallow import Schema\n",
            "mixed/other.py": "X = 1\n",
            "late.py": "def f():\n    import flask_login\n",
            "typed.py": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from flask import Flask\n",
        }
    )
    answers = {name: reaches_flask(project, name) for name in project.modules}
    assert answers == {
        "app": True,
        "pure": False,
        "pure.prices": False,
        "pure.rates": False,
        "mixed": True,
        "mixed.other": True,
        "late": True,
        "typed": False,
    }


def test_computed_import_may_bring_in_flask(scan_files):
    project = scan_files(
        {
            "app.py": "from flask import Flask\nimport plugins\napp = Flask(__name__)\n",
            "plugins.py": "import importlib\ndef load(name):\n    return importlib.import_module(name)\n",
        }
    )
    assert reaches_flask(project, "plugins")


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("def f(x):\n    return x in ROLES, len(ROLES), ROLES[0], sorted(ROLES), [r for r in ROLES]\n", False),
        ("def f(x):\n    ROLES.append(x)\n", True),
        ("def f(x):\n    ROLES[0] = x\n", True),
        ("def f(x):\n    del ROLES[0]\n", True),
        ("def f(x):\n    return ROLES\n", True),
        ("def f(x):\n    x.save(ROLES)\n", True),
        ("def f(x):\n    global ROLES\n    ROLES = x\n", True),
        ("def f(ROLES):\n    ROLES.append(1)\n", False),
        ("def f(x):\n    return dict(x, **ROLES), x(**ROLES), {**ROLES, 1: x}, ROLES | x, ROLES + x\n", False),
        ("def f(x):\n    return x(roles=ROLES)\n", True),
        ("def f(x):\n    return {1: ROLES}\n", True),
        ("def f(x):\n    return {ROLES.pop(): 1, **ROLES}\n", True),
    ],
)
def test_a_display_of_constants_may_change_only_if_something_does_it(scan_files, code, changes):
    project = scan_files(APP + "ROLES = ['a', 'b']\n" + code)
    assert may_change(project, "app.ROLES") is changes


def test_changed_from_another_module(scan_files):
    files = {
        "app.py": "from flask import Flask\nimport data, writer\napp = Flask(__name__)\n",
        "data.py": "ROLES = ['a']\n",
    }
    assert not may_change(scan_files({**files, "writer.py": "import data\nprint(len(data.ROLES))\n"}), "data.ROLES")
    assert may_change(scan_files({**files, "writer.py": "import data\ndata.ROLES.append('b')\n"}), "data.ROLES")
    assert may_change(scan_files({**files, "writer.py": "import data\ndata.ROLES = []\n"}), "data.ROLES")
    nested = {**files, "data.py": "ROLES = [['a']]\n", "writer.py": ""}
    assert may_change(scan_files(nested), "data.ROLES")


def test_an_import_for_older_releases_is_passed_over(scan_files):
    project = scan_files(
        """
        try:
            from werkzeug.wrappers import Response
        except ImportError:
            from werkzeug.wrappers import BaseResponse as Response
        try:
            import ujson as json
        except ImportError:
            import json
        try:
            from werkzeug.wrappers import Request as R
        except ValueError:
            from flask import Response as R
        """
    )
    imports = project.modules["app"].imports
    assert imports["Response"] == "werkzeug.wrappers.Response"
    assert imports["json"] == "json"
    assert imports["R"] == "flask.Response"


def test_an_import_for_a_module_beside_the_package_is_passed_over(scan_files):
    text = "try:\n    from {first} import key\nexcept ImportError:\n    from keys import key\n"
    files = {"shop/__init__.py": "", "shop/keys.py": "key = 1\n"}  # each is read when it is asked for
    files["app.py"] = text.format(first="shop.keys")
    assert scan_files(files).modules["app"].imports["key"] == "shop.keys.key"
    files |= {"app.py": text.format(first="shop._fast"), "keys.py": "key = 2\n"}
    assert scan_files(files).modules["app"].imports["key"] == "keys.key"


@pytest.mark.parametrize(
    ("text", "texts"),
    [("('a', 'b')", ("a", "b")), ("()", ()), ("('a', 1)", ()), ("['a']", ()), ("('a', *B)", ())],
)
def test_the_texts_of_a_constant(scan_files, text, texts):
    project = scan_files(f"{APP}B = ('x',)\nA = {text}\n")
    assert definition(project, "app:A").texts == texts


@pytest.mark.parametrize(
    "again",
    [
        "dumps = str",
        "def dumps(value):\n    return 'mine'",
        "class dumps:\n    pass",
        "for dumps in (1, 2):\n    pass",
        "if app:\n    dumps = str",
    ],
)
def test_an_imported_name_that_is_bound_again_is_the_modules_own(scan_files, again):
    project = scan_files(f"{APP}from json import dumps\n{again}\n")
    module = project.modules["app"]
    assert "dumps" not in module.imports
    assert not definition(project, "app:dumps").rebound


@pytest.mark.parametrize(
    "again",
    [
        "dumps = functools.partial(dumps, indent=1)",
        "class dumps(dumps):\n    pass",
        "@functools.wraps(dumps)\ndef dumps(value):\n    return 'mine'",
        "dumps += 1",
    ],
)
def test_what_is_made_of_the_import_of_its_name_cannot_be_carried_alone(scan_files, again):
    project = scan_files(f"{APP}import functools\nfrom json import dumps\n{again}\n")
    found = definition(project, "app:dumps")
    assert (found.kind, found.rebound) == ("state", True)
    assert "dumps" not in project.modules["app"].imports


@pytest.mark.parametrize(
    "text",
    [
        "try:\n    from json import dumps\nexcept ImportError:\n    dumps = None",
        "dumps = None\nfrom json import dumps",
        "from pickle import dumps\ndumps = str\nfrom json import dumps",
        "if app:\n    from json import dumps\nelse:\n    def dumps(value): ...",
        "from json import dumps\nclass Inner:\n    dumps = str",
        "from json import dumps\nlisted = [dumps for dumps in 'ab']",
    ],
)
def test_the_last_import_of_a_name_stands_for_it(scan_files, text):
    assert scan_files(f"{APP}{text}\n").modules["app"].imports["dumps"] == "json.dumps"
