import shutil
import threading
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from app.labeler.door.sign_in import SESSION_COOKIE, NotAllowedError, current_user, require_role
from app.labeler.door.sign_in_routes import local_path
from lpr_core.labels import LabelStore, Role, StoreError, User
from tests.kit.safe_app import HOME, PAGE, PASSWORDS, add_people, sign_in, small_server, visit


@pytest.fixture(scope="module")
def stocked_dir(tmp_path_factory):
    """Data of a store with one person of each role: hashing passwords takes its time."""
    folder = tmp_path_factory.mktemp("stocked")
    stocked = LabelStore(data_dir=folder)
    add_people(stocked)
    stocked.close()
    return folder


@pytest.fixture(scope="module")
def empty_dir(tmp_path_factory):
    """Data of a store without anybody."""
    folder = tmp_path_factory.mktemp("empty")
    LabelStore(data_dir=folder).close()
    return folder


def copy_store(source, target):
    opened = LabelStore(data_dir=shutil.copytree(source, target, dirs_exist_ok=True))
    yield opened
    opened.close()


@pytest.fixture
def empty(empty_dir, tmp_path):
    yield from copy_store(empty_dir, tmp_path)


@pytest.fixture
def store(stocked_dir, tmp_path):
    yield from copy_store(stocked_dir, tmp_path)


@pytest.fixture
def server(store):
    return small_server(store)[0]


@pytest.fixture
def client(server):
    return visit(server)


def cookie_of(answer) -> str:
    return answer.headers["set-cookie"]


# --- nobody has an account yet


def test_alone_on_this_machine_nobody_signs_in(empty):
    client = visit(small_server(empty)[0])
    assert client.get("/team").json() == {"name": "", "role": "admin"}
    form = client.get("/sign-in").text
    assert "Create the first admin" in form
    assert 'name="code"' not in form


def test_from_the_network_everything_leads_to_the_first_admin(empty):
    server, code = small_server(empty, "0.0.0.0")
    stranger = visit(server, "http://plates.example:7860")
    answer = stranger.get("/team?x=1", headers=PAGE)
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=/team%3Fx%3D1")
    assert (stranger.get("/").status_code, stranger.post("/measure").status_code) == (401, 401)
    form = stranger.get("/sign-in")
    assert "Create the first admin" in form.text
    assert 'name="code"' in form.text
    assert stranger.get("/health").json() == {"status": "ok"}
    assert len(code) >= 16


def test_the_first_admin_needs_the_code_of_the_log(empty):
    server, code = small_server(empty, "0.0.0.0")
    stranger = visit(server)
    fields = {"name": "ada", "password": PASSWORDS["ada"], "again": PASSWORDS["ada"]}
    for wrong in ({}, {"code": "guess"}, {"code": code + "x"}, {"code": "ключ"}):
        answer = stranger.post("/first-admin", data=fields | wrong)
        assert answer.status_code == 400
        assert "not the set-up code" in answer.text
    assert not empty.people.has_users()
    answer = stranger.post("/first-admin", data=fields | {"code": code})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert stranger.get("/").json() == {"name": "ada", "role": "admin"}
    again = visit(server).post("/first-admin", data=fields | {"name": "eve", "code": code})
    assert "There is a first admin already" in again.text
    assert [user.name for user in empty.people.list()] == ["ada"]


def test_two_first_admins_at_once_are_one(empty):
    server, _ = small_server(empty)
    statuses = []

    def make(name):
        fields = {"name": name, "password": PASSWORDS["ada"], "again": PASSWORDS["ada"]}
        statuses.append(visit(server).post("/first-admin", data=fields).status_code)

    threads = [threading.Thread(target=make, args=(name,)) for name in ("ada", "eve", "ida")]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert sorted(statuses) == [303, 400, 400]
    assert len(empty.people.list()) == 1


def test_passwords_that_differ_make_nobody(empty):
    fields = {"name": "ada", "password": PASSWORDS["ada"], "again": "something else entirely"}
    answer = visit(small_server(empty)[0]).post("/first-admin", data=fields)
    assert (answer.status_code, "The two passwords differ." in answer.text) == (400, True)
    assert 'value="ada"' in answer.text  # what was typed stays, but no password
    assert PASSWORDS["ada"] not in answer.text
    assert not empty.people.has_users()


# --- everybody has an account


def test_a_stranger_sees_the_form_and_nothing_else(client):
    assert client.get("/", headers=PAGE).headers["location"] == "/sign-in"
    form = client.get("/sign-in?next=/team")
    assert '<form method="post" action="/sign-in">' in form.text
    assert 'name="next" value="/team"' in form.text
    assert "<script" not in form.text
    assert form.headers["cache-control"] == "no-store"
    answer = client.get("/")
    assert (answer.status_code, answer.json()) == (401, {"error": "Sign in first."})
    assert answer.headers["www-authenticate"] == "Bearer"


def test_signing_in_leads_to_where_one_wanted_to_go(client):
    answer = sign_in(client, "ann", next="/review/one")
    assert (answer.status_code, answer.headers["location"]) == (303, "/review/one")
    assert client.get("/").json() == {"name": "ann", "role": "annotator"}
    assert client.get("/sign-in?next=/team").headers["location"] == "/team"


@pytest.mark.parametrize(("home", "is_secure"), [(HOME, False), ("https://127.0.0.1", True)])
def test_the_cookie_is_for_this_site_and_for_no_script(server, home, is_secure):
    parts = {part.strip() for part in cookie_of(sign_in(visit(server, home), "ann")).split(";")}
    assert {"HttpOnly", "SameSite=lax", "Path=/"} <= parts
    assert ("Secure" in parts) is is_secure
    assert not any(part.startswith("Domain") for part in parts)


def test_an_unknown_name_looks_like_a_wrong_password(client):
    answers = [
        client.post("/sign-in", data={"name": name, "password": "a wrong one, surely"})
        for name in ("ann", "eve")
    ]
    assert [answer.status_code for answer in answers] == [401, 401]
    assert answers[0].text.replace("ann", "eve") == answers[1].text.replace("ann", "eve")
    assert "set-cookie" not in answers[0].headers


def test_guessing_is_slowed_down_and_told_how_long(client, store):
    for _ in range(50):
        answer = client.post("/sign-in", data={"name": "ann", "password": "guess after guess"})
        if answer.status_code == 429:
            break
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) >= 1
    assert "Too many sign-ins have failed. Try again in " in answer.text
    # The right password does not help meanwhile: else a guesser would learn it.
    assert sign_in(client, "ann").status_code == 429


def test_a_browser_that_signed_in_before_is_not_slowed_down(server):
    client = visit(server)
    sign_in(client, "ann")
    client.post("/sign-out")
    guesser = visit(server)
    while guesser.post("/sign-in", data={"name": "ann", "password": "a guess"}).status_code != 429:
        pass
    assert sign_in(visit(server), "ann").status_code == 429
    assert sign_in(client, "ann").status_code == 303


def test_people_change_their_own_password(client, server):
    sign_in(client, "ann")
    other = visit(server)
    sign_in(other, "ann")
    assert 'action="/password"' in client.get("/password").text

    def change(old, new, again):
        return client.post("/password", data={"old": old, "password": new, "again": again})

    assert change("wrong", "a new password", "a new password").status_code == 401
    assert "The two passwords differ." in change(PASSWORDS["ann"], "a new one", "an old one").text
    assert "8 to 256 characters" in change(PASSWORDS["ann"], "abc", "abc").text
    assert change(PASSWORDS["ann"], "a new password", "a new password").status_code == 303
    assert client.get("/").status_code == 200
    assert other.get("/").status_code == 401
    assert sign_in(visit(server), "ann").status_code == 401


def test_the_owner_has_no_password_to_change(empty):
    client = visit(small_server(empty)[0], HOME)
    answer = client.get("/password", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")


def test_each_sign_in_has_a_new_secret_and_ends_the_old_one(client, server):
    secrets = []
    for _ in range(2):
        sign_in(client, "ann")
        secrets.append(client.cookies[SESSION_COOKIE])
    assert secrets[0] != secrets[1]
    old = visit(server, cookie=f"{SESSION_COOKIE}={secrets[0]}")
    assert old.get("/").status_code == 401


def test_a_secret_that_somebody_planted_is_not_used(server):
    planted = "planted-by-somebody-else"
    victim = visit(server)
    victim.cookies.set(SESSION_COOKIE, planted)
    assert planted not in cookie_of(sign_in(victim, "ann"))
    assert visit(server, cookie=f"{SESSION_COOKIE}={planted}").get("/").status_code == 401


def test_signing_out_ends_the_session_everywhere(client, server):
    sign_in(client, "ann")
    secret = client.cookies[SESSION_COOKIE]
    page = client.get("/sign-out")
    assert "<b>ann</b>" in page.text
    assert client.get("/").status_code == 200  # looking at the page changes nothing
    answer = client.post("/sign-out")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
    assert visit(server, cookie=f"{SESSION_COOKIE}={secret}").get("/").status_code == 401


def test_who_is_no_longer_active_is_out_at_once(client, store):
    sign_in(client, "ann")
    (ann,) = [user for user in store.people.list() if user.name == "ann"]
    store.people.set_active(ann.user_id, False)
    assert client.get("/").status_code == 401


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example",
        "//[",
        "//evil.example",
        "/\\evil.example",
        "///evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "/\t/evil.example",
        "/\n/evil.example",
        "evil.example",
        "/seite/\u2028x",
        "http:evil.example",
        "",
    ],
)
def test_nobody_is_led_to_another_site(client, target):
    assert local_path(target) == "/"
    assert sign_in(client, "ann", next=target).headers["location"] == "/"
    assert client.get("/sign-in", params={"next": target}).headers["location"] == "/"


@pytest.mark.parametrize("target", ["/", "/queue", "/?plate=ab&x=//y", "/history#last"])
def test_our_own_pages_are_led_to(target):
    assert local_path(target) == target


def test_a_token_is_a_person(server, store):
    people = {user.name: user.user_id for user in store.people.list()}
    secret = store.people.add_token(people["rita"], "nightly")
    program = visit(server, authorization=f"Bearer {secret}")
    assert program.get("/").json() == {"name": "rita", "role": "reviewer"}
    assert program.get("/team").status_code == 403
    (token,) = store.people.list_tokens(people["rita"])
    store.people.revoke_token(token.token_id)
    assert program.get("/").status_code == 401


@pytest.mark.parametrize("value", ["Bearer", "Bearer ", "Bearer wrong", "bearer \x00"])
def test_a_wrong_token_is_nobody_even_beside_a_cookie(client, value):
    sign_in(client, "ada")
    assert client.get("/", headers={"authorization": value}).status_code == 401


def test_a_session_is_no_token_and_a_token_no_session(client, server, store):
    sign_in(client, "ann")
    secret = client.cookies[SESSION_COOKIE]
    assert visit(server, authorization=f"Bearer {secret}").get("/").status_code == 401
    token = store.people.add_token(store.people.list()[0].user_id, "x")
    assert visit(server, cookie=f"{SESSION_COOKIE}={token}").get("/").status_code == 401


@pytest.mark.parametrize(
    ("name", "path", "status"),
    [
        ("ann", "/review/one", 403),
        ("ann", "/team", 403),
        ("rita", "/review/one", 200),
        ("rita", "/team", 403),
        ("ada", "/review/one", 200),
        ("ada", "/team", 200),
    ],
)
def test_roles_decide_at_the_server(client, name, path, status):
    sign_in(client, name)
    answer = client.get(path, headers=PAGE)
    assert answer.status_code == status
    assert ("This page is for" in answer.text) is (status == 403)


def test_a_store_that_fails_lets_nobody_in(client, store, monkeypatch):
    sign_in(client, "ada")

    def fail(_secret):
        raise StoreError("The label store did not save or load anything: its disk is full.")

    monkeypatch.setattr(store.people, "user_of_session", fail)
    answer = client.get("/")
    assert (answer.status_code, answer.json()["error"][:15]) == (503, "The label store")
    assert "its disk is full." in client.get("/", headers=PAGE).text
    assert client.get("/health").status_code == 200


def test_names_are_text_on_the_page(client):
    evil = '"><script>alert(1)</script>'
    answer = client.post("/sign-in", data={"name": evil, "password": "x" * 12, "next": evil})
    assert "<script" not in answer.text
    assert "&quot;&gt;&lt;script&gt;" in answer.text


def test_without_the_guard_nobody_is_anybody():
    with pytest.raises(NotAllowedError, match=r"^Sign in first\.$"):
        current_user(SimpleNamespace(state=SimpleNamespace()))


def test_a_role_may_do_what_the_lower_ones_may():
    made = datetime(2026, 1, 1, tzinfo=UTC)
    requests = {
        role: SimpleNamespace(state=SimpleNamespace(user=User(1, "x", role, True, made)))
        for role in Role
    }
    assert require_role(requests[Role.REVIEWER], Role.ANNOTATOR).role is Role.REVIEWER
    with pytest.raises(NotAllowedError, match=r"^Only admins may do this; you are an annotator\.$"):
        require_role(requests[Role.ANNOTATOR], Role.ADMIN)
