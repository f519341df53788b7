"""What tests have replaced right now, and the same done to the target's copies."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from typing import Any

from .recording import Recorder
from .replaced import MISSING
from .twins import Twins, UnreachableError


class Replacements:
    """Follows a test's replacements on the side of FastAPI.

    A replacement whose copy cannot be replaced holds requests back: while it lasts they are answered by Flask, so that
    nothing which a test has put out of reach (a payment, a mail) is done in earnest by the copy.
    """

    def __init__(self, twins: Twins, recorder: Recorder, import_target: Callable[[], None]) -> None:
        self.twins = twins
        self.recorder = recorder
        self.import_target = import_target
        self._undo: dict[object, list[Callable[[], None]]] = {}
        self._held: dict[object, list[str]] = {}
        self._active: dict[object, list[tuple[int, object]]] = {}
        self._is_busy = False

    def is_active(self, owner: object, name: object) -> bool:
        """Whether this is replaced now."""
        return any((id(owner), name) in places for places in self._active.values())

    def held(self) -> Iterator[str]:
        """Why requests are held back now; nothing where they are not."""
        for reasons in self._held.values():
            yield from reasons

    def about_to_replace(self) -> None:
        """Have the target imported first: a name that it imports must be bound to the real thing."""
        if not self._is_busy and self.twins.is_loaded():
            self._is_busy = True
            try:
                # What fails here is recorded, and met again by the next request.
                with contextlib.suppress(Exception):
                    self.import_target()
            finally:
                self._is_busy = False

    def replaced(self, key: object, owner: Any, name: Any, original: Any, is_item: bool) -> None:
        """Do the same to the copies, or hold requests back."""
        self._active.setdefault(key, []).append((id(owner), name))
        what = self._describe(owner, name, is_item)
        if what is None:
            return
        if self.recorder.test:
            self.recorder.note(self.recorder.replaced, what)
        try:
            if is_item:
                self.twins.check_item(owner)
                return
            value = getattr(owner, name, MISSING)
            for twin, twin_name in self.twins.places(owner, name, original):
                self._replace(key, twin, twin_name, value, vars(twin).get(twin_name, MISSING))
            state = self.twins.state_of(owner, name)
            if state is not None:
                # A gateway made meanwhile adopts the replacement: what comes back is Flask's object.
                self._replace(key, state[0], state[1], value, original)
        except UnreachableError as error:
            self._held.setdefault(key, []).append(f"replaces {error}")

    def restored(self, key: object) -> None:
        """Give the copies their values again."""
        self._active.pop(key, None)
        self._held.pop(key, None)
        for undo in reversed(self._undo.pop(key, [])):
            undo()

    def _replace(self, key: object, twin: Any, name: str, value: Any, before: Any) -> None:
        def undo() -> None:
            if before is MISSING:
                delattr(twin, name)
            else:
                setattr(twin, name, before)

        if value is MISSING:
            delattr(twin, name)
        else:
            setattr(twin, name, value)
        self._undo.setdefault(key, []).append(undo)

    def _describe(self, owner: Any, name: Any, is_item: bool) -> str | None:
        """What is replaced, in words; None for the environment's variables, which both sides read from one place."""
        if owner is os.environ:
            return None
        if type(owner).__name__ == "Config" and is_item:
            return f"app.config[{name!r}]"
        place = getattr(owner, "__qualname__", None) or getattr(owner, "__name__", None) or type(owner).__name__
        module = getattr(owner, "__module__", None)
        whole = f"{module}.{place}" if module and isinstance(owner, type) else str(place)
        return f"{whole}[{name!r}]" if is_item else f"{whole}.{name}"
