"""New rules are taken note of before anything is heard by them: under a version of their own."""

from services.rewards.domain.versions import adoption, digest
from services.rewards.projections import knowledge
from services.rewards.stream.batches import Recognising
from shared.eventlog.log import Store
from shared.runtime.errors import WrongUse


async def adopt(store: Store, recognising: Recognising) -> bool:
    """Record the rules if they are new to the log. Return whether they were. Raises WrongUse where
    they are other than those of the same version.
    """
    rules = recognising.rules
    before = await knowledge.adopted(store)
    if before and before[-1].digest == digest(rules):
        return False
    if before and rules.version <= (latest := before[-1].version):
        raise WrongUse(
            f"these rules are not those that version {latest} was, and there are recognitions by"
            f" that: give them version {latest + 1}"
        )
    now = (await knowledge.clock(store)).now
    async with store.transaction() as transaction:
        await recognising.adopt(
            transaction, adoption(rules, before, None if now is None else now.date())
        )
    return True
