"""The context of schemas, beside Marshmallow's own."""

from typing import Any

import pytest
from marshmallow.experimental.context import Context as Theirs

from codemods.compat.schema_context import Context


@pytest.mark.parametrize("kind", [Context, Theirs])
def test_the_innermost_counts(kind: Any):
    with pytest.raises(LookupError):
        kind.get()
    assert kind.get(None) is None
    with kind({"a": 1}) as outer:
        assert outer.context == {"a": 1}
        with kind(2):
            assert kind.get() == 2
        assert kind.get("default") == {"a": 1}
    assert kind.get("default") == "default"
