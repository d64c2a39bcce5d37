"""What a build reports, as sentences."""

from __future__ import annotations

from app.messages import messages, tr
from app.services.warehouses.countries import countries
from app.services.warehouses.overseas.building import Place, Product
from app.services.warehouses.overseas.records import ELSEWHERE, Finding, Offer


def country_name(code: str) -> str:
    """A country in the user's language; a place nobody knows is called so."""
    if code in ("", ELSEWHERE):
        return tr("overseas.elsewhere")
    return countries().name(code, messages.language)


def removed_text(one: Place) -> str:
    """A variant that is dropped."""
    return tr("overseas.removed", product=one.name, code=one.code or "–", country=country_name(one.country))


def unmatched_text(one: Offer) -> str:
    """A row of the sheet without a partner."""
    return tr("overseas.unmatched", row=str(one.row), code=one.code, country=country_name(one.country))


def missing_text(one: Place) -> str:
    """A combination without a price, and why."""
    why = missing_why(one.why, one.subject)
    return tr("overseas.missing", product=one.name, code=one.code, country=country_name(one.country), why=why)


def missing_why(why: str, subject: str) -> str:
    """Why a combination has no price."""
    return tr(f"overseas.why.{why or 'no_row'}", subject=reason_subject(why, subject))


def reason_subject(why: str, subject: str) -> str:
    """What the sentence is about: a country by its name, an error in a few words."""
    if why in ("formula", "price"):
        key = f"overseas.because.{subject}"
        return tr(key) if messages.has(key) else tr("overseas.because.other")
    return country_name(subject) if subject in countries().dispatch else subject


def finding_text(product: Product, one: Finding) -> str:
    """A finding with its product."""
    return tr("overseas.of_product", product=product.name, text=finding_sentence(one))


def finding_sentence(one: Finding) -> str:
    """What is wrong, where, and the remedy."""
    detail = one.detail
    if one.check == "unreadable":
        detail = tr(f"code.error.{one.detail}")
    return tr(f"overseas.finding.{one.check}", code=one.code, country=country_name(one.country), detail=detail)
