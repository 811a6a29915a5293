"""Single trainings that somebody brought: compared with the first one, whatever they differ in."""

from lpr_core.study.designs.design import Design

DESIGN = Design(
    name="trainings",
    question="Which of these trainings read best?",
    about="Single trainings that no study ran.",
    place=1000,
    fits=lambda _: True,
)
