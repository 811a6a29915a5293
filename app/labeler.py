"""The labelling app: pictures in, readings out, corrections kept. `python -m app.labeler`.

Environment: `PORT` or `GRADIO_SERVER_PORT` (7860), `LPR_HOST` (127.0.0.1; 0.0.0.0 lets the network
in), `LPR_DASHBOARD_URL` (a link in the header), and what `lpr_core.places` and
`lpr_core.labels.LabelStore` read.
"""

import os
import sys
import warnings
from pathlib import Path
from typing import Any

# Before Gradio is imported: it reads them once.
os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
os.environ.setdefault("HF_HUB_OFFLINE", "1")

import gradio as gr
import uvicorn
from fastapi import FastAPI

from app.label_desk import LabelDesk, region_groups
from app.labeler_api import add_endpoints
from app.labeler_routes import add_routes
from app.labeler_view import page_header
from app.page_functions import make_past_functions, make_sheet_functions
from app.samples import list_samples
from app.theme import make_theme
from lpr_core.labels import LabelStore, StoreError
from lpr_core.plates.imaging import MAX_BYTES
from lpr_core.reading import Reader

APP_DIR = Path(__file__).resolve().parent
TITLE = "LPR workbench"
UPLOAD_LIFE_SECONDS = 3600
MAX_QUEUE = 64
NUM_SAMPLES = 6
# The dashboard beside us is on the host name that the visitor came by.
FOLLOW_HOST = """
const link = element.querySelector('[href^="http://127.0.0.1:"]');
if (link) link.hostname = location.hostname;
"""


def build_app(reader: Any, store: LabelStore) -> gr.Blocks:
    """Lay out both pages.

    Args:
        reader: Has `read(picture, region)` as `lpr_core.reading.Reader` has.
        store: Where pictures, readings and corrections are kept.
    """
    desk = LabelDesk(reader, store)
    with gr.Blocks(
        title=TITLE,
        analytics_enabled=False,
        delete_cache=(UPLOAD_LIFE_SECONDS, UPLOAD_LIFE_SECONDS),
    ) as app:
        _add_header(".")
        gr.HTML(
            html_template=_read("sheet.html"),
            js_on_load=_read("plate_card.js") + _read("labeler.js"),
            apply_default_css=False,
            elem_id="sheet",
            server_functions=make_sheet_functions(desk),
            regions=region_groups(),
            samples=[sample.name for sample in list_samples()[:NUM_SAMPLES]],
            max_bytes=MAX_BYTES,
        )
        add_endpoints(desk, store)
    with app.route("Past readings", "/history"):
        _add_header("history")
        gr.HTML(
            html_template=_read("past.html"),
            js_on_load=_read("past.js"),
            apply_default_css=False,
            elem_id="past",
            server_functions=make_past_functions(store),
        )
    return app.queue(max_size=MAX_QUEUE)


def _add_header(current: str) -> None:
    header = page_header(_read("logo.svg"), current, os.environ.get("LPR_DASHBOARD_URL"))
    gr.HTML(header, js_on_load=FOLLOW_HOST, apply_default_css=False, elem_id="header")


def _read(name: str) -> str:
    return (APP_DIR / name).read_text(encoding="utf-8")


def build_server(reader: Any, store: LabelStore) -> FastAPI:
    """Return the web application: our own routes, and Gradio for all the rest."""
    server = FastAPI(title=TITLE, docs_url=None, redoc_url=None, openapi_url=None)
    add_routes(server, store)
    with warnings.catch_warnings():
        # Said for every app of several pages, also for one that never asked for SSR.
        warnings.filterwarnings("ignore", "SSR mode is not supported", UserWarning)
        return gr.mount_gradio_app(
            server,
            build_app(reader, store),
            path="/",
            theme=make_theme(),
            # As a style of our own: Gradio rewrites what it is given as `css`.
            head=f"<style>{_read('labeler.css')}</style>",
            favicon_path=str(APP_DIR / "logo.svg"),
            footer_links=["api", "settings"],
            max_file_size=MAX_BYTES,
            blocked_paths=[str(store.pictures_dir.parent)],
            run_history=False,
            show_error=False,
            ssr_mode=False,
            pwa=False,
        )


def _choose_port() -> int:
    text = os.environ.get("PORT") or os.environ.get("GRADIO_SERVER_PORT") or "7860"
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 65536):
        raise ValueError(f"PORT must be a port from 1 to 65535. Received: {text!r}")
    return int(text)


def main() -> int:
    """Open the store, load the reader, serve until a signal; return the exit status."""
    host = os.environ.get("LPR_HOST") or "127.0.0.1"
    try:
        port = _choose_port()
        server = build_server(Reader.load(), LabelStore())
    except (FileNotFoundError, ValueError, StoreError) as problem:
        print(problem, file=sys.stderr)
        return 1
    print(f"The labelling app answers at http://{host}:{port}", flush=True)
    # Browsers hold event streams open: a stop does not wait for them for long.
    uvicorn.run(server, host=host, port=port, log_level="warning", timeout_graceful_shutdown=2)
    return 0


if __name__ == "__main__":
    sys.exit(main())
