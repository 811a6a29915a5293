"""Empty label databases for tests: SQLite files, and databases of a real PostgreSQL server.

A test that takes `label_url` (or `store`) runs on both. The server is Debian's `postgresql`,
started once per test process in a temporary folder, by a user other than root, and reached through
a socket in that folder. Without it those tests skip, but fail in CI.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url

from lpr_core.labels import LabelStore
from lpr_core.labels.tables.database import Database

_SERVER_USERS = ("postgres", "nobody")
_SETTINGS = {
    "listen_addresses": "",  # the socket only: no port to collide on
    "fsync": "off",  # nobody pulls the plug on a test
    "max_connections": "200",
    "shared_buffers": "16MB",
    "timezone": "America/New_York",  # not ours: times must not depend on it
}


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The URL of a migrated, empty database to copy; nobody may stay connected to it."""
    folder = _find_binaries()
    if folder is None:
        if os.environ.get("CI") == "true":
            pytest.fail("CI must have PostgreSQL's initdb and pg_ctl; Debian's package: postgresql")
        pytest.skip("no PostgreSQL server (Debian's package: postgresql)")
    home = Path(tempfile.mkdtemp(prefix="lpr-postgres-"))
    try:
        yield from _serve(folder, home)
    finally:
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory) -> Path:
    """A migrated, empty file to copy: faster than migrating for each test."""
    path = tmp_path_factory.mktemp("labels") / "labels.sqlite3"
    Database(f"sqlite:///{path}").close()
    return path


@pytest.fixture
def sqlite_url(sqlite_template, tmp_path) -> str:
    """An empty SQLite database in `tmp_path`, where a store looks for it."""
    path = tmp_path / "labels.sqlite3"
    shutil.copyfile(sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture
def postgres_copy(postgres_url) -> Iterator[str]:
    """An empty PostgreSQL database of this test's own."""
    yield from copy_database(postgres_url)


def copy_database(postgres_url: str) -> Iterator[str]:
    """Make a database, yield its URL, and drop it."""
    name = f"test_{uuid.uuid4().hex}"
    template = make_url(postgres_url)
    _administer(postgres_url, f"CREATE DATABASE {name} TEMPLATE {template.database}")
    yield template.set(database=name).render_as_string(hide_password=False)
    _administer(postgres_url, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgresql"])
def label_url(request) -> str:
    """An empty database, of one kind after the other."""
    fixture = {"sqlite": "sqlite_url", "postgresql": "postgres_copy"}[request.param]
    return request.getfixturevalue(fixture)


@pytest.fixture
def store(label_url, tmp_path) -> Iterator[LabelStore]:
    """An empty store on one kind of database after the other."""
    opened = LabelStore(label_url, tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def sqlite_store(sqlite_url, tmp_path) -> Iterator[LabelStore]:
    """An empty store on SQLite, for what only SQLite does."""
    opened = LabelStore(sqlite_url, tmp_path)
    yield opened
    opened.close()


def _find_binaries() -> Path | None:
    """Debian keeps them off the PATH, in a folder for each version."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    on_path = shutil.which("pg_ctl")
    folders += [Path(on_path).resolve().parent] if on_path else []
    return next((folder for folder in folders if (folder / "initdb").exists()), None)


def _serve(binaries: Path, home: Path) -> Iterator[str]:
    user = _choose_user()
    if user is not None:
        shutil.chown(home, user)
    data = home / "data"
    options = " ".join(f"-c {name}='{value}'" for name, value in _SETTINGS.items())
    start = ["start", "-w", "-l", str(home / "log"), "-o", f"-k {home} {options}"]
    initialise = ["-U", "lpr", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]
    _run([binaries / "initdb", "-D", data, *initialise], home, user)
    _run([binaries / "pg_ctl", "-D", data, *start], home, user)
    try:
        url = f"postgresql+psycopg://lpr@/template?host={home}"
        _administer(url, "CREATE DATABASE template")
        Database(url).close()
        yield url
    finally:
        _run([binaries / "pg_ctl", "-D", data, "stop", "-m", "immediate"], home, user)


def _choose_user() -> str | None:
    """PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in _SERVER_USERS if name in names)


def _run(command: list, home: Path, user: str | None) -> None:
    # Not a pipe: the server would keep it open, and us waiting for its end.
    with (home / "output").open("ab") as output:
        result = subprocess.run(
            list(map(str, command)),
            user=user,
            cwd=home,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    if result.returncode:
        pytest.fail(f"{command[0]} failed:\n{(home / 'output').read_text(errors='replace')}")


def _administer(url: str, statement: str) -> None:
    engine = create_engine(make_url(url).set(database="postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(statement)
    engine.dispose()
