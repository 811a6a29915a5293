"""The noise page: lay noise on a plate, see what the reader and each run of a study still read."""

from dataclasses import replace

import numpy as np
import streamlit as st

from app.dashboard.chosen.noise_sources import ChosenPlate, choose_plate
from app.dashboard.chosen.shared_reader import require_reader
from app.dashboard.chosen.study_picker import find_study_view
from app.dashboard.shown.figures import show_figure
from app.dashboard.shown.noise_ladder import (
    LADDER,
    NUM_DRAWS,
    Rung,
    average_draws,
    read_ladder,
    tabulate_draws,
)
from app.dashboard.shown.plate_view import card_grid, plate_card
from app.dashboard.shown.study_noise import show_all_plates, show_runs
from lpr_core.charts import plot_noise
from lpr_core.evidence.units import whole_percent
from lpr_core.plates.format import normalize_plate
from lpr_core.serving import Reader


@st.cache_data(
    max_entries=200, show_spinner=False, hash_funcs={Reader: lambda reader: reader.version}
)
def read_noisy(
    reader: Reader,
    picture: np.ndarray,
    strengths: tuple[float, ...],
    expected: str | None,
    per_channel: bool,
    seed: int = 0,
) -> tuple[Rung, ...]:
    return read_ladder(
        reader, picture, strengths, expected=expected, per_channel=per_channel, seed=seed
    )


def keep_fitting(text: str | None, reader: Reader) -> str | None:
    """Return the known text if it fits the reader's format; otherwise say why it is not used."""
    try:
        return text and normalize_plate(text, reader.plate_format)
    except ValueError as problem:
        st.warning(f"{problem}. The clean reading is taken instead.")
        return None


def rung_card(rung: Rung, title: str) -> str:
    psnr = "no noise" if np.isinf(rung.noisy.psnr) else f"PSNR {rung.noisy.psnr:.1f} dB"
    num_right, num_marks = rung.num_right, len(rung.marks)
    share = "All right" if num_right == num_marks else f"{num_right} of {num_marks} right"
    facts = [f"sigma {rung.noisy.sigma:.1f}", psnr]
    if not rung.reading.is_readable:
        verdict = f"Too unsure to show a text ({whole_percent(rung.reading.confidence)})"
        return plate_card(rung.noisy.picture, title, facts, (), verdict)
    verdict = f"{share} · {whole_percent(rung.reading.confidence)} sure"
    return plate_card(rung.noisy.picture, title, facts, rung.marks, verdict)


def show_pair(reader: Reader, plate: ChosenPlate, strength: float, per_channel: bool) -> bool:
    """Show the clean and the chosen picture; return whether there is a text to compare with."""
    clean, chosen = read_noisy(reader, plate.picture, (0.0, strength), plate.text, per_channel)
    cards = [rung_card(clean, "Clean"), rung_card(chosen, f"Strength {strength:.2f}")]
    st.html(card_grid(cards, pair=True))
    if not (plate.text or clean.reading.is_readable):
        st.info("This picture has no plate that can be read, so noise has nothing to break.")
        return False
    compared = f"the known text {plate.text}" if plate.text else "what is read without noise"
    st.caption(
        f"Read by {reader.version}, compared with {compared}. The noise is laid on the picture at "
        f"the reader's own size, {reader.card.width} by {reader.card.height} pixels, as in "
        "training."
    )
    return True


def show_ladder(reader: Reader, plate: ChosenPlate, strength: float, per_channel: bool) -> None:
    draws = [
        read_noisy(reader, plate.picture, LADDER, plate.text, per_channel, seed)
        for seed in range(NUM_DRAWS)
    ]
    st.subheader("From faint to strong", anchor=False)
    st.html(
        card_grid(rung_card(rung, f"Strength {rung.noisy.strength:.2f}") for rung in draws[0][1:])
    )
    st.subheader("Where it breaks", anchor=False)
    table = tabulate_draws(draws)
    show_figure(plot_noise(average_draws(table), chosen=strength), table, "noise-readings")
    st.caption(f"Means over {NUM_DRAWS} draws of the noise on this one plate.")


has_text = False
view = find_study_view()
st.title("How much noise is too much?", anchor=False)
st.markdown(
    "**Strength** is the standard deviation of the noise as a share of the range 0 to 255: the "
    "same number, and the same noise, as in a training."
)
reader = require_reader()
inputs, settings = st.columns([3, 2], gap="medium")
with settings:
    strength = st.slider("Strength", 0.0, 0.5, 0.1, 0.01, key="strength", bind="query-params")
    per_channel = st.toggle(
        "Each colour channel on its own",
        value=True,
        key="per_channel",
        bind="query-params",
        help="On: coloured grain. Off: the same grain in red, green and blue.",
    )
with inputs:
    plate = choose_plate(view)

if plate is not None:
    st.subheader("The shipped reader, live", anchor=False)
    plate = replace(plate, text=keep_fitting(plate.text, reader))
    has_text = show_pair(reader, plate, strength, per_channel)
if view is not None:
    show_runs(view, plate.number if plate else None, strength)
    show_all_plates(view, strength)
if plate is not None and has_text:
    show_ladder(reader, plate, strength, per_channel)
