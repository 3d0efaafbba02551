"""How well are images found again, and which are confused? `python -m tests.benchmarks.images [FOLDER]`.

Draws photos, drawings, chat windows in the same layouts with other words, and pages of text (or takes the images of a
folder as well), compares all pairs, dresses each anew, and looks for it in a window full of others.
"""

import itertools
import sys
import time
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
from PIL import Image as Picture

from bot.duplicates.image import Image, likeness
from bot.duplicates.window import Window
from bot.images.hashes import image_hash
from bot.model import ImageHash, Post
from tests.pictures import DRESS, drawing, page, photo, saved, screenshot

WINDOW, DRESSED = 20_000, 24
START = datetime(2026, 1, 1, tzinfo=UTC)
DETECTOR = Image()


def tell(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def drawn() -> dict[str, list[Picture.Image]]:
    return {
        "photo": [photo(seed) for seed in range(60)],
        "drawing": [drawing(seed) for seed in range(60)],
        "chat window": [screenshot(seed, seed // 60) for seed in range(240)],
        "page": [page(seed, seed // 50) for seed in range(100)],
    }


def hashed(picture: Picture.Image) -> ImageHash | None:
    return image_hash(saved(picture, compress_level=1))


def confusions(kinds: dict[str, list[ImageHash]]) -> None:
    """Count the pairs of different images that would be called repeats."""
    everything = [(kind, image) for kind, images in kinds.items() for image in images]
    for kind in (*kinds, "of different kinds"):
        scores = np.array(
            [
                likeness(one, other)
                for (first, one), (second, other) in itertools.combinations(everything, 2)
                if kind == (first if first == second else "of different kinds")
            ]
        )
        near, certain = (int((scores >= limit).sum()) for limit in (DETECTOR.near, DETECTOR.certain))
        tell(f"{kind:20} {len(scores):8,} pairs: {near} near, {certain} certain; likest {scores.max():.2f}")


def recall(kinds: dict[str, list[Picture.Image]], hashes: dict[str, list[ImageHash]]) -> None:
    """The share of dressed images that are found in a window of others, and the share that is certain."""
    window, places = filled_window(image for images in hashes.values() for image in images)
    spent: list[float] = []
    for name, dress in DRESS.items():
        parts = []
        for kind, pictures in kinds.items():
            found = [
                look(window, dress(one), places[image.digest], spent)
                for one, image in zip(pictures[:DRESSED], hashes[kind], strict=False)
            ]
            certain = sum(score >= DETECTOR.certain for score in found)
            parts.append(f"{kind} {sum(score > 0 for score in found) / len(found):.2f} ({certain / len(found):.2f})")
        tell("  ".join([f"{name:15}", *parts]))
    tell(f"a look into {len(window):,} posts: p50 {np.median(spent):.0f} us, p99 {np.percentile(spent, 99):.0f} us")


def filled_window(images: Iterable[ImageHash]) -> tuple[Window, dict[bytes, int]]:
    """The images among random ones and, a quarter of all, chat windows alike in three bits of four."""
    window, dice = Window([DETECTOR], posts_per_guild=WINDOW), np.random.default_rng(7)
    wanted = list(images)
    layouts = [hashed(screenshot(10_000 + layout, layout)) for layout in range(4)]
    for number in range(WINDOW - len(wanted)):
        noise = [dice.bytes(size) for size in (8, 32, 8, 32, 8)]
        if number % 4 == 0 and (like := layouts[number // 4 % 4]) is not None:
            noise[1] = bytes(a ^ (b & c) for a, b, c in zip(like.gradients, *noise[1::2], strict=True))
        window.see(post(number, ImageHash(*noise)))
    for number, image in enumerate(wanted):
        window.see(post(WINDOW + number, image))
    return window, {image.digest: WINDOW + number + 1 for number, image in enumerate(wanted)}


def look(window: Window, picture: Picture.Image, place: int, spent: list[float]) -> float:
    image = hashed(picture)
    if image is None:
        return 0.0
    started = time.perf_counter()
    _, repeats = window.see(post(10 * WINDOW, image))
    spent.append((time.perf_counter() - started) * 1e6)
    window.forget(1, 10 * WINDOW + 1)
    return next((repeat.score for repeat in repeats if repeat.of.message_id == place), 0.0)


def post(number: int, image: ImageHash) -> Post:
    return Post(1, 1, number + 1, number, "", START + timedelta(seconds=1), images=(image,))


def main() -> None:
    kinds = drawn()
    if sys.argv[1:]:
        files = sorted(path for path in Path(sys.argv[1]).iterdir() if path.suffix in (".jpg", ".png", ".webp"))
        kinds["of the folder"] = [Picture.open(path).convert("RGB") for path in files]
    started = time.perf_counter()
    hashes = {kind: [image for one in pictures if (image := hashed(one))] for kind, pictures in kinds.items()}
    count = sum(map(len, kinds.values()))
    tell(f"{count} images, {(time.perf_counter() - started) / count * 1e3:.1f} ms each, PNG written and read")
    confusions(hashes)
    recall(kinds, hashes)


if __name__ == "__main__":
    main()
