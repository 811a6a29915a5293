"""Turn Keras networks into a finder bundle, proven to say the same."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from pydantic import JsonValue

from lpr_core.augment.photos import letterbox_photo
from lpr_core.pictures.cuts import cut_region
from lpr_core.pictures.decoding import Picture
from lpr_core.serving.bundle import INPUT_NAME
from lpr_core.serving.export import ExportError, convert_model, package_versions
from lpr_core.serving.finding.bundle import (
    SAID_NAME,
    DefaultBoxLevel,
    FinderBundle,
    FinderCard,
    RefinerPart,
    open_finder,
    write_finder,
)
from lpr_core.tasks.finding.config import FindingConfig
from lpr_core.tasks.refining.config import RefiningConfig

if TYPE_CHECKING:
    import keras
    from onnxruntime import InferenceSession

FINDER_TOLERANCE = 1e-3
"""Largest difference of a logit or offset; offsets are tenths of a default box."""


def export_finder(
    network: "keras.Model",
    config: FindingConfig,
    refiner: tuple["keras.Model", RefiningConfig] | None,
    *,
    parity_photos: Sequence[Picture],
    out_dir: Path,
    name: str,
    threshold: float,
    provenance: Mapping[str, JsonValue] | None = None,
    refiner_provenance: Mapping[str, JsonValue] | None = None,
) -> FinderCard:
    """Write a finder, and a refiner that works on what it finds, as one bundle.

    Args:
        network: Made by `lpr_core.tasks.finding`.
        config: What it is made of, default boxes included.
        refiner: A network of `lpr_core.tasks.refining` and what it is made of.
        parity_photos: Real photos, `(H, W, 3)` uint8 RGB, on which both runtimes must agree.
        out_dir: The bundle's folder; one that is there already is replaced.
        name: The finder's name.
        threshold: From which score a box counts.
        provenance: Where the network comes from; the parity check is added to it.
        refiner_provenance: Likewise of the refiner.

    Raises:
        ExportError: Something differs by more than `FINDER_TOLERANCE`.
        ValueError: No photo was given to compare on.
    """
    if not parity_photos:
        raise ValueError("An export needs at least one photo to compare both models on.")
    card = FinderCard(
        name=name,
        classes=config.classes,
        height=config.height,
        width=config.width,
        levels=list_levels(config),
        variances=config.variances,
        corners=config.corners,
        threshold=threshold,
        refiner=_describe_refiner(refiner, refiner_provenance),
        created_with=package_versions(),
    )
    bundle = FinderBundle(
        card,
        convert_model(network, SAID_NAME),
        convert_model(refiner[0], SAID_NAME) if refiner else None,
    )
    difference = measure_parity(network, refiner, bundle, parity_photos)
    if not difference <= FINDER_TOLERANCE:  # written so that NaN is refused
        raise ExportError(
            f"What the exported models say may differ by {FINDER_TOLERANCE:g} from Keras. "
            f"Received: {difference:.2g} on {len(parity_photos)} photos."
        )
    parity: JsonValue = {
        "num_photos": len(parity_photos),
        "max_difference": difference,
        "tolerance": FINDER_TOLERANCE,
    }
    complete = card.model_copy(update={"provenance": {**(provenance or {}), "parity": parity}})
    return write_finder(out_dir, FinderBundle(complete, bundle.model, bundle.refiner))


def list_levels(config: FindingConfig) -> tuple[DefaultBoxLevel, ...]:
    """Return the maps that say boxes with their default boxes, in the order of the output."""
    from lpr_core.tasks.finding.network import list_level_shapes, measure_maps

    maps = measure_maps(config)
    return tuple(
        DefaultBoxLevel(rows=rows, columns=columns, shapes=shapes)
        for (rows, columns), shapes in zip(maps, list_level_shapes(config, maps), strict=True)
        if shapes
    )


def measure_parity(
    network: "keras.Model",
    refiner: tuple["keras.Model", RefiningConfig] | None,
    bundle: FinderBundle,
    photos: Sequence[Picture],
) -> float:
    """Return the largest difference between what Keras and ONNX Runtime say of photos.

    The refiner is shown the middle of each photo.
    """
    sessions, card = open_finder(bundle), bundle.card
    size, none = (card.height, card.width), np.zeros((0, 4))
    canvases = [letterbox_photo(photo, none, None, size).picture for photo in photos]
    differences = [_compare(network, sessions[0], np.stack(canvases))]
    if refiner is not None and sessions[1] is not None:
        size = (refiner[1].height, refiner[1].width)
        cuts = [cut_region(photo, _middle(photo), size) for photo in photos]
        differences.append(_compare(refiner[0], sessions[1], np.stack(cuts)))
    return max(differences)


def _compare(
    network: "keras.Model", session: "InferenceSession", pictures: NDArray[np.uint8]
) -> float:
    images = pictures.astype(np.float32)
    said = session.run([SAID_NAME], {INPUT_NAME: images})[0]
    return float(np.abs(network.predict(images, batch_size=16, verbose=0) - said).max())


def _middle(photo: Picture) -> NDArray[np.float64]:
    return np.array([0.25, 0.4, 0.75, 0.6]) * np.tile(photo.shape[1::-1], 2)


def _describe_refiner(
    refiner: tuple["keras.Model", RefiningConfig] | None,
    provenance: Mapping[str, JsonValue] | None,
) -> RefinerPart | None:
    if refiner is None:
        return None
    config = refiner[1]
    return RefinerPart(
        height=config.height,
        width=config.width,
        margin=config.margin,
        verifies=config.verifies,
        provenance=dict(provenance or {}),
    )
