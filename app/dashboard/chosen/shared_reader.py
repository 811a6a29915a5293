"""The one reader that all visitors of the dashboard share."""

import streamlit as st

from lpr_core.serving import Reader


@st.cache_resource(show_spinner="Loading the reader ...")
def load_reader() -> Reader:
    return Reader.load()


def require_reader() -> Reader:
    """Return the reader, or say in one line why there is none and end the page there."""
    try:
        return load_reader()
    except (FileNotFoundError, ValueError) as problem:
        st.warning(f"There is no reader to read with. {problem}")
        st.stop()
