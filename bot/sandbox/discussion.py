"""A discussion to play in the sandbox: chatter, claims of both camps, and posts that come back."""

from dataclasses import dataclass

from bot.sandbox.pictures import again, lighthouse


@dataclass(frozen=True, slots=True)
class Line:
    """One post of the discussion."""

    member: str
    channel: str
    text: str
    picture: bytes | None = None


_COMMISSION = "Commissions are open again! Three slots this month, portraits only, rules are in the pinned post."

REPEATS = (
    (
        Line("Ada", "general", "Has anyone got a spare ticket for the print fair on saturday? I would pay in cookies."),
        Line(
            "Ben",
            "general",
            "H\u0430s \u0430nyone g\u043et \u0430 sp\u0430re ti\u0441ket f\u043er the print f\u0430ir "
            "\u043en s\u0430turday? I w\u043euld p\u0430y in \u0441\u043e\u043ekies.",
        ),
    ),
    (
        Line("Ada", "general", "https://news.example/2026/print-fair-opens?utm_source=feed"),
        Line("Cleo", "general", "look at this: [the fair](https://m.news.example/2026/print-fair-opens/#comments)"),
    ),
    (
        Line("Ben", "general", "the lighthouse from the sketch night", picture=lighthouse()),
        Line("Cleo", "general", "made this today", picture=again(lighthouse())),
    ),
)

DISCUSSION = (
    Line("Ada", "general", "morning! coffee machine is finally fixed"),
    Line("Ben", "general", "the hero we needed"),
    Line("Ada", "art-talk", _COMMISSION),
    Line("Cleo", "general", "anyone up for the sketch night on thursday? theme is lighthouses"),
    Line("Ben", "general", "yes! count me in, I have a good brush set for rocks"),
    Line("Ada", "general", "ok so did you all see the news about that image generator"),
    Line(
        "Cleo",
        "general",
        "so they hoover up the whole internet, sell it back to us for 20 bucks a month, and thats legal somehow",
    ),
    Line("Ben", "general", "I mean I use it for reference poses, it has its uses"),
    Line("Ada", "general", "not starting this before lunch, thanks"),
    Line("Cleo", "art-talk", "you can't own a style, cope"),
    Line("Ben", "art-talk", "let's keep it friendly please"),
    Line("Ada", "general", "fun fact, our local library now lends out drawing tablets"),
    Line("Cleo", "general", "wait, really? do you need a deposit"),
    Line(
        "Ben",
        "art-talk",
        "**Commissions are OPEN again!** three slots this month, portraits only; rules are in the pinned post",
    ),
    Line("Ada", "general", "no deposit, just the card. two weeks at a time"),
    Line("Cleo", "general", "sketch night moved to friday, same theme, see you at eight"),
    Line("Ben", "general", "the chance it spits out a real training image is like one in a million anyway"),
    Line("Ada", "general", "brb, dog wants out"),
    Line("Cleo", "general", "sketch night moved to friday, same theme, see you at eight!!!"),
    Line("Ben", "general", "ok ok we heard you"),
)
