"""Following what others write: people's files and the journal are looked at every few seconds, and a change is told."""

from __future__ import annotations

import weakref
from threading import Event, Thread
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

SECONDS = 1.5


class Following:
    """Calls a method of ``whom`` whenever ``stamps`` gives something else; ends with it, or when it says so (False)."""

    def __init__(self, stamps: Callable[[], object], tell: Callable[[], bool], seconds: float = SECONDS) -> None:
        self._stamps = stamps
        self._tell = weakref.WeakMethod(tell)  # whoever is not needed any more is not kept for this
        self._seconds = seconds
        self._over = Event()
        self._seen = stamps()
        self._thread: Thread | None = None

    def start(self) -> None:
        """From now on; once."""
        if self._thread is None:
            self._thread = Thread(target=self._follow, daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """No more."""
        self._over.set()

    def _follow(self) -> None:
        while not self._over.wait(self._seconds):
            stamps = self._stamps()
            tell = self._tell()
            if tell is None:
                return
            if stamps != self._seen:
                self._seen = stamps
                if not tell():
                    return
            del tell
