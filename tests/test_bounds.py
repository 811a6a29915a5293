"""Every number that a file or a person gives has a bound, and is a number."""

import importlib
import pkgutil

import annotated_types
import pytest
from pydantic import BaseModel, ValidationError

import lpr_core.tasks
from lpr_core.plates.format import PlateFormat
from lpr_core.serving.bundle import ReaderCard
from lpr_core.serving.calibration import Calibration
from lpr_core.serving.floor import Floor
from lpr_core.tasks.task import find_task, task_names
from lpr_core.training.config import TrainingConfig

MODELS = [
    *(TrainingConfig, PlateFormat, ReaderCard, Calibration, Floor),
    *(find_task(name).config for name in task_names()),
]
NUMBERS = [
    pytest.param(model, name, field, id=f"{model.__name__}.{name}")
    for model in MODELS
    for name, field in model.model_fields.items()
    if field.annotation in (int, float, int | None, float | None)
]


def test_the_models_are_found():
    assert all(issubclass(model, BaseModel) for model in MODELS)
    assert len(NUMBERS) > 30


@pytest.mark.parametrize(("model", "name", "field"), NUMBERS)
def test_numbers_have_two_bounds(model, name, field):
    kinds = {type(bound) for bound in field.metadata}
    assert kinds & {annotated_types.Ge, annotated_types.Gt}
    assert kinds & {annotated_types.Le, annotated_types.Lt}


@pytest.mark.parametrize("value", [float("inf"), float("-inf"), float("nan"), 1e300, -1e300])
@pytest.mark.parametrize(("model", "name", "field"), NUMBERS)
def test_what_is_no_number_is_refused(model, name, field, value):
    with pytest.raises(ValidationError) as caught:
        model.model_validate(
            {"manifest": "m.csv", "name": "n", "height": 64, "width": 64, name: value}
        )
    assert {error["loc"][0] for error in caught.value.errors()} >= {name}


def test_all_packages_of_tasks_are_asked():
    found = [
        module.name for module in pkgutil.iter_modules(lpr_core.tasks.__path__) if module.ispkg
    ]
    assert {
        importlib.import_module(f"lpr_core.tasks.{name}.task").TASK.name for name in found
    } == set(task_names())
