"""Count what a scanner of bytes does, so that tests need no clock."""

import re
from re import _constants, _parser  # how a pattern is built, which `re` itself does not tell


class CountedPattern:
    """A compiled pattern whose work is added up; put it in the place of the scanner's own.

    Attributes:
        work: An upper bound of the bytes that were looked at. A pattern of limited width looks at
            no more than its width from each place; one without a limit may look at all the rest.
    """

    def __init__(self, pattern: re.Pattern[bytes]) -> None:
        self._pattern = pattern
        self._parsed = _parser.parse(pattern.pattern)
        self.work = 0

    def search(self, content: bytes, start: int = 0) -> re.Match[bytes] | None:
        found = self._pattern.search(content, start)
        span = (found.end() if found else len(content)) - start
        width = self._parsed.getwidth()[1]
        self.work += span * (width if width < 1000 else span)
        return found

    def sub(self, by: bytes, content: bytes) -> bytes:
        """Replace; a repeat of one byte with nothing behind it is passed once where it is found.

        Where a run is too short, less than the least length is looked at from each place.
        """
        ((kind, (least, _, (inner,))),) = self._parsed
        is_plain = kind is _constants.MAX_REPEAT and inner[0] is _constants.LITERAL
        self.work += len(content) * (least if is_plain else len(content))
        return self._pattern.sub(by, content)


class CountedBytes(bytes):
    """Bytes that count what is copied out of them."""

    copied = 0

    def __getitem__(self, key):
        part = super().__getitem__(key)
        self.copied += len(part) if isinstance(key, slice) else 1
        return part
