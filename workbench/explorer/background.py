"""Dear things made beside everything else: whoever asks waits a moment at most, and asks again."""

from __future__ import annotations

from threading import Condition, Thread
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

T = TypeVar("T")


class Background(Generic[T]):
    """Makes one thing for a key, the newest that was asked for; what was made last is at hand.

    Several that are asked for in a row do not queue: when one is made, only the last of those that wait is begun.
    """

    def __init__(self) -> None:
        self._changed = Condition()
        self._made: tuple[Hashable, T | None, Exception | None] | None = None
        self._making: Hashable = None
        self._wanted: tuple[Hashable, Callable[[], T]] | None = None

    def get(self, key: Hashable, make: Callable[[], T], wait: float) -> T | None:
        """The thing for this key, None while it is being made; an error while making it is raised here."""
        with self._changed:
            if not self._has(key) and self._making != key:
                self._wanted = key, make
                if self._making is None:
                    self._begin()
            self._changed.wait_for(lambda: self._has(key), wait)
            made = self._made if self._has(key) else None
        if made and made[2]:
            raise made[2]
        return made[1] if made else None

    def _has(self, key: Hashable) -> bool:
        return self._made is not None and self._made[0] == key

    def _begin(self) -> None:
        """Begins what is wanted, beside everything else."""
        if self._wanted is not None:
            (self._making, make), self._wanted = self._wanted, None
            Thread(target=self._work, args=(self._making, make), daemon=True).start()

    def _work(self, key: Hashable, make: Callable[[], T]) -> None:
        made: T | None = None
        failed: Exception | None = None
        try:
            made = make()
        except Exception as error:  # noqa: BLE001 - raised again where it is asked for
            failed = error
        with self._changed:
            self._made, self._making = (key, made, failed), None
            self._begin()
            self._changed.notify_all()
