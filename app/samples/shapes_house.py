"""How things for home and kitchen look; every function draws one thing with the brush's colour."""

from __future__ import annotations

from app.samples.brush import Brush

WOOD = (222, 184, 135)
STEEL = (198, 203, 210)
WHITE = (255, 255, 255)


def box(brush: Brush) -> None:
    """A lidded storage box."""
    brush.shadow(120, 880, 870)
    brush.shape([(110, 330), (500, 190), (890, 330), (500, 470)], brush.light)
    brush.shape([(110, 330), (500, 470), (500, 880), (130, 740)], brush.base)
    brush.shape([(890, 330), (500, 470), (500, 880), (870, 740)], brush.dark)
    brush.block(250, 540, 370, 590, WHITE, 24)


def cushion(brush: Brush) -> None:
    """A square cushion with a woven pattern."""
    brush.shadow(120, 880, 910)
    brush.shape(
        [(100, 100), (500, 145), (900, 100), (860, 500), (900, 900), (500, 860), (100, 900), (140, 500)], brush.base
    )
    for offset in range(215, 800, 142):
        brush.stroke([(offset, 190), (offset, 810)], 10, brush.light)
        brush.stroke([(190, offset), (810, offset)], 10, brush.dark)


def hook(brush: Brush) -> None:
    """A wall rail with three hooks."""
    brush.block(70, 250, 930, 400, brush.light, 40)
    for x in (230, 500, 770):
        brush.stroke([(x, 320), (x, 690), (x + 40, 760), (x + 100, 730), (x + 110, 650)], 44, brush.dark)
        brush.stroke([(x, 320), (x, 690), (x + 40, 758), (x + 98, 728), (x + 108, 650)], 30, brush.base)
        brush.disc(x, 322, 34, STEEL)


def mat(brush: Brush) -> None:
    """A mat with a rolled corner and a border."""
    brush.shadow(70, 930, 810)
    brush.block(60, 240, 940, 780, brush.base, 40)
    brush.block(100, 280, 900, 740, brush.light, 28)
    for x in range(160, 880, 90):
        brush.stroke([(x, 330), (x, 690)], 8, brush.base)
    brush.disc(880, 300, 66, brush.dark)


def spray_bottle(brush: Brush) -> None:
    """A bottle with a spray head."""
    brush.shadow(320, 700, 945)
    brush.block(330, 420, 680, 940, brush.light, 70)
    brush.block(345, 620, 665, 925, brush.base, 60)
    brush.block(440, 330, 570, 430, STEEL, 12)
    brush.shape([(330, 170), (620, 130), (690, 220), (610, 340), (420, 340), (400, 240), (330, 235)], brush.dark)
    brush.stroke([(400, 260), (360, 350)], 26, brush.dark)
    brush.block(285, 165, 345, 240, STEEL, 12)


def mug(brush: Brush) -> None:
    """A mug with a handle."""
    brush.shadow(190, 740, 890)
    brush.ring(720, 520, 190, 62, brush.line)
    brush.ring(720, 520, 184, 50, brush.base)
    brush.block(170, 170, 720, 890, brush.base, 80)
    brush.block(215, 240, 290, 820, brush.light, 36)
    brush.disc(445, 190, 272, brush.dark, 62)
    brush.disc(445, 198, 236, (92, 62, 42), 44)


def lunch_box(brush: Brush) -> None:
    """A lunch box with clips, from the front."""
    brush.shadow(90, 910, 800)
    brush.block(80, 380, 920, 790, brush.base, 90)
    brush.block(60, 270, 940, 420, brush.light, 60)
    for x in (200, 690):
        brush.block(x, 350, x + 110, 520, brush.dark, 26)
    brush.block(380, 570, 620, 640, WHITE, 34)


def spatula(brush: Brush) -> None:
    """Three kitchen helpers with wooden handles."""
    brush.shadow(180, 820, 940)
    for x in (250, 500, 750):
        brush.stroke([(x, 480), (x, 920)], 46, WOOD)
    brush.block(160, 80, 340, 480, brush.base, 70)
    for x in (210, 250, 290):
        brush.stroke([(x, 160), (x, 380)], 16, WHITE)
    brush.disc(500, 270, 120, brush.base, 200)
    brush.disc(500, 250, 76, brush.dark, 130)
    brush.block(665, 80, 835, 480, brush.light, 50)
