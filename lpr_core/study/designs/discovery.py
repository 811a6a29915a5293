"""Find designs: the modules of this package that have one, and what installed packages offer."""

import logging
import pkgutil
import sys
from collections.abc import Collection, Iterator
from dataclasses import replace
from functools import lru_cache
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path

from lpr_core.study.designs.design import Design
from lpr_core.study.designs.variant import Variant
from lpr_core.study.folder.record import VariantRecord
from lpr_core.training.config import TrainingConfig

GROUP = "lpr.designs"
"""Entry points of this group name a `Design`, such as `toy = "my_package.toy:DESIGN"`."""

_PACKAGE = "lpr_core.study.designs"

log = logging.getLogger("lpr.designs")


def list_designs() -> tuple[Design, ...]:
    """Return all designs, in their order; of two of one name, the one of this package."""
    return _load_designs(tuple(sys.path))


@lru_cache(maxsize=4)
def _load_designs(_places: tuple[str, ...]) -> tuple[Design, ...]:
    found: dict[str, Design] = {}
    for design in (*_load_own(), *_load_foreign()):
        found.setdefault(design.name, design)
    return tuple(sorted(found.values(), key=lambda design: (design.place, design.name)))


def _load_own() -> Iterator[Design]:
    for module in pkgutil.iter_modules([str(Path(__file__).parent)]):
        design = getattr(import_module(f"{_PACKAGE}.{module.name}"), "DESIGN", None)
        if design is not None:
            yield design


def _load_foreign() -> Iterator[Design]:
    for entry in entry_points(group=GROUP):
        try:
            design = entry.load()
        except Exception:  # somebody else's code, which must not stop ours
            log.exception("the design %s of %s cannot be loaded", entry.name, entry.value)
            continue
        if isinstance(design, Design):
            yield design
        else:
            log.warning("%s is no design: %r", entry.value, design)


def design_names() -> tuple[str, ...]:
    """Return the names that `build_design` knows."""
    return tuple(design.name for design in list_designs() if design.vary is not None)


def find_design(name: str) -> Design:
    """Return the design of a study; one that is not known here is judged by its first variant."""
    return next(
        (design for design in list_designs() if design.name == name),
        Design(name, "What do these variants read more or less than the first?"),
    )


def find_design_of(variants: Collection[VariantRecord]) -> Design:
    """Return the design that single trainings make up by chance; otherwise the plain one."""
    fitting = [
        design for design in list_designs() if design.fits is not None and design.fits(variants)
    ]
    return fitting[0]


def build_design(
    name: str, base: TrainingConfig, weights: str, backbone: str | None = None
) -> Design:
    """Return a design with its variants around a base configuration.

    Args:
        name: One of `design_names()`.
        base: What the variants change.
        weights: What transfer starts from, as in `ReadingConfig`.
        backbone: The backbone, where a person has chosen one.

    Raises:
        ValueError: There is no such design.
    """
    design = find_design(name)
    if design.vary is None:
        raise ValueError(f"The designs are {', '.join(design_names())}. Received: {name!r}")
    return replace(design, variants=tuple(design.vary(base, weights, backbone)))


def list_runs_of(
    design: Design, seeds: tuple[int, ...], only: tuple[str, ...] = ()
) -> Iterator[tuple[Variant, int]]:
    """Yield variants with seeds, seed after seed, so that a part of a study is balanced.

    Raises:
        ValueError: `only` names a variant that there is not.
    """
    chosen = tuple(map(design.find_variant, only)) or design.variants
    for seed in seeds:
        for variant in chosen:
            yield variant, seed
