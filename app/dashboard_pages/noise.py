"""The noise page: choose a plate, turn up the noise, see what the reader still reads."""

import numpy as np
import streamlit as st

from app.noise_ladder import (
    LADDER,
    NUM_DRAWS,
    Rung,
    average_draws,
    read_ladder,
    tabulate_draws,
)
from app.plate_view import card_grid, plate_card
from app.samples import list_samples
from app.shared_reader import require_reader
from lpr_core.charts import describe_figure, plot_noise
from lpr_core.plates.format import normalize_plate
from lpr_core.plates.imaging import PictureError, read_picture
from lpr_core.reading import Reader

SAMPLE, OWN = "Sample plates", "Own picture"


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


def choose_sample() -> tuple[np.ndarray, str]:
    """Return the picture and the text of the sample that is chosen, the first one to begin with."""
    samples = {f"{sample.text} {sample.region}".strip(): sample for sample in list_samples()}
    if not samples:
        st.info("No sample plates are here yet (data/samples is empty). Choose a picture of yours.")
        st.stop()
    label = st.pills(
        "Plate",
        samples,
        default=next(iter(samples)),
        required=True,
        key="sample",
        bind="query-params",
        wrap=True,
    )
    return read_picture(samples[label].path), samples[label].text


def choose_own() -> tuple[np.ndarray, str | None]:
    """Return the picture that was brought and the text that was typed, if any."""
    upload = st.file_uploader(
        "A picture of one plate, cut out roughly",
        type=["jpg", "jpeg", "png", "webp", "bmp", "tif", "tiff"],
    )
    text = st.text_input("What the plate says (optional)", key="plate")
    if upload is None:
        st.info("Drop a picture above. It stays on this machine and is not kept.")
        st.stop()
    try:
        return read_picture(upload.getvalue()), text or None
    except PictureError as problem:
        st.warning(str(problem))
        st.stop()


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
    verdict = f"{share} · {rung.reading.confidence:.0%} sure"
    return plate_card(rung.noisy.picture, title, facts, rung.marks, verdict)


st.title("Noise")
st.markdown(
    "How much Gaussian noise can the reader take? **Strength** is the standard deviation as a "
    "share of the range 0 to 255: the same number, and the same noise, as in a training."
)
reader = require_reader()

inputs, settings = st.columns([3, 2], gap="medium")
with inputs:
    source = st.segmented_control(
        "Picture",
        [SAMPLE, OWN],
        default=SAMPLE,
        required=True,
        key="source",
        bind="query-params",
    )
    picture, expected = choose_sample() if source == SAMPLE else choose_own()
with settings:
    strength = st.slider("Strength", 0.0, 0.5, 0.1, 0.01, key="strength", bind="query-params")
    per_channel = st.toggle(
        "Each colour channel on its own",
        value=True,
        key="per_channel",
        bind="query-params",
        help="On: coloured grain. Off: the same grain in red, green and blue.",
    )

expected = keep_fitting(expected, reader)
clean, chosen = read_noisy(reader, picture, (0.0, strength), expected, per_channel)
st.html(
    card_grid([rung_card(clean, "Clean"), rung_card(chosen, f"Strength {strength:.2f}")], pair=True)
)
compared = f"the known text {expected}" if expected else "what is read without noise"
st.caption(
    f"Read by {reader.version}, compared with {compared}. The noise is laid on the picture at the "
    f"reader's own size, {reader.card.width} by {reader.card.height} pixels, as in training."
)

draws = [
    read_noisy(reader, picture, LADDER, expected, per_channel, seed) for seed in range(NUM_DRAWS)
]
table = tabulate_draws(draws)

st.subheader("From faint to strong")
st.html(card_grid(rung_card(rung, f"Strength {rung.noisy.strength:.2f}") for rung in draws[0][1:]))

st.subheader("Where it breaks")
figure = plot_noise(average_draws(table), chosen=strength)
st.plotly_chart(figure, alt=describe_figure(figure), config={"displaylogo": False})
st.caption(f"Means over {NUM_DRAWS} draws of the noise on this one plate.")
st.download_button(
    "Download all readings (CSV)",
    table.to_csv(index=False),
    file_name="noise-readings.csv",
    mime="text/csv",
    icon=":material/download:",
    on_click="ignore",
)
