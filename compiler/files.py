"""Files are written whole or not at all, and only when they change."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from filecmp import cmp
from hashlib import file_digest, sha256
from pathlib import Path

from compiler.failures import WorldError


def digest(data: bytes) -> str:
    """The hash by which the manifest and the cache know contents (sha256, hex)."""
    return sha256(data).hexdigest()


def holds(path: Path, expected: str) -> bool:
    """True when the file's bytes have that digest; False also when there is no such file."""
    try:
        with path.open("rb") as file:
            return file_digest(file, "sha256").hexdigest() == expected
    except OSError:
        return False


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """Gives a temporary path beside `path`; on success it takes `path`'s place, on any failure it vanishes.

    OSError becomes a WorldError that names the file (a full disk, no permission).
    """
    temporary = path.with_name(f".{path.name[-60:]}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield temporary
        temporary.replace(path)
    except OSError as error:
        raise unwritable(path, error) from error
    finally:
        with suppress(OSError):  # such as a folder that could not be made
            temporary.unlink(missing_ok=True)


@contextmanager
def whole_if_new(path: Path) -> Iterator[Path]:
    """Like `whole`, but `path` is left alone where it holds the same bytes already."""
    with suppress(_Same), whole(path) as temporary:
        yield temporary
        if path.is_file() and cmp(temporary, path, shallow=False):
            raise _Same


class _Same(Exception):
    """What was written stands there already."""


def unwritable(path: Path, error: OSError) -> WorldError:
    """The WorldError for a failed write; fatal where no other write would succeed either."""
    hopeless = error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EROFS)
    hint = "; free some space or name another folder with --out, then run the same command again" if hopeless else ""
    return WorldError(f"cannot write {path}: {error.strerror or error}{hint}", retryable=True, fatal=hopeless)


def write(path: Path, data: bytes | str) -> bool:
    """Writes `data` whole; False when the file held exactly that already."""
    content = data.encode() if isinstance(data, str) else data
    try:
        if path.read_bytes() == content:
            return False
    except FileNotFoundError:
        pass
    except OSError as error:
        raise WorldError(f"cannot read {path}: {error.strerror or error}") from error
    with whole(path) as temporary:
        temporary.write_bytes(content)
    return True
