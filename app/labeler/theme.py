"""The labelling app's looks in Gradio's own parts: calm, system fonts, light and dark."""

import gradio as gr
from gradio.themes.utils.colors import Color

SANS = ["system-ui", "Segoe UI", "Roboto", "Liberation Sans", "sans-serif"]
MONO = ["ui-monospace", "SF Mono", "Menlo", "Consolas", "DejaVu Sans Mono", "monospace"]

BLUE = Color(
    name="plate-blue",
    c50="#eef4ff",
    c100="#dbe7fd",
    c200="#bcd2fa",
    c300="#8fb4f4",
    c400="#5e90ea",
    c500="#3a70d8",
    c600="#2a5cbc",
    c700="#1f4e9e",
    c800="#1b417f",
    c900="#1a3765",
    c950="#122444",
)
SLATE = Color(
    name="slate",
    c50="#f6f8fb",
    c100="#edf1f7",
    c200="#d8dee8",
    c300="#bec7d5",
    c400="#a3adbb",
    c500="#768294",
    c600="#576272",
    c700="#3d4756",
    c800="#232b37",
    c900="#171c25",
    c950="#0f131a",
)


def make_theme() -> gr.themes.Base:
    """Return the theme; fonts are names of local ones, so nothing is fetched."""
    theme = gr.themes.Base(
        primary_hue=BLUE,
        secondary_hue=BLUE,
        neutral_hue=SLATE,
        font=SANS,
        font_mono=MONO,
        radius_size=gr.themes.sizes.radius_md,
    )
    return theme.set(
        body_background_fill="*neutral_50",
        body_background_fill_dark="*neutral_950",
        body_text_color_subdued="*neutral_600",
        body_text_color_subdued_dark="*neutral_400",
        block_background_fill="white",
        block_background_fill_dark="*neutral_900",
        block_border_width="0px",
        block_shadow="none",
        button_primary_background_fill="*primary_700",
        button_primary_background_fill_hover="*primary_800",
        button_primary_background_fill_dark="*primary_600",
        button_primary_text_color="white",
        input_background_fill="white",
        input_background_fill_dark="*neutral_950",
        input_border_color="*neutral_300",
        input_border_color_dark="*neutral_700",
    )
