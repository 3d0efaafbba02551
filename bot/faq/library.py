"""The explainers as members reach them: by name, by what they type so far, or by a question."""

import asyncio
from collections.abc import Mapping
from concurrent.futures import Executor

from bot.claims.matcher import Matcher
from bot.model import Explainer, Judgement

MAX_CHOICES = 25  # Discord's limit for autocompletion


class Library:
    """All explainers in memory, and the matcher for questions."""

    def __init__(self, explainers: Mapping[str, Explainer], matcher: Matcher, matching: Executor) -> None:
        self.explainers = explainers
        self._matcher = matcher
        self._matching = matching
        self._names = {
            slug: [name.casefold() for name in (explainer.title, slug, *explainer.aliases)]
            for slug, explainer in explainers.items()
        }

    def get(self, slug: str) -> Explainer | None:
        return self.explainers.get(slug)

    def complete(self, typed: str) -> list[Explainer]:
        """The explainers whose title or alias holds what was typed; those where it begins a name come first."""
        wanted = typed.strip().casefold()
        ranks = {slug: _rank(wanted, names) for slug, names in self._names.items()}
        found = sorted((slug for slug, rank in ranks.items() if rank is not None), key=lambda slug: (ranks[slug], slug))
        return [self.explainers[slug] for slug in found[:MAX_CHOICES]]

    async def ask(self, question: str) -> Judgement:
        """Rank explainers for a question."""
        return await asyncio.get_running_loop().run_in_executor(self._matching, self._matcher.judge, question)


def _rank(wanted: str, names: list[str]) -> int | None:
    if any(name.startswith(wanted) for name in names):
        return 0
    return 1 if any(wanted in name for name in names) else None
