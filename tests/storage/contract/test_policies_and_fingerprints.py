"""What admins chose, and what is remembered of posts."""

import asyncio
from datetime import timedelta

import pytest

from bot.config.changes import Change
from bot.model import (
    GuildPolicy,
    Mode,
)
from tests.storage.contract.backends import (
    BIG,
    ELSEWHERE,
    posts,
)
from tests.support import (
    CHANNEL,
    GUILD,
    START,
    choose,
    make_post,
    make_seen,
    set_mode,
    set_moderators_channel,
)

# Policies


def test_a_server_that_chose_nothing_has_the_default_under_its_own_number(stores):
    assert stores.policies.get(GUILD) == GuildPolicy(GUILD, topic_cooldown=timedelta(hours=3))
    assert tuple(stores.policies.all()) == ()


async def test_what_a_server_chose_is_known_at_once_and_after_a_restart(backend, stores):
    await set_moderators_channel(stores.policies, GUILD, ELSEWHERE)
    await set_mode(stores.policies, GUILD, CHANNEL, Mode.SHADOW)
    await set_mode(stores.policies, GUILD, BIG, Mode.ANSWER)
    await set_mode(stores.policies, GUILD, CHANNEL, Mode.OFF)
    await choose(stores.policies, GUILD, Change("editors_roles", frozenset({BIG})))
    modes = {CHANNEL: Mode.OFF, BIG: Mode.ANSWER}
    roles = frozenset({BIG})
    chosen = GuildPolicy(GUILD, ELSEWHERE, editors_roles=roles, modes=modes, topic_cooldown=timedelta(hours=3))
    assert stores.policies.get(GUILD) == chosen
    assert backend.stores().policies.get(GUILD) == chosen
    assert tuple(backend.stores().policies.all()) == (chosen,)


async def test_choices_made_at_the_same_time_are_all_kept(backend, stores):
    await asyncio.gather(
        set_moderators_channel(stores.policies, GUILD, ELSEWHERE),
        *(set_mode(stores.policies, GUILD, channel, Mode.SUGGEST) for channel in range(20)),
    )
    assert stores.policies.get(GUILD).modes == dict.fromkeys(range(20), Mode.SUGGEST)
    assert backend.stores().policies.get(GUILD) == stores.policies.get(GUILD)


async def test_a_forgotten_server_has_the_default_again(stores):
    await set_mode(stores.policies, GUILD, CHANNEL, Mode.ANSWER)
    stores.policies.forget_guild(GUILD)
    stores.policies.forget_guild(GUILD)
    assert stores.policies.get(GUILD).modes == {}


# Fingerprints


async def test_remembered_posts_come_back_whole_and_as_they_were_seen(backend, stores):
    third, first, second = (make_seen(make_post(at=START + timedelta(minutes=minute))) for minute in (0, 1, 1))
    first = first._replace(keys=b"\xff" * 8 + bytes(200), content=BIG)
    await stores.fingerprints.save([first, second], {})
    await stores.fingerprints.save([third], {})
    assert list(backend.stores().fingerprints.load(START)) == [first, second, third]


async def test_only_posts_from_the_given_time_on_are_loaded(stores):
    old, new = make_seen(make_post(at=START)), make_seen(make_post(at=START + timedelta(seconds=1)))
    await stores.fingerprints.save([old, new], {})
    assert list(stores.fingerprints.load(new.at)) == [new]


@pytest.mark.parametrize("together", [True, False], ids=["in one save", "in two"])
async def test_a_later_version_replaces_a_posts_keys(stores, together):
    before = make_seen(make_post(), key=1)
    after = before._replace(keys=b"two.3...")
    for versions in [[before, after]] if together else [[before], [after]]:
        await stores.fingerprints.save(versions, {})
    assert list(stores.fingerprints.load(START)) == [after]


async def test_a_version_without_keys_leaves_nothing(stores):
    before = make_seen(make_post())
    await stores.fingerprints.save([before], {})
    await stores.fingerprints.save([before._replace(keys=b"")], {})
    assert list(stores.fingerprints.load(START)) == []


async def test_a_forgotten_post_does_not_come_back(stores):
    kept, *gone = (make_seen(post) for post in posts(3))
    await stores.fingerprints.save([kept, *gone], {})
    await stores.fingerprints.forget(GUILD, {seen.message_id for seen in gone} | {424242})
    await stores.fingerprints.forget(GUILD, ())
    assert list(stores.fingerprints.load(START)) == [kept]


async def test_the_posts_of_a_forgotten_channel_do_not_come_back(stores):
    gone, kept, elsewhere = (make_seen(make_post(channel_id=channel)) for channel in (ELSEWHERE, CHANNEL, ELSEWHERE))
    elsewhere = elsewhere._replace(guild_id=GUILD + 1)
    await stores.fingerprints.save([gone, kept, elsewhere], {})
    await stores.fingerprints.forget_channel(GUILD, ELSEWHERE)
    assert list(stores.fingerprints.load(START)) == [kept, elsewhere]


async def test_how_far_a_channel_was_read_never_goes_back(stores):
    await stores.fingerprints.save([], {(GUILD, CHANNEL): 50, (GUILD, ELSEWHERE): BIG})
    await stores.fingerprints.save([], {(GUILD, CHANNEL): 40})
    assert await stores.fingerprints.read_to(GUILD) == {CHANNEL: 50, ELSEWHERE: BIG}
