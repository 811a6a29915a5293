"""Open pages of the dashboard without a browser."""

from functools import cache

import pytest
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

from app.serve import ROOT_DIR

DASHBOARD = str(ROOT_DIR / "app" / "dashboard" / "main.py")

# A server asks all installed packages for components once, `AppTest` before each run.
_find_components_once = cache(manifest_scanner.scan_component_manifests)


def sit_at_the_machine(monkeypatch, *, address: str = "127.0.0.1", **headers: str) -> None:
    """Be a visitor on the dashboard's own machine, or who sends these headers."""
    sent = {"Host": "127.0.0.1:8501", "Origin": "http://127.0.0.1:8501", **headers}
    monkeypatch.setattr("app.dashboard.open_dashboard.listening_address", lambda: address)
    monkeypatch.setattr("app.dashboard.open_dashboard.request_headers", lambda: sent)


class WatchedTest(AppTest):
    """A page of which each run, the first and those after clicks, has to end without a fault."""

    def _run(self, *arguments, **options) -> AppTest:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(manifest_scanner, "scan_component_manifests", _find_components_once)
            super()._run(*arguments, **options)
        for fault in self.exception:
            raise AssertionError("\n".join([fault.message, *fault.stack_trace]))
        return self


def open_page(name: str, *, script: str = DASHBOARD, **query: str) -> AppTest:
    """Open a page of `script`; the query is what its address says."""
    page = WatchedTest(script, default_timeout=300)
    page.switch_page(f"views/{name}.py")
    for key, value in query.items():
        page.query_params[key] = value
    return page.run()


def html_of(page: AppTest) -> str:
    return "".join(element.proto.body for element in page.get("html"))


def said(page: AppTest) -> str:
    kinds = (page.title, page.subheader, page.markdown, page.caption, page.info, page.warning)
    return "\n".join(element.value for kind in kinds for element in kind)
