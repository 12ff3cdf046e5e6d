"""Mutations: how each rule of 4.1 and 4.2 could be a little wrong.

By module: the rule, what its source says, and what it says instead.
"""

from typing import Final

from tests.classifier.domain.mutants import Mutation

MUTATIONS: Final = (
    # 4.1, measures
    Mutation("acts: inclusive", "measures", "if need <= 0:", "if need < 0:"),
    Mutation("people: inclusive", "measures", "if len(people) >= need:", "if len(people) > need:"),
    Mutation("minutes: inclusive", "measures", "if missing <= 0:", "if missing < 0:"),
    Mutation(
        "accounts: inclusive",
        "measures",
        "accounts(facts, day) >= need",
        "accounts(facts, day) > need",
    ),
    Mutation(
        "size: inclusive",
        "measures",
        "network_size(facts, day) >= need",
        "network_size(facts, day) > need",
    ),
    Mutation(
        "growth: inclusive",
        "measures",
        "network_growth(facts, days, day) >= need",
        "network_growth(facts, days, day) > need",
    ),
    Mutation(
        "growth: D minus days",
        "measures",
        "reading(series, day - days)",
        "reading(series, day - days + 1)",
    ),
    Mutation(
        "growth: D minus days",
        "measures",
        "reading(series, day - days)",
        "reading(series, day - days - 1)",
    ),
    Mutation("weeks: distinct", "measures", "monday = monday_of(on[place])", "monday = on[place]"),
    Mutation(
        "windows: N days",
        "measures",
        "bisect_right(facts.days, day - days, 0, end)",
        "bisect_right(facts.days, day - days + 1, 0, end)",
    ),
    Mutation(
        "acts: N days",
        "measures",
        "if need <= 0:\n                return facts.days[place] + days",
        "if need <= 0:\n                return facts.days[place] + days + 1",
    ),
    Mutation(
        "acts: N days",
        "measures",
        "if need <= 0:\n                return facts.days[place] + days",
        "if need <= 0:\n                return facts.days[place] + days - 1",
    ),
    Mutation(
        "people: N days",
        "measures",
        "if len(people) >= need:\n                return facts.days[place] + days",
        "if len(people) >= need:\n                return facts.days[place] + days + 1",
    ),
    Mutation(
        "people: N days",
        "measures",
        "if len(people) >= need:\n                return facts.days[place] + days",
        "if len(people) >= need:\n                return facts.days[place] + days - 1",
    ),
    Mutation(
        "minutes: N days",
        "measures",
        "if missing <= 0:\n                return facts.days[place] + days",
        "if missing <= 0:\n                return facts.days[place] + days + 1",
    ),
    Mutation(
        "minutes: N days",
        "measures",
        "if missing <= 0:\n                return facts.days[place] + days",
        "if missing <= 0:\n                return facts.days[place] + days - 1",
    ),
    Mutation("days: N days", "measures", "return counted + days", "return counted + days + 1"),
    Mutation("days: N days", "measures", "return counted + days", "return counted + days - 1"),
    Mutation("weeks: N days", "measures", "return on[place] + days", "return on[place] + days + 1"),
    Mutation("weeks: N days", "measures", "return on[place] + days", "return on[place] + days - 1"),
    Mutation("evidence: N days", "evidence", "if each.day > since]", "if each.day >= since]"),
    # the three steps, open and closed days
    Mutation(
        "up: the highest zone",
        "standings",
        "for above in range(len(rules) - 1, zone, -1):",
        "for above in range(zone + 1, len(rules)):",
    ),
    Mutation(
        "up: a fresh grace",
        "standings",
        "return above, None, day + 1",
        "return above, failing, day + 1",
    ),
    Mutation(
        "down: grace",
        "standings",
        "falls = failing + rule.grace_days",
        "falls = failing + rule.grace_days + 1",
    ),
    Mutation(
        "down: grace",
        "standings",
        "falls = failing + rule.grace_days",
        "falls = failing + rule.grace_days - 1",
    ),
    Mutation(
        "down: the highest zone", "standings", "    below = zone - 1\n", "    below = zone - 2\n"
    ),
    Mutation(
        "down: whose keep holds",
        "standings",
        "    while below > FIRST and not",
        "    while below > FIRST and",
    ),
    Mutation(
        "stay: the count is cleared",
        "standings",
        "    if until > day:\n        return zone, None, until",
        "    if until > day:\n        return zone, failing, until",
    ),
    Mutation("open days: only step 1", "standings", "    if not closed:\n", "    if False:\n"),
    Mutation(
        "closed days",
        "standings",
        "regime, day, day <= span.closed",
        "regime, day, day < span.closed",
    ),
    Mutation(
        "settle_minutes: inclusive",
        "regimes",
        "now - begins(today) >= self",
        "now - begins(today) > self",
    ),
    Mutation(
        "settle_minutes of the day",
        "regimes",
        "self.on(today - 1).policy.settle_minutes",
        "self.on(today).policy.settle_minutes",
    ),
    # pause
    Mutation("paused from the day after", "terms", "PAUSED, ()), day - 1)", "PAUSED, ()), day)"),
    Mutation(
        "paused from the day after", "terms", "PAUSED, ()), day - 1)", "PAUSED, ()), day - 2)"
    ),
    Mutation(
        "paused to the day before",
        "terms",
        "RESUMED, ()), day)\n    return",
        "RESUMED, ()), day - 1)\n    return",
    ),
    Mutation(
        "paused: by time and key",
        "terms",
        "paused[1:3] > resumed[1:3]",
        "paused[1:2] > resumed[1:2]",
    ),
    Mutation(
        "paused: the latest", "terms", "paused[1:3] > resumed[1:3]", "paused[1:3] < resumed[1:3]"
    ),
    Mutation(
        "paused: a fresh grace",
        "standings",
        "            if terms.paused:\n                failing = None\n",
        "            if terms.paused:\n                pass\n",
    ),
    Mutation("paused: begins", "terms", "said.day + (name == PAUSED)", "said.day"),
    Mutation(
        "paused: not on open days",
        "spells",
        'at_once = vitality is None or ruled is None or ruled == "active"',
        'at_once = vitality is None or ruled is None or ruled in ("active", "paused")',
    ),
    # departure
    Mutation("departed from that day on", "terms", "PRESENT, ()), day)", "PRESENT, ()), day - 1)"),
    Mutation("departed from that day on", "terms", "PRESENT, ()), day)", "PRESENT, ()), day + 1)"),
    Mutation("departed: no vitality", "spells", "ruled is None or ", ""),
    Mutation("returned: vitality at once", "spells", "vitality is None or ", ""),
    Mutation(
        "returned: in the first zone",
        "standings",
        "            zone = failing = None\n",
        "            failing = None\n",
    ),
    # floor
    Mutation(
        "floor_until: inclusive", "terms", "if day <= last_day else", "if day < last_day else"
    ),
    Mutation("floor_until: inclusive", "terms", "else until.value\n", "else until.value + 1\n"),
    Mutation(
        "floor: ends by itself",
        "terms",
        "last_day + 1 if floor > FIRST",
        "FOREVER if floor > FIRST",
    ),
    Mutation(
        "floor: from that day on",
        "terms",
        "said = reading(facts.profile.get(FLOOR, ()), day)",
        "said = reading(facts.profile.get(FLOOR, ()), day - 1)",
    ),
    Mutation(
        "floor: from that day on",
        "terms",
        "floor = reading(facts.profile.get(FLOOR, ()), day)",
        "floor = reading(facts.profile.get(FLOOR, ()), day - 1)",
    ),
    Mutation(
        "floor: step 2 stops there",
        "standings",
        "max(floor, fallen(regime, zone, facts, day))",
        "fallen(regime, zone, facts, day)",
    ),
    Mutation(
        "floor: the count is cleared",
        "standings",
        "if zone == floor:\n        return zone, None, FOREVER",
        "if zone == floor:\n        return zone, failing, FOREVER",
    ),
    Mutation(
        "floor: nothing is counted",
        "standings",
        "if zone == floor:\n        return zone, None, FOREVER",
        "if zone == floor:\n        return zone, failing or day, FOREVER",
    ),
    Mutation(
        "floor: null clears",
        "profile",
        "FIRST if floor is None else ZONES.index(floor)",
        "1 if floor is None else ZONES.index(floor)",
    ),
    # retraction
    Mutation(
        "retracted: dated at or before",
        "retractions",
        "activity.at - 1) >= activity.at",
        "activity.at - 1) > activity.at",
    ),
    Mutation(
        "retracted: up to the last", "retractions", "things[thing] = max(", "things[thing] = min("
    ),
    Mutation(
        "retracted: acts and measurements",
        "retractions",
        '{*OWN_ACTS, "network"',
        '{*OWN_ACTS, "member_departed", "network"',
    ),
    Mutation(
        "retracted: an id says more",
        "retractions",
        "if retracted is not None:",
        "if retracted is not None and thing is None:",
    ),
    Mutation(
        "retracted: adopted ids", "retractions", 'return id.removesuffix(f"~{member}")', "return id"
    ),
    Mutation(
        "retracted: once",
        "journey",
        "if each.mark and not gone.cover(each)]",
        "if each.mark]",
    ),
    Mutation(
        "retracted: from its own day on",
        "journey",
        "for each in (activity, *undoing) if decides(journey, each)]\n        return",
        "for each in (activity, activity)]\n        return",
    ),
    Mutation(
        "retracted: the others of a day stay",
        "facts",
        "if facts.acts[place] == 1:",
        "if facts.acts[place]:",
    ),
    Mutation(
        "retracted: a person met twice",
        "facts",
        "return people if person is None else _without(people, bisect_left(people, person))",
        "return tuple(each for each in people if each != person)",
    ),
    Mutation(
        "retracted: comes after its retraction",
        "journey",
        "return activity._replace(mark=0) if journey.facts.retractions.cover(activity) else",
        "return activity if journey.facts.retractions.cover(activity) else",
    ),
    Mutation(
        "retracted: up to the retraction",
        "retractions",
        "if each.at <= retraction.at]",
        "if each.at < retraction.at]",
    ),
    Mutation(
        "retracted: of that kind",
        "retractions",
        'return activity.source, thing["id"], kind',
        'return activity.source, thing["id"], ""',
    ),
    Mutation(
        "retracted: by that source",
        "retractions",
        'return activity.source, thing["id"], kind',
        'return "", thing["id"], kind',
    ),
    Mutation(
        "retracted: by that source",
        "retractions",
        "if name_of(activity) in self.ids:",
        "if name_of(activity)[1] in {id for _, id in self.ids}:",
    ),
    Mutation(
        "retracted: enrolment stays",
        "facts",
        "min((activity.day for activity in activities)",
        "min((activity.day for activity in left)",
    ),
    # dated policies
    Mutation(
        "forward: from that day on",
        "eras",
        "from_day = adoption.effective_on.toordinal()",
        "from_day = adoption.effective_on.toordinal() + 1",
    ),
    Mutation(
        "forward: from that day on",
        "eras",
        "from_day = adoption.effective_on.toordinal()",
        "from_day = adoption.effective_on.toordinal() - 1",
    ),
    Mutation(
        "grandfather: until, inclusive",
        "eras",
        "until, replaced = adoption.until.toordinal(),",
        "until, replaced = adoption.until.toordinal() - 1,",
    ),
    Mutation(
        "grandfather: until, inclusive",
        "eras",
        "until, replaced = adoption.until.toordinal(),",
        "until, replaced = adoption.until.toordinal() + 1,",
    ),
    Mutation("grandfather: each to its own day", "eras", "min(until, each.until)", "until"),
    Mutation("grandfather: each to its own day", "eras", "min(until, each.until)", "each.until"),
    Mutation(
        "recompute: earlier ones are dropped",
        "eras",
        'if adoption.mode == "recompute" or not eras:',
        "if not eras:",
    ),
    # vitality
    Mutation(
        "active: inclusive",
        "policy",
        "if silent_days <= self.active_days:",
        "if silent_days < self.active_days:",
    ),
    Mutation(
        "quiet: inclusive",
        "policy",
        "if silent_days <= self.quiet_days",
        "if silent_days < self.quiet_days",
    ),
    Mutation(
        "since the last own act",
        "spells",
        "return facts.enrolled_on if own is None else own",
        "return facts.enrolled_on",
    ),
    # announcing
    Mutation(
        "historical: more than",
        "reasons",
        "> policies.today(now).historical_after_days",
        ">= policies.today(now).historical_after_days",
    ),
    Mutation(
        "historical: all causes",
        "reasons",
        "all(cause.historical for",
        "any(cause.historical for",
    ),
    Mutation(
        "historical: not what supersedes",
        "announcing",
        "and not (superseded and not said.historical)",
        "",
    ),
    Mutation(
        "effective_on: not before the last",
        "announcing",
        "max(first_day(trajectory), said.effective_on)",
        "first_day(trajectory)",
    ),
    Mutation(
        "supersedes: higher if closed",
        "announcing",
        "(there > announced and closed)",
        "there > announced",
    ),
    Mutation("supersedes: lower", "announcing", "there < announced or", "there <= announced or"),
    Mutation(
        "supersedes: closed",
        "announcing",
        "closed = said.effective_on <= policies",
        "closed = said.effective_on < policies",
    ),
    # by policy
    Mutation("by policy: adopted", "announcing", "by_policy=adopted", "by_policy=False"),
    Mutation("by policy: and nobody's act", "announcing", "cause is None and brought", "brought"),
    Mutation("by policy: begun", "announcing", "(cause is None and brought", "(False and brought"),
    Mutation(
        "by policy: the first day", "beginnings", "policies.on(day - 1)", "policies.on(day - 2)"
    ),
    Mutation(
        "by policy: not anyway",
        "beginnings",
        "return _way(said, otherwise.zone) != _way(said, known[-1].zone)",
        "return True",
    ),
    Mutation(
        "by policy: not as far",
        "beginnings",
        "return _way(said, otherwise.zone) != _way(said, known[-1].zone)",
        "return otherwise.zone != known[-1].zone",
    ),
    Mutation(
        "by policy: the other way",
        "beginnings",
        "return _way(said, otherwise.zone) != _way(said, known[-1].zone)",
        "return otherwise.zone == said",
    ),
    Mutation("by policy: seen late", "beginnings", "fold(activities)", "journey.facts"),
    # warnings
    Mutation(
        "warned: so many days", "trajectory", "fall.day - warn_days - 1", "fall.day - warn_days"
    ),
    Mutation(
        "warned: so many days", "trajectory", "fall.day - warn_days - 1", "fall.day - warn_days - 2"
    ),
    Mutation("warned: not at all", "trajectory", "- 1) if warn_days else NEVER", "- 1)"),
    Mutation("warned: of today's zone", "trajectory", "change.from_day >= begun", "True"),
    Mutation(
        "warned: of falls",
        "trajectory",
        "first.zone is None or _rises(zones, first)",
        "first.zone is None",
    ),
    Mutation(
        "warned: again if earlier", "foretelling", "return fall.day < warned.due_on or", "return"
    ),
    Mutation(
        "warned: once",
        "foretelling",
        "and fall.day >= warned.due_on)",
        "and fall.day > warned.due_on)",
    ),
    Mutation(
        "averted: by another change",
        "foretelling",
        "warned.zone == ZONES[zone] and _imminent",
        "_imminent",
    ),
    Mutation(
        "averted: not by the fall",
        "announcements",
        'None if event.direction == "demoted" else said.warned',
        "said.warned",
    ),
)
