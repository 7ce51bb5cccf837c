"""The suites of texts and pictures fail on what breaks one promise."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime

import pytest
from attrs import evolve

from automate_store.adapters.memory import MemoryClock, MemoryMedia, MemoryPictures, MemoryTexts
from automate_store.application.ports.media import (
    Media,
    MediaNotFound,
    NotAPicture,
    Picture,
    PictureBroken,
    PictureTooHeavy,
    PictureTooLarge,
    StoredPicture,
)
from automate_store.application.ports.texts import CleanHtml
from automate_store.entrypoints.properties.contracts import (
    MediaStoreContract,
    PicturesContract,
    TextsContract,
)
from automate_store.entrypoints.properties.contracts.media import FAR, png
from automate_store.entrypoints.properties.moments import NOON
from tests.contracts.running import failures


class ShowsAll(MemoryTexts):
    def clean(self, html: str) -> CleanHtml:
        return CleanHtml(html)


class EscapesAgain(MemoryTexts):
    def clean(self, html: str) -> CleanHtml:
        return CleanHtml(super().clean(html).html.replace("&", "&amp;"))


class SaysNothing(MemoryTexts):
    def clean(self, html: str) -> CleanHtml:
        return CleanHtml(super().clean(html).html)


class KeepsCapitals(MemoryTexts):
    def slug(self, text: str) -> str:
        return text.replace(" ", "-")


class MakesOneUp(MemoryTexts):
    def slug(self, text: str) -> str:
        return super().slug(text) or "nothing"


@pytest.mark.parametrize("texts", [ShowsAll, EscapesAgain, SaysNothing, KeepsCapitals, MakesOneUp])
def test_the_suite_of_texts_fails_on_a_broken_one(texts: type[MemoryTexts]) -> None:
    assert failures(TextsContract, texts=texts)


class KeepsWhatCame(MemoryPictures):
    async def redraw(self, content: bytes) -> Picture:
        return evolve(await super().redraw(content), content=content)


class TakesAnything(MemoryPictures):
    async def redraw(self, content: bytes) -> Picture:
        try:
            return await super().redraw(content)
        except NotAPicture:
            return await super().redraw(png(1, 1))


class MindsNoBreak(MemoryPictures):
    async def redraw(self, content: bytes) -> Picture:
        try:
            return await super().redraw(content)
        except PictureBroken:
            return await super().redraw(png(1, 1))


class DrawsBeforeItMeasures(MemoryPictures):
    async def redraw(self, content: bytes) -> Picture:
        try:
            return await super().redraw(content)
        except PictureTooLarge:
            raise PictureBroken from None


class MindsNoWeight(MemoryPictures):
    async def redraw(self, content: bytes) -> Picture:
        try:
            return await super().redraw(content)
        except PictureTooHeavy:
            return await super().redraw(png(1, 1))


@pytest.mark.parametrize(
    "pictures",
    [KeepsWhatCame, TakesAnything, MindsNoBreak, DrawsBeforeItMeasures, MindsNoWeight],
)
def test_the_suite_of_pictures_fails_on_a_broken_one(pictures: type[MemoryPictures]) -> None:
    assert failures(PicturesContract, pictures=pictures)


class NamesByNumber(MemoryMedia):
    async def keep(self, picture: Picture) -> StoredPicture:
        number = len(self._kept) + 1
        return await super().keep(evolve(picture, content=picture.content + bytes([number])))


class KeepsNothing(MemoryMedia):
    async def keep(self, picture: Picture) -> StoredPicture:
        stored = await super().keep(picture)
        self._kept.clear()
        return stored


class OpensByAnyName(MemoryMedia):
    async def open(self, name: str) -> Media:
        try:
            return await super().open(name.lower())
        except MediaNotFound:
            return await super().open(next(iter(self._kept)))


class RemovesNothing(MemoryMedia):
    async def remove(self, name: str, *, before: datetime) -> None:
        pass


class RemovesWhatIsYoung(MemoryMedia):
    async def remove(self, name: str, *, before: datetime) -> None:
        await super().remove(name, before=max(before, FAR))


class NamesAll(MemoryMedia):
    def names(self, *, before: datetime) -> AsyncIterator[str]:
        return super().names(before=max(before, FAR))


class NamesNone(MemoryMedia):
    def names(self, *, before: datetime) -> AsyncIterator[str]:
        return super().names(before=before.replace(year=1))


@pytest.mark.parametrize(
    "media",
    [
        NamesByNumber,
        KeepsNothing,
        OpensByAnyName,
        RemovesNothing,
        RemovesWhatIsYoung,
        NamesAll,
        NamesNone,
    ],
)
def test_the_suite_of_media_fails_on_a_broken_store(media: type[MemoryMedia]) -> None:
    assert failures(MediaStoreContract, media=lambda: media(MemoryClock(NOON)))


def test_the_suites_pass_when_nothing_is_changed() -> None:
    assert failures(TextsContract, texts=MemoryTexts) == []
    assert failures(PicturesContract, pictures=MemoryPictures) == []
    assert failures(MediaStoreContract, media=lambda: MemoryMedia(MemoryClock(NOON))) == []
