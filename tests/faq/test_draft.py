"""Drafts: an explainer as texts that people type; it becomes the same explainer again, or tells what is missing."""

import json
from dataclasses import asdict, fields, replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import ExplainerError, InputError
from bot.faq.draft import Draft
from bot.faq.files import explainers_folder
from bot.faq.parse import parse_explainer
from bot.model import Explainer, Side
from tests.support import EXPLAINER_FILE

SLUG = "some-topic"
SLUGS = sorted(path.stem for path in explainers_folder().glob("*.md"))
EXPLAINER = parse_explainer(explainers_folder() / f"{SLUG}.md", EXPLAINER_FILE)
TODAY = date(2026, 1, 1)
BLANK = Draft.blank("Is it legal?", TODAY, TODAY + timedelta(days=180))
PARTS = [field.name for field in fields(Draft)]


def again(explainer: Explainer) -> Explainer:
    """Through a draft, its JSON, and back."""
    draft = Draft.of(explainer)
    assert Draft.from_json(draft.to_json()) == draft
    return draft.to_explainer(explainer.slug)


def missing(draft: Draft) -> str:
    with pytest.raises(ExplainerError) as caught:
        draft.to_explainer(SLUG)
    return "\n".join(caught.value.problems)


@pytest.mark.parametrize("slug", SLUGS)
def test_every_shipped_explainer_goes_through_a_draft_and_back_unchanged(slug, explainers):
    draft = Draft.of(explainers[slug])
    assert draft.to_explainer(slug) == explainers[slug]
    assert Draft.from_json(draft.to_json()) == draft
    assert Draft.of(draft.to_explainer(slug)) == draft


@pytest.mark.parametrize("archive", [None, "https://archive.example/kept?of=ruling"])
def test_a_source_survives_with_or_without_a_kept_copy(archive):
    explainer = replace(EXPLAINER, sources=(replace(EXPLAINER.sources[0], archive=archive),))
    assert again(explainer) == explainer


TEXTS = [
    "He said \"it is\", she said 'no'",
    '"""',
    "'''",
    "\\",
    "C:\\new\\u0041\\",
    "bell \x07, escape \x1b[0m, nothing \x00, delete \x7f in it",
    "two\r\nlines",
    "two\n\nparagraphs",
    "a line\u2028and\x85another",
    "tab\tstop",
    "no # comment, = [no table]",
    "+++",
    "\U0001f389 ż \u0661",
]


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_of_any_characters_survives_in_every_part(text):
    side = Side("It is", f"one {text} two")
    source = replace(EXPLAINER.sources[0], title=text, publisher=text, jurisdiction=text)
    entry = text.replace("\n", " ")  # an entry of a list is one line
    explainer = replace(
        EXPLAINER,
        title=text,
        short_answer=f"one {text} two[^ruling]",
        settled=f"one\n{text}\ntwo",
        sides=(side, replace(side, heading=f"x {entry} x".replace("\r", ""))),
        undecided=f"one\n\n{text} two",
        commonly_got_wrong=f"- one\n- {text}\n- two",
        sources=(source,),
        **dict.fromkeys(("aliases", "jurisdictions", "related", "claims", "not_claims"), (entry, "x", f"x {entry} x")),
    )
    assert again(explainer) == explainer


TYPED = st.text(max_size=30) | st.sampled_from(TEXTS)


@settings(max_examples=60, deadline=None)
@given(st.lists(TYPED, min_size=len(PARTS), max_size=len(PARTS)))
def test_whatever_is_typed_is_kept_and_is_an_explainer_or_has_problems(typed):
    draft = Draft(**dict(zip(PARTS, typed, strict=True)))
    assert Draft.from_json(draft.to_json()) == draft
    assert missing(draft)


@settings(max_examples=60, deadline=None)
@given(TYPED.map(str.strip).filter(bool))
def test_any_title_is_the_title_and_any_claim_a_claim(text):
    claim = " ".join(text.split("\n"))
    explainer = again(replace(EXPLAINER, title=text, claims=("before", claim, "after")))
    assert (explainer.title, explainer.claims) == (text, ("before", claim, "after"))


def test_a_blank_draft_tells_what_is_missing():
    problems = missing(BLANK)
    for part in ("claims", "not_claims", "sources", "short answer", "Settled", "side", "heading", "Undecided"):
        assert part in problems, part
    assert "Commonly got wrong" in problems
    for known in ("title", "aliases", "jurisdictions", "as_of", "review_by", "related"):
        assert f": {known} must" not in problems
        assert f"add {known}" not in problems


def test_a_blank_draft_that_is_filled_in_is_an_explainer():
    begun = {"title": "Is it legal?", "aliases": "Is it legal?", "jurisdictions": "US"}
    assert {name: getattr(BLANK, name) for name in begun} == begun
    kept = ("title", "aliases", "jurisdictions", "as_of", "review_by")
    typed = {name: text for name, text in asdict(Draft.of(EXPLAINER)).items() if name not in kept}
    explainer = BLANK.with_parts(**typed).to_explainer(SLUG)
    dates = {"as_of": TODAY, "review_by": TODAY + timedelta(days=180)}
    assert explainer == replace(EXPLAINER, aliases=("Is it legal?",), **dates)


@pytest.mark.parametrize("part", PARTS)
def test_a_part_without_its_text_is_told_but_for_related_topics(part):
    draft = Draft.of(EXPLAINER).with_parts(**{part: " \n "})
    if part == "related":
        assert draft.to_explainer(SLUG) == EXPLAINER
    else:
        assert missing(draft)


def test_of_a_list_each_line_is_an_entry_and_empty_lines_are_none():
    draft = Draft.of(EXPLAINER).with_parts(claims="\n the harbour tram is legal\r\n\n  \nanother one ")
    assert draft.to_explainer(SLUG).claims == ("the harbour tram is legal", "another one")


def test_parts_that_were_typed_anew_leave_the_others():
    draft = Draft.of(EXPLAINER)
    assert draft.with_parts(title="  Is it right? ") == replace(draft, title="Is it right?")
    assert draft.with_parts() == draft


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "not JSON"),
        ("{", "not JSON"),
        ("[]", "undecided"),
        ("7", "undecided"),
        ("null", "undecided"),
        (json.dumps({**asdict(BLANK), "colour": "blue"}), "colour"),
        (json.dumps({name: "" for name in PARTS if name != "undecided"}), "undecided"),
        (json.dumps({**asdict(BLANK), "title": 7}), "title must be a text"),
        (json.dumps({**asdict(BLANK), "claims": ["one"]}), "claims must be a text"),
    ],
)
def test_json_that_is_no_draft_is_told_so(text, told):
    with pytest.raises(InputError, match=told):
        Draft.from_json(text)
