"""``replay``: a history through the whole pipeline in the time of its posts, with decisions in the fixed format."""

import json
from datetime import timedelta

import pytest

from bot.backtest.policy import EVERYWHERE, read_policy
from bot.backtest.read import RecordedPost
from bot.backtest.replay import Numbers, Summary, replay
from tests.support import CHATTER, CLAIM, CLAIM_TOPIC, START, shipped_ranker

OTHER_CLAIM = "every image model out there is built on stolen art and i will die on this hill"
CONTEXT, REPLY = "every image model out there is built on stolen art", "and none of us was asked"


@pytest.fixture
def decide(database, tmp_path):
    """Replays posts; returns their decisions. ``policy`` is the content of a policy file."""

    async def decide(*posts, policy=None):
        path = tmp_path / "policy.toml"
        path.write_text(policy or "")

        def make_policy(numbers):
            return read_policy(path, lambda name: numbers.number("channel", name)) if policy else EVERYWHERE

        return [decision async for decision in replay(posts, database, make_policy, shipped_ranker())]

    return decide


def post(post_id, text=CHATTER, *, hours=0.0, **fields):
    return RecordedPost(post_id, text, at=START + timedelta(hours=hours), **fields)


def bands(decisions):
    return [decision["answer"] and decision["answer"]["band"] for decision in decisions]


def repeated(decisions):
    return [[repeat["of"] for repeat in decision["repeats"]] for decision in decisions]


def cases(decisions):
    return [decision["case"] for decision in decisions]


async def test_decisions_have_exactly_the_documented_format(decide):
    claim, repeat = json.loads(json.dumps(await decide(post("a", CLAIM), post("b", CLAIM))))
    assert list(claim) == list(repeat) == ["id", "answer", "repeats", "case"]
    assert list(claim["answer"]) == ["band", "topic", "score", "menu", "reasons"]
    assert (claim["id"], claim["answer"]["band"], claim["answer"]["topic"]) == ("a", "answer", CLAIM_TOPIC)
    assert (claim["repeats"], claim["case"]) == ([], None)
    assert repeat["repeats"] == [{"of": "a", "detector": "exact", "score": 1.0, "label": "certain"}]
    assert (repeat["id"], repeat["case"]) == ("b", 1)


@pytest.mark.parametrize("post_id", ["a", "7", 7, 0, 2**70, ""])
async def test_a_repeat_names_the_earlier_post_by_the_id_of_the_file(decide, post_id):
    _, repeat = await decide(post(post_id), post("later"))
    assert [(type(r["of"]), r["of"]) for r in repeat["repeats"]] == [(type(post_id), post_id)]


async def test_a_third_post_repeats_both_and_joins_the_case(decide):
    decisions = await decide(post(1), post(2), post(3))
    assert repeated(decisions) == [[], [1], [1, 2]]
    assert cases(decisions) == [None, 1, 1]


async def test_other_content_makes_another_case(decide):
    decisions = await decide(post(1), post(2), post(3, OTHER_CLAIM), post(4, OTHER_CLAIM), post(5))
    assert cases(decisions) == [None, 1, None, 2, 1]


async def test_posts_of_different_channels_repeat_each_other_and_those_of_different_servers_do_not(decide):
    decisions = await decide(post(1, channel="art"), post(2, channel="law", author="other"), post(3, guild="another"))
    assert repeated(decisions) == [[], [1], []]


@pytest.mark.parametrize(("days", "found"), [(14, ["first"]), (14.01, [])])
async def test_a_post_is_repeated_for_the_fourteen_days_of_the_window(decide, days, found):
    assert repeated(await decide(post("first"), post("later", hours=24 * days))) == [[], found]


async def test_a_post_id_that_the_file_repeats_is_another_post(decide):
    decisions = await decide(post(1), post(1), post(1, CLAIM))
    assert repeated(decisions) == [[], [1], []]
    assert bands(decisions)[2] == "answer"


@pytest.mark.parametrize(("hours", "band"), [(5.9, "silent"), (6.1, "answer")])
async def test_cooldowns_run_in_the_time_of_the_posts(decide, hours, band):
    decisions = await decide(post(1, CLAIM), post(2, OTHER_CLAIM, hours=hours))
    assert bands(decisions) == ["answer", band]
    assert decisions[1]["answer"]["topic"] == CLAIM_TOPIC


async def test_an_answer_that_a_cooldown_stops_says_so_and_keeps_its_score(decide):
    _, stopped = await decide(post(1, CLAIM), post(2, OTHER_CLAIM))
    assert stopped["answer"]["score"] > 0.9
    assert "the topic was answered in this channel a short while ago" in stopped["answer"]["reasons"]


@pytest.mark.parametrize(("hours", "band"), [(0.9, "silent"), (1, "answer")])
async def test_the_hourly_budget_of_the_policy_is_each_channel_s_own(decide, hours, band):
    policy = """topic_cooldown_minutes = 0
        channel_cooldown_minutes = 0
        answers_per_hour = 1
        repeats_across_channels = false"""
    posts = [post(1, CLAIM), post(2, CONTEXT, channel="art"), post(3, OTHER_CLAIM, hours=hours)]
    assert bands(await decide(*posts, policy=policy)) == ["answer", "answer", band]


async def test_bots_are_neither_judged_nor_remembered(decide):
    decisions = await decide(post(1, CLAIM, is_bot=True), post(2, CLAIM), post(3, CLAIM, is_bot=True))
    assert decisions[0] == {"id": 1, "answer": None, "repeats": [], "case": None}
    assert decisions[2] == {"id": 3, "answer": None, "repeats": [], "case": None}
    assert bands(decisions)[1] == "answer"
    assert repeated(decisions) == [[], [], []]


async def test_what_the_gate_stops_has_no_answer_and_may_repeat(decide):
    decisions = await decide(*(post(n, "look https://news.example/tram") for n in (1, 2)))
    assert bands(decisions) == [None, None]
    assert repeated(decisions) == [[], [1]]


async def test_a_command_to_a_bot_repeats_nothing(decide):
    assert repeated(await decide(*(post(n, "!play the harbour song again") for n in (1, 2)))) == [[], []]


@pytest.mark.parametrize(
    ("reply_to", "parent", "band"),
    [
        ("parent", {}, "suggest"),
        ("parent", {"is_bot": True}, "suggest"),
        ("unknown", {}, "silent"),
        (None, {}, "silent"),
    ],
)
async def test_the_post_that_a_reply_names_supplies_its_context(decide, reply_to, parent, band):
    policy = "topic_cooldown_minutes = 0\nchannel_cooldown_minutes = 0"
    decisions = await decide(
        post("parent", CONTEXT, channel="other", **parent), post(2, REPLY, reply_to=reply_to), policy=policy
    )
    assert bands(decisions)[1] == band


@pytest.mark.parametrize(
    ("mode", "band", "case"), [("answer", "answer", 1), ("suggest", "suggest", 1), ("shadow", "silent", None)]
)
async def test_a_mode_decides_what_is_said_and_shown(decide, mode, band, case):
    decisions = await decide(post(1, CLAIM), post(2, CLAIM), policy=f'mode = "{mode}"')
    assert bands(decisions)[0] == band
    assert repeated(decisions) == [[], [1]]
    assert cases(decisions) == [None, case]


async def test_a_channel_that_is_off_is_not_looked_at(decide):
    policy = '[channels]\nmemes = "off"'
    decisions = await decide(post(1, CLAIM, channel="memes"), post(2, CLAIM, channel="art"), policy=policy)
    assert decisions[0] == {"id": 1, "answer": None, "repeats": [], "case": None}
    assert (bands(decisions)[1], repeated(decisions)[1]) == ("answer", [])


async def test_the_mode_of_a_channel_holds_in_every_server(decide):
    posts = [post(n, CLAIM, guild=guild, channel="memes") for n, guild in enumerate(["a", "b"])]
    assert bands(await decide(*posts, policy='[channels]\nmemes = "off"')) == [None, None]


@pytest.mark.parametrize("text", ["", "\ud800 one two three four", "\0 one two three four", "🙂 " * 500, "x" * 50_000])
async def test_no_text_is_too_odd_to_be_replayed(decide, text):
    first, second = await decide(post(1, text), post(2, text))
    assert (first["id"], second["id"]) == (1, 2)


async def test_a_history_of_many_days_is_walked_through_to_its_end(decide):
    posts = [post(n, f"{CHATTER} on day {n}", hours=24 * n, author=str(n % 7)) for n in range(60)]
    decisions = await decide(*posts)
    assert [decision["id"] for decision in decisions] == list(range(60))
    assert repeated(decisions) == [[]] * 60


def test_numbers_tell_kinds_apart_and_lead_back_to_the_names():
    numbers = Numbers()
    some = [numbers.number(kind, name) for kind in ("guild", "channel") for name in ("a", 1, "1")]
    assert len(set(some)) == 6
    assert [numbers.name(number) for number in some] == ["a", 1, "1"] * 2
    assert numbers.number("guild", "a") == some[0]
    assert numbers.fresh("guild", "a") not in some


def decision(band=None, repeats=()):
    return {"id": 1, "answer": band and {"band": band}, "repeats": list(repeats), "case": None}


def test_the_summary_counts_posts_answers_suggestions_and_repeats():
    summary = Summary()
    for made in (*[decision()] * 1000, *[decision("answer")] * 3, decision("suggest"), decision("silent", [{}, {}])):
        summary.add(made)
    text = summary.text(2.0)
    assert text == "1,005 posts in 2.0 s (502 posts per second): 3 answered, 1 suggested, 1 repeats"


def test_the_summary_of_an_instant_has_a_speed():
    summary = Summary()
    summary.add(decision())
    assert summary.text(0.0).startswith("1 posts in 0.0 s")
