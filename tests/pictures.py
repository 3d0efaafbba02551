"""Pictures drawn for tests, the same for the same seed, and what becomes of pictures on their way through chats."""

import random
from collections.abc import Callable
from io import BytesIO

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont, ImageOps

SYLLABLES = (
    "ka",
    "lo",
    "mi",
    "ten",
    "sur",
    "pa",
    "vel",
    "dro",
    "an",
    "shi",
    "or",
    "bu",
    "ne",
    "gra",
    "tol",
    "ix",
    "em",
)


def saved(picture: Image.Image, kind: str = "PNG", **how: object) -> bytes:
    file = BytesIO()
    picture.save(file, kind, **how)
    return file.getvalue()


def photo(seed: int, size: tuple[int, int] = (480, 360)) -> Image.Image:
    """Soft light in several scales, a few things in it, and the grain of a sensor."""
    grain, dice = np.random.default_rng(seed), _dice(seed)
    light = np.zeros((size[1], size[0], 3))
    for scale, strength in ((2, 90), (4, 60), (8, 45), (16, 30), (64, 15)):
        for colour in range(3):
            coarse = Image.fromarray(grain.normal(0, 1, (scale + 1, scale + 1)).astype(np.float32))
            light[..., colour] += strength * np.asarray(coarse.resize(size, Image.Resampling.BICUBIC))
    picture = Image.fromarray(np.clip(light + 128, 0, 255).astype(np.uint8))
    draw = ImageDraw.Draw(picture)
    for _ in range(dice.randint(2, 10)):
        left, top = dice.randint(0, size[0]), dice.randint(0, size[1])
        box = [left, top, left + dice.randint(20, 150), top + dice.randint(20, 150)]
        (draw.ellipse if dice.random() < 0.5 else draw.rectangle)(box, _colour(dice))
    soft = np.asarray(picture.filter(ImageFilter.GaussianBlur(1))).astype(float)
    return Image.fromarray(np.clip(soft + grain.normal(0, 4, soft.shape), 0, 255).astype(np.uint8))


def drawing(seed: int) -> Image.Image:
    """Flat colours and lines."""
    dice = _dice(seed)
    picture = Image.new("RGB", dice.choice([(480, 360), (400, 400), (300, 500)]), _colour(dice))
    draw = ImageDraw.Draw(picture)
    for _ in range(dice.randint(4, 20)):
        points = [(dice.randint(0, 480), dice.randint(0, 480)) for _ in range(dice.randint(2, 6))]
        if len(points) > 2:
            draw.polygon(points, _colour(dice))
        else:
            draw.line(points, _colour(dice), dice.randint(2, 10))
    return picture


def screenshot(seed: int, layout: int = 0) -> Image.Image:
    """A chat window with other words in it; the window itself is the layout's."""
    dice, fixed = _dice(seed), _dice(layout * 7919)
    width, height = fixed.choice([(1080, 720), (800, 1000), (720, 1280)])
    size = fixed.choice([14, 18, 24])
    side = fixed.choice([0, 120, 240])
    background, ink = ((49, 51, 56), (220, 222, 225)) if fixed.random() < 0.5 else ((255, 255, 255), (20, 20, 20))
    font = ImageFont.load_default(size)
    picture = Image.new("RGB", (width, height), background)
    draw = ImageDraw.Draw(picture)
    draw.rectangle([0, 0, side, height], tuple(max(0, shade - 12) for shade in background))
    for row in range(8 if side else 0):
        draw.text((10, 20 + row * 40), _word(fixed), ink, font)
    y = 20
    while y < height - 60:
        draw.ellipse([side + 10, y, side + 50, y + 40], _colour(dice))
        draw.text((side + 60, y), _word(dice), (88, 101, 242), font)
        for _ in range(dice.randint(1, 3)):
            y += int(size * 1.4)
            most = max(4, int((width - side - 80) / size / 2.4))
            draw.text((side + 60, y), " ".join(_word(dice) for _ in range(dice.randint(3, most))), ink, font)
        y += int(size * 2.2)
    return picture


def page(seed: int, layout: int = 0) -> Image.Image:
    """A page of black text whose lines are all equally long."""
    dice, fixed = _dice(seed), _dice(layout * 104729)
    width, height = fixed.choice([(900, 1200), (1000, 700)])
    size = fixed.choice([16, 22])
    font = ImageFont.load_default(size)
    picture = Image.new("RGB", (width, height), "white")
    draw = ImageDraw.Draw(picture)
    for y in range(40, height - 50, int(size * 1.5)):
        line = ""
        while font.getlength(line) < width - 160:
            line += _word(dice) + " "
        draw.text((60, y), line, "black", font)
    return picture


def recoded(picture: Image.Image, kind: str = "JPEG", quality: int = 75) -> Image.Image:
    return Image.open(BytesIO(saved(picture, kind, quality=quality))).convert("RGB")


def scaled(picture: Image.Image, factor: float) -> Image.Image:
    size = (max(1, int(picture.width * factor)), max(1, int(picture.height * factor)))
    return picture.resize(size, Image.Resampling.LANCZOS)


def cropped(picture: Image.Image, share: float) -> Image.Image:
    """Without this share on each side."""
    width, height = picture.size
    return picture.crop((int(width * share), int(height * share), int(width * (1 - share)), int(height * (1 - share))))


def mirrored(picture: Image.Image) -> Image.Image:
    return ImageOps.mirror(picture)


def framed(picture: Image.Image, colour: str) -> Image.Image:
    return ImageOps.expand(picture, max(picture.size) // 20, colour)


DRESS: dict[str, Callable[[Image.Image], Image.Image]] = {
    "as it is": lambda picture: picture,
    "jpeg 95": lambda picture: recoded(picture, quality=95),
    "jpeg 60": lambda picture: recoded(picture, quality=60),
    "jpeg 30": lambda picture: recoded(picture, quality=30),
    "webp 50": lambda picture: recoded(picture, "WEBP", 50),
    "half the size": lambda picture: recoded(scaled(picture, 0.5), quality=80),
    "twice the size": lambda picture: recoded(scaled(picture, 2), quality=80),
    "160 pixels": lambda picture: recoded(scaled(picture, 160 / max(picture.size))),
    "grey": lambda picture: recoded(ImageOps.grayscale(picture).convert("RGB")),
    "mirrored": lambda picture: recoded(mirrored(picture)),
    "black frame": lambda picture: recoded(framed(picture, "black")),
    "white frame": lambda picture: recoded(framed(picture, "white")),
    "letterbox": lambda picture: recoded(ImageOps.pad(picture, (900, 900), color="black")),
    "brighter": lambda picture: recoded(picture.point(lambda shade: min(255, int(shade * 1.15 + 8)))),
    "cropped 1 %": lambda picture: recoded(cropped(picture, 0.01)),
    "cropped 2 %": lambda picture: recoded(cropped(picture, 0.02)),
    "cropped 3 %": lambda picture: recoded(cropped(picture, 0.03)),
    "cropped 5 %": lambda picture: recoded(cropped(picture, 0.05)),
}


def _dice(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311  # nothing secret


def _word(dice: random.Random) -> str:
    return "".join(dice.choice(SYLLABLES) for _ in range(dice.randint(1, 4)))


def _colour(dice: random.Random) -> tuple[int, int, int]:
    return (dice.randint(0, 255), dice.randint(0, 255), dice.randint(0, 255))
