"""The API methods this adapter calls: how each may be repeated, where its answer lies, how it says no.

Protocol reference 4.1 (which methods have a `result` level), 4.3 (flag and message names) and 5.1 to 5.19.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Repeat(StrEnum):
    """When a call may be sent again after a fault."""

    READ = "read"
    """Always: it changes nothing."""
    HARMLESS = "harmless"
    """Always: a second one changes nothing."""
    UNAPPLIED = "unapplied"
    """Only when it is certain that the first one was not applied."""
    ONCE = "once"
    """The same, and only what is documented as certain is believed (`certainty`): a second one makes a second thing."""


@dataclass(frozen=True, slots=True)
class Method:
    """One API method.

    Attributes:
        name: dotted name, or the path of a path API.
        repeat: when it may be sent again.
        place: keys from the body to what the caller wants.
        flags: names of the boolean that says whether it worked, any of which may be absent.
        is_partial: a false flag only means that some of several things failed.
    """

    name: str
    repeat: Repeat = Repeat.READ
    place: tuple[str, ...] = ("result",)
    flags: tuple[str, ...] = ("success", "is_success")
    is_partial: bool = False


ERROR_CODES = ("error_code", "result_error_code", "sub_error_code", "code_of_error", "errorCode", "update_error_code")
ERROR_TEXTS = (
    "error_message",
    "error_msg",
    "error_desc",
    "result_error_desc",
    "errorMessage",
    "update_error_message",
    "memo",
)
NO_ERROR = frozenset(("", "0"))

_FLAT = ()

LISTING_LIST = Method("aliexpress.postproduct.redefining.findproductinfolistquery")
LISTING_READ = Method("aliexpress.offer.product.query")
LISTING_CREATE = Method("aliexpress.offer.product.post", Repeat.ONCE)
LISTING_EDIT = Method("aliexpress.offer.product.edit", Repeat.UNAPPLIED)
SOLUTION_LIST = Method("aliexpress.solution.product.list.get")
SOLUTION_READ = Method("aliexpress.solution.product.info.get")
SOLUTION_CREATE = Method("aliexpress.solution.product.post", Repeat.ONCE)
SOLUTION_EDIT = Method("aliexpress.solution.product.edit", Repeat.UNAPPLIED)
LISTING_REVIEW = Method("aliexpress.postproduct.redefining.findaeproductstatusbyid")
LISTING_ONLINE = Method("aliexpress.postproduct.redefining.onlineaeproduct", Repeat.UNAPPLIED, is_partial=True)
LISTING_OFFLINE = Method("aliexpress.postproduct.redefining.offlineaeproduct", Repeat.UNAPPLIED, is_partial=True)
LISTING_FIELD = Method("aliexpress.postproduct.redefining.editsimpleproductfiled", Repeat.UNAPPLIED)
PRICE_BATCH = Method(
    "aliexpress.solution.batch.product.price.update", Repeat.UNAPPLIED, _FLAT, ("update_success",), is_partial=True
)
STOCK_BATCH = Method(
    "aliexpress.solution.batch.product.inventory.update", Repeat.UNAPPLIED, _FLAT, ("update_success",), is_partial=True
)
PRICE_ONE = Method("aliexpress.offer.product.skuprices.edit", Repeat.UNAPPLIED)
STOCK_ONE = Method("aliexpress.postproduct.redefining.editmutilpleskustocks", Repeat.UNAPPLIED)
DELETE_BATCH = Method("aliexpress.solution.batch.product.delete", Repeat.UNAPPLIED, _FLAT)
DELETE_ONE = Method("aliexpress.offer.product.delete", Repeat.UNAPPLIED, _FLAT)
FEED_SUBMIT = Method("aliexpress.solution.feed.submit", Repeat.ONCE, _FLAT)
FEED_QUERY = Method("aliexpress.solution.feed.query", place=_FLAT)
FEED_LIST = Method("aliexpress.solution.feed.list.get", place=_FLAT)
PROFILE = Method("aliexpress.merchant.profile.get", place=("profile",))
PROFILE_SOLUTION = Method("aliexpress.solution.merchant.profile.get", place=_FLAT)
SIZE_CHARTS = Method("aliexpress.postproduct.redefining.getsizechartinfobycategoryid")
GROUP_CREATE = Method("aliexpress.postproduct.redefining.createproductgroup", Repeat.ONCE)
GROUP_SET = Method("aliexpress.postproduct.redefining.setgroups", Repeat.UNAPPLIED)
GROUPS_OF = Method("aliexpress.postproduct.redefining.queryproductgroupidbyproductid")
GROUP_LIST = Method("aliexpress.product.productgroups.get")
PROMISE_LIST = Method("aliexpress.postproduct.redefining.querypromisetemplatebyid")
CATEGORY_CHILDREN = Method("aliexpress.category.redefining.getchildrenpostcategorybyid")
CATEGORY_ATTRIBUTES = Method("aliexpress.category.redefining.getchildattributesresultbypostcateidandpath")
IMAGE_UPLOAD = Method("aliexpress.photobank.redefining.uploadimageforsdk", Repeat.HARMLESS)
FREIGHT_LIST = Method("aliexpress.freight.redefining.listfreighttemplate", place=_FLAT, flags=("result_success",))
FREIGHT_READ = Method("aliexpress.freight.redefining.getfreightsettingbytemplatequery", place=_FLAT)
CARRIER_LIST = Method("aliexpress.logistics.redefining.listlogisticsservice", place=_FLAT, flags=("result_success",))
SHIPMENT_DECLARE = Method(
    "aliexpress.logistics.sellershipmentfortop", Repeat.UNAPPLIED, place=_FLAT, flags=("result_success",)
)
SHIPMENT_CHANGE = Method(
    "aliexpress.logistics.sellermodifiedshipmentfortop", Repeat.UNAPPLIED, place=_FLAT, flags=("result_success",)
)
ORDER_LIST = Method("aliexpress.solution.order.get")
ORDER_LIST_CHINA = Method("aliexpress.trade.seller.orderlist.get")
ORDER_READ = Method("aliexpress.solution.order.info.get", place=("result", "data"))
ORDER_READ_CHINA = Method("aliexpress.trade.new.redefining.findorderbyid", place=("target",))
TRACKING = Method("aliexpress.logistics.redefining.querytrackingresult", place=_FLAT, flags=("result_success",))
TOKEN_CREATE = Method("/auth/token/create", Repeat.UNAPPLIED, place=_FLAT, flags=())
TOKEN_REFRESH = Method("/auth/token/refresh", Repeat.HARMLESS, place=_FLAT, flags=())
