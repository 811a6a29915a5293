"""What a design asks of its runs, as far as the evidence has to know."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Asked:
    """Who is compared with whom, and how it is judged.

    Attributes:
        base_levels: Levels that the others are compared with; all other factors stay equal. `None`
            makes the first variant the reference of all.
        grows: Factor of which each level is compared with the next smaller one too; empty for none.
        joins_folds: Whether each variant reads a part of the plates, a fold, and the folds are put
            side by side.
        judges_hypotheses: Whether the four hypotheses are judged, and not variant by variant.
    """

    base_levels: Mapping[str, Any] | None = None
    grows: str = ""
    joins_folds: bool = False
    judges_hypotheses: bool = False
