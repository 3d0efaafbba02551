"""Alike is not the same: pairs that differ by a negation, a number, a name or a link say something else."""

import re

from rapidfuzz import fuzz
from rapidfuzz.distance import Indel

from bot.duplicates.gist import Gist
from bot.duplicates.skeleton import folded_words

_FEW = 3  # changed places; with more, a post was rewritten, and no single word decides what it says
_LONG = 25  # words; in a longer post one of them does not make another post of it
_ENDING = 5  # letters that change with a verb that says no, in a script without spaces: "だ", "ではない"
_REWORDED = 1  # other words that may change with a negation: "stops", "does not stop"
_SAME_LINK = 93.0  # ratio, in percent
_HOST_PREFIX = folded_words("www")
_NOT_DIGITS = re.compile(r"\D")
_MISSPELT = 50.0  # ratio, in percent
_SAME_NAME = 60.0  # ratio, in percent, from which two names are one with a slip of the pen


def _folded(text: str) -> frozenset[str]:
    return frozenset(folded_words(text).split())


_AUXILIARIES = _folded(
    "am are be been can could did do does had has have is may might shall should was were will would"
)
_NEGATIONS = _folded(
    """
    not no never none neither nor nobody nothing nowhere without cannot cant dont doesnt didnt isnt arent wasnt werent
    wont wouldnt shouldnt couldnt hasnt havent hadnt aint mustnt neednt unable false wrong illegal unlawful
    nicht kein keine keinen niemals pas jamais aucun rien nunca jamas nada nessuno geen niet nao inte
    не нет ни никогда нельзя δεν μην οχι لا ليس لم لن नहीं मत ना 不 没 沒 無 未
    """
)
# What stands where a no may stand: adverbs (all in "-ly", too) for each, some other words for "no", "not" and the like.
_ADVERBS = _folded(
    """
    always also ever fully indeed just maybe now often only pretty quite rather so sometimes still super too very
    """
)
_DETERMINERS = _folded(
    """
    a all an another any anybody anyone anything both each either every everybody everyone everything everywhere least
    most much some somebody someone something somewhere the with yes true correct right fair legal lawful
    """
)
_NEGATIONS_IN_ASCII = _NEGATIONS - _folded("he")  # which looks like the Russian one
_NUMBERS = _folded(
    """
    zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
    eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred hundreds thousand thousands million
    millions billion billions trillion first second third fourth fifth half twice double triple dozen
    monday tuesday wednesday thursday friday saturday sunday today tomorrow yesterday
    january february april june july august september october november december
    ноль один одна два две три четыре пять шесть семь восемь девять десять двадцать тридцать сорок пятьдесят шестьдесят
    семьдесят восемьдесят девяносто сто двести триста пятьсот тысяча тысячи тысяч миллион миллиона миллионов миллиард
    двух трёх четырёх пяти шести семи восьми девяти десяти двадцати тридцати первый второй третий половина
    понедельник вторник среду четверг пятницу субботу воскресенье сегодня завтра вчера
    μηδέν ένα ένας μία μια δύο τρία τρεις τέσσερα τέσσερις πέντε έξι επτά εφτά οκτώ οχτώ εννέα εννιά δέκα δώδεκα είκοσι
    τριάντα σαράντα πενήντα εξήντα εβδομήντα ογδόντα ενενήντα εκατό διακόσια πεντακόσια χίλια χιλιάδες εκατομμύριο
    εκατομμύρια πρώτη δεύτερη τρίτη μισό δευτέρα τετάρτη πέμπτη παρασκευή σάββατο κυριακή σήμερα αύριο χθες
    صفر واحد واحدة اثنان اثنين ثلاثة ثلاث أربعة أربع خمسة خمس ستة ست سبعة سبع ثمانية ثماني تسعة تسع عشرة عشر عشرون عشرين
    ثلاثون ثلاثين أربعون أربعين خمسون خمسين ستون ستين سبعون سبعين ثمانون ثمانين تسعون تسعين مئة مائة مئتين ألف آلاف
    مليون ملايين مليار نصف اليوم غدا أمس
    शून्य एक दो तीन चार पाँच पांच छह छः सात आठ नौ दस ग्यारह बारह पंद्रह बीस पच्चीस तीस चालीस पचास साठ सत्तर अस्सी नब्बे
    सौ हज़ार हजार लाख करोड़ पहला दूसरा तीसरा आधा सोमवार मंगलवार बुधवार गुरुवार शुक्रवार शनिवार रविवार आज कल
    """
)
_SAY_NO = re.compile(r"な い|な か っ|な く|ま せ ん")  # endings of Japanese verbs and adjectives
# Whom discussions of copyright and AI name, also in small letters and at the start of a sentence.
_PARTIES = _folded(
    """
    adobe amazon andersen anthropic apple authors bartz bytedance chatgpt claude concord copilot dalle deepseek
    deviantart disney facebook firefly gemini getty github google grok hachette instagram kadrey llama lyria meta
    microsoft midjourney mistral netflix nightshade glaze nintendo nyt nvidia openai perplexity pixiv reddit reuters
    runway shutterstock silverman sony sora spotify stability suno tiktok twitter udio universal valve warner westlaw
    wikipedia xai youtube
    america american australia australian britain british canada canadian china chinese europe european eu france
    french german germany india indian italy italian japan japanese korea korean spain spanish uk usa
    """
)
_Change = tuple[list[str], list[str]]  # the words that went, the words that came in their place


def means_another(gist: Gist, earlier: Gist) -> bool:
    """Whether the few differences between two similar posts are of the kind that changes what is said."""
    if _other_links(gist, earlier) or _to_another(gist, earlier):
        return True
    if max(gist.word_count, earlier.word_count) > _LONG:
        return False
    changes = _changes(earlier.words.split(), gist.words.split())
    changed = frozenset([word for change in changes for side in change for word in side])
    if _have_number(changed) and 2 * sum(_other_number(change) for change in changes) >= len(changes):
        return True  # also many numbers: lines of a log
    if len(changes) > _FEW:
        return False
    if not gist.words.isascii() and _ends_otherwise(changes, gist, earlier):
        return True
    negations = _NEGATIONS_IN_ASCII if gist.words.isascii() else _NEGATIONS
    is_negated = not changed.isdisjoint(negations) and _negated(changes, negations)
    return is_negated or _names_another(changes, changed, earlier.names, gist.names)


def _to_another(gist: Gist, earlier: Gist) -> bool:
    """Whether both speak to somebody by name, and not to the same person."""
    if not gist.addressee or not earlier.addressee:
        return False
    named = gist.addressee in earlier.words or earlier.addressee in gist.words
    return not named and fuzz.ratio(gist.addressee, earlier.addressee) < _SAME_NAME


def _other_links(gist: Gist, earlier: Gist) -> bool:
    """Whether each post has a link that the other has not; one in disguise or with slips of the pen is the same."""
    if not gist.link_text or not earlier.link_text or gist.link_text == earlier.link_text:
        return False
    few, many = sorted(([_letters(link) for link in one.links] for one in (gist, earlier)), key=len)
    return not all(any(_same_link(link, other) for other in many) for link in few)


def _same_link(link: str, other: str) -> bool:
    if link == other:
        return True
    same_numbers = _NOT_DIGITS.sub("", link) == _NOT_DIGITS.sub("", other)
    return same_numbers and fuzz.ratio(link, other) >= _SAME_LINK


def _letters(link: str) -> str:
    """A link without its signs, which punctuation in the wrong places takes apart."""
    return folded_words(link).replace(" ", "").removeprefix(_HOST_PREFIX)


def _changes(before: list[str], after: list[str]) -> list[_Change]:
    """The places where two lists of words differ: what is between the blocks that match, the last of which is empty."""
    changes: list[_Change] = []
    place, other = 0, 0
    for block in Indel.opcodes(before, after).as_matching_blocks():
        if block.a > place or block.b > other:
            changes.append((before[place : block.a], after[other : block.b]))
        place, other = block.a + block.size, block.b + block.size
    return changes


def _negated(changes: list[_Change], negations: frozenset[str]) -> bool:
    """Whether one side says no once more than the other, in a place that is otherwise hardly changed."""
    if sum(max(_weight(went), _weight(came)) for went, came in changes) > _REWORDED:
        return False
    kept = [change for change in changes if _opposes(change)]
    went, came = (sum(word in negations for change in kept for word in change[side]) for side in (0, 1))
    return (went - came) % 2 == 1


def _ends_otherwise(changes: list[_Change], gist: Gist, earlier: Gist) -> bool:
    """Whether one side says no once more than the other by the ending of a word, and hardly anything else changed."""
    if sum(max(len(went), len(came)) for went, came in changes) > _ENDING:
        return False
    went, came = (len(_SAY_NO.findall(one.words)) for one in (earlier, gist))
    return (went - came) % 2 == 1


def _weight(words: list[str]) -> int:
    return sum(word not in _NEGATIONS and word not in _AUXILIARIES for word in words)


def _opposes(change: _Change) -> bool:
    """Whether a change can be a yes for a no: a word more or less, "can" for "can't", "always" for "never"."""
    if len(change[0]) != len(change[1]):
        return True
    went, came = " ".join(change[0]), " ".join(change[1])
    if went.endswith(came) or came.endswith(went) or went.startswith(came) or came.startswith(went):
        return True
    return fuzz.ratio(went, came) < _MISSPELT and (_denies(went, came) or _denies(came, went))


def _denies(no: str, yes: str) -> bool:
    """Whether one word is a no and the other one that may stand in its place."""
    if no not in _NEGATIONS or yes in _NEGATIONS:
        return False
    return yes in _AUXILIARIES or yes in _ADVERBS or yes.endswith("ly") or (yes in _DETERMINERS and not _is_verb(no))


def _is_verb(no: str) -> bool:
    return no.endswith("nt") or no == "canot"


def _other_number(change: _Change) -> bool:
    went, came = ([word for word in words if _is_number(word)] for words in change)
    return bool(went) and bool(came) and went != came


def _is_number(word: str) -> bool:
    return word.isnumeric() or word in _NUMBERS


def _have_number(words: frozenset[str]) -> bool:
    return not words.isdisjoint(_NUMBERS) or any(map(str.isnumeric, words))


def _names_another(
    changes: list[_Change], changed: frozenset[str], before: frozenset[str], after: frozenset[str]
) -> bool:
    """Whether a name stands where another one stood."""
    if changed.isdisjoint(_PARTIES) and not (before and after):
        return False
    return any(_other_name(change, before, after) for change in changes)


def _other_name(change: _Change, before: frozenset[str], after: frozenset[str]) -> bool:
    went = " ".join(word for word in change[0] if word in before or word in _PARTIES)
    came = " ".join(word for word in change[1] if word in after or word in _PARTIES)
    return bool(went) and bool(came) and fuzz.ratio(went, came) < _SAME_NAME
