"""Why was a post answered or shown to moderators, and why not? Each gate on its way, with value and threshold."""

from dataclasses import dataclass
from datetime import timedelta

from bot.claims.gate import own_words, stopped_by_gate
from bot.decide import Decision, Facts, KnownContent, is_sure
from bot.duplicates.comparison import Comparison
from bot.duplicates.window import Window
from bot.model import Effect, Post, Reply
from bot.pipeline import Pipeline
from bot.policy import Limit, holding, limits
from bot.storage.protocols import CaseStore, EffectStore, ReplyStore, reply_key

_COOLDOWNS_REACH = timedelta(days=1)  # longer than any


@dataclass(frozen=True, slots=True)
class Record:
    """What was decided about a post before, as far as it is kept.

    Attributes:
        reply: the answer that was given, proposed or only recorded.
        shown: the effect that posts the answer; it says whether Discord refused it.
        cases: the cases that the post is in.
    """

    reply: Reply | None
    shown: Effect | None
    cases: tuple[KnownContent, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """A post judged anew, as if it came now for the first time but at the time when it was written.

    Attributes:
        post: the post as it stands.
        facts: what the decision rests on: settings, explainers and memory of today, answers of that time.
        decision: what would be done.
        own_words: how many words the gate counts.
        stopped: why the gate lets it not through to the explainers, in words.
        limits: the cooldowns and budgets for the best topic; none without a topic.
        compared: what each detector of repeats makes of it; none where it is not compared.
        record: what was decided before.
    """

    post: Post
    facts: Facts
    decision: Decision
    own_words: int
    stopped: str | None
    limits: tuple[Limit, ...]
    compared: tuple[Comparison, ...]
    record: Record


class Inquiry:
    """Explains posts. Nothing is remembered, recorded or sent."""

    def __init__(
        self,
        pipeline: Pipeline,
        window: Window,
        replies: ReplyStore,
        cases: CaseStore,
        effects: EffectStore,
    ) -> None:
        self._pipeline = pipeline
        self._window = window
        self._replies = replies
        self._cases = cases
        self._effects = effects

    async def explain(self, post: Post) -> Explanation:
        """Judge a post anew, and look up what was decided about it before."""
        replies = await self._replies.between(post.guild_id, post.at - _COOLDOWNS_REACH, post.at)
        earlier = [reply for reply in replies if reply.message_id != post.message_id]
        facts, decision = await self._pipeline.rehearse(post, earlier)
        topic = facts.judgement.topic
        counted = holding(earlier, post, topic or "", sure=is_sure(post, facts))
        return Explanation(
            post=post,
            facts=facts,
            decision=decision,
            own_words=own_words(post.text),
            stopped=stopped_by_gate(post),
            limits=limits(facts.policy, post, topic, counted, post.at) if topic is not None else (),
            compared=self._window.compare(post) if self._pipeline.compares(post) else (),
            record=await self._recorded(post.guild_id, post.message_id),
        )

    async def _recorded(self, guild_id: int, message_id: int) -> Record:
        return Record(
            reply=await self._replies.of_post(guild_id, message_id),
            shown=await self._effects.get(reply_key(guild_id, message_id)),
            cases=tuple(await self._cases.of_post(guild_id, message_id)),
        )
