"""What Copydesk says in short: answers to commands and presses. Cards are in ``cards``."""

from collections.abc import Sequence
from datetime import date
from math import ceil

from bot.case import Act, CaseState, Ruling
from bot.errors import AlreadyJudgedError, CopydeskError
from bot.faq.editor import Saved
from bot.model import Edition, EditionState, Effect, GuildPolicy, Mode, Reply, ReplyState

MODERATORS_ONLY = (
    "This is for moderators: it needs the permission Manage Messages in this channel, or a moderators' role that"
    " `/setup` names."
)
ADMINS_ONLY = "This is for admins: it needs the permission Manage Server, or an admins' role that `/setup` names."
SERVERS_ONLY = "Use this in a server: Copydesk keeps nothing for direct messages."
UNKNOWN_TOPIC = "There is no explainer on this. Pick one from the list that appears while you type, or try `/ask`."
FOREIGN = "Copydesk reads and answers English only, sorry. `/topics` lists what it can explain."
NO_MATCH = "No explainer fits this question well. `/explain` lists the topics while you type."
OUTDATED_ANSWER = "This answer is no longer known here, or its explainer was retired."
FAILED = "That did not work, and the problem has been logged. Please try again."
THANKS = "Thanks, noted. Only the number of such votes is kept, not who gave them. You can change yours."
VOTED_BEFORE = "You have said so already; it counts once."
DISMISSED = "The answer is taken back."
NOT_YOURS_TO_DISMISS = "Only the member who was answered, or a moderator, can take this answer back."
EDITORS_ONLY = "This is for editors: it needs the permission Manage Server, or an editors' role that `/setup` names."
READ_ONE = "Read one with /explain."
COMMANDS_ONLY = (
    "This installation runs without Discord's message content intent (COPYDESK_MESSAGE_CONTENT=off): commands work,"
    " channels cannot be watched."
)
NO_TEXT = "This message has no text that could be explained."
WHY_THIS_CARD = "Why this card"
CHOSEN = "A moderator chose it."
ASK_TOPIC = "Which topic should the answer be about? It is posted at once."
TOPIC_GONE = "This topic is not served here any more. Nothing was posted: the suggestion still waits."
POST_GONE = "This suggestion was dropped: its post was deleted, or the data of its author."
SUGGESTION_DROPPED = "Dropped. Nothing was posted."
QUEUE_EMPTY = "No open cases."
NOTHING_STALE = "No explainer is under review: all are within their dates, and no primary source is known to be gone."
STALE_MEANS = "These are suggested to moderators and never posted automatically until they are renewed."
UNDER_REVIEW = "Under review"
NO_MESSAGE_LINK = "Give the message's link (Copy Message Link in its menu), or its number if it stands in this channel."
NO_SUCH_MESSAGE = "There is no such message, or it stands where you cannot read it."
OTHER_SERVER = "That message stands on another server."
NOT_A_POST = "Copydesk never looks at this kind of message: it is a system message, or of a webhook or an app."
TOO_OLD_TO_COMPARE = "It is older than what is remembered, so nothing can be compared with it."
NOT_COMPARED = "Its channel is exempt: posts there are not compared."
DECIDED_OTHERWISE = "it was decided otherwise then: settings, explainers or what is remembered are not the same now"
NOT_DECIDED_THEN = (
    "no answer is recorded: it came while the channel was off or the bot away, other settings or explainers held,"
    " or it is too long ago"
)
CASE_OTHERWISE = "its case then and the comparison of now differ: what is remembered has changed, or the settings"
MENU_HEADING = "These explainers come nearest:"

_MODES = {
    Mode.OFF: "is off: Copydesk sees nothing there",
    Mode.SHADOW: "is in shadow mode: decisions are logged, nothing is shown",
    Mode.SUGGEST: "is in suggest mode: moderators approve each answer",
    Mode.ANSWER: "is in answer mode: claims are answered at once",
}
_VERDICTS: dict[str, str] = {
    Ruling.KEPT: "judged to be a repeat",
    Ruling.DELETED: "judged to be a repeat, and its copies deleted",
    Ruling.CLEARED: "judged to be no repeat",
    Ruling.ALLOWED: "put on the list of what is always allowed",
    Ruling.WITHDRAWN: "closed, because no copy is left",
    CaseState.EXPIRED: "closed, because nobody came to judge it",
    Act.CLAIMED: "claimed",
    Act.REOPENED: "reopened",
    Act.TOLD_CHANNEL: "told to members",
    Act.TIMEOUT_LIFTED: "undone",
    ReplyState.DISMISSED: "dismissed",
    ReplyState.POSTED: "posted",
    ReplyState.SUGGESTED: "suggested",
    ReplyState.DROPPED: "dropped",
    ReplyState.SHADOWED: "only recorded",
}


def already_judged(error: AlreadyJudgedError) -> str:
    """Of two presses at once, what the second is told."""
    if error.verdict == ReplyState.DROPPED and error.judged_by is None:
        return POST_GONE
    who = f" by <@{error.judged_by}>" if error.judged_by else ""
    return f"Somebody was first: this was {_VERDICTS.get(error.verdict, error.verdict)}{who}."


def reply_state(state: ReplyState) -> str:
    """What became of an answer, such as "posted"."""
    return _VERDICTS[state]


def too_soon(seconds: float) -> str:
    """A command was used again before its time."""
    return f"Please wait {ceil(seconds)} seconds before you use this again."


def member(member_id: int | None) -> str:
    """A member, shown by name; or what stands for one whose data was deleted."""
    return f"<@{member_id}>" if member_id else "a member whose data was deleted"


def bot_lacks(permissions: Sequence[str], channel_id: int) -> str:
    """The bot misses permissions in a channel."""
    missing = " and ".join(permissions)
    return (
        f"Nothing was changed: I lack {missing} in <#{channel_id}>. Grant it in the channel's settings and try again."
    )


def cannot_read(channel_id: int) -> str:
    """The bot may not read a message."""
    return f"I cannot read <#{channel_id}>: grant me View Channel and Read Message History there."


def moderator_lacks(channel_id: int) -> str:
    """The moderator misses the permission to delete in a channel."""
    return f"You need the permission Manage Messages in <#{channel_id}> to delete posts there."


def nothing_on(place: str) -> str:
    """An explainer has no point that rests on a country's sources."""
    return f"This explainer has nothing on {place} alone."


def watch_set(channel_id: int, mode: Mode, policy: GuildPolicy) -> str:
    """A channel's mode was chosen."""
    text = f"<#{channel_id}> {_MODES[mode]}."
    if mode is Mode.ANSWER and policy.moderators_channel_id is None:
        text += (
            " Repeated posts are recorded, but there is no moderators' channel to show them in: set it"
            " with `/setup start`."
        )
    return text


def suggestion_posted(reply: Reply, effect: Effect | None) -> str:
    """What became of a suggestion that a moderator chose to post."""
    if effect is not None and effect.problem is not None:
        return f"It could not be posted in <#{reply.channel_id}>: {effect.problem}."
    if effect is not None and effect.done < effect.wanted:
        return f"Discord is out of reach: it is posted in <#{reply.channel_id}> as soon as that is over."
    return f"Posted in <#{reply.channel_id}>."


def pages(page: int, pages: int) -> str:
    """What a menu of topics says until one is picked."""
    return f"Topics, page {page + 1} of {pages}" if pages > 1 else "Topics"


def sentence(reason: str) -> str:
    """A reason as a sentence of its own."""
    return f"{reason[:1].upper()}{reason[1:]}."


def day(value: date) -> str:
    """A date as people write it, such as 5 July 2026."""
    return f"{value.day} {value:%B %Y}"


def form_title(slug: str, form: str) -> str:
    """The heading of a form."""
    return f"{form.capitalize()} of {slug}"


def too_long_for_a_form(label: str, slug: str) -> str:
    """A part of a draft is longer than a field of a form."""
    return f"{label} of {slug}: longer than a form holds. Change it in a file: `/faq export`, then `/faq import`."


def draft_saved(saved: Saved) -> str:
    """A draft was kept; what its editor should know."""
    edition = saved.edition
    lines = [f"Saved as version {edition.version} of {edition.slug}. Members see it after `/faq publish`."]
    if saved.unseen is not None:
        lines.append(
            f"Meanwhile {member(saved.unseen.editor_id)} saved version {saved.unseen.version}, which you have not seen."
            " Both are kept: compare them with `/faq diff`, and publish one."
        )
    if saved.problems:
        lines += ["Before it can be published:", *(f"- {problem}" for problem in saved.problems)]
    return cut("\n".join(lines))


def imported(saved: Sequence[Saved]) -> str:
    """Drafts came in from a file."""
    names = ", ".join(f"{one.edition.slug} (version {one.edition.version})" for one in saved)
    return cut(f"Kept as drafts: {names}. Members see them after `/faq publish`.")


def cannot_edit(error: CopydeskError) -> str:
    """Why an explainer could not be changed or read."""
    text = str(error)
    return cut(text[:1].upper() + text[1:])


def published(edition: Edition) -> str:
    """A version is served from now on."""
    what = f"Version {edition.version} of {edition.slug}"
    return f"{what} is published. Answers of the last 30 days are corrected by and by."


def topic_state(slug: str, state: EditionState) -> str:
    """A topic was paused or retired."""
    back = "`/faq publish` or `/faq restore` brings it back"
    return f"{slug} is {state.value}: it is neither answered nor shown here. {back}."


def built_in_again(slug: str) -> str:
    """A server went back to the built-in text."""
    return f"{slug} is served as built in again. The versions made here stay in `/faq history`."


def history(editions: Sequence[Edition], served: int | None) -> str:
    """The versions of a topic, newest first."""
    lines = [
        f"**{edition.version}**{' (published)' if edition.version == served else ''} by {member(edition.editor_id)},"
        f" <t:{int(edition.at.timestamp())}:R>, from version {edition.based_on or 'built-in'}"
        for edition in reversed(editions)
    ]
    return cut("\n".join(lines)) if lines else "This topic has not been edited here."


def more_sources(numbers: Sequence[int]) -> str:
    """A card names more sources than it lists."""
    return f"{list(numbers)}: see `/sources`"


def cut(text: str, longest: int = 1990) -> str:
    """At most what a message holds, cut at a line."""
    if len(text) <= longest:
        return text
    return text[: longest - 4].rsplit("\n", 1)[0] + "\n..."


def count(number: int, noun: str) -> str:
    """A number of things, such as 1 case or 2 cases."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
