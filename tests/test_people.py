import pytest

from lpr_core.labels import LabelStore, Role, SignInError, TooManyAttempts

PASSWORD = "correct horse"


@pytest.fixture
def people(tmp_path):
    store = LabelStore(data_dir=tmp_path)
    yield store.people
    store.close()


def test_signing_in_and_out(people):
    assert not people.has_users()
    user = people.add_user("Ana Lima", PASSWORD, Role.ADMIN)
    assert people.has_users()
    session = people.sign_in("ana  lima", PASSWORD, "127.0.0.1")
    assert (session.user, people.user_of_session(session.secret)) == (user, user)
    people.sign_out(session.secret)
    assert people.user_of_session(session.secret) is None


def test_a_wrong_password_and_an_unknown_name_sound_alike(people):
    people.add_user("ana", PASSWORD, Role.ADMIN)
    for name, password in (("ana", "wrong wrong"), ("bob", PASSWORD)):
        with pytest.raises(SignInError, match=r"^The name or the password is wrong\.$"):
            people.sign_in(name, password, "127.0.0.1")


def test_too_many_attempts_must_wait(people):
    people.add_user("ana", PASSWORD, Role.ADMIN)
    for _ in range(5):
        with pytest.raises(SignInError):
            people.sign_in("ana", "wrong wrong", "127.0.0.1")
    with pytest.raises(TooManyAttempts) as caught:
        people.sign_in("ana", PASSWORD, "127.0.0.2")
    assert 0 < caught.value.wait_seconds <= 15 * 60 + 1


def test_a_token_is_shown_once_and_can_be_revoked(people):
    user = people.add_user("ana", PASSWORD, Role.ADMIN)
    secret = people.add_token(user.user_id, "camera 1")
    assert people.user_of_token(secret) == user
    (token,) = people.list_tokens()
    people.revoke_token(token.token_id)
    assert people.user_of_token(secret) is None
