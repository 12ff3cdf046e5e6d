"""The file of connections is read whole at the start, and every mistake in it is one clear line."""

from pathlib import Path

import pytest

from services.ingest.adapters.connections import Connection, Connections, read
from services.ingest.sources import registry
from services.ingest.sources.signature import SCHEMES
from shared.runtime.errors import WrongUse

ADAPTERS = {
    "discourse": "discourse",
    "github": "github",
    "activitystreams": "http-signature",
    "mapping": "standard-webhooks",
    "canonical": "standard-webhooks",
}


def written(folder: Path, text: str, **files: str) -> Connections:
    for name, content in files.items():
        (folder / name).write_text(content)
    (folder / "connections.toml").write_text(text)
    return read(folder / "connections.toml", adapters=ADAPTERS, schemes=SCHEMES)


def problem(folder: Path, text: str) -> str:
    with pytest.raises(WrongUse) as refused:
        written(folder, text)
    said = str(refused.value)
    assert "\n" not in said
    assert said.startswith("connections.toml")
    return said.removeprefix("connections.toml: ").removeprefix("connections.toml ")


def test_without_a_file_nobody_is_connected() -> None:
    assert read(None, adapters=ADAPTERS, schemes=SCHEMES) == Connections()


def test_a_source_is_its_own_adapter_and_signs_as_its_platform_does(tmp_path: Path) -> None:
    connections = written(tmp_path, '[sources.github]\nsecrets = ["file:s"]', s="hush\n")

    assert connections.sources == (
        Connection(name="github", adapter="github", signature="github", secrets=("hush",)),
    )
    assert connections.sources[0].signed


def test_everything_that_can_be_said_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEW_SECRET", "new")
    connections = written(
        tmp_path,
        """
        [sources.forum-2]
        adapter = "discourse"
        platform = "forum.example"
        signature = "discourse"
        secrets = ["file:old", "env:NEW_SECRET"]
        tolerance = 60
        [sources.intranet]
        adapter = "mapping"
        mapping = "intranet.toml"
        [sources.activitystreams]
        keys = { "https://h.example/users/u#main-key" = "file:old" }
        [publishers.crm]
        token = "file:token"
        [publishers.etl]
        token = "file:etl"
        scopes = ["publish", "read"]
        sources = ["urn:zones:platform:etl"]
        rate = 200
        [bluesky]
        jetstream = "wss://jetstream.example/subscribe"
        """,
        old="old",
        token="a-token-of-the-crm",
        etl="a-token-of-the-etl",
    )

    forum, intranet, fediverse = connections.sources
    assert (forum.adapter, forum.platform, forum.secrets, forum.tolerance) == (
        "discourse",
        "forum.example",
        ("old", "new"),
        60,
    )
    assert intranet.mapping == tmp_path / "intranet.toml"
    assert not intranet.signed
    assert dict(fediverse.keys) == {"https://h.example/users/u#main-key": "old"}
    crm, etl = connections.publishers
    assert (crm.token, crm.scopes, crm.sources, crm.rate) == (
        "a-token-of-the-crm",
        frozenset({"publish"}),
        frozenset({"crm"}),
        None,
    )
    assert (etl.scopes, etl.sources, etl.rate) == (
        frozenset({"publish", "read"}),
        frozenset({"urn:zones:platform:etl"}),
        200,
    )
    assert connections.bluesky == "wss://jetstream.example/subscribe"


def test_secrets_are_not_shown(tmp_path: Path) -> None:
    connections = written(
        tmp_path,
        '[sources.github]\nsecrets = ["file:s"]\n[publishers.crm]\ntoken = "file:s"',
        s="hush-hush-hush-hush",
    )
    assert "hush" not in repr(connections)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[source.github]", "source: unknown key: did you mean 'sources'?"),
        ("sources = 1", "sources: must be a table"),
        ("[sources]\ngithub = 1", "sources.github: must be a table"),
        ("[sources.GitHub]\nadapter = 'github'", "sources.GitHub: a source's name has small"),
        ("[sources.'a.b']\nadapter = 'github'", "sources.a.b: a source's name has small letters"),
        ("[sources.forum]", "sources.forum.adapter: is missing: no adapter is called forum; there"),
        (
            "[sources.x]\nadapter = 'gihub'",
            "sources.x.adapter: unknown word 'gihub': did you mean 'github'?",
        ),
        (
            "[sources.github]\nsecret = ['file:s']",
            "sources.github.secret: unknown key: did you mean 'secrets'?",
        ),
        (
            "[sources.github]\nsecrets = ['hush']",
            "sources.github.secrets: must be file:PATH or env:NAME, and never the secret itself",
        ),
        ("[sources.github]\nsecrets = 'file:s'", "sources.github.secrets: must be a list of texts"),
        ("[sources.github]\nsecrets = ['file:']", "sources.github.secrets: must be file:PATH or"),
        (
            "[sources.github]\nsecrets = ['file:none']",
            "sources.github.secrets: none cannot be read: No such file or directory",
        ),
        (
            "[sources.github]\nsecrets = ['env:NO_SUCH_VARIABLE']",
            "sources.github.secrets: the variable NO_SUCH_VARIABLE is not set",
        ),
        ("[sources.github]\nsecrets = ['file:empty']", "sources.github.secrets: empty is empty"),
        (
            "[sources.github]\nsecrets = ['file:s', 'file:s', 'file:s']",
            "sources.github.secrets: at most 2",
        ),
        ("[sources.github]\nsecrets = []", "sources.github.secrets: names none: leave it out"),
        ("[sources.activitystreams]\nkeys = {}", "sources.activitystreams.keys: names none"),
        (
            "[sources.github]\nsignature = 'githab'",
            "sources.github.signature: unknown word 'githab': did you mean 'github'?",
        ),
        (
            "[sources.github]\nsignature = 'github'",
            "sources.github.secrets: is missing: without it no github signature is checked",
        ),
        (
            "[sources.github]\nsignature = 'http-signature'",
            "sources.github.keys: is missing: without it no http-signature signature is checked",
        ),
        (
            "[sources.github]\nkeys = { a = 'file:s' }",
            "sources.github.keys: github is checked with secrets",
        ),
        (
            "[sources.activitystreams]\nsecrets = ['file:s']",
            "sources.activitystreams.secrets: http-signature is checked with keys",
        ),
        ("[sources.github]\ntolerance = 0", "sources.github.tolerance: must be a whole number"),
        ("[sources.github]\ntolerance = true", "sources.github.tolerance: must be a whole number"),
        ("[sources.github]\nplatform = 'My forum'", "sources.github.platform: must be a word such"),
        (
            "[sources.github]\nmapping = 'x.toml'",
            "sources.github.mapping: goes with adapter = 'mapping', and that with a mapping",
        ),
        ("[sources.mapping]", "sources.mapping.mapping: goes with adapter = 'mapping'"),
        (
            "[sources.crm]\nadapter = 'canonical'",  # any token would speak for any source by it
            "sources.crm.secrets: is missing: what is not signed is for /v1/events",
        ),
        ("[publishers.crm]", "publishers.crm.token: is missing"),
        ("[publishers.crm]\ntoken = 'file:s'", "publishers.crm.token: must have at least 16"),
        (
            "[publishers.crm]\ntoken = 'file:long'\nscopes = ['publsh']",
            "publishers.crm.scopes: unknown word 'publsh': did you mean 'publish'?",
        ),
        ("[publishers.crm]\ntoken = 'file:long'\nrate = 0", "publishers.crm.rate: must be a whole"),
        (
            "[publishers.a]\ntoken = 'file:long'\n[publishers.b]\ntoken = 'file:long'",
            "publishers.b.token: is the one of a",
        ),
        ("[bluesky]", "bluesky.jetstream: is missing"),
        ("[bluesky]\njetstream = 'https://x'", "bluesky.jetstream: must begin with wss://"),
        ("[bluesky]\njetstreem = 'wss://x'", "bluesky.jetstreem: unknown key: did you mean"),
        ("[sources", "is not TOML: "),
    ],
)
def test_a_mistake_names_the_key_and_the_nearest_right_word(
    tmp_path: Path, text: str, said: str
) -> None:
    for name, content in {"s": "hush", "empty": " \n", "long": "x" * 16}.items():
        (tmp_path / name).write_text(content)

    assert problem(tmp_path, text).startswith(said)


def test_a_file_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(WrongUse, match=r"none\.toml cannot be read: No such file"):
        read(tmp_path / "none.toml", adapters=ADAPTERS, schemes=SCHEMES)


def test_every_adapter_signs_in_a_way_that_can_be_checked() -> None:
    assert set(registry.signatures().values()) <= set(SCHEMES)
