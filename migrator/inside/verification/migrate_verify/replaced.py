"""Learns of every attribute and item that a test replaces through `unittest.mock` or pytest's `monkeypatch`."""

from __future__ import annotations

import importlib
from typing import Any, Protocol

MISSING = object()


class Listener(Protocol):
    """Told before anything is replaced, of each replacement, and of the end of each."""

    def about_to_replace(self) -> None:
        """A replacement follows."""

    def replaced(self, key: object, owner: object, name: object, original: object, is_item: bool) -> None:
        """`owner.name`, or `owner[name]`, has another value now. `key` tells replacements of one origin apart."""

    def restored(self, key: object) -> None:
        """What was replaced under this key has its value again."""


def listen(listener: Listener) -> None:
    """Have `listener` told by both libraries, and by the `mock` package where it is installed."""
    for name in ("unittest.mock", "mock.mock"):
        try:
            module: Any = importlib.import_module(name)
        except ImportError:
            continue
        _listen_to_patch(module._patch, listener)
        _listen_to_patch_dict(module._patch_dict, listener)
    import _pytest.monkeypatch

    _listen_to_monkeypatch(_pytest.monkeypatch.MonkeyPatch, listener)


def _listen_to_patch(kind: Any, listener: Listener) -> None:
    enter, leave = kind.__enter__, kind.__exit__

    def __enter__(self: Any) -> Any:  # noqa: N807 (replaces a special method)
        listener.about_to_replace()
        result = enter(self)
        listener.replaced(id(self), self.target, self.attribute, self.temp_original, False)
        return result

    def __exit__(self: Any, *error: Any) -> Any:  # noqa: N807 (replaces a special method)
        listener.restored(id(self))
        return leave(self, *error)

    kind.__enter__, kind.__exit__ = __enter__, __exit__


def _listen_to_patch_dict(kind: Any, listener: Listener) -> None:
    change, restore = kind._patch_dict, kind._unpatch_dict

    def _patch_dict(self: Any) -> Any:
        listener.about_to_replace()
        result = change(self)
        for name in self.values:
            listener.replaced(id(self), self.in_dict, name, MISSING, True)
        return result

    def _unpatch_dict(self: Any) -> Any:
        listener.restored(id(self))
        return restore(self)

    kind._patch_dict, kind._unpatch_dict = _patch_dict, _unpatch_dict


def _listen_to_monkeypatch(kind: Any, listener: Listener) -> None:
    def telling(method: str, log: str, is_item: bool) -> Any:
        original = getattr(kind, method)

        def replacing(self: Any, *args: Any, **options: Any) -> Any:
            __tracebackhide__ = True
            listener.about_to_replace()
            before = len(getattr(self, log))
            result = original(self, *args, **options)
            for owner, name, value in getattr(self, log)[before:]:
                listener.replaced(id(self), owner, name, value, is_item)
            return result

        return replacing

    for method in ("setattr", "delattr"):
        setattr(kind, method, telling(method, "_setattr", False))
    for method in ("setitem", "delitem"):
        setattr(kind, method, telling(method, "_setitem", True))
    undo = kind.undo

    def undoing(self: Any) -> None:
        listener.restored(id(self))
        undo(self)

    kind.undo = undoing
