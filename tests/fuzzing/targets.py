"""Everything that reads what others have written: how it is called, and where to begin."""

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import IO, Final, NamedTuple

from services.ingest.adapters.frames import Wire
from services.ingest.handlers.posts import Check, Translate
from services.ingest.sources import canonical, registry, roster
from services.ingest.sources.exports import files, readers
from services.ingest.sources.exports.files import File
from services.ingest.sources.exports.parts import Note
from services.ingest.sources.mapping import mapping
from services.ingest.sources.mappingfile import parse
from shared.messaging.errors import UnreadableMessage
from shared.runtime.errors import CommandFailed, WrongUse
from tests.fuzzing import seeds
from tests.fuzzing.cases import exported, requested
from tests.fuzzing.judging import judge, judge_event


class Target(NamedTuple):
    """`run` raises what nobody has foreseen; `most` is in bytes of a case."""

    run: Callable[[bytes], None]
    seeds: Sequence[bytes]
    most: int = 1 << 15


def translated(translate: Translate, case: bytes) -> None:
    headers, body = requested(case)
    with suppress(UnreadableMessage):
        for seen in translate(headers, body):
            judge(seen)


def canonically(case: bytes) -> None:
    headers, body = requested(case)
    with suppress(UnreadableMessage):
        for event in canonical.translate(headers, body):
            judge_event(event)


def imported(platform: str, case: bytes) -> None:
    with suppress(CommandFailed):
        _read(platform, files.Files("export", _Files(exported(case)), alone=False))


def alone(case: bytes) -> None:
    """One file out of an export, under a name of its owner's own."""
    for platform in readers.READERS:
        with suppress(CommandFailed):
            _read(platform, files.Files("it", _Files({"it": case}), alone=True))


def unzipped(case: bytes) -> None:
    with tempfile.NamedTemporaryFile(dir=_memory()) as packed:
        Path(packed.name).write_bytes(case)
        for platform in readers.READERS:
            with suppress(CommandFailed), files.opened(packed.name) as export:
                _read(platform, export)


def checked(checks: Mapping[str, Check], case: bytes) -> None:
    headers, body = requested(case)
    for check in checks.values():
        why = check(seeds.TARGET, headers, body, seeds.SIGNED_AT)
        assert why is None or why.isprintable()


def mapped(case: bytes) -> None:
    with suppress(WrongUse, UnreadableMessage):
        for seen in mapping(parse(case.decode("utf-8", "replace")))({}, seeds.MAPPED):
            judge(seen)


def listed(case: bytes) -> None:
    with suppress(CommandFailed):
        assert all("\n" not in problem.what for problem in roster.read("it", case).problems)


def streamed(case: bytes) -> None:
    """Frames of the Jetstream, of which nobody has looked at more than whose they are."""
    for url in ("wss://h.example/subscribe", "wss://h.example/xrpc/network.subscribeEvents"):
        Wire.of(url).read(requested(case)[1])


class _Files(NamedTuple):
    """An export in memory."""

    contents: Mapping[str, bytes]

    def files(self) -> Iterator[File]:
        return (File(name, len(content)) for name, content in self.contents.items())

    def open(self, file: File) -> IO[bytes]:
        return BytesIO(self.contents[file.name])

    def close(self) -> None:
        pass


def _read(platform: str, export: files.Files) -> None:
    for seen in readers.read(platform, export):
        if isinstance(seen, Note):
            seen.text.encode()
        else:
            judge(seen)


def _memory() -> str | None:
    return "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - a file in memory


TARGETS: Final[Mapping[str, Target]] = {
    **{
        name: Target(partial(translated, source.translate), seeds.REQUESTS[name])
        for name, source in registry.built_in().items()
    },
    "canonical": Target(canonically, seeds.CANONICAL),
    **{
        f"mapping-{name}": Target(partial(translated, mapping(parse(text))), seeds.TO_BE_MAPPED)
        for name, text in seeds.MAPPINGS.items()
    },
    "mappings": Target(mapped, [text.encode() for text in seeds.MAPPINGS.values()], 1 << 12),
    "signatures": Target(partial(checked, seeds.CHECKS), seeds.SIGNED, 1 << 12),
    "members": Target(listed, seeds.MEMBERS, 1 << 12),
    "jetstream": Target(streamed, seeds.REQUESTS["bluesky"]),
    **{
        f"export-{platform}": Target(partial(imported, platform), seeds.EXPORTS[platform])
        for platform in readers.READERS
    },
    "export-alone": Target(alone, seeds.ALONE),
    "export-zip": Target(unzipped, seeds.ZIPS),
}
