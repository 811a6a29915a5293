"""Read pictures that were taken in without being read, while people do other things."""

import logging
import threading

from app.faults import unforeseen
from lpr_core.labels import LabelStore, StoreError
from lpr_core.labels.intake.unread import PlateReader, read_unread

log = logging.getLogger(__name__)

ROUND = 200
"""Pictures that are read before it looks anew which wait."""


class BackgroundReader:
    """Reads what nobody has read; one thread, and only while something waits.

    Args:
        reader: Who reads.
        store: Where the pictures are.
    """

    def __init__(self, reader: PlateReader, store: LabelStore) -> None:
        self._reader = reader
        self._store = store
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def wake(self) -> None:
        """Begin to read what waits, unless that is being done."""
        with self._lock:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._read_all, daemon=True)
                self._thread.start()

    def wait(self, seconds: float | None = None) -> None:
        """Wait until nothing is being read."""
        if thread := self._thread:
            thread.join(seconds)

    def _read_all(self) -> None:
        try:
            # A picture that cannot be read stays unread: a round without a success is the last.
            while read_unread(self._store, self._reader, limit=ROUND).num_read:
                pass
        except StoreError as error:
            log.warning("Reading stopped: %s", error)
        except unforeseen():
            log.exception("Reading stopped")
