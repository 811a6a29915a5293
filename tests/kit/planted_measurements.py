"""A measurement for each suspect of a diagnosis, with numbers that are easy to tell apart."""

from lpr_core.evidence.suspects.measurements import (
    Difference,
    DriftMeasurement,
    FeaturesMeasurement,
    FormScore,
    GapMeasurement,
    LayerDrift,
    MemoryMeasurement,
    NormDistance,
    NormMeasurement,
    PositionMeasurement,
    ScaleMeasurement,
    ScaleScore,
    StageScore,
)

SURE = Difference(value=0.3, low=0.2, high=0.4)
RANGES = {"0 to 255": (-1.0, 1.0), "0 to 1": (-1.0, -0.992)}


def form(accuracy: float) -> FormScore:
    slots = [accuracy + (slot - 3) / 100 for slot in range(7)]
    return FormScore(accuracy=accuracy, slots=slots, anywhere=0.8, place=0.6)


def plant_measurements(num_layers: int = 2) -> dict:
    """Return a measurement for each suspect, as `diagnosis.json` holds them."""
    layers = range(1, num_layers + 1)
    found = {
        "gap": GapMeasurement(
            variant="frozen", seeds=8, train=0.9, validation=0.4, baseline=0.07, gap=SURE
        ),
        "memory": MemoryMeasurement(
            epochs=8,
            num_train=10_000,
            baseline=0.07,
            train_true=0.9,
            validation_true=0.4,
            train_shuffled=0.5,
            validation_shuffled=0.05,
            gap=SURE,
            memorised=SURE,
        ),
        "position": PositionMeasurement(
            head="pooled", pooled=form(0.3), unpooled=form(0.6), scrambled=form(0.25), lost=SURE
        ),
        "features": FeaturesMeasurement(
            stages=[
                StageScore(name="picture", pooled=0.1, unpooled=0.2),
                StageScore(name="1/8", pooled=0.3, unpooled=0.8),
                StageScore(name="1/32", pooled=0.25, unpooled=0.6),
                StageScore(name="random 1/32", pooled=0.08, unpooled=0.15),
            ],
            last="1/32",
            best="1/8",
            missed=SURE,
        ),
        "drift": DriftMeasurement(
            source="trained for this, 36,000 pictures",
            layers=[
                LayerDrift(
                    name=f"conv_{layer}",
                    weight_change=layer / num_layers,
                    cka=None if layer % 2 else 1 - layer / (num_layers + 1),
                )
                for layer in layers
            ],
            frozen=0.3,
            tuned=0.8,
            gained=SURE,
        ),
        "batch_statistics": NormMeasurement(
            layers=[
                NormDistance(name=f"norm_{layer}", mean_shift=0.1 * layer, scale_shift=1 / layer)
                for layer in layers
            ],
            inference=0.3,
            batch=0.31,
            mixed=0.2,
            frozen_moves=0.0,
            gained=SURE,
        ),
        "input_scale": ScaleMeasurement(
            scales=[
                ScaleScore(name=name, inputs=ends, spread=0.1, norm_shift=shift, accuracy=accuracy)
                for (name, ends), shift, accuracy in zip(
                    RANGES.items(), (0.2, None), (0.3, 0.1), strict=True
                )
            ],
            backbones={"compact": RANGES, "own": {}},
            gained=SURE,
        ),
    }
    return {name: measurement.model_dump(mode="json") for name, measurement in found.items()}
