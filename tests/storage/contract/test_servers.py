"""Whatever is asked with the number of one server, nothing of another answers or changes."""

from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import PurePath

import pytest

from bot.case import CaseQuery, QueueView, Report, Ruling
from bot.errors import UnknownCaseError
from bot.faq.parse import parse_explainer
from bot.model import (
    EditionState,
    EffectKind,
    Mode,
    ReplyState,
    Vote,
)
from bot.storage.protocols import (
    card_key,
    suggestion_key,
)
from tests.storage.contract.backends import (
    BIG,
    ELSEWHERE,
    OTHER_GUILD,
    TOPIC,
    a_case,
    a_reply,
    an_edition,
    pending_keys,
    posts,
    verdict,
)
from tests.support import (
    AUTHOR,
    CHANNEL,
    EXPLAINER_FILE,
    GUILD,
    START,
    make_post,
    make_repeat,
    make_seen,
    recorded,
    set_mode,
    set_moderators_channel,
)


@dataclass
class Canary:
    """Everything that a server can leave behind."""

    seen: object
    repeat: object
    suggestion: object
    answer: object
    case: object
    edition: object


@pytest.fixture
async def canary(stores, explainer):
    await set_moderators_channel(stores.policies, GUILD, ELSEWHERE)
    await set_mode(stores.policies, GUILD, CHANNEL, Mode.ANSWER)
    original, repeat = posts(2)
    seen = make_seen(original)
    await stores.fingerprints.save([seen], {(GUILD, CHANNEL): original.message_id})
    canary = Canary(
        seen,
        make_repeat(original),
        await a_reply(stores, ReplyState.SUGGESTED),
        await a_reply(stores),
        await recorded(stores.cases, repeat, make_repeat(original)),
        await an_edition(stores),
    )
    await stores.editions.publish(canary.edition, explainer, START)
    await stores.replies.vote(GUILD, canary.answer.id, 1, Vote.HELPFUL)
    for key in await pending_keys(stores):
        await stores.effects.refused(key, "the canary")
    return canary


async def state_of(stores, guild, canary):
    """All that a server can ask about."""
    return {
        "policy": stores.policies.get(guild),
        "seen": [seen for seen in stores.fingerprints.load(START) if seen.guild_id == guild],
        "read to": await stores.fingerprints.read_to(guild),
        "recent": list(stores.replies.recent(guild)),
        "suggestion": await stores.replies.get(guild, canary.suggestion.id),
        "answer": await stores.replies.get(guild, canary.answer.id),
        "known": await stores.cases.known(guild, {canary.repeat.key}),
        "cases": await stores.cases.page(guild, CaseQuery(QueueView.ALL), 0, START),
        "timeout": await stores.cases.timeout(guild, 1),
        "copies": await stores.cases.copies_in(guild, canary.case.id, CHANNEL),
        "votes": await stores.replies.votes(guild, canary.answer.id),
        "history": await stores.editions.history(guild, TOPIC),
        "topics": await stores.editions.topics(guild),
        "choice": await stores.editions.choice(guild, TOPIC),
        "published": [pair for pair in stores.editions.published() if pair[0].guild_id == guild],
        "phrasings": stores.phrases.hits("the harbour tram is legal", guild),
    }


async def test_a_server_finds_nothing_of_another(backend, stores, canary):
    nothing = {
        "policy": replace(stores.policies.get(0), guild_id=OTHER_GUILD),
        "seen": [],
        "read to": {},
        "recent": [],
        "suggestion": None,
        "answer": None,
        "known": None,
        "cases": ([], 0),
        "timeout": None,
        "copies": [],
        "votes": {},
        "history": [],
        "topics": [],
        "choice": None,
        "published": [],
        "phrasings": [],
    }
    assert await state_of(stores, OTHER_GUILD, canary) == nothing
    assert await state_of(backend.stores(), OTHER_GUILD, canary) == nothing
    for question in (stores.cases.get, stores.cases.history, stores.cases.id_of):
        with pytest.raises(UnknownCaseError):
            await question(OTHER_GUILD, canary.case.id)


async def publish_elsewhere(stores):
    edition = await an_edition(stores, guild=OTHER_GUILD)
    explainer = parse_explainer(PurePath(f"{TOPIC}.md"), EXPLAINER_FILE.replace("harbour tram", "mountain train"))
    return await stores.editions.publish(edition, explainer, START)


REACHES = {
    "judge a suggestion": lambda s, c: s.replies.judge(OTHER_GUILD, c.suggestion.id, ReplyState.POSTED, verdict()),
    "take an answer back": lambda s, c: s.replies.dismiss(OTHER_GUILD, c.answer.id, verdict()),
    "vote": lambda s, c: s.replies.vote(OTHER_GUILD, c.answer.id, 2, Vote.NOT_MEANT),
    "change a vote": lambda s, c: s.replies.vote(OTHER_GUILD, c.answer.id, 1, Vote.NOT_MEANT),
    "add a version": lambda s, c: an_edition(s, guild=OTHER_GUILD),
    "publish the topic": lambda s, c: publish_elsewhere(s),
    "pause the topic": lambda s, c: s.editions.withdraw(OTHER_GUILD, TOPIC, EditionState.PAUSED),
    "serve the built-in text": lambda s, c: s.editions.serve_built_in(OTHER_GUILD, TOPIC, START),
    "dismiss a case": lambda s, c: s.cases.judge(OTHER_GUILD, c.case.id, Ruling.CLEARED, verdict()),
    "remove posts": lambda s, c: s.cases.judge(OTHER_GUILD, c.case.id, Ruling.DELETED, verdict()),
    "claim a case": lambda s, c: s.cases.claim(OTHER_GUILD, c.case.id, verdict()),
    "release a case": lambda s, c: s.cases.release(OTHER_GUILD, c.case.id, verdict()),
    "put a case aside": lambda s, c: s.cases.snooze(OTHER_GUILD, c.case.id, START, verdict()),
    "undo a verdict": lambda s, c: s.cases.undo(OTHER_GUILD, c.case.id, verdict()),
    "write a note": lambda s, c: s.cases.note(OTHER_GUILD, c.case.id, verdict()),
    "tell a channel": lambda s, c: s.cases.tell_channel(OTHER_GUILD, c.case.id, CHANNEL, verdict()),
    "silence a member": lambda s, c: s.cases.time_out(OTHER_GUILD, c.case.id, AUTHOR, START, verdict()),
    "lift a timeout": lambda s, c: s.cases.lift_timeout(OTHER_GUILD, c.case.id, AUTHOR, verdict()),
    "disallow content": lambda s, c: s.cases.disallow(OTHER_GUILD, c.case.id, verdict()),
    "allow the same content": lambda s, c: s.cases.allow(OTHER_GUILD, "text", c.repeat.key, verdict()),
    "report the same content": lambda s, c: s.cases.report(
        make_post(guild_id=OTHER_GUILD), Report(1, START), None, [c.repeat.key]
    ),
    "keep words": lambda s, c: s.cases.remember_text(OTHER_GUILD, c.case.id, replace(c.case.original, text="other")),
    "report a channel gone": lambda s, c: s.cases.channel_gone(OTHER_GUILD, CHANNEL, START),
    "report an edit": lambda s, c: s.cases.post_edited(
        make_post(guild_id=OTHER_GUILD, message_id=c.case.repeats[0].message_id), [], START
    ),
    "report posts gone": lambda s, c: s.cases.posts_gone(OTHER_GUILD, [p.message_id for p in c.case.posts], START),
    "forget posts": lambda s, c: s.fingerprints.forget(OTHER_GUILD, {c.seen.message_id}),
    "forget a channel": lambda s, c: s.fingerprints.forget_channel(OTHER_GUILD, CHANNEL),
    "read a channel": lambda s, c: s.fingerprints.save([], {(OTHER_GUILD, CHANNEL): BIG}),
    "try cards again": lambda s, c: s.effects.try_again(OTHER_GUILD, EffectKind.CASE_CARD, [CHANNEL]),
    "try suggestions again": lambda s, c: s.effects.try_again(OTHER_GUILD, EffectKind.SUGGESTION, [CHANNEL]),
    "switch a channel off": lambda s, c: set_mode(s.policies, OTHER_GUILD, CHANNEL, Mode.OFF),
    "answer the same post": lambda s, c: a_reply(s, guild_id=OTHER_GUILD, message_id=c.answer.message_id),
    "repeat the same content": lambda s, c: a_case(s, guild=OTHER_GUILD),
}


ON_A_CASE = {"dismiss a case", "remove posts", "claim a case", "release a case", "put a case aside", "undo a verdict"}
ON_A_CASE |= {"write a note", "tell a channel", "silence a member", "lift a timeout", "disallow content"}
REFUSED = {"judge a suggestion", "take an answer back", "vote", "change a vote", *ON_A_CASE}


@pytest.mark.parametrize("reach", REACHES)
async def test_a_server_changes_nothing_of_another(backend, stores, canary, reach):
    before = await state_of(stores, GUILD, canary)
    refused = [
        await stores.effects.get(key) for key in (card_key(canary.case.id), suggestion_key(canary.suggestion.id))
    ]
    with pytest.raises(UnknownCaseError) if reach in REFUSED else nullcontext():
        assert f"guild_id={GUILD}," not in repr(await REACHES[reach](stores, canary))
    assert await state_of(stores, GUILD, canary) == before
    assert await state_of(backend.stores(), GUILD, canary) == before
    assert [await stores.effects.get(effect.key) for effect in refused] == refused
    assert await stores.replies.vote(GUILD, canary.answer.id, 1, Vote.NOT_MEANT)
