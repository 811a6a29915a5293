"""The labelling app: pictures in, readings out, corrections kept. `python -m app.labeler`.

Environment: `PORT` or `GRADIO_SERVER_PORT` (7860), `LPR_HOST` (127.0.0.1; 0.0.0.0 lets the network
in), `LPR_ALLOWED_HOSTS` (see `app.privacy`), `LPR_DASHBOARD_URL` (a link in the header), and
what `lpr_core.places` and `lpr_core.labels.LabelStore` read.
"""

import os
import sys
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from app.labeler.door.housekeeping import (
    UPLOAD_LIFE_SECONDS,
    claim_uploads_dir,
    keep_clean,
    uploads_dir,
)

# Before Gradio is imported: it reads them once.
os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("GRADIO_TEMP_DIR", str(uploads_dir()))

import gradio as gr
import uvicorn
from fastapi import FastAPI

from app.labeler.api import add_endpoints
from app.labeler.background_reader import BackgroundReader
from app.labeler.desk import LabelDesk, region_groups
from app.labeler.door.barriers import MAX_UPLOAD_BYTES
from app.labeler.door.protection import FAULTS, protect_server
from app.labeler.door.upload_files import protect_files
from app.labeler.pages.header.functions import make_header_functions
from app.labeler.pages.history.functions import make_history_functions
from app.labeler.pages.queue.functions import make_queue_functions, order_choices, region_templates
from app.labeler.pages.review.functions import make_review_functions
from app.labeler.pages.sheet.functions import make_sheet_functions
from app.labeler.pages.team.functions import make_team_functions
from app.labeler.pages.team.intake import make_intake_functions
from app.labeler.pages.view import page_header
from app.labeler.routes import add_routes
from app.labeler.theme import make_theme
from app.ports import read_port
from lpr_core.data.shipped import list_samples
from lpr_core.labels import LabelStore, StoreError
from lpr_core.pictures.decoding import MAX_BYTES
from lpr_core.serving import Reader
from lpr_core.serving.pipeline import load_finder

WING_DIR = Path(__file__).resolve().parent
LOGO_PATH = WING_DIR.parent / "logo.svg"
TITLE = "LPR workbench"
MAX_QUEUE = 64
NUM_SAMPLES = 6
PAGES_DIR = WING_DIR / "pages"
WEB_DIR = WING_DIR / "web"
STYLES = (
    WEB_DIR / "base.css",
    WEB_DIR / "bench.css",
    *(PAGES_DIR / name / "style.css" for name in ("queue", "review", "team")),
)


def build_app(reader: Any, store: LabelStore, finder: Any = None) -> gr.Blocks:
    """Lay out all pages.

    Args:
        reader: Has `read(picture, region)` as `lpr_core.serving.Reader` has.
        store: Where pictures, readings and corrections are kept.
        finder: Has `find(picture)` as `serving.finding.finder.Finder` has; None takes every picture
            for one plate.
    """
    desk = LabelDesk(reader, store, finder)
    background = BackgroundReader(reader, store)
    with gr.Blocks(
        title=TITLE,
        analytics_enabled=False,
        delete_cache=(UPLOAD_LIFE_SECONDS, UPLOAD_LIFE_SECONDS),
    ) as app:
        _add_header(".")
        _add_page(
            "sheet",
            ("plate_card", "unfinished", "script"),
            make_sheet_functions(desk),
            regions=region_groups(),
            samples=[sample.name for sample in list_samples()[:NUM_SAMPLES]],
            max_bytes=MAX_BYTES,
        )
        add_endpoints(desk, store)
    regions = region_groups()
    with app.route("Queue", "/queue"):
        _add_header("queue")
        _add_page(
            "queue",
            ("stage", "outbox", "stock", "plate_text", "patterns", "script", "keys"),
            make_queue_functions(desk, store, background.wake),
            regions=regions,
            orders=order_choices(),
            patterns=region_templates(),
        )
    with app.route("Past readings", "/history"):
        _add_header("history")
        _add_page("history", ("script",), make_history_functions(store), regions=regions)
    with app.route("Review", "/review"):
        _add_header("review")
        _add_page("review", ("stage", "script"), make_review_functions(store))
    with app.route("Team", "/team"):
        _add_header("team")
        functions = [*make_team_functions(store), *make_intake_functions(store, background.wake)]
        _add_page("team", ("unfinished", "script", "intake"), functions, regions=regions)
    protect_files(app)
    return app.queue(max_size=MAX_QUEUE)


def _add_header(current: str) -> None:
    gr.HTML(
        page_header(_read(LOGO_PATH), current, os.environ.get("LPR_DASHBOARD_URL")),
        js_on_load=_scripts(PAGES_DIR / "header" / "script.js"),
        apply_default_css=False,
        elem_id="header",
        server_functions=make_header_functions(),
    )


def _add_page(
    name: str, scripts: Sequence[str], functions: Sequence[Callable[..., Any]], **props: Any
) -> None:
    """Add the page of the folder `name` with its scripts; they find `props`, call `functions`."""
    gr.HTML(
        html_template=_read(PAGES_DIR / name / "page.html"),
        js_on_load=_scripts(*_locate_scripts(name, scripts)),
        apply_default_css=False,
        elem_id=name,
        elem_classes=["lpr-page"],
        server_functions=list(functions),
        **props,
    )


def _locate_scripts(name: str, scripts: Sequence[str]) -> list[Path]:
    """Return a page's scripts in order: `web/` has what pages share, its folder the rest."""
    shared = [WEB_DIR / f"{script}.js" for script in scripts]
    own = [PAGES_DIR / name / f"{script}.js" for script in scripts]
    return [path if path.is_file() else other for path, other in zip(own, shared, strict=True)]


def _scripts(*paths: Path) -> str:
    return "".join(map(_read, (WEB_DIR / "kit.js", *paths)))


def _styles() -> str:
    return "".join(map(_read, STYLES))


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def build_server(
    reader: Any, store: LabelStore, host: str = "127.0.0.1", finder: Any = None
) -> FastAPI:
    """Return the web application: our own routes, Gradio for all the rest, and their protection.

    Args:
        reader: As for `build_app`.
        store: As for `build_app`.
        host: What the server will listen on; beyond loopback, everybody has to sign in, and so has
            whoever comes through a proxy.
        finder: As for `build_app`.
    """
    uploads = claim_uploads_dir()
    server = FastAPI(
        title=TITLE,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        lifespan=lambda _server: keep_clean(uploads),
        exception_handlers=FAULTS,
    )
    add_routes(server, store)
    folders = (uploads, store.pictures_dir.parent)
    server.state.door = protect_server(server, store, host, folders)
    with warnings.catch_warnings():
        # Said for every app of several pages, also for one that never asked for SSR.
        warnings.filterwarnings("ignore", "SSR mode is not supported", UserWarning)
        gr.mount_gradio_app(
            server,
            build_app(reader, store, finder),
            path="/",
            theme=make_theme(),
            # As a style of our own: Gradio rewrites what it is given as `css`.
            head=f"<style>{_styles()}</style>",
            favicon_path=str(LOGO_PATH),
            footer_links=["api", "settings"],
            # For archives; a picture has a smaller limit of its own.
            max_file_size=MAX_UPLOAD_BYTES,
            blocked_paths=[str(store.pictures_dir.parent)],
            run_history=False,
            show_error=False,
            ssr_mode=False,
            pwa=False,
            mcp_server=True,
            app_kwargs={"exception_handlers": FAULTS},
        )
    return server


def main() -> int:
    """Open the store, load the reader, serve until a signal; return the exit status."""
    host = os.environ.get("LPR_HOST") or "127.0.0.1"
    try:
        port = read_port(os.environ, "PORT", "GRADIO_SERVER_PORT", default=7860)
        server = build_server(Reader.load(), LabelStore(), host, load_finder())
    except (FileNotFoundError, ValueError, StoreError) as problem:
        print(problem, file=sys.stderr)
        return 1
    print(f"The labelling app answers at http://{host}:{port}", flush=True)
    server.state.door.say_code()
    # Browsers hold event streams open: a stop does not wait for them for long.
    proxies = os.environ.get("FORWARDED_ALLOW_IPS", "")
    uvicorn.run(
        server,
        host=host,
        port=port,
        log_level="warning",
        timeout_graceful_shutdown=2,
        # What says where a request comes from can be written by anybody, except by these.
        proxy_headers=bool(proxies),
        forwarded_allow_ips=proxies or None,
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
