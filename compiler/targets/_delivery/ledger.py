"""What was sent: the memory across runs, by which a call is sent once.

One SQLite file. A row is (server address, project, stem, content hash) -> state:

sending  its last bytes were about to leave; if the program ended there, nobody knows whether it arrived
sent     the server took it
failed   the server did not take it; the next run sends it again

The row turns to `sending` before the last bytes leave and not earlier, so a crash in the middle of a body leaves no
doubt. What is once `sent`, or once in doubt, is not lowered by a later failure. The file belongs to one running
program at a time.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Literal

from compiler.failures import WorldError

_VERSION = 1
_TABLE = """
create table if not exists calls (
  url text not null, project text not null, stem text not null, content text not null,
  state text not null, status integer, attempts integer not null, message text not null, server text not null,
  changed text not null default '',
  primary key (url, project, stem, content)
) without rowid"""
_PUT = """
insert into calls values (?, ?, ?, ?, ?, ?, ?, ?, ?, strftime('%Y-%m-%dT%H:%M:%SZ', 'now'))
on conflict do update set state = excluded.state, status = excluded.status, attempts = excluded.attempts,
  message = excluded.message, server = excluded.server, changed = excluded.changed"""


class LedgerError(WorldError):
    """The ledger cannot be read or written: nothing more may be sent."""

    def __init__(self, message: str) -> None:
        super().__init__(message, fatal=True)


class State(StrEnum):
    FAILED = "failed"
    SENDING = "sending"
    SENT = "sent"


_RANK = (None, State.FAILED, State.SENDING, State.SENT)


@dataclass(frozen=True, slots=True)
class Address:
    """One content of one call at one server: `url` as it may be shown, `content` a hash."""

    url: str
    project: str
    stem: str
    content: str


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of a call before it is sent.

    new      send it                                  sent     the server has exactly this
    changed  the server has another content of it     doubt    this or another content may have arrived
    `when` is the UTC time of the row that decides, "" for `new`.
    """

    verdict: Literal["new", "sent", "changed", "doubt"]
    when: str = ""
    state: State | None = None  # of exactly this content


class Ledger:
    """The ledger file at `path`. It is made, and locked for others, by `claim`; a missing file is an empty ledger.

    Every method raises LedgerError when the file cannot be used. Safe to share between threads.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._closed = False

    def claim(self) -> None:
        """Makes the file if need be and keeps it to ourselves until `close`."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise LedgerError(f"cannot make {self.path.parent}: {error.strerror or error}") from error
        with self._working() as connection:
            connection.execute("begin exclusive")
            connection.execute(_TABLE)
            connection.execute(f"pragma user_version = {_VERSION}")
            connection.execute("commit")

    def standing(self, call: Address) -> Standing:
        if self._connection is None and not (self.path.exists() and self.path.stat().st_size):
            return Standing("new")
        with self._working() as connection:
            rows = connection.execute(
                "select content, state, changed from calls where url = ? and project = ? and stem = ?"
                " order by changed desc, content", (call.url, call.project, call.stem)).fetchall()
        own = next((State(state) for content, state, _ in rows if content == call.content), None)
        for verdict, state, same in (("sent", State.SENT, True), ("doubt", State.SENDING, True),
                                     ("changed", State.SENT, False), ("doubt", State.SENDING, False)):
            for content, row_state, when in rows:
                if row_state == state and (content == call.content) == same:
                    return Standing(verdict, when, own)  # type: ignore[arg-type]  # verdict is one of the four above
        return Standing("new", state=own)

    def mark(self, call: Address, state: State, floor: State | None = None, *, status: int | None = None,
             attempts: int = 0, message: str = "", server: str = "") -> None:
        """Writes the state of `call`, for good when this returns; never below `floor`, the state before this run."""
        state = max((state, floor), key=_RANK.index) or state
        with self._working() as connection:
            connection.execute(_PUT, (call.url, call.project, call.stem, call.content, state.value, status, attempts,
                                      message, server))

    def close(self) -> None:
        """Gives the file free. Later calls of `mark` raise LedgerError: they come from a thread that was given up."""
        with self._lock:
            self._closed = True
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    @contextmanager
    def _working(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            if self._closed:
                raise LedgerError(f"{self.path} is closed")
            try:
                if self._connection is None:
                    self._connection = self._opened()
                yield self._connection
            except sqlite3.Error as error:
                raise LedgerError(_sentence(self.path, error)) from error

    def _opened(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, timeout=0.5, isolation_level=None, check_same_thread=False)
        connection.execute("pragma locking_mode = exclusive")
        connection.execute("pragma synchronous = full")
        (version,) = connection.execute("pragma user_version").fetchone()
        if version > _VERSION:
            connection.close()
            raise LedgerError(f"{self.path} was made by a newer version of this program; use that one")
        return connection


def _sentence(path: Path, error: sqlite3.Error) -> str:
    if "locked" in str(error):
        return f"another run is sending with {path}; wait until it has ended"
    return (f"the ledger {path} cannot be used: {error}. It says what was sent: without it, calls may be sent twice."
            " Bring it back from a backup, or move it away if nothing of it was sent")
