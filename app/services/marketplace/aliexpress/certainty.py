"""Which refusals may be believed after a call of which a second one would make a second thing.

A create that "failed" is sent again or given up, so "nothing was applied" must be documented, not hoped for. The
platform's "system error" comes before as well as after a create (protocol reference 7, no. 17); a redirect or an odd
status says what became of the answer, not of the request; and a code nobody documented says nothing at all.
"""

from __future__ import annotations

from app.services.marketplace.aliexpress.errors import Undocumented, WrongClock
from app.services.marketplace.aliexpress.mapping.methods import Method, Repeat
from app.services.marketplace.aliexpress.rules import rules
from app.services.marketplace.port import MarketplaceError, TemporaryFault, Unanswered, Unreachable

_OF_THE_WAY = ("marketplace.redirected", "marketplace.http_status")


def believed(error: MarketplaceError, method: Method) -> MarketplaceError:
    """*error* of *method*, or `Unanswered` with the same sentence where it leaves open what was applied."""
    if method.repeat is not Repeat.ONCE or isinstance(error, Unreachable | WrongClock):
        return error
    if _is_certain(error):
        return error
    return Unanswered(error.error_code, field=error.field, **error.params)


def _is_certain(error: MarketplaceError) -> bool:
    if isinstance(error, TemporaryFault):
        return error.error_code.removeprefix("marketplace.") in rules("errors")["before_it_began"]
    return not isinstance(error, Undocumented) and error.error_code not in _OF_THE_WAY
