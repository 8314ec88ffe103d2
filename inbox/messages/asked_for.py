"""What a request is about, as far as it says so in few words: its subject, or the product that a form names. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

from crm_core.deals.titles import short
from inbox.conversations.subjects import bare_subject

PRODUCT = re.compile(
    r"(product|item|model|service|course|tour|goods|produkt|artikel|producto|servicio|produit|article|prestation"
    r"|товар|продукт|модель|услуга|курс|тур|ផលិតផល|ទំនិញ|សេវាកម្ម|សេវា)"
    r"(s|en|es|ы|и)?([ _-]?(name|title|titel|nombre|nom|название|ឈ្មោះ))?",
    re.IGNORECASE,
)
"""Names of a form's fields that hold what is asked for."""


def asked_for(subject: str, fields: Mapping[str, object]) -> str:
    """A title for it; empty where only the message itself says what it is about."""
    return short(bare_subject(subject)) or short(
        next(
            (
                str(value)
                for name, value in fields.items()
                if PRODUCT.fullmatch(name.strip(" *:")) and str(value).strip()
            ),
            "",
        )
    )
