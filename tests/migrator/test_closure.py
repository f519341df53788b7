"""What a generated module runs with, by digest."""

import pytest

from migrator.closure import closure_digests

TEXTS = {
    "new/main.py": b"from .hooks import load\nfrom .routers import orders\nfrom .routers.pages import router\n",
    "new/hooks.py": b"from .compat.session import Session\n",
    "new/compat/__init__.py": b"",
    "new/compat/session.py": b"",
    "new/dependencies.py": b"from .compat import session\n",
    "new/unused.py": b"",
    "new/routers/__init__.py": b"",
    "new/routers/orders.py": b"from ..dependencies import guard\nimport json\n",
    "new/routers/pages.py": b"from .. import state\n",
    "new/state.py": b"",
}
ORDERS, PAGES = "new/routers/orders.py", "new/routers/pages.py"


def digests(**changed):
    texts = TEXTS | {path.replace("__", "/") + ".py": text for path, text in changed.items()}
    return closure_digests(texts, "new", {ORDERS, PAGES})


@pytest.mark.parametrize(
    ("file", "of"),
    [
        ("new__dependencies", {ORDERS}),
        ("new__state", {PAGES}),
        ("new__hooks", {ORDERS, PAGES}),
        ("new__compat__session", {ORDERS, PAGES}),
        ("new__unused", set()),
        ("new__main", set()),
        ("new__routers__orders", set()),
    ],
)
def test_whose_closure_a_module_is_in(file, of):
    path = file.replace("__", "/") + ".py"
    before, after = digests(), digests(**{file: TEXTS[path] + b"# changed\n"})
    assert {output for output in (ORDERS, PAGES) if before[output] != after[output]} == of
