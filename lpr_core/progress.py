"""What long work calls while it goes on."""

from collections.abc import Callable

CountListener = Callable[[int, int], None]
"""Takes what is done and the total."""
