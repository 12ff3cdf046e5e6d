"""What was recorded elsewhere, heard in one order and another."""

import gzip
from itertools import islice
from pathlib import Path
from random import Random

import pytest

from services.classifier.projections.entries import BEYOND
from services.classifier.projections.recount import recount
from tests.classifier.service.examples import a_classifier
from tests.system.examples import REAL

RECORDINGS = ("community-2011-2018.jsonl.gz", "retweets-2012.jsonl.gz")


@pytest.mark.skipif(not REAL.is_dir(), reason="the recorded activity is not on this machine")
@pytest.mark.parametrize("recording", RECORDINGS)
async def test_in_whatever_order_a_recording_is_heard_it_comes_to_the_same(
    tmp_path: Path, recording: str
) -> None:
    """As it is, from its end, and shuffled: everybody is where they are, and so says a recount.
    Accounts are given their names by ingest, so none is linked here.
    """
    with gzip.open(REAL / recording) as recorded:
        bodies = [*islice((line for line in recorded if b"link_account" not in line), 1500)]
    told: list[str] = []
    for order in (bodies, bodies[::-1], Random(17).sample(bodies, len(bodies))):
        folder = tmp_path / str(len(told))
        folder.mkdir()
        async with a_classifier(folder) as classifier:
            await classifier.hear(order)
            members, _ = await classifier.exports()
            now, policies = classifier.hearing.time.now, classifier.hearing.policies
            assert now is not None
            counted = await recount(classifier.store, policies, now, "", BEYOND)
            assert (counted.events, counted.difference) == (len(bodies), None)
            told.append(members)
    assert len(set(told)) == 1
