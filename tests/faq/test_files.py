"""A folder of explainer files: what they say together, the problems between them, and when they changed."""

import pytest

from bot.errors import ExplainerError
from bot.faq.files import content_hash, explainers_folder, read_explainers
from tests.support import EXPLAINER_FILE, write_explainer

CLAIM = "the harbour tram is legal"


def write_two(folder, old="", new=""):
    """Two explainers with claims of their own; the second, b.md, also with one text changed."""
    write_explainer(folder, "a")
    path = write_explainer(folder, "b", old, new)
    path.write_text(path.read_text().replace(CLAIM, "the ferry is legal"))


def problems_of(folder):
    with pytest.raises(ExplainerError) as caught:
        read_explainers(folder)
    return caught.value.problems


def test_the_shipped_explainers_have_no_problem():
    explainers = read_explainers(explainers_folder())
    assert {path.stem for path in explainers_folder().iterdir()} == {explainer.slug for explainer in explainers}


def test_explainers_come_in_the_order_of_their_names(tmp_path):
    write_two(tmp_path)
    assert [explainer.slug for explainer in read_explainers(tmp_path)] == ["a", "b"]


def test_the_problems_of_all_files_are_told_at_once(tmp_path):
    write_two(tmp_path, '"judgment"', '"blog"')
    write_explainer(tmp_path, "c", "It depends.[^ruling]", "[^ruling]")
    (tmp_path / "d.md").write_bytes('+++\ntitle = "Gem\xe4lde"\n'.encode("latin-1"))
    problems = problems_of(tmp_path)
    assert [problem.split(": ")[0] for problem in problems] == [
        f"{tmp_path}/b.md:17",
        f"{tmp_path}/c.md:21",
        f"{tmp_path}/d.md:1",
    ]
    assert problems[2].endswith("save the file as UTF-8")


@pytest.mark.parametrize("empty", [True, False])
def test_a_folder_without_explainers_is_a_problem(tmp_path, empty):
    if not empty:
        (tmp_path / "notes.txt").write_text("an explainer ends in .md")
        (tmp_path / "drafts.md").mkdir()
        (tmp_path / ".#lock.md").symlink_to(tmp_path / "an editor's lock")
    (problem,) = problems_of(tmp_path)
    assert problem.startswith(f"{tmp_path}: no explainer (*.md) found")


@pytest.mark.parametrize("claim", [CLAIM, CLAIM.upper(), f"{CLAIM}!!", CLAIM.replace(" ", ", ")])
def test_a_claim_that_two_explainers_share_is_told_in_the_second_at_its_line(tmp_path, claim):
    write_explainer(tmp_path, "a")
    write_explainer(tmp_path, "b", CLAIM, claim)
    (problem,) = problems_of(tmp_path)
    assert problem == f"{tmp_path}/b.md:8: a.md has the same claim: keep it in one of them"


def test_a_claim_that_stands_twice_in_one_explainer_is_no_shared_claim(tmp_path):
    write_explainer(tmp_path, "a", f'"{CLAIM}"', f'"{CLAIM}", "{CLAIM}"')
    (explainer,) = read_explainers(tmp_path)
    assert explainer.claims == (CLAIM, CLAIM)


def test_a_related_explainer_that_is_not_there_is_told_at_its_line(tmp_path):
    write_two(tmp_path, "related = []", 'related = ["a", "missing"]')
    (problem,) = problems_of(tmp_path)
    assert problem == f"{tmp_path}/b.md:7: related names missing, but there is no missing.md"


def test_a_related_explainer_with_problems_of_its_own_is_there(tmp_path):
    write_two(tmp_path, "related = []", 'related = ["c"]')
    write_explainer(tmp_path, "c", "It depends.[^ruling]", "[^ruling]")
    (problem,) = problems_of(tmp_path)
    assert problem.startswith(f"{tmp_path}/c.md:21: ")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_a_file_means_the_same_however_its_editor_saved_it(tmp_path, encoding, line_end):
    (tmp_path / "a.md").write_bytes(EXPLAINER_FILE.replace("\n", line_end).encode(encoding))
    write_explainer(tmp_path, "b", CLAIM, "the ferry is legal")
    saved, plain = read_explainers(tmp_path)
    assert saved.short_answer == plain.short_answer
    assert saved.sides == plain.sides
    assert saved.sources == plain.sources


def test_the_hash_tells_a_changed_a_renamed_an_added_and_a_removed_file(tmp_path):
    write_two(tmp_path)
    hashes = [content_hash(tmp_path)]
    write_explainer(tmp_path, "a", "A mistake.", "A mistake!")
    hashes.append(content_hash(tmp_path))
    (tmp_path / "b.md").rename(tmp_path / "c.md")
    hashes.append(content_hash(tmp_path))
    write_explainer(tmp_path, "d")
    hashes.append(content_hash(tmp_path))
    (tmp_path / "c.md").unlink()
    hashes.append(content_hash(tmp_path))
    assert len(set(hashes)) == 5


def test_the_hash_of_the_same_files_is_the_same_wherever_they_are(tmp_path):
    folders = [tmp_path / "one", tmp_path / "two"]
    for folder in folders:
        folder.mkdir()
        write_two(folder)
    (folders[1] / "notes.txt").write_text("not an explainer")
    assert content_hash(folders[0]) == content_hash(folders[1])
