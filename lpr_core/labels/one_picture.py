"""Keep one picture: its file on the disk, then the row that promises it."""

from sqlalchemy import Connection, insert, select

from lpr_core.labels.pictures import PictureFolder, identify_picture, plain_name
from lpr_core.labels.projects import check_project
from lpr_core.labels.tables.clock import utc_now
from lpr_core.labels.tables.database import Database, explain_errors, take_turns
from lpr_core.labels.tables.schema import pictures
from lpr_core.labels.tables.standing import add_standing


def keep_picture(
    database: Database, folder: PictureFolder, content: bytes, name: str, project_id: int
) -> str:
    """Store a picture once, however often it comes, and return its id.

    Args:
        database: Gets a row for a picture that is not known.
        folder: Gets the file, also where the one of a known picture is gone.
        content: The bytes of the file.
        name: What the person calls it; folders in it are dropped.
        project_id: Where it belongs; a picture that is known stays where it is.

    Raises:
        PictureError: The bytes are not a picture that we take.
        StoreError: The database or the disk refuses.
        ValueError: The project is unknown.
    """
    picture_id = identify_picture(content)
    if _is_complete(database, folder, picture_id):
        return picture_id
    with explain_errors():
        saved = folder.save(picture_id, content)
    row = {
        "picture_id": picture_id,
        "name": plain_name(name),
        "added_at": utc_now(),
        **saved._asdict(),
    }
    # The file is on the disk before the row that promises it.
    with database.write() as connection:
        take_turns(connection, picture_id)
        if _find_file(connection, picture_id) is None:
            check_project(connection, project_id)
            connection.execute(insert(pictures).values(row))
            add_standing(connection, picture_id, project_id, None, row["added_at"])
    return picture_id


def _is_complete(database: Database, folder: PictureFolder, picture_id: str) -> bool:
    """Tell whether a picture is known and its file is still there."""
    with database.read() as connection:
        file_name = _find_file(connection, picture_id)
    return file_name is not None and (folder.folder / file_name).exists()


def _find_file(connection: Connection, picture_id: str) -> str | None:
    row = select(pictures.c.file_name).where(pictures.c.picture_id == picture_id)
    return connection.scalar(row)
