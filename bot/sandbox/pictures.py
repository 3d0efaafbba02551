"""A picture for the sandbox, and what becomes of it when somebody else posts it."""

from io import BytesIO

from PIL import Image, ImageDraw

_NIGHT, _SEA, _LAND = "#1d2b53", "#123c5a", "#3b2f2f"
_STARS = ((60, 40), (150, 90), (230, 30), (520, 60), (590, 120), (480, 150))


def lighthouse() -> bytes:
    """A lighthouse by night, as PNG."""
    picture = Image.new("RGB", (640, 480), _NIGHT)
    draw = ImageDraw.Draw(picture)
    for x, y in _STARS:
        draw.ellipse((x - 3, y - 3, x + 3, y + 3), "white")
    draw.rectangle((0, 360, 640, 480), _SEA)
    for y in range(375, 480, 22):
        draw.line([(x, y + (x // 40 % 2) * 8) for x in range(0, 641, 40)], "#2f6f94", 3)
    draw.polygon([(330, 130), (640, 40), (640, 190)], "#f3e29a")
    draw.polygon([(180, 480), (250, 350), (430, 370), (470, 480)], _LAND)
    for step, colour in enumerate(("white", "#c0392b") * 3):
        top, bottom = 155 + 35 * step, 190 + 35 * step
        draw.polygon(
            [(298 - 3 * step, top), (342 + 3 * step, top), (345 + 3 * step, bottom), (295 - 3 * step, bottom)], colour
        )
    draw.rectangle((300, 115, 340, 155), "#ffe066")
    draw.polygon([(292, 115), (348, 115), (320, 85)], "#c0392b")
    return _saved(picture, "PNG")


def again(picture: bytes) -> bytes:
    """The same picture smaller, in a frame, and as a JPEG of low quality."""
    with Image.open(BytesIO(picture)) as opened:
        small = opened.resize((400, 300))
    framed = Image.new("RGB", (430, 330), "black")
    framed.paste(small, (15, 15))
    return _saved(framed, "JPEG")


def _saved(picture: Image.Image, kind: str) -> bytes:
    file = BytesIO()
    picture.save(file, kind, quality=40)
    return file.getvalue()
