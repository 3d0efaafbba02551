"""What does a post repeat? Detectors own their keys; one window per server remembers them.

A new detector is one module and one line in ``DETECTORS``; storage, window and tests take it from there.
"""

from bot.duplicates.detector import Detector
from bot.duplicates.exact import Exact
from bot.duplicates.image import Image
from bot.duplicates.link import Link
from bot.duplicates.near import Near

DETECTORS: tuple[Detector, ...] = (Exact(), Link(), Near(), Image())  # the first that finds a repeat names the case
