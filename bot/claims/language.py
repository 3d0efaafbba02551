"""Is a text in another language than English? All explainers and all that the matcher learnt are in English."""

from functools import cache

from py3langid.langid import MODEL_FILE, LanguageIdentifier

from bot.text import words

# Words that hold English sentences together and are no words of the other languages that chat is likely to hold.
_FUNCTION_WORDS = frozenset(
    words(
        """
        the and that this these those they them their there you your yours with without which who whose why what when
        where how is are was were isn't aren't wasn't don't doesn't didn't can't won't have has had been being it it's
        its i'm i've of for from not but because if then than just like would could should my his her our we he she
        about nobody everyone someone anyone does did do can will
        """
    )
)
_ENOUGH = 4  # words; what is shorter is too short to tell
_CERTAIN = 0.75  # probability; at 0.6, names and dates without a function word begin to pass for other languages


def is_foreign(text: str) -> bool:
    """Whether a text is certainly not English; when in doubt it is English."""
    said = words(text)
    if len(said) < _ENOUGH and text.isascii():
        return False
    if not _FUNCTION_WORDS.isdisjoint(said):
        return False
    language, probability = identifier().classify(text)
    return bool(language != "en" and probability >= _CERTAIN)


@cache
def identifier() -> LanguageIdentifier:
    """Tells languages apart; the first call takes most of a second, in which nothing else runs."""
    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
