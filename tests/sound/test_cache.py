"""The store by content: whole entries, shared between processes, nothing half-written."""

from __future__ import annotations

import pytest

from compiler.cache import Cache
from compiler.failures import WorldError
from compiler.files import digest

NAME = digest(b"what it depends on")


def test_what_was_put_is_got(tmp_path):
    cache = Cache(tmp_path / "cache")
    assert cache.get(NAME) is None
    cache.put(NAME, b"\0speech")
    assert cache.get(NAME) == Cache(tmp_path / "cache").get(NAME) == b"\0speech"
    cache.put(NAME, b"other")
    assert cache.get(NAME) == b"other"
    assert [path.name for path in (tmp_path / "cache").rglob("*") if path.is_file()] == [NAME]


def test_a_name_is_a_hash(tmp_path):
    with pytest.raises(ValueError, match="is a hash in hex"):
        Cache(tmp_path).get("../../etc/passwd")


def test_a_folder_that_cannot_be_used(tmp_path):
    (tmp_path / "cache").write_text("a file")
    with pytest.raises(WorldError, match=r"^cannot write "):
        Cache(tmp_path / "cache").put(NAME, b"x")
    (tmp_path / "store" / NAME[:2] / NAME).mkdir(parents=True)
    with pytest.raises(WorldError, match=r"^cannot read the cache .*: Is a directory$"):
        Cache(tmp_path / "store").get(NAME)
