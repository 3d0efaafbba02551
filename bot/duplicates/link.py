"""The same page again: posts that are little more than a link, compared by the canonical address."""

from collections.abc import Collection

from bot.duplicates.detector import key
from bot.duplicates.gist import Gist
from bot.duplicates.links import domain

MAX_COMMENT = 5  # words beside the link; with more, the post is about the page and compared by its words
_MAX_LINKS = 8


class Link:
    """Keys a post by its links. A site's front page and links to ``exempt`` domains are nobody's news."""

    name = "link"
    certain = 1.0
    near = 0.5
    keys_per_post = 0.5

    def __init__(self, exempt: Collection[str] = ()) -> None:
        self._exempt = frozenset(exempt)

    def keys(self, gist: Gist) -> bytes:
        if not gist.link_text:
            return b""
        return b"".join([key(link.encode("utf-8", "replace"), gist.salt) for link in self._links(gist)])

    def score(self, gist: Gist, earlier: Gist) -> float:
        """The share of the post's links that were in the earlier one."""
        links = self._links(gist)
        if not links or gist.word_count > MAX_COMMENT:
            return 0.0
        return len(set(links) & set(self._links(earlier))) / len(links)

    def _links(self, gist: Gist) -> tuple[str, ...]:
        return tuple(
            link for link in gist.links[:_MAX_LINKS] if link != (site := domain(link)) and site not in self._exempt
        )
