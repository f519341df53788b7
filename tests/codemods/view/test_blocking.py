"""`async def` only where nothing in the body can block."""

import libcst as cst
import pytest

from codemods.view.blocking import cannot_block


def decided(body: str, *imported: str) -> bool:
    function = cst.ensure_type(cst.parse_module(f"def f(a, b):\n    {body}\n").body[0], cst.FunctionDef)
    return cannot_block(function, frozenset(imported))


@pytest.mark.parametrize(
    "body",
    ["return load(a)", "return open(a)", "return a.query()", "return requests.get(a)", "return cache.get(a)",
     "with a: pass", "while a: pass", "return (lambda: 1)()", "yield a", "len = a; return len(b)", "return a()()",
     "for len in a: len()", "return [text(1) for text in a]", "return requests.session().get(a)", "return a[0]()",
     "def g(): pass", "await a.json()"],
)  # fmt: skip
def test_what_may_block(body: str) -> None:
    assert not decided(body, "requests", "cache")


@pytest.mark.parametrize(
    "body",
    ["return 1", "return FlaskJSONResponse({'a': len(a)})", "return a.get('x').strip()", "raise HTTPException(404)",
     "return sorted(a.items())", "return ', '.join(str(one) for one in a)", "return body.json().get('a')"],
)  # fmt: skip
def test_what_cannot_block(body: str) -> None:
    assert decided(body, "requests", "cache")
