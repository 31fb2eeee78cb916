"""Files that appear whole or not at all."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Iterator
from pathlib import Path

from simcost.errors import FileError


def check_target(path: Path) -> Path:
    """Return where a file of that path really goes, through symbolic links.

    Raises
    ------
    FileError
        When the folder is missing or not writable, or something there is not a plain file.
    """
    try:
        target = path.resolve()
        exists, plain = target.exists(), target.is_file()
    except (OSError, RuntimeError, ValueError) as error:
        raise FileError(f"{path}: cannot be written: {error}") from error
    if exists and not plain:
        # Replacing a device such as /dev/null by a file would break the machine.
        raise FileError(f"{path}: is not a plain file; name a file to write")
    if not target.parent.is_dir():
        raise FileError(f"{path}: there is no folder {str(target.parent)!r}; create it first")
    if not os.access(target.parent, os.W_OK | os.X_OK):
        raise FileError(f"{path}: no permission to write in {str(target.parent)!r}")
    return target


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yield a new file beside `path` that takes its name when the block ends well.

    The file is flushed to disk before the rename, so that after a crash either the old file or
    the whole new one is there.

    Raises
    ------
    FileError
        When anything fails; then nothing is left behind and the old file is untouched.
    """
    target = check_target(path)
    temporary = target.parent / f".simcost-{secrets.token_hex(8)}.tmp"
    try:
        # Made by hand: tempfile would make it readable by its owner only.
        os.close(os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
        yield temporary
        _flush(temporary)
        os.replace(temporary, target)
    except OSError as error:
        reason = error.strerror or str(error).partition("\n")[0]
        raise FileError(f"{path}: cannot be written: {reason}") from error
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
    _flush_folder(target.parent)


def reserve(path: Path, size: int) -> None:
    """Make sure that the disk has room for a file, and leave the file empty.

    For writers that do not survive a full disk themselves.

    Raises
    ------
    OSError
        When it has not, or a quota or a limit is in the way.
    """
    if not hasattr(os, "posix_fallocate"):  # macOS, Windows
        return
    descriptor = os.open(path, os.O_WRONLY)
    try:
        os.posix_fallocate(descriptor, 0, size)
        os.ftruncate(descriptor, 0)
    finally:
        os.close(descriptor)


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _flush_folder(folder: Path) -> None:
    # Only makes the rename itself durable; not every file system allows it.
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
