"""Sign-in as a browser does it, and that no name or text of anybody's ever runs in one."""

import pytest

from lpr_core.labels import LabelStore, Mark
from tests.kit.label_samples import picture_bytes, reading_dict
from tests.kit.safe_app import PASSWORDS, add_people

pytestmark = pytest.mark.browser
EVIL = "<img src=x onerror=\"document.title='hacked'\"><script>document.title='hacked'</script>"
PAGES = ("", "queue", "history", "review", "team")


@pytest.fixture
def app(start_app, free_port, tmp_path):
    """The running app; names, file names, projects and readings in it are scripts."""
    store = LabelStore(data_dir=tmp_path / "data")
    people = add_people(store)
    store.people.set_role(store.people.add_user(EVIL[:80], "p" * 20, "annotator").user_id, "admin")
    store.people.add_token(people["ada"], EVIL)
    store.projects.create(EVIL[:60], second_share=1.0)
    for seed in range(3):
        picture_id = store.add_picture(picture_bytes(seed), EVIL.replace("/", "") + f"{seed}.png")
        store.add_reading(picture_id, reading_dict(reader_version=EVIL[:80], pattern=EVIL[:80]))
    store.add_revision(picture_id, Mark.UNREADABLE, author=EVIL[:80])
    store.close()
    return start_app(["-m", "tests.kit.labeler_process"], free_port)


def test_the_door_and_what_is_behind_it(app, open_page):
    watched = open_page(f"{app.url}/team", width=390)
    page = watched.page
    assert page.url == f"{app.url}/sign-in?next=/team"
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.fill("[name=name]", "ada")
    page.fill("[name=password]", "a wrong one, surely")
    page.press("[name=password]", "Enter")
    page.wait_for_selector("[role=alert]")
    assert page.input_value("[name=name]") == "ada"
    assert page.input_value("[name=password]") == ""
    watched.errors.clear()  # the browser notes the 401
    page.fill("[name=password]", PASSWORDS["ada"])
    page.press("[name=password]", "Enter")
    page.wait_for_url(f"{app.url}/team")
    for path in PAGES:
        page.goto(f"{app.url}/{path}")
        page.wait_for_selector("header")
        page.wait_for_load_state("networkidle")
        page.wait_for_timeout(500)
        assert page.title() != "hacked", path
        assert page.locator("img[src=x]").count() == 0, path
    assert "lpr_session" not in page.evaluate("document.cookie")
    page.goto(f"{app.url}/sign-out")
    page.click("button")
    page.wait_for_url(f"{app.url}/sign-in")
    page.goto(f"{app.url}/history")
    assert page.url == f"{app.url}/sign-in?next=/history"
    watched.assert_clean()


def test_the_door_needs_no_script(app, chromium):
    context = chromium.new_context(java_script_enabled=False, base_url=app.url)
    page = context.new_page()
    page.goto("/")
    page.fill("[name=name]", "ann")
    page.fill("[name=password]", PASSWORDS["ann"])
    page.click("button")
    assert page.url == f"{app.url}/"
    context.close()
