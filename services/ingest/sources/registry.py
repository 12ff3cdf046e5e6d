"""Every adapter by its name, and what a source that uses one is made of.

A new platform is a file beside this one, and a line here.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final, NamedTuple

from services.ingest.domain.activity import Named, Sighting
from services.ingest.handlers.posts import Source, Translate
from services.ingest.sources import (
    activitystreams,
    bluesky,
    canonical,
    discourse,
    forgejo,
    github,
    linkedin,
    mapping,
    mastodon,
    signature,
)
from services.ingest.sources.sightings import Seen
from shared.contracts.activity import PLATFORM


class Adapter(NamedTuple):
    """`platform` is what its events name, `signature` how the platform signs what it sends.

    `load` is for an adapter that reads from a file how to translate. It raises WrongUse.
    """

    translate: Translate | None = None
    platform: str = ""
    signature: str = "standard-webhooks"
    load: Callable[[Path], Translate] | None = None


ADAPTERS: Final[dict[str, Adapter]] = {
    "activitystreams": Adapter(activitystreams.translate, "fediverse", "http-signature"),
    "bluesky": Adapter(bluesky.translate, "bluesky"),
    "canonical": Adapter(canonical.translate),
    "discourse": Adapter(discourse.translate, "discourse", "discourse"),
    "forgejo": Adapter(forgejo.translate, "forgejo", "github"),
    "github": Adapter(github.translate, "github", "github"),
    "linkedin": Adapter(linkedin.translate, "linkedin", "linkedin"),
    "mapping": Adapter(load=mapping.load),
    "mastodon": Adapter(mastodon.translate, "fediverse", "mastodon"),
}


def signatures() -> dict[str, str]:
    """Return how what each adapter reads is signed."""
    return {name: adapter.signature for name, adapter in ADAPTERS.items()}


def built_in() -> dict[str, Source]:
    """Return what is a source without anybody saying so."""
    return {
        name: source(name, adapter=name)
        for name, adapter in ADAPTERS.items()
        if adapter.translate and name != "canonical"
    }


def source(
    name: str,
    *,
    adapter: str,
    platform: str | None = None,
    file: Path | None = None,
    scheme: str = "",
    secrets: Sequence[str] = (),
    keys: Mapping[str, str] | None = None,
    tolerance: float = 0,
) -> Source:
    """Return a source. Raises ValueError for a secret or a key that is none, and WrongUse."""
    translate, own, _, load = ADAPTERS[adapter]
    if load and file:
        translate = load(file)
    if translate is None:
        raise ValueError(f"{adapter} needs a file that says how")
    if platform and not own:
        raise ValueError(f"platform: {adapter} is told the platform by what it reads")
    if platform and platform != own:
        translate = partial(translated_as, translate, own, platform)
    check = challenge = None
    if secrets or keys:
        check = signature.checker(scheme, secrets=secrets, keys=keys or {}, tolerance=tolerance)
    if secrets and scheme == "linkedin":
        challenge = partial(signature.answer_to, secrets[0])
    return Source(name=name, adapter=adapter, translate=translate, check=check, challenge=challenge)


def translated_as(
    translate: Translate, own: str, platform: str, headers: Mapping[str, str], body: bytes
) -> list[Any]:
    """Translate, and name another platform than the adapter's own."""
    return [_renamed(seen, own, platform) for seen in translate(headers, body)]


def _renamed(seen: Seen | Named, own: str, platform: str) -> Seen | Named:
    if isinstance(seen, Named) and seen.platform == own:
        return seen._replace(platform=platform)
    if not isinstance(seen, Sighting):
        return seen

    def moved(said: object) -> object:
        if isinstance(said, str) and said.startswith(f"{own}:"):
            return f"{platform}:{said.removeprefix(f'{own}:')}"
        return said

    event = dict(seen.event)
    event["subject"] = moved(event.get("subject"))
    if event.get("source") == PLATFORM + own:
        event["source"] = PLATFORM + platform
    if isinstance(data := event.get("data"), dict):
        event["data"] = {name: moved(value) for name, value in data.items()} | (
            {"platform": platform} if data.get("platform") == own else {}
        )
    return seen._replace(event=event)
