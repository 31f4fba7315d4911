"""Charts, pictures and posts: the picture beside what was read in it."""

from __future__ import annotations

import streamlit as st

from smalti.client.base import Json
from smalti.dashboards import session
from smalti.dashboards.page import Page
from smalti.dashboards.parts.picture import picture
from smalti.dashboards.parts.text import plain


def chart(page: Page, piece: Json, around: Json) -> None:
    image(page, piece)


def post(page: Page, piece: Json, around: Json) -> None:
    image(page, piece)


def image(page: Page, piece: Json) -> None:
    if piece["media_type"]:
        picture(
            f"{session.public_address()}/v1/evidence/{piece['evidence_id']}/media",
            f"own-{piece['evidence_id']}",
            alt=piece["text"][:300] or "A picture",
            label="The picture",
        )
    st.markdown(plain(piece["text"], 4000))
