"""Addresses of the apps, as a visitor's browser needs them."""

import os
from urllib.parse import urlsplit

import streamlit as st


def labeler_url() -> str | None:
    """Where the labelling app is; None when nobody said so in `LPR_LABELER_URL`.

    An address on this machine is given the host name that the visitor came by.
    """
    url = os.environ.get("LPR_LABELER_URL")
    here = urlsplit(st.context.url or "").hostname
    if url and here and (parts := urlsplit(url)).hostname == "127.0.0.1":
        return f"{parts.scheme}://{here}:{parts.port}"
    return url
