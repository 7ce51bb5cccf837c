"""What the store has to say, and what it looks like once it is written."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import frozen


@frozen
class Letter:
    """
    Something that a customer is to be told: which letter it is, and what it tells of.

    Facts are texts, whole numbers, truths and None, and lists and mappings of those: what
    whoever writes the letter needs to know, and all that they can. Amounts are texts such
    as ``19.99 USD``, days such as ``2026-03-01``.
    """

    name: str
    facts: Mapping[str, object]


@frozen
class Notice:
    """A letter as it was written: a subject of one line, a text, and the same as HTML."""

    subject: str
    text: str
    html: str
