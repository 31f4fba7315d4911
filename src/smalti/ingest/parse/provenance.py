"""What a picture says of its own origin: EXIF, XMP and C2PA. Claims, not facts: any of it can be forged.

Whoever made the file wrote these; a C2PA manifest is at least signed, so that it is known whether file and
manifest still belong together and which certificate said so. Certificates are not held against a list of
trusted ones here, so a signer is a name, not a reference. Runs in the sandbox; nothing is fetched: a manifest
kept elsewhere, a revocation list and a time stamp server are left alone.
"""

from __future__ import annotations

import io
import json
import re
import struct
from collections.abc import Iterator, Mapping
from typing import Any

from lxml import etree
from PIL import Image

_MAX_TEXT = 120  # characters of anything kept
_MAX_XMP = 1_000_000
_MAX_MANIFEST = 4_000_000  # characters of JSON; real ones have thousands
_MAX_LISTED = 20
_BROKEN = (OSError, SyntaxError, ValueError, TypeError, EOFError, IndexError, KeyError, struct.error)

_MAKE, _MODEL, _SOFTWARE, _CHANGED, _CAMERA_PART, _PLACE_PART, _TAKEN = (
    *(0x010F, 0x0110, 0x0131, 0x0132),
    *(0x8769, 0x8825, 0x9003),
)
_SOURCE_TYPE = re.compile(r"(?:digitalsourcetype/|^)([A-Za-z]{3,60})/?$", re.I)
_AI = {
    "trainedalgorithmicmedia": "generated",
    "compositewithtrainedalgorithmicmedia": "composite",
}
"""IPTC digital source types that mean a trained model made all, or some, of the picture."""
_XMP_EXT = "{http://iptc.org/std/Iptc4xmpExt/2008-02-29/}DigitalSourceType"
_XMP_TOOL = "{http://ns.adobe.com/xap/1.0/}CreatorTool"
_XMP_PROVENANCE = "{http://purl.org/dc/terms/}provenance"
_RESOURCE = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}resource"
_MIME = {
    "JPEG": "image/jpeg",
    "PNG": "image/png",
    "WEBP": "image/webp",
    "GIF": "image/gif",
    "TIFF": "image/tiff",
}
_OFFLINE = {"verify": {"remote_manifest_fetch": False, "ocsp_fetch": False, "verify_trust": True}}


def provenance(raw: bytes, picture: Image.Image) -> dict[str, Any]:
    """What the file claims about where it comes from.

    Args:
        raw: the file.
        picture: the same, opened, not necessarily decoded.

    Returns:
        - `exif`: None, or `camera`, `software`, `taken` and `changed` as the file claims them (text without a
          time zone; never a date source) and `gps`: whether it holds a place, which itself is not kept.
        - `xmp`: None, or `source_type`, `tool`, and `manifest_at`, where a C2PA manifest is said to lie.
        - `c2pa`: None, or `state`: `trusted`, `valid` (intact, signer not on a trust list), `invalid` or
          `unread`; `signer`, `issuer`, `generator`, `signed`, `actions`, `source_types`, `ingredients` (a
          count), `problems` (codes of what failed).
        - `ai`: None, or what the picture declares of itself: `made`: `generated` (by a trained model) or
          `composite` (in part); `by`: `c2pa`, `c2pa ingredient` or `xmp`; `intact`: signed and unbroken.
    """
    xmp = _xmp(picture)
    signed = _c2pa(raw, picture.format or "")
    found: dict[str, Any] = {"exif": _exif(picture), "xmp": xmp, "c2pa": signed, "ai": None}
    if signed is not None:
        intact = signed["state"] in ("trusted", "valid")
        for kinds, by in ((signed["source_types"], "c2pa"), (signed.pop("below"), "c2pa ingredient")):
            if found["ai"] is None and (made := _made(kinds)):
                found["ai"] = {"made": made, "by": by, "intact": intact}
    if found["ai"] is None and xmp is not None and (made := _made([xmp["source_type"]])):
        found["ai"] = {"made": made, "by": "xmp", "intact": False}
    return found


def _made(source_types: list[str | None]) -> str | None:
    made = {_AI.get((one or "").lower()) for one in source_types}
    return "generated" if "generated" in made else "composite" if "composite" in made else None


def _exif(picture: Image.Image) -> dict[str, Any] | None:
    try:
        exif = picture.getexif()
        taken = exif.get_ifd(_CAMERA_PART).get(_TAKEN)
        camera = " ".join(filter(None, (_plain(exif.get(_MAKE)), _plain(exif.get(_MODEL)))))
        found = {
            "camera": camera or None,
            "software": _plain(exif.get(_SOFTWARE)),
            "taken": _plain(taken),
            "changed": _plain(exif.get(_CHANGED)),
            "gps": bool(exif.get_ifd(_PLACE_PART)),
        }
    except _BROKEN:
        return None
    return found if any(found.values()) else None


def _xmp(picture: Image.Image) -> dict[str, Any] | None:
    packet = picture.info.get("xmp") or picture.info.get("XML:com.adobe.xmp")
    if isinstance(packet, str):
        packet = packet.encode()
    if not isinstance(packet, bytes) or len(packet) > _MAX_XMP:
        return None
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, recover=True)
    try:
        tree = etree.fromstring(packet.strip(b"\x00 \r\n\t"), parser)
    except etree.XMLSyntaxError:
        return None
    if tree is None:
        return None
    stated = dict(_properties(tree))
    source = _SOURCE_TYPE.search(stated.get(_XMP_EXT, ""))
    found = {
        "source_type": source[1] if source else None,
        "tool": _plain(stated.get(_XMP_TOOL)),
        "manifest_at": _plain(stated.get(_XMP_PROVENANCE)),
    }
    return found if any(found.values()) else None


def _properties(tree: Any) -> Iterator[tuple[str, str]]:
    """Properties written as attributes, as elements with text, or as elements naming a resource."""
    for element in tree.iter(etree.Element):
        yield from ((str(name), str(value)) for name, value in element.attrib.items())
        if element.text and element.text.strip():
            yield str(element.tag), element.text.strip()
        elif _RESOURCE in element.attrib:
            yield str(element.tag), element.attrib[_RESOURCE]


def _c2pa(raw: bytes, form: str) -> dict[str, Any] | None:
    if b"c2pa" not in raw or form not in _MIME:  # every manifest has it in its labels
        return None
    from c2pa import C2paError, Context, Reader

    try:
        with (
            Context.from_dict(_OFFLINE) as offline,
            Reader(_MIME[form], io.BytesIO(raw), context=offline) as reader,
        ):
            text = reader.json()
            state = str(reader.get_validation_state() or "unread").lower()
    except C2paError as error:
        if str(error).startswith("ManifestNotFound"):
            return None
        return _unread(str(error))
    if len(text) > _MAX_MANIFEST:
        return _unread("its manifest is too large")
    store = _map(json.loads(text))
    manifests = _map(store.get("manifests"))
    active = _map(manifests.get(str(store.get("active_manifest"))))
    signature = _map(active.get("signature_info"))
    generators = _maps(active.get("claim_generator_info")) or [{"name": active.get("claim_generator")}]
    failures = _map(_map(store.get("validation_results")).get("activeManifest")).get("failure")
    problems = dict.fromkeys(str(one.get("code"))[:_MAX_TEXT] for one in _maps(failures))
    below = [_map(one) for one in manifests.values() if one is not active][:_MAX_LISTED]
    return {
        "state": state,
        "signer": _plain(signature.get("common_name")),
        "issuer": _plain(signature.get("issuer")),
        "signed": _plain(signature.get("time")),
        "generator": _plain(generators[0].get("name")),
        "actions": list(dict.fromkeys(_plain(a.get("action")) or "" for a in _actions(active)))[:_MAX_LISTED],
        "source_types": _source_types(active),
        "ingredients": len(_maps(active.get("ingredients"))),
        "problems": list(problems)[:_MAX_LISTED],
        "below": [kind for one in below for kind in _source_types(one)],
    }


def _unread(why: str) -> dict[str, Any]:
    nothing: dict[str, Any] = dict.fromkeys(("signer", "issuer", "signed", "generator"))
    lists: dict[str, Any] = {"actions": [], "source_types": [], "ingredients": 0, "below": []}
    return {"state": "unread", **nothing, **lists, "problems": [why[:_MAX_TEXT]]}


def _actions(manifest: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [
        action
        for assertion in _maps(manifest.get("assertions"))
        if str(assertion.get("label")).startswith("c2pa.actions")
        for action in _maps(_map(assertion.get("data")).get("actions"))
    ]


def _source_types(manifest: Mapping[str, Any]) -> list[str | None]:
    """IPTC names, such as `digitalCapture`, in the order in which the actions state them."""
    stated = (_SOURCE_TYPE.search(str(a.get("digitalSourceType") or "")) for a in _actions(manifest))
    return list(dict.fromkeys(match[1] for match in stated if match))[:_MAX_LISTED]


def _map(value: object) -> Mapping[str, Any]:
    """What a signer writes need not have the shape it should have."""
    return value if isinstance(value, dict) else {}


def _maps(value: object) -> list[Mapping[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _plain(value: object) -> str | None:
    """One short line of printable text, or nothing."""
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    if not isinstance(value, str):
        return None
    return " ".join("".join(c if c.isprintable() else " " for c in value).split())[:_MAX_TEXT] or None
