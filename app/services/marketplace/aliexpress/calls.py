"""What the nouns of the adapter share: the store's session, and which methods its account may call."""

from __future__ import annotations

from app.services.marketplace.aliexpress.clock import Clock
from app.services.marketplace.aliexpress.families import FamilyChoice
from app.services.marketplace.aliexpress.session import StoreSession


class Calls:
    """Base of the adapter's parts. One loop."""

    _session: StoreSession
    _clock: Clock
    _families: FamilyChoice
