"""What does a link cost? `python -m tests.benchmarks.links` prints microseconds for each kind of address."""

from timeit import repeat

from bot.duplicates.links import links_in

BOUND = 15.0  # microseconds
_TIMES, _ROUNDS = 2_000, 5
ADDRESSES = (
    "https://news.example/a",
    "https://www.news.example:443/2026/11/a-long-title-of-a-page/?utm_source=x&utm_medium=y&fbclid=z&id=3&page=2",
    "https://amp.news.example/a/b/amp?outputType=amp",
    "https://m.youtube.com/watch?v=dQw4w9WgXcQ&t=4&si=abc",
    "https://vxtwitter.com/ada/status/159/photo/1?s=20",
    "https://old.reddit.com/r/art/comments/1abcde/a_title/",
    "https://en.m.wikipedia.org/wiki/Fair_use%20(law)#History",
    "https://www.google.com/url?q=https%3A%2F%2Fnews.example%2Fa&sa=D",
    "https://web.archive.org/web/20240101000000/https://news.example/a?b=1",
    "https://app.example/#/page/1",
)


def cost(address: str) -> float:
    """Microseconds to find a link in a text and to write it one way."""
    text = f"look at {address} please"
    return min(repeat(lambda: links_in(text), number=_TIMES, repeat=_ROUNDS)) / _TIMES * 1e6


def main() -> None:
    costs = {address: cost(address) for address in ADDRESSES}
    for address, microseconds in costs.items():
        print(f"{microseconds:6.1f} us  {address}")  # noqa: T201  # the report
    print(f"{max(costs.values()):6.1f} us at most; the bound is {BOUND:g}")  # noqa: T201  # the report


if __name__ == "__main__":
    main()
