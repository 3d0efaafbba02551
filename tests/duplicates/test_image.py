"""The image detector: two hashes must agree, an image and its mirror image are one, galleries are compared pairwise."""

from dataclasses import replace

import pytest

from bot.duplicates.gist import Gist
from bot.duplicates.image import Image, likeness
from bot.images.hashes import image_hash
from bot.model import ImageHash
from tests.pictures import drawing, photo, recoded, saved
from tests.support import CHATTER, GUILD, keys_of

DETECTOR = Image()


def of(picture) -> ImageHash:
    return image_hash(saved(picture))


def gist(*images: ImageHash, text: str = "") -> Gist:
    return Gist.of(text, GUILD, images=images)


def mirrored(image: ImageHash) -> ImageHash:
    return ImageHash(b"mirrored", image.mirrored_gradients, image.mirrored_waves, image.gradients, image.waves)


PHOTO, OTHER = of(photo(1)), of(photo(2))
AGAIN = of(recoded(photo(1)))


def test_an_image_is_the_same_after_it_was_packed():
    assert Gist.unpack(gist(PHOTO, OTHER).packed, GUILD).images == (PHOTO, OTHER)


def test_equal_bytes_are_certain_whatever_the_hashes_say():
    faint = replace(PHOTO, gradients=bytes(32), mirrored_gradients=bytes(32))
    assert likeness(faint, faint) == 1.0
    assert likeness(faint, replace(faint, digest=b"another!")) == 0.0
    assert len(keys_of(DETECTOR, gist(faint))) == 1


def test_each_hash_alone_proves_nothing():
    assert likeness(PHOTO, AGAIN) >= DETECTOR.certain
    other_waves = replace(AGAIN, waves=OTHER.waves, mirrored_waves=OTHER.mirrored_waves)
    other_gradients = replace(AGAIN, gradients=OTHER.gradients, mirrored_gradients=OTHER.mirrored_gradients)
    assert likeness(PHOTO, other_waves) < DETECTOR.near
    assert likeness(PHOTO, other_gradients) < DETECTOR.near


def test_a_mirror_image_has_the_same_keys_and_is_certain():
    keys = keys_of(DETECTOR, gist(PHOTO))
    assert keys_of(DETECTOR, gist(mirrored(PHOTO)))[1:] == keys[1:]
    assert DETECTOR.score(gist(PHOTO), gist(mirrored(PHOTO))) == 1.0


def test_an_image_in_other_dress_shares_keys_and_another_image_does_not():
    keys = set(keys_of(DETECTOR, gist(PHOTO)))
    assert len(keys & set(keys_of(DETECTOR, gist(AGAIN)))) > 10
    assert not keys & set(keys_of(DETECTOR, gist(OTHER)))


def test_of_two_galleries_the_most_similar_images_count():
    assert DETECTOR.score(gist(of(drawing(1)), AGAIN), gist(OTHER, PHOTO)) >= DETECTOR.certain


@pytest.mark.parametrize("text", ["", "my newest one, it took all night and I like it very much"])
def test_words_beside_an_image_make_no_difference(text):
    assert DETECTOR.score(gist(AGAIN, text=text), gist(PHOTO)) >= DETECTOR.certain


def test_posts_without_images_are_no_repeats():
    assert DETECTOR.score(gist(), gist(PHOTO)) == DETECTOR.score(gist(PHOTO), gist()) == 0.0
    assert not len(DETECTOR.keys(gist(text=CHATTER)))


def test_an_image_that_hangs_on_a_command_is_the_commands():
    assert not len(DETECTOR.keys(gist(PHOTO, text="!upscale this one")))
