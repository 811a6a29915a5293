"""Which files an endpoint may be given: uploads, and nothing else."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.utils import get_upload_folder


def protect_files(blocks: gr.Blocks) -> None:
    """Let no endpoint take a file that was not uploaded; call it when all of them are there.

    Gradio looks after that in `launch()` only. Mounted in a server, as here, it copies whatever
    path a caller names to where it can be fetched, and downloads whatever address.
    """
    for block in blocks.blocks.values():
        block.async_move_resource_to_block_cache = _only_uploads(block)


def _only_uploads(block: Any) -> Callable[[Any], Awaitable[str | None]]:
    move = type(block).async_move_resource_to_block_cache

    async def move_upload(path: Any) -> str | None:
        if path is not None:
            try:
                check_upload(str(path))
            except ValueError as error:
                raise gr.Error(str(error), print_exception=False) from error
        return await move(block, path)

    return move_upload


def check_upload(text: str) -> Path:
    """Return the resolved path of an uploaded file.

    Raises:
        ValueError: It lies elsewhere, is missing, or is an address.
    """
    path = Path(text).resolve()
    if not path.is_relative_to(Path(get_upload_folder()).resolve()) or not path.is_file():
        raise ValueError("Only an uploaded file can be read.")
    return path
