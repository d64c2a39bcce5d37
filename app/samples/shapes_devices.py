"""How electronics, lamps and tools look; every function draws one thing with the brush's colour."""

from __future__ import annotations

from app.samples.brush import Brush

STEEL = (198, 203, 210)
GRAPHITE = (58, 62, 70)
GLOW = (255, 236, 184)


def phone_case(brush: Brush) -> None:
    """A phone case from behind, with the cut-out for the cameras."""
    brush.shadow(290, 710, 930)
    brush.block(280, 60, 720, 940, brush.base, 70)
    brush.block(310, 92, 690, 908, brush.light, 50)
    brush.block(325, 110, 520, 320, brush.dark, 46)
    for x, y in ((378, 165), (378, 262), (466, 214)):
        brush.disc(x, y, 38, GRAPHITE)
        brush.disc(x, y, 16, STEEL)
    brush.stroke([(640, 240), (640, 800)], 14, brush.base)


def cable(brush: Brush) -> None:
    """A coiled cable with its two plugs."""
    brush.shadow(160, 840, 860)
    for radius in (330, 288, 246):
        brush.ring(500, 480, radius, 30, brush.dark)
        brush.ring(500, 480, radius - 5, 20, brush.base)
    brush.block(470, 130, 530, 830, brush.dark, 20)
    for left in (190, 640):
        brush.stroke([(left + 85, 640), (left + 85, 760)], 30, brush.base)
        brush.block(left + 40, 740, left + 130, 880, brush.dark, 18)
        brush.block(left + 55, 880, left + 115, 945, STEEL, 14)


def hub(brush: Brush) -> None:
    """A flat adapter with sockets and a short cable."""
    brush.shadow(90, 910, 690)
    brush.stroke([(150, 470), (110, 330), (190, 220), (300, 210)], 34, brush.dark)
    brush.block(290, 170, 420, 250, STEEL, 16)
    brush.block(80, 420, 920, 660, brush.base, 46)
    brush.block(80, 420, 920, 500, brush.light, 40)
    for left, width in ((140, 110), (290, 110), (440, 70), (550, 150), (740, 130)):
        brush.block(left, 545, left + width, 605, GRAPHITE, 12)


def stand(brush: Brush) -> None:
    """A desk stand that holds a phone."""
    brush.shadow(230, 770, 900)
    brush.block(240, 840, 760, 905, brush.dark, 32)
    brush.stroke([(500, 840), (500, 560)], 60, brush.base)
    brush.shape([(330, 150), (700, 90), (760, 560), (390, 620)], GRAPHITE)
    brush.shape([(352, 176), (680, 122), (732, 536), (410, 590)], brush.light)
    brush.block(360, 570, 790, 640, brush.base, 26)


def strap(brush: Brush) -> None:
    """A watch strap in two parts."""
    brush.shadow(250, 760, 930)
    brush.block(280, 70, 440, 930, brush.base, 60)
    brush.block(560, 70, 720, 780, brush.base, 60)
    for y in range(420, 880, 70):
        brush.disc(360, y, 17, brush.dark)
    for x in (320, 400, 600, 680):
        brush.stroke([(x, 130), (x, 380)], 6, brush.light)
    brush.block(545, 770, 735, 900, STEEL, 20)
    brush.block(580, 800, 700, 870, (255, 255, 255), 10)


def table_lamp(brush: Brush) -> None:
    """A lamp with a cloth shade."""
    brush.shadow(300, 700, 930)
    brush.disc(500, 900, 190, brush.dark, 40)
    brush.block(474, 500, 526, 900, STEEL, 20)
    brush.disc(500, 520, 210, GLOW, 46)
    brush.shape([(370, 90), (630, 90), (780, 520), (220, 520)], brush.base)
    brush.shape([(370, 90), (440, 90), (350, 520), (220, 520)], brush.light)


def light_strip(brush: Brush) -> None:
    """A reel of light strip."""
    brush.shadow(180, 820, 900)
    brush.disc(500, 500, 400, brush.base)
    for radius in range(376, 190, -62):
        brush.ring(500, 500, radius, 20, GLOW)
        brush.ring(500, 500, radius - 28, 8, brush.dark)
    brush.disc(500, 500, 170, (255, 255, 255))
    brush.disc(500, 500, 70, brush.dark)


def string_lights(brush: Brush) -> None:
    """Small bulbs on a sagging wire."""
    for row, y in enumerate((160, 430, 700)):
        points = [(x, y + 90 - abs(x - 500) * 0.22) for x in range(60, 941, 40)]
        brush.stroke(points, 9, brush.line)
        for x, height in points[1 + row % 2 :: 4]:
            brush.block(x - 14, height, x + 14, height + 40, brush.dark, 8)
            brush.disc(x, height + 84, 44, GLOW if row % 2 else brush.light, 54)


def bulb(brush: Brush) -> None:
    """A lamp bulb."""
    brush.shadow(380, 620, 940)
    brush.disc(500, 380, 320, brush.light)
    brush.shape([(350, 610), (650, 610), (600, 740), (400, 740)], brush.base)
    brush.stroke([(430, 560), (450, 380), (500, 450), (550, 380), (570, 560)], 14, GLOW)
    for y in (750, 805, 860):
        brush.block(405, y, 595, y + 50, STEEL, 18)
    brush.block(450, 905, 550, 945, GRAPHITE, 16)


def screwdriver(brush: Brush) -> None:
    """Two screwdrivers, crossed."""
    brush.shadow(160, 840, 920)
    for x, direction in ((190, 1), (810, -1)):
        brush.stroke([(x, 130), (x + direction * 330, 560)], 34, STEEL)
        brush.stroke([(x + direction * 310, 535), (x + direction * 560, 860)], 118, brush.dark)
        brush.stroke([(x + direction * 330, 560), (x + direction * 545, 840)], 78, brush.base)


def drill_bits(brush: Brush) -> None:
    """Drill bits in a tray, from long to short."""
    brush.shadow(100, 900, 930)
    for number in range(7):
        x = 180 + number * 107
        top = 110 + number * 52
        brush.shape([(x - 22, 700), (x - 22, top + 40), (x, top), (x + 22, top + 40), (x + 22, 700)], STEEL)
        for y in range(top + 60, 690, 60):
            brush.stroke([(x - 18, y + 26), (x + 18, y)], 9, brush.line)
    brush.block(90, 690, 910, 920, brush.base, 36)
    brush.block(90, 690, 910, 750, brush.light, 26)


def tape_measure(brush: Brush) -> None:
    """A tape measure with its tape pulled out."""
    brush.shadow(110, 820, 900)
    brush.block(520, 770, 930, 830, (250, 214, 84), 6)
    for x in range(560, 920, 40):
        brush.stroke([(x, 775), (x, 800)], 6, GRAPHITE)
    brush.block(110, 190, 760, 880, brush.base, 150)
    brush.disc(435, 520, 230, brush.dark)
    brush.disc(435, 520, 160, brush.light)
    brush.block(900, 750, 945, 880, STEEL, 6)
