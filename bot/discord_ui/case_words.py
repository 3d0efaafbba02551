"""What is said of cases in words: verdicts, history, answers to moderators, and the note to members."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import accumulate
from urllib.parse import quote

from bot.case import Act, Case, CaseEvent, CaseRef, CaseState, EarlierVerdict, Fate, QueueView, Ruling, Timeout
from bot.discord_ui.inert import plain, quoted
from bot.discord_ui.words import count, member
from bot.model import Effect

REPORTED = "Thank you: the moderators have it in their queue. Nobody else sees that you reported it."
NOT_SET_UP = "The moderators of this server have not chosen a channel for reports yet."
REPORTED_GONE = "This post has just been deleted: there is nothing left to report."
ONLY_POSTS = "Only members' posts can be reported here."
NO_WORDS = "No words are kept of this case: they go 7 days after a case is closed, or when their author deletes them."
NO_TIMEOUTS = "Timeouts are switched off on this server: an admin can switch them on with `/setup team`."
NO_REASON = "Nobody is silenced without a reason."
NO_MEMBERS = "None of the authors is on this server any more."
NOT_ABOVE = "You can silence only members below your own highest role, and no moderators or admins."
BOT_NOT_ABOVE = (
    "I can silence only members below my own highest role: an admin can move it up in the server's settings."
)
BOT_LACKS_TIMEOUT = "I lack the permission Timeout Members on this server: an admin can grant it to my role."
MEMBER_GONE = "This member is not on the server any more."
YOU_LACK_TIMEOUT = "You need the permission Timeout Members for that."
ASK_SNOOZE = "Put it aside for how long? It comes back by itself."
ASK_TIMEOUT = "Silence whom, and for how long? You are asked for a reason next."
NOTHING_ALLOWED = (
    "Nothing is on the list. *Always allow this* on a card puts a case's content there, `/case allow` a text."
)
NO_SUCH_CASES = "There are no such cases."
_NOTE_SHOWN = 180
_PROBLEM = 75
_AUDIT_LOG = 512
_LONGEST = 1990  # characters of a message

RULINGS: Mapping[Ruling, str] = {
    Ruling.KEPT: "a repeat, the copies stay",
    Ruling.DELETED: "a repeat, the copies deleted",
    Ruling.CLEARED: "no repeat",
    Ruling.ALLOWED: "always allowed",
    Ruling.WITHDRAWN: "closed, because no copy is left",
}
FATES: Mapping[Fate, str] = {
    Fate.DELETED: "deleted",
    Fate.CHANGED: "edited, and no repeat any more",
    Fate.CHANNEL: "gone with its channel",
}
_HAPPENED: Mapping[str, str] = {
    Act.OPENED: "opened",
    Act.REPORTED: "reported",
    Act.CLAIMED: "claimed",
    Act.RELEASED: "released",
    Act.LAPSED: "claim ended after 30 minutes",
    Act.SNOOZED: "put aside",
    Act.WOKEN: "back in the queue",
    Act.REOPENED: "reopened",
    Act.EXPIRED: "expired, because nobody came to judge it",
    Act.NOTED: "note",
    Act.TIMED_OUT: "member silenced",
    Act.TIMEOUT_LIFTED: "timeout lifted",
    Act.TOLD_CHANNEL: "members told",
    Act.POST_LEFT: "a post was edited and left",
    Act.DISALLOWED: "taken off the list of what is always allowed",
    **{ruling: f"judged: {text}" for ruling, text in RULINGS.items()},
    Ruling.WITHDRAWN: RULINGS[Ruling.WITHDRAWN],
}
_LISTS: Mapping[QueueView, str] = {
    QueueView.WAITING: "Waiting: ",
    QueueView.MINE: "Claimed by you: ",
    QueueView.SNOOZED: "Put aside: ",
    QueueView.JUDGED: "Judged: ",
    QueueView.EXPIRED: "Expired: ",
    QueueView.ALLOWED: "Always allowed: ",
    QueueView.ALL: "In all: ",
}
_LASTS = {timedelta(hours=1): "1 hour", timedelta(days=1): "1 day", timedelta(days=7): "1 week"}
LENGTHS = tuple(_LASTS)  # of rests and timeouts


def ago(at: datetime) -> str:
    """A time as clients count it, such as "2 minutes ago"."""
    return f"<t:{int(at.timestamp())}:R>"


def lasts(length: timedelta) -> str:
    """A length of time on a button."""
    return _LASTS[length]


def state(case: Case) -> str:
    """Where a case stands, and with whom."""
    if case.state is CaseState.CLAIMED and case.owner_id is not None and case.claimed_at is not None:
        return f"claimed by <@{case.owner_id}> {ago(case.claimed_at)}, for 30 minutes"
    if case.state is CaseState.JUDGED and case.ruling is not None:
        return _judged(RULINGS[case.ruling], case.judged_by, case.judged_at)
    if case.snoozed_until is not None:
        return f"put aside, back {ago(case.snoozed_until)}"
    return str(case.state)


def earlier(verdict: EarlierVerdict) -> str:
    """What was decided on the same content before."""
    return f"Case {verdict.number}: {_judged(RULINGS[verdict.ruling], verdict.judged_by, verdict.judged_at)}"


def note(event: CaseEvent) -> str:
    """A moderator's note."""
    return f"{member(event.actor_id)} {ago(event.at)}: {quoted(event.reason or '', _NOTE_SHOWN)}"


def timeout(silence: Timeout) -> str:
    """Who is silenced, or was."""
    until = f"<t:{int(silence.until.timestamp())}:f>"
    line = f"{member(silence.member_id)} until {until}, by {member(silence.moderator_id)}"
    if silence.lifted_by is not None:
        line = f"~~{line}~~ lifted by {member(silence.lifted_by)}"
    return f"{line}: could not be done ({plain(silence.problem)[:_PROBLEM]})" if silence.problem else line


def event(happened: CaseEvent) -> str:
    """A line of a case's history."""
    what = _HAPPENED.get(happened.event, happened.event)
    who = f" by <@{happened.actor_id}>" if happened.actor_id else ""
    why = f": {quoted(happened.reason, _NOTE_SHOWN)}" if happened.reason else ""
    return f"<t:{int(happened.at.timestamp())}:f> {what}{who}{why}"


def done(case: Case) -> str:
    """What a moderator's press or command has brought about."""
    name = f"Case {case.number}"
    if case.can_retry:
        stuck = sum(number for channel, number in case.standing.items() if channel in case.problems)
        why = next(iter(case.problems.values()))
        return f"{name}: {stuck} of {case.copies} could not be deleted ({why}). The card offers another try."
    if case.state is CaseState.CLAIMED:
        return f"{name} is yours for 30 minutes."
    if case.state is CaseState.JUDGED and case.ruling is not None:
        return f"{name} is judged: {RULINGS[case.ruling]}.{_AFTER.get(case.ruling, '')}"
    if case.snoozed_until is not None:
        return f"{name} is put aside and comes back {ago(case.snoozed_until)}."
    return f"{name} is {case.state}."


_AFTER = {
    Ruling.CLEARED: " This content stays quiet from now on.",
    Ruling.ALLOWED: " This content stays quiet from now on; `/case allowed` lists it.",
    Ruling.KEPT: " Copies that come later open a new case.",
    Ruling.DELETED: " Copies that come later open a new case.",
}


def silenced(silence: Timeout) -> str:
    """What came of a timeout, or of its end."""
    if silence.problem:
        return f"<@{silence.member_id}>: Discord refused ({silence.problem[:150]})."
    if silence.lifted_by is not None:
        return f"The timeout of <@{silence.member_id}> is lifted."
    return f"<@{silence.member_id}> is silenced until <t:{int(silence.until.timestamp())}:f>."


def list_title(view: QueueView, total: int) -> str:
    """How many cases a list has, and which."""
    return f"{_LISTS[view]}{count(total, 'case')}".strip()


def allowed(ref: CaseRef) -> str:
    """A text was put on the list."""
    return f"It is on the list, as case {ref.number}: repeats of it stay quiet. `/case disallow` takes it off."


def disallowed(case: Case) -> str:
    """Content was taken off the list."""
    return f"The content of case {case.number} is off the list: its next repeat opens a case."


def noted(case: Case) -> str:
    """A note was written."""
    return f"Noted in case {case.number}."


def card_problem(effect: Effect | None) -> str | None:
    """Why the moderators' channel does not show a case."""
    return f"Its card could not be shown: {effect.problem}." if effect is not None and effect.problem else None


def members_gone(number: int) -> str:
    """How many of the authors are not on the server any more."""
    return f" {number} of the authors left the server." if number else ""


def told_channel(effect: Effect | None) -> str:
    """What became of the note to members."""
    if effect is None or effect.done < effect.wanted:
        why = effect.problem if effect is not None and effect.problem else "Discord is out of reach; it is tried again"
        return f"Members could not be told: {why}."
    return f"The note stands in <#{effect.channel_id}>. Undo of the verdict takes it back."


def channel_note(case: Case, first: str | None) -> str:
    """What members are told, without anybody's name; ``first`` is the address of the first post."""
    earlier_post = f"[an earlier one]({first})" if first else "an earlier one"
    what = "was removed by the moderators" if case.ruling is Ruling.DELETED else "was noted by the moderators"
    return f"A post here repeated {earlier_post} and {what}. No answer is needed."


def history(case: Case, events: Sequence[CaseEvent]) -> str:
    """All that happened in a case; of a long history, the newest part."""
    lines = [f"**History of case {case.number}**", *(event(happened) for happened in events)]
    while len("\n".join(lines)) > _LONGEST:
        del lines[1]
    return "\n".join(lines)


def audit_reason(number: int, moderator_id: int | None, reason: str | None = None) -> str:
    """For Discord's audit log, which holds 512 characters as they stand in an address."""
    text = f"Copydesk case {number}, moderator {moderator_id}{f': {reason}' if reason else ''}"[:_AUDIT_LOG]
    ends = list(accumulate(len(quote(char, safe="/ ")) for char in text))
    return text[: bisect_right(ends, _AUDIT_LOG)]


def _judged(what: str, judged_by: int | None, judged_at: datetime | None) -> str:
    who = f" by <@{judged_by}>" if judged_by else ""
    when = f" {ago(judged_at)}" if judged_at else ""
    return f"{what}{',' if who or when else ''}{who}{when}"
