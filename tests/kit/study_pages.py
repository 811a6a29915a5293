"""What the tests of a study's pages look for."""

from streamlit.testing.v1 import AppTest

from tests.kit.planted_variants import hypotheses_variants

EVERY_RUN = [(variant.name, seed) for variant in hypotheses_variants() for seed in range(8)]


def figures(page: AppTest) -> list:
    return page.get("plotly_chart")


OTHERS = "over other seeds and other plates of the same kind"


def offers(page: AppTest) -> list[str]:
    return [button.label for button in page.button if button.key.startswith("offer_")]
