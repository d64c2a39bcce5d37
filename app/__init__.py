"""Shangjia (上架): a desktop assistant for teams that sell on AliExpress."""

__version__ = "0.1.0"
