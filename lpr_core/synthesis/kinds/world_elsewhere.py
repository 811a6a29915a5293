"""Plates of Asia, Africa, Australia and America of any length, in one row and two, as data.

Layouts follow the public descriptions (Wikipedia: "Vehicle registration plates of ...").
"""

from lpr_core.synthesis.kinds.plate_design import (
    BLACK,
    BLUE,
    GREEN,
    WHITE,
    YELLOW,
    PlateDesign,
    Scheme,
)
from lpr_core.synthesis.kinds.world_kinds import (
    ANY_COLOURS,
    BOLD,
    DEALERS,
    PLAIN,
    long_plate,
    square_plate,
)

_PAKISTAN = (
    "PUNJAB",
    "SINDH",
    "KPK",
    "ISLAMABAD",
    "GOVT. OF PUNJAB",
    "ICT-ISLAMABAD",
    "BALOCHISTAN",
    "",
)

ELSEWHERE: tuple[PlateDesign, ...] = (
    long_plate(
        "pk",
        *(
            "LLL_NNN",
            "LLL_NNNN",
            "LL_NNNN",
            "LL_NNN",
            "LLL-NNN",
            "LLL-NNNN",
            "LL-NNNN",
            "LE_NN_NNNN",
        ),
        *("LLL_NN_NNN", "LL-NN-NNNN", "L_NNNN", "LL_NNcNNNN", "LLL_NN_NNNN", "LEcNNNN"),
        header=_PAKISTAN,
        footer=(*_PAKISTAN, *DEALERS),
        schemes=(
            *PLAIN,
            Scheme(GREEN, WHITE, 1),
            Scheme(BLACK, WHITE, 1),
            Scheme(BLUE, WHITE, 0.5),
        ),
        left_band=("", "PK"),
        weight=3,
    ),
    square_plate(
        "pk",
        *("LLL/NNN", "LLL/NNNN", "LL/NNNN", "LL_NN/NNNN", "LLL_NN/NNN", "LE_NN/NNNN", "LEcNN/NNNN"),
        schemes=(*PLAIN, Scheme(BLACK, WHITE, 1)),
        weight=1.6,
    ),
    long_plate(
        "in",
        *(
            "LL_NN_LL_NNNN",
            "LLNNLLNNNN",
            "LL_NN_L_NNNN",
            "LL-NN-LL-NNNN",
            "LL_N_LL_NNNN",
            "LLNNcLLNNNN",
        ),
        left_band=("IND", ""),
        schemes=(Scheme(WHITE, BLACK, 5), Scheme(YELLOW, BLACK, 2), Scheme(BLACK, YELLOW, 0.5)),
        weight=1.2,
    ),
    square_plate(
        "in", "LL_NN/LL_NNNN", "LL_NN_L/NNNN", "LL-NN/L-NNNN", "LL_NN_LL/NNNN", weight=0.8
    ),
    long_plate(
        "au",
        "LLL_NNN",
        "LL_NN_LL",
        "NLL_NLL",
        "LNNN_LLL",
        "NNN_LLL",
        "LLL'NNL",
        header=("NSW", "QLD", "VIC", "SA"),
        footer=("VICTORIA - THE EDUCATION STATE", "QUEENSLAND", "THE FIRST STATE"),
        weight=1.0,
    ),
    long_plate(
        "ae",
        "L_NNNNN",
        "LL_NNNNN",
        "NN_NNNNN",
        "N_NNNNN",
        "L_NNNN",
        "LcNNNNN",
        header=("", "DUBAI", "ABU DHABI", "SHARJAH"),
        weight=0.6,
    ),
    square_plate("ae", "L/NNNNN", "NN/NNNNN", "L/NNNN", weight=0.2),
    long_plate(
        "ca",
        "LLLL_NNN",
        "LLL_NNN",
        "NNN_LLL",
        "LLL-NNNN",
        "LNN_NNN",
        header=("ONTARIO", "QUEBEC", "BRITISH COLUMBIA"),
        footer=("YOURS TO DISCOVER", "JE ME SOUVIENS"),
        fonts=BOLD,
        aspect=(1.9, 2.4),
        text_height=(0.38, 0.55),
        weight=0.8,
    ),
    long_plate(
        "us",
        "LLL_NNN",
        "LLL_NNNN",
        "NNN_LLL",
        "LLN_NNL",
        "NNNN_LL",
        "LNNNNN",
        "NLLLNNN",
        "NN_NNNN",
        "AAAAAA",
        "AAAAA",
        "LL_NNNNN",
        "NNNcLLL",
        header=("CALIFORNIA", "TEXAS", "NEW YORK", "FLORIDA", "OHIO", "UTAH", "NEVADA"),
        footer=(
            "SUNSHINE STATE",
            "DMV.CA.GOV",
            "THE LONE STAR STATE",
            "LIFE ELEVATED",
            "ALOHA STATE",
        ),
        fonts=BOLD,
        aspect=(1.85, 2.4),
        text_height=(0.38, 0.58),
        schemes=ANY_COLOURS,
        scenery=True,
        stickers=True,
        weight=3,
    ),
    long_plate("za", "LL_NN_LL_LL", "LLL_NNN_LL", "LL_NNN_NNN", weight=0.3),
    long_plate(
        "my", "LLL_NNNN", "LL_NNNN_L", "L_NNNN", schemes=(Scheme(BLACK, WHITE),), weight=0.4
    ),
    square_plate("my", "LLL/NNNN", "LL/NNNN", schemes=(Scheme(BLACK, WHITE),), weight=0.3),
    long_plate(
        "hk", "LL_NNNN", "LL_NNN", schemes=(Scheme(WHITE, BLACK), Scheme(YELLOW, BLACK)), weight=0.3
    ),
    long_plate(
        "mx",
        "LLL-NNN-L",
        "LLL-NN-NN",
        aspect=(1.9, 2.4),
        text_height=(0.38, 0.5),
        header=("MEXICO", "JALISCO"),
        weight=0.3,
    ),
    square_plate("br", "LLL/NNNN", "LLL/NLNN", weight=0.5),
)
