"""What is fuzzed is bytes. They are a request, its headers before an empty line and its body behind
it; or the files of an export, each under a line with its name.
"""

from collections.abc import Iterable, Mapping
from typing import Final

FILE: Final = b"\n=== "


def request(body: bytes, headers: Mapping[str, str]) -> bytes:
    lines = [f"{name}: {value}\n" for name, value in headers.items()]
    return "".join(lines).encode("latin-1") + b"\n" + body


def requested(case: bytes) -> tuple[dict[str, str], bytes]:
    head, _, body = (b"\n" + case).partition(b"\n\n")
    lines = [line.decode("latin-1").partition(":") for line in head.split(b"\n")]
    return {name.strip().lower(): value.strip() for name, _, value in lines if name.strip()}, body


def export(contents: Mapping[str, str | bytes]) -> bytes:
    return b"".join(
        FILE + name.encode() + b"\n" + (said.encode() if isinstance(said, str) else said)
        for name, said in contents.items()
    )


def exported(case: bytes) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    for part in case.split(FILE)[1:]:
        name, _, content = part.partition(b"\n")
        files[name.decode("utf-8", "replace")] = content
    return files


def bodies(case: bytes) -> Iterable[tuple[int, int]]:
    """Return where in a case the bodies of a request or the contents of the files are."""
    if FILE not in case:
        head = (b"\n" + case).find(b"\n\n")
        yield (len(case) if head < 0 else head + 1), len(case)
        return
    start = case.find(FILE)
    while start >= 0:
        end = case.find(FILE, start + 1)
        line = case.find(b"\n", start + 1)
        yield (len(case) if line < 0 else line + 1), (len(case) if end < 0 else end)
        start = end
