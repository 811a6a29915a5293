"""People: users with roles and passwords, their sign-in, their sessions and their tokens."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, exists, insert, select, update

from lpr_core.labels.attempts import begin_attempt, forgive_attempt
from lpr_core.labels.clock import Clock, utc_now
from lpr_core.labels.database import Database, take_turns
from lpr_core.labels.events import note_event
from lpr_core.labels.passwords import hash_password, needs_rehash, verify_password
from lpr_core.labels.schema import sessions, tokens, users
from lpr_core.labels.secret_keys import hash_secret, make_secret
from lpr_core.labels.users import (
    Role,
    User,
    add_row,
    change_row,
    check_an_admin_stays,
    clean_name,
    end_sessions,
    find_row,
    name_key,
    to_user,
)

IDLE = timedelta(hours=12)
"""A session ends when it was not used for so long."""
RENEW_AFTER = timedelta(minutes=5)
"""Using a session is written down at most so often, so that reading a page does not write."""
MAX_ORIGIN_LENGTH = 80
MAX_LABEL_LENGTH = 80


class SignInError(ValueError):
    """A sign-in failed; the message is the same for an unknown name and a wrong password."""

    def __init__(self) -> None:
        super().__init__("The name or the password is wrong.")


@dataclass(frozen=True)
class Session:
    """A sign-in that succeeded.

    Attributes:
        secret: What the browser shows from now on; the store keeps only its hash.
        user: Who signed in.
        expires_at: UTC; each use moves it on.
    """

    secret: str
    user: User
    expires_at: datetime


@dataclass(frozen=True)
class Token:
    """A key for programs, without its secret.

    Attributes:
        token_id: Rises with time.
        user_id: Whose rights it has.
        label: What it is for.
        created_at: UTC.
        revoked_at: UTC; None while it is valid.
    """

    token_id: int
    user_id: int
    label: str
    created_at: datetime
    revoked_at: datetime | None


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
            ValueError: A bad or taken name, or a password that is too short or too long.
        """
        cleaned, hashed = clean_name(name), hash_password(password)
        with self._database.write() as connection:
            user = add_row(connection, cleaned, hashed, Role(role), self._now())
            note_event(
                connection,
                self._now(),
                actor,
                "add user",
                detail={"user": user.name, "role": user.role},
            )
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
            note_event(
                connection,
                self._now(),
                cleaned,
                "add user",
                detail={"user": user.name, "role": user.role},
            )
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
            row = find_row(connection, users.c.name_key == name_key(name))
        if row is None:
            raise ValueError(f"There is no user of this name. Received: {name[:100]!r}")
        return to_user(row)

    def set_role(self, user_id: int, role: Role, *, actor: str = "") -> User:
        """Change what a user may do, at once.

        Raises:
            ValueError: The user is unknown, or no active admin would be left.
        """
        with self._database.write() as connection:
            take_turns(connection, "admins")
            user = change_row(connection, user_id, role=Role(role).value)
            check_an_admin_stays(connection)
            note_event(
                connection,
                self._now(),
                actor,
                "set role",
                detail={"user": user.name, "role": user.role},
            )
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
            note_event(connection, self._now(), actor, "set password", detail={"user": user.name})
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
            note_event(connection, self._now(), actor, kind, detail={"user": user.name})
            return user

    # Sessions

    def sign_in(self, name: str, password: str, origin: str) -> Session:
        """Check a password and begin a session with a fresh secret.

        It takes as long for a name that nobody has.

        Args:
            name: As typed; case does not matter.
            password: As typed.
            origin: Where the attempt comes from, such as an IP address.

        Raises:
            SignInError: The name is unknown, the password wrong, or the user inactive.
            TooManyAttempts: Too many have failed for this name or from this origin.
        """
        now, key, origin = self._now(), name_key(name), origin[:MAX_ORIGIN_LENGTH]
        with self._database.write() as connection:
            attempt_id = begin_attempt(connection, key, origin, now)
            row = find_row(connection, users.c.name_key == key)
        # Outside of any transaction: it takes 50 ms on purpose.
        right = verify_password(row["password_hash"] if row else None, password)
        if row is None or not right or not row["active"]:
            with self._database.write() as connection:
                note_event(
                    connection, now, "", "refused sign-in", detail={"name": key, "origin": origin}
                )
            raise SignInError
        renewed = hash_password(password) if needs_rehash(row["password_hash"]) else None
        secret = make_secret()
        with self._database.write() as connection:
            forgive_attempt(connection, attempt_id, key)
            if renewed:
                change_row(connection, row["user_id"], password_hash=renewed)
            connection.execute(delete(sessions).where(sessions.c.expires_at <= now))
            session = {
                "secret_hash": hash_secret(secret),
                "user_id": row["user_id"],
                "created_at": now,
                "expires_at": now + IDLE,
            }
            connection.execute(insert(sessions).values(session))
            note_event(connection, now, row["name"], "sign-in", detail={"origin": origin})
        return Session(secret, to_user(row), now + IDLE)

    def user_of_session(self, secret: str) -> User | None:
        """Return who shows this secret, and keep the session alive; None for no or an old one."""
        now, hashed = self._now(), hash_secret(secret)
        found = (
            select(users, sessions.c.expires_at)
            .join_from(users, sessions)
            .where(sessions.c.secret_hash == hashed, sessions.c.expires_at > now, users.c.active)
        )
        with self._database.read() as connection:
            row = connection.execute(found).mappings().one_or_none()
        if row is None:
            return None
        if row["expires_at"] < now + IDLE - RENEW_AFTER:
            renewed = update(sessions).where(sessions.c.secret_hash == hashed)
            with self._database.write() as connection:
                connection.execute(renewed.values(expires_at=now + IDLE))
        return to_user(row)

    def sign_out(self, secret: str) -> None:
        """End a session; an unknown one is no error."""
        ended = delete(sessions).where(sessions.c.secret_hash == hash_secret(secret))
        with self._database.write() as connection:
            user_id = connection.scalar(ended.returning(sessions.c.user_id))
            if user_id is not None:
                row = find_row(connection, users.c.user_id == user_id)
                note_event(connection, self._now(), row["name"] if row else "", "sign-out")

    # Tokens

    def add_token(self, user_id: int, label: str, *, actor: str = "") -> str:
        """Add a key for programs and return its secret, which is never shown again.

        Raises:
            ValueError: The user is unknown, or the label empty.
        """
        cleaned = " ".join(label.split())[:MAX_LABEL_LENGTH]
        if not cleaned:
            raise ValueError("A token needs a label that says what it is for. Received: nothing")
        secret = make_secret()
        with self._database.write() as connection:
            row = find_row(connection, users.c.user_id == user_id)
            if row is None:
                raise ValueError(f"`user_id` must be a user. Received: {user_id}")
            values = {
                "user_id": user_id,
                "label": cleaned,
                "secret_hash": hash_secret(secret),
                "created_at": self._now(),
            }
            connection.execute(insert(tokens).values(values))
            note_event(
                connection,
                self._now(),
                actor,
                "add token",
                detail={"user": row["name"], "label": cleaned},
            )
        return secret

    def user_of_token(self, secret: str) -> User | None:
        """Return whose token this is; None for an unknown or revoked one, or an inactive user."""
        found = (
            select(users)
            .join_from(users, tokens)
            .where(tokens.c.secret_hash == hash_secret(secret))
            .where(tokens.c.revoked_at.is_(None), users.c.active)
        )
        with self._database.read() as connection:
            row = connection.execute(found).mappings().one_or_none()
        return to_user(row) if row else None

    def list_tokens(self, user_id: int | None = None) -> tuple[Token, ...]:
        """Return the tokens of a user, or of all, revoked ones too, oldest first."""
        columns = (tokens.c.token_id, tokens.c.user_id, tokens.c.label)
        found = select(*columns, tokens.c.created_at, tokens.c.revoked_at)
        if user_id is not None:
            found = found.where(tokens.c.user_id == user_id)
        with self._database.read() as connection:
            rows = connection.execute(found.order_by(tokens.c.token_id)).mappings()
            return tuple(Token(**row) for row in rows)

    def revoke_token(self, token_id: int, *, actor: str = "") -> None:
        """Make a token worthless at once; doing it again changes nothing.

        Raises:
            ValueError: The token is unknown.
        """
        with self._database.write() as connection:
            known = select(tokens).where(tokens.c.token_id == token_id)
            row = connection.execute(known).mappings().one_or_none()
            if row is None:
                raise ValueError(f"`token_id` must be a token. Received: {token_id}")
            if row["revoked_at"] is None:
                revoked = update(tokens).where(tokens.c.token_id == token_id)
                connection.execute(revoked.values(revoked_at=self._now()))
                note_event(
                    connection, self._now(), actor, "revoke token", detail={"label": row["label"]}
                )
