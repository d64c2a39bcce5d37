"""The practice market: a pretend AliExpress on loopback that speaks the real wire protocol.

A program of its own: it imports nothing else of `app`. A newcomer trains on it, the demo and the end-to-end tests
talk to it. Its protocol is `reference/aliexpress-open-platform.md`; what it does wrong on purpose is switched in
`faults.py`.
"""

from app.practice_market.command_line import main
from app.practice_market.market import PracticeMarket, serve

__all__ = ["PracticeMarket", "main", "serve"]
