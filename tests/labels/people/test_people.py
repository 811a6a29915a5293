import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import text as sql

from lpr_core.labels import LabelStore, Role, SignInError, StoreError, TooManyAttempts
from lpr_core.labels.people import People, passwords
from tests.kit.fake_clock import START, FakeClock

pytest_plugins = ["tests.kit.label_databases"]

PASSWORD = "correct horse"


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch):
    """A password is checked in a millisecond."""
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher(1, 8, 1))
    passwords._hash_of_nobody.cache_clear()
    yield
    passwords._hash_of_nobody.cache_clear()


@pytest.fixture
def clock():
    return FakeClock()


@pytest.fixture
def people(store, clock):
    return People(store._database, clock)


@pytest.fixture
def ana(people):
    return people.add_user("Ana Lima", PASSWORD, Role.ADMIN)


def fail_to_sign_in(people, name="ana lima", origin="10.0.0.1", times=1):
    for _ in range(times):
        with pytest.raises(SignInError):
            people.sign_in(name, "wrong wrong", origin)


# --- users


def test_the_first_user_is_an_admin(people):
    with pytest.raises(ValueError, match=r"first user must be an admin\. Received: annotator"):
        people.add_user("bob", PASSWORD, Role.ANNOTATOR)
    assert not people.has_users()


def test_users_and_roles(people, clock):
    assert not people.has_users()
    ana = people.add_user("  Ana   Lima ", PASSWORD, Role.ADMIN)
    bob = people.add_user("bob", PASSWORD, Role.ANNOTATOR)
    assert people.has_users()
    assert (ana.name, ana.role, ana.active, ana.created_at) == ("Ana Lima", "admin", True, START)
    assert people.list() == (ana, bob)
    assert people.get("ANA LIMA") == ana
    assert people.set_role(bob.user_id, Role.REVIEWER).role is Role.REVIEWER


@pytest.mark.parametrize(
    ("role", "other", "includes"),
    [
        (Role.ADMIN, Role.ANNOTATOR, True),
        (Role.REVIEWER, Role.REVIEWER, True),
        (Role.ANNOTATOR, Role.REVIEWER, False),
        (Role.REVIEWER, Role.ADMIN, False),
    ],
)
def test_each_role_may_do_what_the_one_before_may(role, other, includes):
    assert role.includes(other) is includes


@pytest.mark.parametrize(
    ("name", "password", "message"),
    [
        ("ANA lima", PASSWORD, "already a user with this name. Received: 'ANA lima'"),
        ("", PASSWORD, "1 to 80 printable characters"),
        ("x" * 81, PASSWORD, "1 to 80 printable characters"),
        ("a\x00b", PASSWORD, "1 to 80 printable characters"),
        ("bob", "x" * 7, "A password has 8 to 256 characters. Received: 7"),
        ("bob", "x" * 257, "A password has 8 to 256 characters. Received: 257"),
    ],
)
def test_users_that_are_refused(people, ana, name, password, message):
    with pytest.raises(ValueError, match=message):
        people.add_user(name, password, Role.ANNOTATOR)
    assert people.list() == (ana,)


def test_an_admin_always_stays(people, ana):
    for change in (
        lambda: people.set_role(ana.user_id, Role.REVIEWER),
        lambda: people.set_active(ana.user_id, False),
    ):
        with pytest.raises(ValueError, match="At least one active admin must stay"):
            change()
    assert people.list() == (ana,)
    people.add_user("bob", PASSWORD, Role.ADMIN)
    assert not people.set_active(ana.user_id, False).active


def test_unknown_users_are_named(people, ana):
    for change in (
        lambda: people.set_role(9, Role.ADMIN),
        lambda: people.set_password(9, PASSWORD),
        lambda: people.set_active(9, False),
        lambda: people.add_token(9, "camera"),
    ):
        with pytest.raises(ValueError, match=r"`user_id` must be a user. Received: 9"):
            change()
    with pytest.raises(ValueError, match=r"no user of this name. Received: 'bob'"):
        people.get("bob")


def test_there_is_one_first_admin(people, label_url, tmp_path):
    def add(number):
        store = LabelStore(label_url, tmp_path)
        try:
            return store.people.add_first_admin(f"admin {number}", PASSWORD)
        except ValueError as error:
            return str(error)
        finally:
            store.close()

    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(add, range(4)))
    assert results.count("There is a first admin already; sign in.") == 3
    assert len(people.list()) == 1


# --- sign-in


def test_signing_in_and_out(people, ana):
    session = people.sign_in("ana  lima", PASSWORD, "10.0.0.1")
    assert (session.user, session.expires_at) == (ana, START + timedelta(hours=12))
    assert people.user_of_session(session.secret) == ana
    people.sign_out(session.secret)
    people.sign_out(session.secret)
    assert people.user_of_session(session.secret) is None


def test_each_sign_in_has_a_secret_of_its_own(people, ana):
    secrets = {people.sign_in("ana lima", PASSWORD, "10.0.0.1").secret for _ in range(3)}
    assert len(secrets) == 3
    assert min(map(len, secrets)) >= 43  # 32 bytes in base 64
    assert all(people.user_of_session(secret) == ana for secret in secrets)
    assert people.user_of_session("") is None


def test_every_refusal_sounds_alike(people, ana):
    people.add_user("gone", PASSWORD, Role.ANNOTATOR)
    people.set_active(people.get("gone").user_id, False)
    for name, password in (
        ("ana lima", "wrong wrong"),
        ("ana lima", ""),
        ("ana lima", "x" * 100_000),
        ("nobody", PASSWORD),
        ("no\x00body", PASSWORD),
        ("gone", PASSWORD),
    ):
        with pytest.raises(SignInError, match=r"^The name or the password is wrong\.$"):
            people.sign_in(name, password, "10.0.0.1")


def test_an_unknown_name_takes_as_long(monkeypatch):
    """The hash decides how long it takes, so an unknown name must be hashed as well."""
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher(2, 8192, 1))
    passwords._hash_of_nobody.cache_clear()
    known = passwords.hash_password(PASSWORD)

    def measure(stored):
        times = []
        for _ in range(9):
            start = time.process_time()
            assert not passwords.verify_password(stored, "wrong wrong")
            times.append(time.process_time() - start)
        return statistics.median(times)

    measure(None)
    assert 0.3 < measure(None) / measure(known) < 3


def test_no_secret_is_stored(people, ana, store):
    secret = people.sign_in("ana lima", PASSWORD, "10.0.0.1").secret
    token = people.add_token(ana.user_id, "camera")
    tables = ("users", "sessions", "tokens", "events", "failed_sign_ins")
    with store._database.read() as connection:
        stored = repr([connection.execute(sql(f"SELECT * FROM {name}")).all() for name in tables])
    assert "$argon2id$" in stored
    assert not any(word in stored for word in (PASSWORD, secret, token))


def test_a_hash_of_old_parameters_is_made_anew(people, ana, store, monkeypatch):
    def stored_hash():
        with store._database.read() as connection:
            return connection.scalar(sql("SELECT password_hash FROM users"))

    before = stored_hash()
    people.sign_in("ana lima", PASSWORD, "10.0.0.1")
    assert stored_hash() == before
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher(1, 16, 1))
    people.sign_in("ana lima", PASSWORD, "10.0.0.1")
    assert stored_hash() != before
    people.sign_in("ana lima", PASSWORD, "10.0.0.1")


# --- sessions end


def test_an_idle_session_ends_and_a_used_one_goes_on(people, ana, clock):
    used = people.sign_in("ana lima", PASSWORD, "10.0.0.1").secret
    idle = people.sign_in("ana lima", PASSWORD, "10.0.0.1").secret
    clock.now += timedelta(hours=11)
    assert people.user_of_session(used) == ana
    clock.now += timedelta(hours=2)
    assert people.user_of_session(used) == ana
    assert people.user_of_session(idle) is None


def test_using_a_session_seldom_writes(people, ana, clock, store):
    def expiry():
        with store._database.read() as connection:
            return str(connection.scalar(sql("SELECT expires_at FROM sessions")))

    secret = people.sign_in("ana lima", PASSWORD, "10.0.0.1").secret
    first = expiry()
    clock.now += timedelta(minutes=4)
    people.user_of_session(secret)
    assert expiry() == first
    clock.now += timedelta(minutes=2)
    people.user_of_session(secret)
    assert expiry() > first


def test_a_full_disk_signs_nobody_out(people, ana, clock, store, monkeypatch):
    secret = people.sign_in("ana lima", PASSWORD, "10.0.0.1").secret
    clock.now += timedelta(hours=1)

    def refuse(*arguments):
        raise StoreError("its disk is full")

    monkeypatch.setattr("lpr_core.labels.people.people.renew_session", refuse)
    assert people.user_of_session(secret) == ana


@pytest.mark.parametrize(
    "change",
    [
        lambda people, user: people.set_password(user.user_id, "another horse"),
        lambda people, user: people.set_active(user.user_id, False),
    ],
)
def test_a_new_password_or_a_lock_out_ends_every_session(people, ana, change):
    bob = people.add_user("bob", PASSWORD, Role.ANNOTATOR)
    secrets = [people.sign_in("bob", PASSWORD, "10.0.0.1").secret for _ in range(2)]
    token = people.add_token(bob.user_id, "camera")
    change(people, bob)
    assert [people.user_of_session(secret) for secret in secrets] == [None, None]
    with pytest.raises(SignInError):
        people.sign_in("bob", PASSWORD, "10.0.0.1")
    is_active = people.get("bob").active
    assert (people.user_of_token(token) is not None) is is_active


def test_a_role_counts_at_once(people, ana):
    bob = people.add_user("bob", PASSWORD, Role.ANNOTATOR)
    secret = people.sign_in("bob", PASSWORD, "10.0.0.1").secret
    people.set_role(bob.user_id, Role.REVIEWER)
    assert people.user_of_session(secret).role is Role.REVIEWER


# --- guessing


def test_guessing_at_a_name_is_stopped_wherever_it_comes_from(people, ana, clock):
    for number in range(5):
        fail_to_sign_in(people, origin=f"10.0.0.{number}")
    with pytest.raises(TooManyAttempts, match="Try again in 61 seconds") as caught:
        people.sign_in("ANA LIMA", PASSWORD, "10.0.0.99")
    assert caught.value.wait_seconds == 61
    clock.now += timedelta(seconds=61)
    assert people.sign_in("ana lima", PASSWORD, "10.0.0.99").user == ana


def test_guessing_from_an_origin_is_stopped_whatever_the_name(people, ana):
    for number in range(20):
        fail_to_sign_in(people, name=f"name {number}")
    with pytest.raises(TooManyAttempts):
        people.sign_in("ana lima", PASSWORD, "10.0.0.1")
    assert people.sign_in("ana lima", PASSWORD, "10.0.0.2").user == ana


def test_unknown_names_are_counted_like_known_ones(people, ana):
    fail_to_sign_in(people, name="nobody", times=5)
    with pytest.raises(TooManyAttempts):
        people.sign_in("nobody", PASSWORD, "10.0.0.2")


def test_a_right_password_forgives_the_name_but_not_the_origin(people, ana):
    for number in range(4):
        fail_to_sign_in(people, times=4)
        people.sign_in("ana lima", PASSWORD, "10.0.0.1")
        assert number < 4
    fail_to_sign_in(people, times=4)
    people.sign_in("ana lima", PASSWORD, "10.0.0.1")
    for number in range(20):
        fail_to_sign_in(people, name=f"name {number}", origin="10.0.0.7")
        if number == 10:
            people.sign_in("ana lima", PASSWORD, "10.0.0.7")
    with pytest.raises(TooManyAttempts):
        people.sign_in("ana lima", PASSWORD, "10.0.0.7")


def test_attempts_side_by_side_are_all_counted(people, ana, label_url, tmp_path):
    def guess(number):
        store = LabelStore(label_url, tmp_path)
        try:
            store.people.sign_in("ana lima", f"wrong wrong {number}", f"10.0.1.{number}")
        except ValueError as error:
            return type(error)
        finally:
            store.close()

    with ThreadPoolExecutor(12) as pool:
        results = list(pool.map(guess, range(12)))
    assert (results.count(SignInError), results.count(TooManyAttempts)) == (5, 7)


def test_right_sign_ins_at_once_all_succeed(people, ana):
    with ThreadPoolExecutor(12) as pool:
        sessions = pool.map(lambda _: people.sign_in("ana lima", PASSWORD, "10.0.0.1"), range(12))
        assert len({session.secret for session in sessions}) == 12


def test_a_device_that_signed_in_before_is_not_slowed_down_by_others(people, ana, clock):
    known = people.sign_in("ana lima", PASSWORD, "10.0.0.1").device
    fail_to_sign_in(people, times=5)
    fail_to_sign_in(people, "another", times=5)
    for device in ("", "made.up", known + "0", known.replace(".", ".0", 1)):
        with pytest.raises(TooManyAttempts):
            people.sign_in("ana lima", PASSWORD, "10.0.0.1", device)
    assert people.sign_in("ana lima", PASSWORD, "10.0.0.1", known).user == ana
    # The device of one is nothing for another, and its own wrong guesses are counted.
    with pytest.raises(TooManyAttempts):
        people.sign_in("another", PASSWORD, "10.0.0.1", known)
    for _ in range(5):
        with pytest.raises(SignInError):
            people.sign_in("ana lima", "wrong wrong", "10.0.0.1", known)
    with pytest.raises(TooManyAttempts):
        people.sign_in("ana lima", PASSWORD, "10.0.0.1", known)


def test_ones_own_password(people, ana):
    old = people.sign_in("ana lima", PASSWORD, "10.0.0.1")
    with pytest.raises(SignInError):
        people.change_password(ana, "wrong wrong", "another horse", "10.0.0.1")
    with pytest.raises(ValueError, match=r"has 8 to 256 characters\. Received: 3"):
        people.change_password(ana, PASSWORD, "abc", "10.0.0.1")
    assert people.user_of_session(old.secret) == ana
    new = people.change_password(ana, PASSWORD, "another horse", "10.0.0.1", old.device)
    assert people.user_of_session(old.secret) is None
    assert people.user_of_session(new.secret) == ana
    assert people.sign_in("ana lima", "another horse", "10.0.0.1", new.device).user == ana
    fail_to_sign_in(people, times=4)
    with pytest.raises(TooManyAttempts):  # the old device went with the old password
        people.sign_in("ana lima", "another horse", "10.0.0.1", old.device)


# --- tokens


def test_tokens(people, ana):
    secret = people.add_token(ana.user_id, "  camera  1 ", actor="ana lima")
    assert people.user_of_token(secret) == ana
    assert people.user_of_session(secret) is None
    (token,) = people.list_tokens(ana.user_id)
    assert (token.label, token.created_at, token.revoked_at) == ("camera 1", START, None)
    people.revoke_token(token.token_id)
    people.revoke_token(token.token_id)
    assert people.user_of_token(secret) is None
    assert people.list_tokens()[0].revoked_at == START
    assert people.list_tokens(99) == ()


def test_tokens_that_are_refused(people, ana):
    with pytest.raises(ValueError, match="needs a label"):
        people.add_token(ana.user_id, " ")
    with pytest.raises(ValueError, match=r"`token_id` must be a token. Received: 7"):
        people.revoke_token(7)
