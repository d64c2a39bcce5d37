"""Base class and column kinds shared by all tables.

Times are integer milliseconds since the epoch (UTC), money integer minor units, ids of the platform text.
"""

from __future__ import annotations

from typing import Annotated, Any

from sqlalchemy import JSON, BigInteger, Integer, MetaData
from sqlalchemy.orm import DeclarativeBase, mapped_column

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

Id = Annotated[int, mapped_column(Integer, primary_key=True, autoincrement=True)]
Ms = Annotated[int, mapped_column(BigInteger)]
Minor = Annotated[int, mapped_column(BigInteger)]
JsonList = Annotated[list[Any], mapped_column(JSON)]
JsonDict = Annotated[dict[str, Any], mapped_column(JSON)]


class Base(DeclarativeBase):
    """Every table of the database."""

    metadata = MetaData(naming_convention=NAMING)
