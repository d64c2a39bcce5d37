"""How bags and clothes look; every function draws one thing with the brush's colour."""

from __future__ import annotations

from app.samples.brush import Brush

STEEL = (198, 203, 210)


def backpack(brush: Brush) -> None:
    """A backpack from the front."""
    brush.shadow(210, 790, 940)
    brush.arc(500, 150, 90, 180, 360, 34, brush.dark)
    brush.block(190, 120, 810, 930, brush.base, 190)
    brush.block(150, 520, 240, 860, brush.dark, 40)
    brush.block(760, 520, 850, 860, brush.dark, 40)
    brush.block(260, 520, 740, 880, brush.light, 70)
    brush.stroke([(300, 590), (700, 590)], 14, STEEL)
    brush.stroke([(270, 380), (730, 380)], 14, STEEL)


def crossbody_bag(brush: Brush) -> None:
    """A small bag on a long strap."""
    brush.shadow(150, 850, 900)
    brush.arc(500, 470, 380, 180, 360, 34, brush.dark)
    brush.block(110, 430, 890, 890, brush.base, 90)
    brush.shape([(115, 440), (885, 440), (800, 680), (500, 740), (200, 680)], brush.light)
    brush.block(450, 670, 550, 770, STEEL, 22)


def tote(brush: Brush) -> None:
    """An open shopping bag with two handles."""
    brush.shadow(170, 830, 930)
    for radius in (190, 160):
        brush.arc(500, 330, radius, 180, 360, 26, brush.dark)
    brush.shape([(190, 320), (810, 320), (870, 920), (130, 920)], brush.base)
    brush.shape([(190, 320), (300, 320), (270, 920), (130, 920)], brush.light)
    brush.stroke([(215, 370), (785, 370)], 8, brush.line)


def pouch(brush: Brush) -> None:
    """A zipped pouch."""
    brush.shadow(110, 890, 840)
    brush.block(90, 260, 910, 830, brush.base, 110)
    brush.block(90, 260, 910, 420, brush.light, 90)
    brush.stroke([(160, 400), (840, 400)], 18, STEEL)
    brush.block(760, 400, 800, 520, STEEL, 14)
    for x in range(220, 820, 120):
        brush.stroke([(x, 500), (x - 40, 770)], 8, brush.dark)


def t_shirt(brush: Brush) -> None:
    """A shirt with short sleeves."""
    outline = [(350, 110), (650, 110), (930, 280), (850, 470), (730, 410), (730, 920), (270, 920), (270, 410)]
    brush.shape([*outline, (150, 470), (70, 280)], brush.base)
    brush.arc(500, 100, 150, 0, 180, 30, brush.dark)
    brush.stroke([(270, 410), (290, 560)], 10, brush.dark)
    brush.stroke([(730, 410), (710, 560)], 10, brush.dark)
    brush.stroke([(290, 880), (710, 880)], 8, brush.light)


def apron(brush: Brush) -> None:
    """An apron with a pocket."""
    brush.arc(500, 160, 130, 180, 360, 22, brush.dark)
    outline = [(370, 160), (630, 160), (680, 400), (860, 480), (830, 940), (170, 940), (140, 480), (320, 400)]
    brush.shape(outline, brush.base)
    brush.block(300, 580, 700, 790, brush.light, 26)
    brush.stroke([(500, 590), (500, 780)], 8, brush.dark)


def sock(brush: Brush) -> None:
    """A pair of socks."""
    for left in (110, 500):
        points = [(left + 60, 90), (left + 280, 90), (left + 280, 560), (left + 400, 760), (left + 330, 900)]
        brush.shape([*points, (left + 190, 920), (left + 60, 640)], brush.base)
        brush.block(left + 50, 80, left + 290, 190, brush.light, 20)
        for y in (270, 340, 410):
            brush.stroke([(left + 70, y), (left + 270, y)], 20, brush.dark)


def beanie(brush: Brush) -> None:
    """A knitted cap with a turned-up edge."""
    brush.shadow(170, 830, 850)
    brush.disc(500, 470, 360, brush.base, 360)
    for x in range(240, 780, 80):
        brush.stroke([(x, 300), (x + (x - 500) * 0.15, 640)], 14, brush.light)
    brush.block(120, 610, 880, 850, brush.dark, 70)
    for x in range(190, 860, 60):
        brush.stroke([(x, 650), (x, 810)], 10, brush.base)
