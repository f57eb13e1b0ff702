"""A store by content: name -> bytes that were paid for or took long. Several processes may share one folder."""

from __future__ import annotations

import re
from pathlib import Path

from compiler import files
from compiler.failures import WorldError

_NAME = re.compile(r"[0-9a-f]{16,128}")


class Cache:
    """Entries live in `folder`/ab/abcdef…; a name is the hash of all that the content depends on."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def get(self, name: str) -> bytes | None:
        """What was put under `name`; None when there is nothing. WorldError when it cannot be read."""
        try:
            return self._path(name).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise WorldError(f"cannot read the cache {self.folder}: {error.strerror or error}") from error

    def put(self, name: str, content: bytes) -> None:
        """Stores whole or not at all; the last of two writers wins, both having made the same thing."""
        with files.whole(self._path(name)) as temporary:
            temporary.write_bytes(content)

    def drop(self, name: str) -> None:
        """Forgets what was put under `name`, so that it is asked for anew; nothing happens when there is nothing."""
        self._path(name).unlink(missing_ok=True)

    def _path(self, name: str) -> Path:
        if not _NAME.fullmatch(name):
            raise ValueError(f"a cache name is a hash in hex, not {name!r}")
        return self.folder / name[:2] / name
