"""Exports as people have them, whole or hostile: one clear line, and never more memory."""

import struct
import tracemalloc
import zipfile
from pathlib import Path

import pytest

from services.ingest.sources.exports import files, jsons
from shared.runtime.errors import CommandFailed
from tests.ingest.exports.examples import in_folder, in_zip, read, ytd
from tests.ingest.exports.linkedins import SHARES


def complaint(platform: str, path: Path) -> str:
    with pytest.raises(CommandFailed) as failed:
        read(platform, path)
    return str(failed.value)


def test_a_path_that_is_not_there(tmp_path: Path) -> None:
    assert complaint("x", tmp_path / "none") == f"there is no file or folder {tmp_path / 'none'}"


def test_what_is_another_platforms_is_told(tmp_path: Path) -> None:
    path = in_folder(tmp_path, {"data/tweets.js": ytd("tweets", [])})

    assert complaint("linkedin", path) == (
        f"{path} is not a LinkedIn export; it looks like an X (Twitter) archive:"
        f" zones import x {path} ..."
    )


def test_what_is_nobodys_is_told_what_it_should_have(tmp_path: Path) -> None:
    path = in_folder(tmp_path, {"holiday.txt": "sun"})

    assert complaint("x", path) == (
        f"{path} is not an X (Twitter) archive; name the folder, the zip or the file that has"
        " tweets.js or tweet.js"
    )
    assert "tweets.js" in complaint("x", path / "holiday.txt")


def test_a_tar_is_to_be_unpacked_first(tmp_path: Path) -> None:
    path = in_folder(tmp_path, {"archive.tar.gz": b"\x1f\x8b\x08\0"}) / "archive.tar.gz"

    assert complaint("x", path).startswith(f"{path} is gzipped: unpack it")


def test_a_zip_that_breaks_off_is_damaged(tmp_path: Path) -> None:
    path = in_zip(tmp_path / "e.zip", {"Shares.csv": SHARES})
    path.write_bytes(path.read_bytes()[:-30])

    assert complaint("linkedin", path) == f"{path} is a damaged zip: download it again"


def test_a_file_in_a_zip_may_be_damaged_too(tmp_path: Path) -> None:
    path = in_zip(tmp_path / "e.zip", {"Shares.csv": SHARES * 50})
    packed = bytearray(path.read_bytes())
    packed[60:90] = b"\xff" * 30
    path.write_bytes(packed)

    assert complaint("linkedin", path).startswith(f"{path} is damaged: Shares.csv cannot be")


def test_a_locked_zip_is_to_be_unpacked_first(tmp_path: Path) -> None:
    path = in_zip(tmp_path / "e.zip", {"Shares.csv": SHARES})
    packed = bytearray(path.read_bytes())
    for place in (packed.find(b"PK\x03\x04") + 6, packed.find(b"PK\x01\x02") + 8):
        struct.pack_into("<H", packed, place, 1)
    path.write_bytes(packed)

    assert "is locked" in complaint("linkedin", path)


@pytest.mark.parametrize("way", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA], ids=["bzip2", "lzma"])
def test_a_way_of_packing_that_unpacks_without_bound_is_not_unpacked(
    tmp_path: Path, way: int
) -> None:
    path = tmp_path / "e.zip"
    with zipfile.ZipFile(path, "w", way) as packed:
        packed.writestr("Shares.csv", SHARES)

    assert "packed in an unusual way" in complaint("linkedin", path)


@pytest.mark.parametrize("filling", [b" ", b"0", b'"', b"[", b"\n,"], ids=repr)
def test_a_bomb_is_stopped_and_takes_no_memory(
    tmp_path: Path, filling: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "HARMLESS", 1024**2 // 4)
    path = tmp_path / "e.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in ("tweets.js", "Shares.csv"):
            with packed.open(name, "w") as entry:
                entry.write(b"Date,ShareLink\n" if name == "Shares.csv" else b"[")
                for _ in range(2):
                    entry.write(filling * (1024**2 // len(filling)))
    tracemalloc.start()
    try:
        for platform in ("x", "linkedin"):
            try:
                refused = [r.reason for r in read(platform, path).refused]
            except CommandFailed as error:
                refused = [str(error)]
            assert refused
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 64 * 1024**2


def test_names_in_a_zip_lead_nowhere(tmp_path: Path) -> None:
    """They are compared and never opened, wherever they point."""
    path = in_zip(
        tmp_path / "e.zip", {"../../tweets.js": ytd("tweets", []), "/etc/account.js": "[]"}
    )
    before = sorted(tmp_path.rglob("*"))

    assert read("x", path).events == []
    assert sorted(tmp_path.rglob("*")) == before


def test_links_out_of_a_folder_are_not_followed(tmp_path: Path) -> None:
    outside = in_folder(tmp_path / "outside", {"tweets.js": ytd("tweets", [{}])})
    inside = in_folder(tmp_path / "inside", {"account.js": ytd("account", [])})
    (inside / "tweets.js").symlink_to(outside / "tweets.js")
    (inside / "more").symlink_to(outside)

    assert not read("x", inside).refused


def test_only_so_many_files_are_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MOST_FILES", 3)
    path = in_folder(tmp_path, {f"{number}.txt": "" for number in range(4)})

    assert complaint("x", path) == f"{path} holds more than 3 files: no export"


def test_a_list_is_read_element_by_element(tmp_path: Path) -> None:
    """Elements across the pieces in which a file is read, each in turn and whole."""
    items = [{"n": number, "text": "x" * (number * 97 % 9000)} for number in range(400)]
    path = in_folder(tmp_path, {"tweets.js": ytd("tweets", items)}) / "tweets.js"

    with path.open() as text:
        assert list(jsons.elements(text, after="=")) == items


def test_one_element_has_a_largest_size(tmp_path: Path) -> None:
    path = in_folder(tmp_path, {"tweets.js": ytd("tweets", ["x" * (jsons.LONGEST * 2 + 9)])})

    [refused] = read("x", path).refused
    assert refused.reason == "malformed"
    assert "has more than" in refused.detail


def test_what_has_no_name_in_a_zip_is_left_out(tmp_path: Path) -> None:
    path = in_zip(tmp_path / "x.zip", {"0": "", "tweets.js": ytd("tweets", [])})
    nameless = bytearray(path.read_bytes())
    central = nameless.index(b"PK\1\2")
    nameless[central + 28] = 0
    del nameless[central + 46]
    end = nameless.index(b"PK\5\6")
    nameless[end + 12] -= 1
    path.write_bytes(nameless)

    assert read("x", path).refused == []
