"""What Copydesk says in short: answers to commands and presses. Cards are in ``cards``."""

from collections.abc import Sequence
from datetime import date

from bot.errors import AlreadyJudgedError
from bot.model import Case, CaseState, Effect, GuildPolicy, Mode, Reply, ReplyState

MODERATORS_ONLY = "This is for moderators: it needs the permission Manage Messages in this channel."
ADMINS_ONLY = "This is for admins: it needs the permission Manage Server."
SERVERS_ONLY = "Use this in a server: Copydesk keeps nothing for direct messages."
UNKNOWN_TOPIC = "There is no explainer on this. Pick one from the list that appears while you type, or try `/ask`."
NO_MATCH = "No explainer fits this question well. `/explain` lists the topics while you type."
OUTDATED_ANSWER = "This answer is no longer known here, or its explainer was retired."
FAILED = "That did not work, and the problem has been logged. Please try again."
THANKS = "Thanks, noted. Only the number of such votes is kept, not who gave them."
VOTED_BEFORE = "You have said so already; it counts once."
SUGGESTION_DROPPED = "Dropped. Nothing was posted."
QUEUE_EMPTY = "No open cases."
MENU_HEADING = "These explainers come nearest:"

_MODES = {
    Mode.OFF: "is off: Copydesk sees nothing there",
    Mode.SHADOW: "is in shadow mode: decisions are logged, nothing is shown",
    Mode.SUGGEST: "is in suggest mode: moderators approve each answer",
    Mode.ANSWER: "is in answer mode: claims are answered at once",
}
_VERDICTS: dict[str, str] = {
    CaseState.DISMISSED: "dismissed",
    CaseState.REMOVED: "resolved by deleting the repeat",
    CaseState.WITHDRAWN: "closed, because no repeat is left",
    ReplyState.POSTED: "posted",
    ReplyState.DROPPED: "dropped",
    ReplyState.SHADOWED: "only recorded",
}


def already_judged(error: AlreadyJudgedError) -> str:
    """Of two presses at once, what the second is told."""
    who = f" by <@{error.judged_by}>" if error.judged_by else ""
    return f"Somebody was first: this was {_VERDICTS.get(error.verdict, error.verdict)}{who}."


def verdict(state: CaseState) -> str:
    """A closed case or suggestion, as the end of "this was ..."."""
    return _VERDICTS.get(state, str(state))


def bot_lacks(permissions: Sequence[str], channel_id: int) -> str:
    """The bot misses permissions in a channel."""
    missing = " and ".join(permissions)
    return (
        f"Nothing was changed: I lack {missing} in <#{channel_id}>. Grant it in the channel's settings and try again."
    )


def moderator_lacks(channel_id: int) -> str:
    """The moderator misses the permission to delete in a channel."""
    return f"You need the permission Manage Messages in <#{channel_id}> to delete posts there."


def setup_done(channel_id: int) -> str:
    """The moderators' channel was chosen."""
    return f"Cases and suggestions now go to <#{channel_id}>. Next: `/watch` switches channels on."


def setup_needed(mode: Mode) -> str:
    """A mode needs a moderators' channel first."""
    return f"Mode {mode.value} shows things to moderators: choose their channel first with `/setup`."


def watch_set(channel_id: int, mode: Mode, policy: GuildPolicy) -> str:
    """A channel's mode was chosen."""
    text = f"<#{channel_id}> {_MODES[mode]}."
    if mode is Mode.ANSWER and policy.moderators_channel_id is None:
        text += (
            " Repeated posts are recorded, but there is no moderators' channel to show them in: set it with `/setup`."
        )
    return text


def case_closed(case: Case) -> str:
    """What a press on a case's card brought about."""
    failed = [post.problem for post in case.removable if post.problem]
    if case.state is CaseState.REMOVED and failed:
        share = f"{len(failed)} of {len(case.repeats)}"
        return f"Case {case.number}: {share} could not be deleted ({failed[0]}). The card offers another try."
    if case.state is CaseState.DISMISSED:
        return f"Case {case.number} is dismissed. This content stays quiet from now on."
    return f"Case {case.number} is {verdict(case.state)}."


def suggestion_posted(reply: Reply, effect: Effect | None) -> str:
    """What became of a suggestion that a moderator chose to post."""
    if effect is not None and effect.problem is not None:
        return f"It could not be posted in <#{reply.channel_id}>: {effect.problem}."
    if effect is not None and effect.done < effect.wanted:
        return f"Discord is out of reach: it is posted in <#{reply.channel_id}> as soon as that is over."
    return f"Posted in <#{reply.channel_id}>."


def day(value: date) -> str:
    """A date as people write it, such as 5 July 2026."""
    return f"{value.day} {value:%B %Y}"
