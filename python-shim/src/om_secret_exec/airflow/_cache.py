"""What the secrets backend was told, for the whole process.

Airflow makes new backends as it likes, in some versions one for each look-up: what
they know must not be theirs.
"""

from __future__ import annotations

import os
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Callable, Optional, Union

if TYPE_CHECKING:
    from collections.abc import Hashable

    from om_secret_exec import SecretExecError

# A value, None when there is no such secret, or the error that says why not.
Answer = Union[str, None, "SecretExecError"]


@dataclass
class _Entry:
    answer: Answer = field(repr=False)
    expires: float


class Cache:
    """Answers by key, each until its time is over. Safe for threads and forks.

    Of threads that ask for the same key, one asks the store and the others wait;
    different keys do not wait for each other.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._entries: dict[Hashable, _Entry] = {}
        self._reset_locks()

    def get(self, key: Hashable, ask: Callable[[], tuple[Answer, float]]) -> Answer:
        """Return the answer to key: one that is known, or what ask gives.

        ask returns the answer and for how many seconds to keep it.
        """
        if self._pid != os.getpid():  # forked, maybe while another thread held a lock
            self._reset_locks()
        known = self._known(key)
        if known is not None:
            return known.answer
        with self._lock:
            asking = self._asking.setdefault(key, threading.RLock())
        with asking:
            known = self._known(key)  # another thread may have asked meanwhile
            if known is not None:
                return known.answer
            answer, seconds = ask()
            if seconds > 0:
                self._entries[key] = _Entry(answer, self._clock() + seconds)
            return answer

    def _known(self, key: Hashable) -> Optional[_Entry]:  # noqa: UP045 - one style with Answer
        entry = self._entries.get(key)
        if entry is None or self._clock() < entry.expires:
            return entry
        self._entries.pop(key, None)  # it holds a secret
        return None

    def _reset_locks(self) -> None:
        self._pid = os.getpid()
        # Reentrant: a signal handler may ask while its thread is asking.
        self._lock = threading.RLock()
        self._asking: dict[Hashable, threading.RLock] = {}
