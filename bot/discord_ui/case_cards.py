"""Cases and suggestions -> what the moderators' channel shows of them. Members' words are plain text in code blocks."""

from collections.abc import Sequence
from datetime import timedelta

import discord

from bot.case import PHRASE, REPORT, Case, CasePost, CaseState, Report
from bot.cases.diff import Change, Piece, word_diff
from bot.discord_ui import case_words, words
from bot.discord_ui.cards import reply_card
from bot.discord_ui.case_words import ago
from bot.discord_ui.inert import block, plain, quoted
from bot.duplicates.skeleton import folded_words, skeleton
from bot.model import Effect, Explainer, Reply, ReplyState

_SHOWN_REPEATS = 6  # a content of 2,000 characters holds them, also when each could not be deleted
_PROBLEM = 60  # same
_TEXTS = 2000  # characters of a card's comparison
_WHOLE_TEXT = 3900  # of one post that is shown by itself; a message holds 6,000
_REPORT = 150
_PHRASE = 80
_LONGEST_FIELD = 1024
_NEAR_WORDS = 4  # kept words that a comparison shows beside a change
_COLOURS = {
    CaseState.OPEN: discord.Colour.orange(),
    CaseState.CLAIMED: discord.Colour.blue(),
    CaseState.JUDGED: discord.Colour.green(),
    CaseState.REOPENED: discord.Colour.orange(),
    CaseState.EXPIRED: discord.Colour.light_grey(),
}
_TITLES = {
    "exact": "the same text again",
    "near": "almost the same text again",
    "link": "the same link again",
    "image": "the same image again",
    REPORT: "reported as a repeat",
    PHRASE: "a text that is always allowed",
}
_LEGEND = "First and newest, with `[-words that went-]` and `{+words that came+}`:"
_DRESS = "The same words in another dress: they differ in signs, markup, or look-alike or stretched letters."
_MARKERS = {Change.GONE: "[-{}-]", Change.NEW: "{{+{}+}}", Change.KEPT: "{}"}


def case_text(case: Case) -> str:
    """What repeats what. It stands outside the embed, where clients show members by name; it pings nobody."""
    lines = [f"**First:** {_post_line(case, case.original)}"] if case.original is not None else []
    shown = case.repeats[-_SHOWN_REPEATS:]
    if case.copies > len(shown):
        lines.append(f"... {case.copies - len(shown)} more ...")
    name = "Again" if case.original is not None else "Reported"
    lines += [f"**{name}:** {_post_line(case, post)}" for post in shown]
    return "\n".join(lines)


def case_card(case: Case) -> list[discord.Embed]:
    """One case: what fired and how surely, what differs, what members and moderators said, and where it stands."""
    title = f"Case {case.number}: {_TITLES.get(case.detector, case.detector)}"
    embed = discord.Embed(title=title, colour=_COLOURS[case.state], description=_comparison(case))
    embed.add_field(name="What matched", value=_matched(case), inline=False)
    embed.add_field(name="State", value=case_words.state(case), inline=False)
    fields = {
        "Reported by " + words.count(case.reported, "member"): [_report(report) for report in case.reports],
        "Verdicts on this content before": [case_words.earlier(verdict) for verdict in case.earlier],
        "Notes": [case_words.note(note) for note in case.notes],
        "Timeouts": [case_words.timeout(timeout) for timeout in case.timeouts],
    }
    for name, lines in fields.items():
        if any(lines):
            embed.add_field(name=name, value=words.cut("\n".join(filter(None, lines)), _LONGEST_FIELD), inline=False)
    first, newest = case.original, _newest(case)
    if first is not None and first.image_url is not None:
        embed.set_thumbnail(url=first.image_url)
    if newest is None or newest.image_url is None:
        return [embed]
    return [embed, discord.Embed(title="Again", colour=embed.colour).set_thumbnail(url=newest.image_url)]


def case_texts(case: Case) -> list[discord.Embed]:
    """The words of the first post and of the newest copies, as far as they are kept; at most what a message holds."""
    kept = [post for post in (case.original, *reversed(case.repeats)) if post is not None and post.text]
    embeds: list[discord.Embed] = []
    room = _WHOLE_TEXT
    for post in kept[:5]:
        text = block(plain(post.text or ""), max(room, 20))
        room -= len(text) + 50
        if room < 0 and embeds:
            break
        embeds.append(discord.Embed(title="First" if post.is_original else "Again", description=text))
    return embeds


def case_line(case: Case, card: Effect | None) -> str:
    """One case in a list, with the address of its card if that was sent."""
    copies = words.count(case.copies, "repeat" if case.original is not None else "post")
    parts = [f"**Case {case.number}**", copies if case.phrase is None else quoted(case.phrase, _PHRASE)]
    if case.reported:
        parts.append(words.count(case.reported, "report"))
    if case.posts:
        parts.append(_link(case.guild_id, case.posts[-1]))
    parts.append(ago(case.opened_at))
    if case.state is not CaseState.OPEN or case.snoozed_until is not None:
        parts.append(case_words.state(case))
    if card is not None and card.problem is not None:
        parts.append("its card could not be shown")
    elif card is not None and card.channel_id is not None and card.message_id is not None:
        parts.append(f"[card]({jump_url(case.guild_id, card.channel_id, card.message_id)})")
    return " · ".join(parts)


def queue_card(lines: Sequence[str], title: str, page: int, pages: int) -> discord.Embed:
    """A page of a list of cases."""
    embed = discord.Embed(title=title, description="\n".join(lines), colour=discord.Colour.orange())
    return embed.set_footer(text=f"Page {page + 1} of {pages}") if pages > 1 else embed


def suggestion_text(reply: Reply) -> str:
    """Which post would be answered, and what became of it."""
    link = f"[this post]({jump_url(reply.guild_id, reply.channel_id, reply.message_id)})"
    link = link if reply.message_id > 0 else "a post whose author had their data deleted"
    text = f"Suggested answer to {link} in <#{reply.channel_id}>"
    if reply.state is ReplyState.SUGGESTED:
        return text
    if reply.state is ReplyState.DROPPED and reply.judged_by is None and reply.message_id > 0:
        return f"{text}: dropped, because the post was deleted"
    who = f" by {words.member(reply.judged_by)}" if reply.judged_by is not None else ""
    if reply.state is ReplyState.POSTED and reply.problem is not None:
        return f"{text}: chosen{who}, but it could not be posted ({plain(reply.problem)[:_PROBLEM]})"
    return f"{text}: {reply.state.value}{who}"


def suggestion_card(reply: Reply, explainer: Explainer, under_review: str | None = None) -> discord.Embed:
    """A proposed answer, for a moderator to post or drop."""
    return reply_card(reply, explainer, under_review)


def jump_url(guild_id: int, channel_id: int, message_id: int) -> str:
    """The address of a message."""
    return f"https://discord.com/channels/{guild_id}/{channel_id}/{message_id}"


def difference(before: str, after: str, longest: int) -> str:
    """Two texts as one, the words that went and those that came in marks; far from both, words are left out."""
    pieces = word_diff(plain(before), plain(after))
    last = len(pieces) - 1
    shown = [_piece(piece, is_first=at == 0, is_last=at == last) for at, piece in enumerate(pieces)]
    return block(" ".join(shown), longest)


def _comparison(case: Case) -> str | None:
    first, newest = case.original, _newest(case)
    texts = [post.text for post in (first, newest) if post is not None and post.text]
    if case.phrase is not None:
        texts = [case.phrase]
    if len(texts) < 2:  # noqa: PLR2004  # a comparison takes two
        return "\n".join(block(plain(text), _TEXTS) for text in texts) or None
    before, after = texts
    if all(piece.change is Change.KEPT for piece in word_diff(plain(before), plain(after))):
        return f"Both say the same:\n{block(plain(after), _TEXTS)}"
    legend = f"{_DRESS}\n{_LEGEND}" if _is_disguised(before, after) else _LEGEND
    return f"{legend}\n{difference(before, after, _TEXTS)}"


def _is_disguised(before: str, after: str) -> bool:
    """Whether two texts are letter by letter the same: what marks as changed may look unchanged."""
    one, other = (skeleton(folded_words(text)) for text in (before, after))
    return bool(one) and one == other


def _newest(case: Case) -> CasePost | None:
    """The newest copy whose words or image are kept."""
    return next((post for post in reversed(case.repeats) if post.text or post.image_url), None)


def _piece(piece: Piece, *, is_first: bool, is_last: bool) -> str:
    chosen = list(piece.words)
    if piece.change is Change.KEPT and len(chosen) > 2 * _NEAR_WORDS + 1:
        head = [] if is_first else chosen[:_NEAR_WORDS]
        tail = [] if is_last else chosen[-_NEAR_WORDS:]
        chosen = [*head, "...", *tail] if head or tail else chosen
    marked = " ".join(chosen).replace("[-", "[ -").replace("{+", "{ +")
    return _MARKERS[piece.change].format(marked)


def _matched(case: Case) -> str:
    if case.detector == REPORT:
        return "No detector fired: a member reported the post."
    first, newest = case.original, case.repeats[-1] if case.repeats else None
    sure = "certain" if case.label == "certain" else "likely, not certain"
    line = f"{case.detector}, score {case.score:.2f}: {sure}"
    if first is None or newest is None:
        return line
    who = "by the same member" if first.author_id == newest.author_id else "by another member"
    where = "in the same channel" if first.channel_id == newest.channel_id else "in another channel"
    return f"{line}; the newest copy {who}, {where}, {_span(newest.at - first.at)} after the first"


def _span(time: timedelta) -> str:
    minutes = max(int(time.total_seconds() // 60), 0)
    for number, noun in ((minutes // 1440, "day"), (minutes // 60, "hour"), (minutes, "minute")):
        if number:
            return words.count(number, noun)
    return "less than a minute"


def _report(report: Report) -> str:
    return quoted(report.reason, _REPORT) if report.reason else "without a reason"


def _post_line(case: Case, post: CasePost) -> str:
    line = f"{_link(case.guild_id, post)} by {words.member(post.author_id)} in <#{post.channel_id}>, {ago(post.at)}"
    if post.edited:
        line += ", edited"
    if post.fate is not None:
        return f"~~{line}~~ {case_words.FATES[post.fate]}"
    problem = case.problems.get(post.channel_id) if case.can_retry and not post.is_original else None
    return f"{line}: could not be deleted ({plain(problem)[:_PROBLEM]})" if problem else line


def _link(guild_id: int, post: CasePost) -> str:
    return f"[post]({jump_url(guild_id, post.channel_id, post.message_id)})"
