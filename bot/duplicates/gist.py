"""What detectors compare of a post: its folded words, its canonical links, and the names in it."""
# ruff: noqa: RUF001 - greetings in Cyrillic and Greek letters

import re
from base64 import b64decode, b64encode
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import islice, pairwise

from xxhash import xxh32_hexdigest

from bot.duplicates.kernels import kernels
from bot.duplicates.links import links_in, with_embedded, without_links
from bot.duplicates.skeleton import count_words, folded_words, skeleton
from bot.model import ImageHash
from bot.text import STOP_WORDS, without_mentions, without_quotes

MIN_WORDS = 4  # below, every third chat post repeats another one (39.7 % of 53,923 real posts of 1-3 words)
_MIN_LETTERS = 10
_GRAM = 4
_LONGEST = 4_000  # characters: Discord's limit, which a file of posts need not keep
_MOST_EMBEDS = 10  # as on Discord
_MANY_WORDS = 7  # so many say something, however common each is
_COMMAND = re.compile(r"\s*[!/.?;$][a-z][\w-]*(?=\s|$)", re.IGNORECASE)
_NAME = re.compile(r"(?<=[a-z,;] )[A-Z]\w+")  # a capital inside a sentence
_WIDE_NAME = re.compile(r"(?<=[^\W\d_] )[^\W\d_]\w+|(?<=[,;] )[^\W\d_]\w+")  # any word there, in any script
_LATIN = re.compile(r"[A-Za-z]")
_ADDRESSEE = re.compile(r"\s*@?([^\s:]{2,32}):\s")
_QUOTED_LINES = re.compile(r"^\s*>.*$", re.MULTILINE)
_OPENING_QUOTE = re.compile(r"\s*(?:\"(.+)\"|\u201c(.+)\u201d|\u00ab(.+)\u00bb)(?=\s+\S)", re.DOTALL)
_QUOTE_SIGNS = ('"', "\u201c", "\u00ab")
_MIN_QUOTE = 20  # letters; and half as long as the comment
_NO_MORE = b"\n" * 5  # what follows the words of a post that is nothing but words
_HASH_PARTS = (0, 8, 40, 48, 80, 88)  # where an image's hashes begin and end
_COURTESIES = """
    afternoon appreciate bro brb bye cheers congrats congratulations day dear evening everybody everyone folks friends
    gg gm gn good goodbye great greetings guys happy hello hey hi lmao morning much nice night nope nvm pls please rofl
    sorry thank thanks thx welcome wb wow yep yo
    привет здравствуйте доброе добрый добрым утро утром день дня вечер вечера спокойной ночи хорошего всем всех с пока
    спасибо большое и пожалуйста ребята друзья
    καλημέρα καλησπέρα καληνύχτα καλή καλό μέρα βράδυ εβδομάδα γεια σας σου σε όλους παιδιά ευχαριστώ πολύ και
    صباح مساء الخير النور السلام عليكم وعليكم ورحمة الله وبركاته شكرا جزيلا للجميع أهلا مرحبا ويوم سعيد
    नमस्ते सुप्रभात शुभ रात्रि धन्यवाद सबको सभी को आप आपका और दिन हो दोस्तों
"""
SAY_NOTHING = frozenset(folded_words(" ".join([*STOP_WORDS, _COURTESIES])).split())
# Words of questions and requests, whatever these are about.
_FRAMES = SAY_NOTHING | frozenset(
    folded_words(
        """
        anybody anyone anything cant didnt doesnt dont everything help id ill ive need needs someone somebody something
        thats theres tried try trying use used using whats wont work works working youre
        """
    ).split()
)


@dataclass(slots=True, eq=False)
class Gist:
    """The part of a post that repeats are found by. Treat it as frozen: what is asked for twice is kept.

    Attributes:
        packed: the texts that follow, each on a line, as the window and storage hold them.
        salt: the server's number: hashes tell nothing across servers.
        words: the author's own words, folded, with a space between them.
        link_text: the canonical links, sorted, with a space between them.
        name_text: the folded words that began with a capital letter inside a sentence.
        addressee: the folded name that the post begins with, as in "ada: try again".
        quotes: the hash of the quotation that the post answers: what it says, it says about that.
        image_text: the images' hashes, with a space between images.
        band_keys: the skeleton's keys for ``Near``, where they were to be had in passing.
        known_skeleton: so is the skeleton, whether or not it says enough.
        word_count: how many words there are; a letter of a script without spaces between words is half of one.
    """

    packed: bytes
    salt: int
    words: str
    link_text: str = ""
    name_text: str = ""
    addressee: str = ""
    quotes: str = ""
    image_text: str = ""
    band_keys: bytes = b""
    known_skeleton: bytes = b""
    _skeleton: str | None = None
    _full_letters: str | None = None
    _grams: frozenset[str] | None = None
    word_count: float = field(init=False)

    def __post_init__(self) -> None:
        self.word_count = count_words(self.words)

    @classmethod
    def of(cls, text: str, salt: int, embed_links: Iterable[str] = (), images: Iterable[ImageHash] = ()) -> "Gist":
        """Read a post; a command to a bot has an empty gist.

        Quoted lines are not the author's own; a post that only quotes is compared by what it quotes.
        """
        text = text[:_LONGEST]
        bare = None if embed_links or images else kernels().read_bare(text, salt)
        if bare is not None:
            words, letters, band_keys = bare
            return cls(words + _NO_MORE, salt, words.decode("ascii"), band_keys=band_keys, known_skeleton=letters)
        if _is_command(text):
            return cls.unpack(_NO_MORE, salt)
        own = without_quotes(text)
        quotes = _quotation(text, own)
        own = own or without_mentions(text)
        links = links_in(own)
        if links:
            own = without_links(own)
        read, letters, band_keys = kernels().read(own, salt)
        parts = (
            read[: 2 * _LONGEST],  # one character may stand for eighteen letters
            " ".join(with_embedded(links, islice(embed_links, _MOST_EMBEDS))),
            _names(own),
            _addressee(own),
            quotes,
            " ".join(map(_packed, images)),
        )
        gist = cls.unpack("\n".join(parts).encode("utf-8", "replace"), salt)
        if not gist.link_text:
            gist.band_keys, gist.known_skeleton = band_keys, letters
        return gist

    @classmethod
    def unpack(cls, packed: bytes, salt: int) -> "Gist":
        """The gist that was packed so; the salt is known by the place."""
        words, links, names, addressee, quotes, images = packed.decode("utf-8").split("\n")
        return cls(packed, salt, words, links, names, addressee, quotes, images)

    @property
    def links(self) -> tuple[str, ...]:
        return tuple(self.link_text.split())

    @property
    def images(self) -> tuple[ImageHash, ...]:
        return tuple(_unpacked(one) for one in self.image_text.split())

    @property
    def names(self) -> frozenset[str]:
        return frozenset(self.name_text.split())

    @property
    def letters(self) -> str:
        """The words without spaces."""
        return self.words.replace(" ", "")

    @property
    def full_letters(self) -> str:
        """The words and the links as letters: a link in disguise is only text."""
        if not self.link_text:
            return self.letters
        if self._full_letters is None:
            self._full_letters = self.letters + "".join([_fold(link).replace(" ", "") for link in self.links])
        return self._full_letters

    @property
    def skeleton(self) -> str:
        """Equal for posts that differ in dress only; empty where the words say too little to be recognised by."""
        if self._skeleton is None:
            self._skeleton = self._make_skeleton() if self._says_enough() else ""
        return self._skeleton

    def _make_skeleton(self) -> str:
        return self.known_skeleton.decode("ascii") if self.known_skeleton else skeleton(self.full_letters)

    @property
    def grams(self) -> frozenset[str]:
        """The runs of four letters."""
        if self._grams is None:
            self._grams = runs(self.letters)
        return self._grams

    def _says_enough(self) -> bool:
        """Whether the words could not be anybody's: enough of them, and not only greetings and small change."""
        if self.word_count < MIN_WORDS or len(self.words) - self.words.count(" ") < _MIN_LETTERS:
            return False
        return self.word_count >= _MANY_WORDS or bool(self.link_text) or not SAY_NOTHING.issuperset(self.words.split())

    @property
    def has_content(self) -> bool:
        """Whether a link or a word carries meaning."""
        return bool(self.link_text or self.content)

    @property
    def content(self) -> list[str]:
        """The words that carry meaning, the name of whom the post speaks to aside."""
        return [word for word in self.words.split() if word not in _FRAMES and word != self.addressee]


def runs(letters: str) -> frozenset[str]:
    """The runs of four letters."""
    return frozenset([letters[i : i + _GRAM] for i in range(len(letters) - _GRAM + 1)])


def dice(one: frozenset[str], other: frozenset[str]) -> float:
    """How much two sets have in common, 0 to 1."""
    return 2 * len(one & other) / max(1, len(one) + len(other))


def _fold(text: str) -> str:
    return kernels().read(text, 0)[0]


def _packed(image: ImageHash) -> str:
    parts = (image.digest, image.gradients, image.waves, image.mirrored_gradients, image.mirrored_waves)
    return b64encode(b"".join(parts)).decode("ascii")


def _unpacked(image: str) -> ImageHash:
    data = b64decode(image)
    return ImageHash(*(data[start:end] for start, end in pairwise(_HASH_PARTS)))


def _names(own: str) -> str:
    if own.islower():
        return ""
    found = set(_NAME.findall(own))
    if not own.isascii():  # a word with Latin letters, too, is a Latin one in disguise
        found |= {word for word in _WIDE_NAME.findall(own) if word[0].isupper() and not _LATIN.search(word)}
    capitals = [name for name in found if name.lower() not in STOP_WORDS]
    return _fold(" ".join(capitals))[:_LONGEST] if capitals else ""


def _addressee(own: str) -> str:
    if ":" not in own:
        return ""
    address = _ADDRESSEE.match(own)
    return _fold(address[1]) if address and address[1].lower() not in STOP_WORDS else ""


def _is_command(text: str) -> bool:
    """Whether a post talks to a bot: ``!rank``, ``/imagine ...``; "!t" is only "it" in disguise."""
    command = _COMMAND.match(text)
    return command is not None and _fold(f"x{command[0].strip()}")[1:] not in SAY_NOTHING


def _quotation(text: str, own: str) -> str:
    """Names the quotation that a post comments on; empty where it weighs little beside the comment."""
    opening = _OPENING_QUOTE.match(own) if own.startswith(_QUOTE_SIGNS) else None
    if opening is not None:
        quoted, comment = opening[0], own[opening.end() :]
    elif own and ">" in text:
        quoted, comment = " ".join(_QUOTED_LINES.findall(text)), own
    else:
        return ""
    if len(quoted) < _MIN_QUOTE or 2 * len(quoted) < len(comment):
        return ""
    return xxh32_hexdigest(skeleton(_fold(quoted)).encode("utf-8", "replace"))
