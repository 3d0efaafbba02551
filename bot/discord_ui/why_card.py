"""An explanation -> the embed of ``/why``: each gate with its value and threshold, within Discord's limits."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import discord

from bot.claims.gate import MIN_WORDS
from bot.config.changes import ChangeSet
from bot.decide import Answer, JoinCase, KnownContent, Nothing, Observe, OpenCase, Suggest
from bot.discord_ui import case_words, setting_words, words
from bot.discord_ui.case_cards import jump_url
from bot.duplicates.comparison import Comparison
from bot.inquiry import Explanation
from bot.model import Band, Match, Mode, Reply
from bot.policy import Limit, answers_from, is_compared, is_quiet, topic_mode, topic_threshold

_FIELD, _DESCRIPTION = 1000, 1500  # characters; five fields and this stay below the 6,000 of an embed
_MOST_REASON = 120
_PASSES, _STOPS, _SAYS = "\N{CHECK MARK}", "\N{BALLOT X}", "\N{BULLET}"
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What Discord and the library know about the post and its topic.

    Attributes:
        lacking: the permissions that the bot misses to answer there, as Discord's settings call them.
        edited_at: when the post was last edited.
        edition: the version of the server's own text of the topic; None for the built-in one.
        settings: the latest change of the server's settings.
        rules: the versions of the program and of the explainers.
    """

    lacking: Sequence[str]
    edited_at: datetime | None
    edition: int | None
    settings: ChangeSet | None
    rules: str


def why_card(explanation: Explanation, around: Surroundings) -> discord.Embed:
    """Why the post was answered or flagged, or why not."""
    embed = discord.Embed(
        title="Why, and why not",
        description=words.cut("\n".join(_outcome(explanation, around)), _DESCRIPTION),
        colour=discord.Colour.blurple(),
    )
    parts = {
        "Channel": _channel(explanation, around),
        "Claim": _claim(explanation),
        "Explainer and cooldowns": _speaking(explanation, around),
        "Repeats": _repeats(explanation),
    }
    for name, lines in parts.items():
        embed.add_field(name=name, value=words.cut("\n".join(lines), _FIELD) or "nothing", inline=False)
    number = around.settings.number if around.settings is not None else 0
    return embed.set_footer(text=f"{around.rules}, settings {number}")


def _outcome(explanation: Explanation, around: Surroundings) -> Iterator[str]:
    post = explanation.post
    link = f"[This post]({jump_url(post.guild_id, post.channel_id, post.message_id)})"
    yield f"{link} in <#{post.channel_id}> by <@{post.author_id}>, {case_words.ago(post.at)}"
    yield f"**Decided then:** {'; '.join(_recorded(explanation)) or 'nothing is recorded'}"
    speech, flag = explanation.decision.speech, explanation.decision.flag
    yield f"**Judged anew:** {_speech(explanation)}; {_flag(explanation)}"
    yield f"{_SAYS} Answer: {_reasons(speech.reasons)}"
    yield f"{_SAYS} Case: {_reasons(flag.reasons)}"
    yield from (f"**Changed since:** {change}" for change in _changes(explanation, around))


def _recorded(explanation: Explanation) -> Iterator[str]:
    record = explanation.record
    if record.reply is not None:
        yield _reply(record.reply)
    if record.shown is not None and record.shown.problem is not None:
        yield f"Discord refused the answer: {record.shown.problem[:_MOST_REASON]}"
    for case in record.cases:
        yield _case(case)


def _case(case: KnownContent) -> str:
    return f"case {case.number}, {case_words.RULINGS[case.ruling] if case.ruling is not None else case.state}"


def _reply(reply: Reply) -> str:
    who = f" by <@{reply.judged_by}>" if reply.judged_by else ""
    instead = f" instead of `{reply.proposed}`" if reply.proposed is not None else ""
    became = f"{words.reply_state(reply.state)}{who}, {case_words.ago(reply.at)}"
    return f"`{reply.slug}`{instead}, score {reply.score:.2f}, {became}"


def _speech(explanation: Explanation) -> str:
    match explanation.decision.speech:
        case Answer(match=found):
            return f"answered with `{found.slug}`"
        case Suggest(match=found):
            return f"`{found.slug}` suggested to moderators"
        case Observe(match=found):
            return f"`{found.slug}` only recorded"
        case Nothing():
            return "no answer"


def _flag(explanation: Explanation) -> str:
    match explanation.decision.flag:
        case OpenCase():
            return "a case of its own"
        case JoinCase():
            return "part of a case"
        case Nothing():
            return "no case"


def _changes(explanation: Explanation, around: Surroundings) -> Iterator[str]:
    """Where the judgement of today is not that of then."""
    record, speech, flag = explanation.record, explanation.decision.speech, explanation.decision.flag
    if around.edited_at is not None:
        yield f"the post was edited {case_words.ago(around.edited_at)}; this is about its text of now"
    if around.settings is not None and around.settings.at > explanation.post.at:
        yield f"settings were changed {case_words.ago(around.settings.at)}, in change {around.settings.number}"
    anew = None if isinstance(speech, Nothing) else speech.match.slug
    then = record.reply.proposed or record.reply.slug if record.reply is not None else None
    if anew != then:
        yield words.DECIDED_OTHERWISE if then is not None else words.NOT_DECIDED_THEN
    if bool(record.cases) != (not isinstance(flag, Nothing)):
        yield words.CASE_OTHERWISE


def _channel(explanation: Explanation, around: Surroundings) -> Iterator[str]:
    post, policy = explanation.post, explanation.facts.policy
    mode = policy.mode(post)
    own = policy.channel_mode(post.channel_id) is not None
    inherited = not own and policy.channel_mode(post.parent_channel_id) is not None
    source = f"of <#{post.parent_channel_id}>" if inherited else "chosen here" if own else "nothing was chosen"
    yield _gate(mode is not Mode.OFF, f"mode: {mode.value} ({source})")
    if post.is_bot or policy.exempt_roles & post.role_ids:
        yield _gate(False, f"author: {'a bot' if post.is_bot else 'has an exempt role'}")
    if policy.quiet_hours is not None:
        hours = f"{policy.quiet_hours.start:%H:%M} to {policy.quiet_hours.end:%H:%M}, {policy.time_zone}"
        yield _gate(not is_quiet(policy, explanation.facts.now), f"quiet hours: {hours}")
    yield _gate(not around.lacking, f"I lack {' and '.join(around.lacking)}" if around.lacking else "my permissions")
    has_desk = policy.moderators_channel_id is not None
    yield _gate(has_desk, f"moderators' channel: {f'<#{policy.moderators_channel_id}>' if has_desk else 'none'}")


def _claim(explanation: Explanation) -> Iterator[str]:
    judgement = explanation.facts.judgement
    if explanation.stopped is not None:
        yield _gate(False, f"gate: {explanation.stopped}")
    yield _gate(
        explanation.own_words >= MIN_WORDS, f"words of its own: {explanation.own_words}, at least {MIN_WORDS} needed"
    )
    if explanation.stopped is not None:
        return
    yield from _band(explanation)
    yield from (_candidate(number, match) for number, match in enumerate(judgement.matches, 1))


def _band(explanation: Explanation) -> Iterator[str]:
    judgement = explanation.facts.judgement
    reason = _brief(judgement.reasons[-1]) if judgement.reasons else ""
    yield _gate(judgement.band is not Band.SILENT, f"band: {judgement.band.value} ({reason})")
    policy = explanation.facts.policy
    needed = answers_from(policy, explanation.post, judgement)
    if topic_threshold(policy, judgement) is not None:
        yield _gate(judgement.score >= needed, f"own threshold: this server answers the topic from {needed:.2f} here")
    elif judgement.matches and needed != judgement.answer_from:
        yield _gate(judgement.score >= needed, f"strictness: this channel answers from {needed:.2f}")


def _candidate(number: int, match: Match) -> str:
    return f"{number}. `{match.slug}` {match.score:.2f}: {discord.utils.escape_markdown(_brief(match.reason))}"


def _speaking(explanation: Explanation, around: Surroundings) -> Iterator[str]:
    topic, facts = explanation.facts.judgement.topic, explanation.facts
    if topic is None:
        yield "no topic"
        return
    text = f"version {around.edition} of this server" if around.edition is not None else "built in"
    yield f"{_SAYS} text of `{topic}`: {text}"
    if topic in facts.policy.topic_modes:
        mode = topic_mode(facts.policy, explanation.post, topic)
        yield _gate(mode is not Mode.OFF, f"mode of the topic here: {mode.value}")
    if facts.judgement.band is not Band.SILENT:
        yield _gate(facts.stale is None, f"under review: {facts.stale[:_MOST_REASON]}" if facts.stale else "up to date")
    yield from map(_limit, explanation.limits)


def _limit(limit: Limit) -> str:
    passes = limit.refusal is None
    if isinstance(limit.limit, timedelta):
        last = f"last answer {_span(limit.value)} before" if isinstance(limit.value, timedelta) else "no answer before"
        return _gate(passes, f"{limit.name}: {last}, {_span(limit.limit)} must pass")
    return _gate(passes, f"{limit.name}: {limit.value}, at most {limit.limit}")


def _repeats(explanation: Explanation) -> Iterator[str]:
    facts = explanation.facts
    if not explanation.compared:
        yield words.TOO_OLD_TO_COMPARE if is_compared(facts.policy, explanation.post) else words.NOT_COMPARED
    yield from (_comparison(explanation.post.guild_id, compared) for compared in explanation.compared)
    if facts.repeats:
        best = facts.repeats[0]
        yield f"{_SAYS} counts as {best.label}, {words.count(len(facts.repeats), 'earlier post')}"
    if facts.repeat_note:
        yield _gate(bool(facts.repeats), f"judgement: {facts.repeat_note}")
    if facts.known is not None:
        yield f"{_SAYS} known content: {_case(facts.known)}"


def _comparison(guild_id: int, one: Comparison) -> str:
    limits = f"near from {one.near:.2f}, certain from {one.certain:.2f}"
    if not one.applies:
        return f"{_SAYS} {one.detector}: nothing to compare by in this post"
    if one.nearest is None:
        return f"{_SAYS} {one.detector}: no earlier post comes into question ({limits})"
    link = f"[earlier post]({jump_url(guild_id, one.nearest.channel_id, one.nearest.message_id)})"
    why = f", {one.why_not}" if one.why_not else ""
    of = f", nearest of {one.candidates}" if one.candidates > 1 else ""
    return f"{_mark(one.score >= one.near)} {one.detector}: {link}{of}, score {one.score:.2f}{why} ({limits})"


def _gate(passes: bool, text: str) -> str:
    return f"{_mark(passes)} {text}"


def _mark(passes: bool) -> str:
    return _PASSES if passes else _STOPS


def _reasons(reasons: Iterable[str]) -> str:
    return "; ".join(discord.utils.escape_markdown(_brief(reason)) for reason in reasons if reason)


def _brief(reason: str) -> str:
    """A reason cut between two words, its quotation closed."""
    if len(reason) <= _MOST_REASON:
        return reason
    kept = reason[:_MOST_REASON].rsplit(" ", 1)[0]
    return f"{kept} ..." + ("\N{RIGHT DOUBLE QUOTATION MARK}" if "\N{LEFT DOUBLE QUOTATION MARK}" in kept else "")


def _span(length: timedelta) -> str:
    minutes = round(length / _MINUTE)
    return setting_words.length(minutes * _MINUTE) if minutes else "less than a minute"
