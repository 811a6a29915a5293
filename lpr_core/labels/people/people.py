"""People: users with roles and passwords, their sign-in, their sessions and their tokens."""

from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, RowMapping, exists, select

from lpr_core.labels.people.attempts import begin_attempt, forgive_attempt, one_after_another
from lpr_core.labels.people.devices import identify_device, make_device
from lpr_core.labels.people.passwords import hash_password, needs_rehash, verify_password
from lpr_core.labels.people.sessions import (
    IDLE,
    RENEW_AFTER,
    Session,
    begin_session,
    end_session,
    end_sessions,
    find_session,
    renew_session,
)
from lpr_core.labels.people.tokens import Token, find_user_of_token, issue_token, list_rows, revoke
from lpr_core.labels.people.users import (
    Role,
    User,
    add_row,
    change_row,
    check_an_admin_stays,
    clean_name,
    find_row,
    find_user,
    name_key,
    to_user,
)
from lpr_core.labels.tables.clock import Clock, utc_now
from lpr_core.labels.tables.database import Database, StoreError, take_turns
from lpr_core.labels.tables.events import note_event
from lpr_core.labels.tables.schema import users

MAX_ORIGIN_LENGTH = 80


class SignInError(ValueError):
    """A sign-in failed; the message is the same for an unknown name and a wrong password."""

    def __init__(self) -> None:
        super().__init__("The name or the password is wrong.")


class People:
    """The people of a store; see `LabelStore` for what it promises.

    Passwords are kept as Argon2id hashes, secrets of sessions and tokens as SHA-256 only.
    """

    def __init__(self, database: Database, clock: Clock = utc_now) -> None:
        self._database = database
        self._now = clock

    # Users

    def has_users(self) -> bool:
        """Tell whether anybody may sign in at all."""
        with self._database.read() as connection:
            return bool(connection.scalar(select(exists().select_from(users))))

    def add_user(self, name: str, password: str, role: Role, *, actor: str = "") -> User:
        """Add a user.

        Raises:
            ValueError: A bad or taken name, a password that is too short or too long, or a first
                user who is no admin: nobody could let others in.
        """
        cleaned, hashed = clean_name(name), hash_password(password)
        with self._database.write() as connection:
            if role != Role.ADMIN and not connection.scalar(select(exists().select_from(users))):
                raise ValueError(f"The first user must be an admin. Received: {Role(role).value}")
            user = add_row(connection, cleaned, hashed, Role(role), self._now())
            self._note(connection, actor, "add user", user, role=user.role)
            return user

    def add_first_admin(self, name: str, password: str) -> User:
        """Add an admin where there is no user yet; of two who try at once, one succeeds.

        Raises:
            ValueError: As `add_user`, or there is a user already.
        """
        cleaned, hashed = clean_name(name), hash_password(password)
        with self._database.write() as connection:
            take_turns(connection, "first admin")
            if connection.scalar(select(exists().select_from(users))):
                raise ValueError("There is a first admin already; sign in.")
            user = add_row(connection, cleaned, hashed, Role.ADMIN, self._now())
            self._note(connection, cleaned, "add user", user, role=user.role)
            return user

    def list(self) -> tuple[User, ...]:
        """Return all users, inactive ones too, by name."""
        with self._database.read() as connection:
            rows = connection.execute(select(users).order_by(users.c.name_key)).mappings()
            return tuple(map(to_user, rows))

    def get(self, name: str) -> User:
        """Return a user by name; case does not matter.

        Raises:
            ValueError: There is none.
        """
        with self._database.read() as connection:
            user = find_user(connection, users.c.name_key == name_key(name))
        if user is None:
            raise ValueError(f"There is no user of this name. Received: {name[:100]!r}")
        return user

    def set_role(self, user_id: int, role: Role, *, actor: str = "") -> User:
        """Change what a user may do, at once.

        Raises:
            ValueError: The user is unknown, or no active admin would be left.
        """
        with self._database.write() as connection:
            take_turns(connection, "admins")
            user = change_row(connection, user_id, role=Role(role).value)
            check_an_admin_stays(connection)
            self._note(connection, actor, "set role", user, role=user.role)
            return user

    def set_password(self, user_id: int, password: str, *, actor: str = "") -> User:
        """Change a password and end all sessions of the user.

        Raises:
            ValueError: The user is unknown, or the password too short or too long.
        """
        hashed = hash_password(password)
        with self._database.write() as connection:
            user = change_row(connection, user_id, password_hash=hashed)
            end_sessions(connection, user_id)
            self._note(connection, actor, "set password", user)
            return user

    def set_active(self, user_id: int, active: bool, *, actor: str = "") -> User:
        """Let a user in or lock her out, sessions and tokens included; her labels stay.

        Raises:
            ValueError: The user is unknown, or no active admin would be left.
        """
        with self._database.write() as connection:
            take_turns(connection, "admins")
            user = change_row(connection, user_id, active=active)
            check_an_admin_stays(connection)
            end_sessions(connection, user_id)
            kind = "activate user" if active else "deactivate user"
            self._note(connection, actor, kind, user)
            return user

    # Sessions

    def sign_in(self, name: str, password: str, origin: str, device: str = "") -> Session:
        """Check a password and begin a session with a fresh secret.

        It takes as long for a name that nobody has.

        Args:
            name: As typed; case does not matter.
            password: As typed.
            origin: Where the attempt comes from, such as an IP address.
            device: What an earlier session of this browser left, see `Session`. Attempts of a
                device that she has signed in with count for themselves.

        Raises:
            SignInError: The name is unknown, the password wrong, or the user inactive.
            TooManyAttempts: Too many have failed for this name or from this origin.
        """
        now, key, origin = self._now(), name_key(name), origin[:MAX_ORIGIN_LENGTH]
        with one_after_another(key):
            row = self._check(key, password, origin, device, now)
            renewed = hash_password(password) if needs_rehash(row["password_hash"]) else None
        with self._database.write() as connection:
            if renewed:
                change_row(connection, row["user_id"], password_hash=renewed)
            session = begin_session(connection, to_user(row), now)
            note_event(connection, now, row["name"], "sign-in", detail={"origin": origin})
        return replace(session, device=make_device(renewed or row["password_hash"]))

    def change_password(
        self, user: User, password: str, new_password: str, origin: str, device: str = ""
    ) -> Session:
        """Change one's own password; all sessions end, and a new one begins.

        Raises:
            SignInError: The old password is wrong.
            TooManyAttempts: As `sign_in`.
            ValueError: The new one is too short or too long.
        """
        hashed = hash_password(new_password)
        now, key, origin = self._now(), name_key(user.name), origin[:MAX_ORIGIN_LENGTH]
        with one_after_another(key):
            self._check(key, password, origin, device, now)
        with self._database.write() as connection:
            changed = change_row(connection, user.user_id, password_hash=hashed)
            end_sessions(connection, user.user_id)
            session = begin_session(connection, changed, now)
            self._note(connection, changed.name, "set password", changed)
        return replace(session, device=make_device(hashed))

    def _check(
        self, key: str, password: str, origin: str, device: str, now: datetime
    ) -> RowMapping:
        """Return the row of an active user whose password this is, and count the attempt."""
        with self._database.write() as connection:
            row = find_row(connection, users.c.name_key == key)
            known = identify_device(device, row["password_hash"] if row else None)
            counted = known or key
            attempt_id = begin_attempt(connection, counted, known or origin, now)
        # Outside of any transaction: it takes 50 ms on purpose.
        right = verify_password(row["password_hash"] if row else None, password)
        with self._database.write() as connection:
            if row is None or not right or not row["active"]:
                detail = {"name": key, "origin": origin}
                note_event(connection, now, "", "refused sign-in", detail=detail)
            else:
                forgive_attempt(connection, attempt_id, counted)
                return row
        raise SignInError

    def user_of_session(self, secret: str) -> User | None:
        """Return who shows this secret, and keep the session alive; None for no or an old one."""
        now = self._now()
        with self._database.read() as connection:
            found = find_session(connection, secret, now)
        if found is None:
            return None
        user, expires_at = found
        is_ahead = expires_at > now + IDLE  # written while the clock ran ahead
        if is_ahead or expires_at < now + IDLE - RENEW_AFTER:
            # A full disk must not sign anybody out.
            with suppress(StoreError), self._database.write() as connection:
                renew_session(connection, secret, now)
        return user

    def sign_out(self, secret: str) -> None:
        """End a session; an unknown one is no error."""
        with self._database.write() as connection:
            user = end_session(connection, secret)
            if user is not None:
                note_event(connection, self._now(), user.name, "sign-out")

    # Tokens

    def add_token(self, user_id: int, label: str, *, actor: str = "") -> str:
        """Add a key for programs and return its secret, which is never shown again.

        Raises:
            ValueError: The user is unknown, or the label empty.
        """
        with self._database.write() as connection:
            user = find_user(connection, users.c.user_id == user_id)
            if user is None:
                raise ValueError(f"`user_id` must be a user. Received: {user_id}")
            token, secret = issue_token(connection, user_id, label, self._now())
            self._note(connection, actor, "add token", user, label=token.label)
        return secret

    def user_of_token(self, secret: str) -> User | None:
        """Return whose token this is; None for an unknown or revoked one, or an inactive user."""
        with self._database.read() as connection:
            return find_user_of_token(connection, secret)

    def list_tokens(self, user_id: int | None = None) -> tuple[Token, ...]:
        """Return the tokens of a user, or of all, revoked ones too, oldest first."""
        with self._database.read() as connection:
            return list_rows(connection, user_id)

    def revoke_token(self, token_id: int, *, actor: str = "") -> None:
        """Make a token worthless at once; doing it again changes nothing.

        Raises:
            ValueError: The token is unknown.
        """
        with self._database.write() as connection:
            token = revoke(connection, token_id, self._now())
            user = find_user(connection, users.c.user_id == token.user_id)
            self._note(connection, actor, "revoke token", user, label=token.label)

    def _note(
        self, connection: Connection, actor: str, kind: str, user: User | None, **more: str
    ) -> None:
        """Note what was done to a user."""
        detail = {"user": user.name if user else ""} | more
        note_event(connection, self._now(), actor, kind, detail=detail)
