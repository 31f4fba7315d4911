"""What pictures say of their origin, on files signed here with certificates made for the purpose."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import c2pa
import numpy as np
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from PIL import Image

from smalti.ingest import spool
from smalti.ingest.parse import entry
from smalti.ingest.parse.contract import Request
from smalti.ingest.parse.image import parse
from smalti.platform.sandbox import Sandbox

IPTC = "http://cv.iptc.org/newscodes/digitalsourcetype/"
Sign = Callable[..., bytes]


def photo(form: str = "JPEG", **options: Any) -> bytes:
    out = io.BytesIO()
    pixels = np.random.default_rng(3).integers(0, 256, (48, 64, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(out, form, **options)
    return out.getvalue()


def claims(raw: bytes, name: str = "social/p.jpg") -> dict[str, Any]:
    return dict(parse(raw, Request(name)).documents[0].pieces[0].payload["provenance"])


def certificates() -> tuple[bytes, bytes]:
    """A signing certificate with its authority's (PEM), and its key."""
    now = datetime.now(UTC)

    def named(name: str) -> x509.Name:
        parts = ((NameOID.COMMON_NAME, name), (NameOID.ORGANIZATION_NAME, "Test Pictures"))
        return x509.Name([x509.NameAttribute(kind, text) for kind, text in parts])

    def begun(name: str, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder(issuer_name=named("Root"), subject_name=named(name))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=2))
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
        )

    def usage(**allowed: bool) -> x509.KeyUsage:
        parts = ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment")
        others = ("key_agreement", "key_cert_sign", "crl_sign", "encipher_only", "decipher_only")
        no = dict.fromkeys((*parts, *others), False)
        return x509.KeyUsage(**(no | allowed))

    root_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    root = begun("Root", root_key).add_extension(x509.BasicConstraints(True, None), True)
    root_certificate = root.add_extension(usage(key_cert_sign=True), True).sign(root_key, hashes.SHA256())
    leaf = begun("Picture Signer", key).add_extension(x509.BasicConstraints(False, None), True)
    leaf = leaf.add_extension(usage(digital_signature=True), True)
    leaf = leaf.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), False)
    issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key())
    leaf_certificate = leaf.add_extension(issuer, False).sign(root_key, hashes.SHA256())
    pem = serialization.Encoding.PEM
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return leaf_certificate.public_bytes(pem) + root_certificate.public_bytes(pem), secret


@pytest.fixture(scope="module")
def sign() -> Sign:
    chain, secret = certificates()
    offline = {"verify": {"verify_after_sign": False}, "builder": {"thumbnail": {"enabled": False}}}

    def signed(
        source_type: str, raw: bytes | None = None, parent: bytes | None = None, form: str = "JPEG"
    ) -> bytes:
        action = {
            "action": "c2pa.opened" if parent else "c2pa.created",
            "digitalSourceType": IPTC + source_type,
        }
        if parent:
            action["parameters"] = {"ingredientIds": ["parent"]}
        manifest = {
            "claim_generator_info": [{"name": "Paint Box", "version": "1"}],
            "assertions": [{"label": "c2pa.actions.v2", "data": {"actions": [action]}}],
        }
        mime, out = f"image/{form.lower()}", io.BytesIO()
        info = c2pa.C2paSignerInfo(b"es256", chain, secret, None)
        with (
            c2pa.Context.from_dict(offline) as context,
            c2pa.Signer.from_info(info) as signer,
            c2pa.Builder(json.dumps(manifest), context) as builder,
        ):
            if parent:
                given = {"title": "before", "relationship": "parentOf", "label": "parent"}
                builder.add_ingredient(json.dumps(given), mime, io.BytesIO(parent))
            builder.sign(signer, mime, io.BytesIO(raw or photo(form)), out)
        return out.getvalue()

    return signed


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_signed_picture_that_declares_itself_generated_is_said_to(sign: Sign, form: str) -> None:
    found = claims(sign("trainedAlgorithmicMedia", form=form))
    assert found["ai"] == {"made": "generated", "by": "c2pa", "intact": True}
    manifest = found["c2pa"]
    assert manifest["state"] == "valid"  # intact, and not trusted: nobody vouches for this certificate
    assert manifest["problems"] == ["signingCredential.untrusted"]
    assert (manifest["signer"], manifest["issuer"]) == ("Picture Signer", "Test Pictures")
    assert (manifest["generator"], manifest["actions"]) == ("Paint Box", ["c2pa.created"])
    assert manifest["source_types"] == ["trainedAlgorithmicMedia"]


def test_a_part_made_by_a_model_is_told_from_the_whole(sign: Sign) -> None:
    found = claims(sign("compositeWithTrainedAlgorithmicMedia"))
    assert found["ai"] == {"made": "composite", "by": "c2pa", "intact": True}


@pytest.mark.parametrize("source_type", ["digitalCapture", "algorithmicMedia", "humanEdits"])
def test_a_signed_photo_or_drawing_declares_nothing_of_the_kind(sign: Sign, source_type: str) -> None:
    found = claims(sign(source_type))
    assert found["ai"] is None
    assert found["c2pa"]["source_types"] == [source_type]


def test_a_picture_made_from_a_generated_one_is_traced_to_it(sign: Sign) -> None:
    generated = sign("trainedAlgorithmicMedia")
    found = claims(sign("digitalCreation", raw=generated, parent=generated))
    assert found["ai"] == {"made": "generated", "by": "c2pa ingredient", "intact": True}
    assert found["c2pa"]["ingredients"] == 1


def test_a_picture_changed_after_signing_is_invalid_and_its_word_not_intact(sign: Sign) -> None:
    raw = bytearray(sign("trainedAlgorithmicMedia"))
    raw[-60] ^= 0xFF
    found = claims(bytes(raw))
    assert found["c2pa"]["state"] == "invalid"
    assert "assertion.dataHash.mismatch" in found["c2pa"]["problems"]
    assert found["ai"] == {"made": "generated", "by": "c2pa", "intact": False}


def test_a_broken_manifest_is_unread_and_the_picture_still_read(sign: Sign) -> None:
    raw = bytearray(sign("trainedAlgorithmicMedia"))
    start = raw.index(b"c2pa.claim") - 40
    raw[start : start + 36] = bytes(36)
    found = claims(bytes(raw))
    assert found["c2pa"]["state"] in ("unread", "invalid")
    assert found["ai"] is None or found["ai"]["intact"] is False


def test_a_file_that_only_mentions_c2pa_has_no_manifest() -> None:
    raw = photo("JPEG", comment=b"no c2pa here")
    assert claims(raw)["c2pa"] is None


XMP = """<?xpacket begin=''?><x:xmpmeta xmlns:x='adobe:ns:meta/'>
<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>{}</rdf:RDF></x:xmpmeta>"""
SPACES = (
    "xmlns:e='http://iptc.org/std/Iptc4xmpExt/2008-02-29/' xmlns:xmp='http://ns.adobe.com/xap/1.0/' "
    "xmlns:d='http://purl.org/dc/terms/'"
)


@pytest.mark.parametrize(
    "stated",
    [
        f"<rdf:Description {SPACES} e:DigitalSourceType='{IPTC}trainedAlgorithmicMedia'/>",
        f"<rdf:Description {SPACES}><e:DigitalSourceType>{IPTC}trainedAlgorithmicMedia</e:DigitalSourceType>"
        "</rdf:Description>",
        f"<rdf:Description {SPACES}><e:DigitalSourceType rdf:resource='{IPTC}trainedAlgorithmicMedia'/>"
        "</rdf:Description>",
        f"<rdf:Description {SPACES} e:DigitalSourceType='trainedAlgorithmicMedia'/>",
    ],
)
def test_an_unsigned_declaration_in_xmp_counts_as_unsigned(stated: str) -> None:
    found = claims(photo("JPEG", xmp=XMP.format(stated).encode()))
    assert found["ai"] == {"made": "generated", "by": "xmp", "intact": False}
    assert found["xmp"]["source_type"] == "trainedAlgorithmicMedia"


def test_xmp_names_its_tool_and_where_a_manifest_is_kept_and_nothing_is_fetched() -> None:
    stated = (
        f"<rdf:Description {SPACES} xmp:CreatorTool='Paint Box 3' d:provenance='https://example.org/m.c2pa'/>"
    )
    found = claims(photo("JPEG", xmp=XMP.format(stated).encode()))
    assert found["xmp"] == {
        "source_type": None,
        "tool": "Paint Box 3",
        "manifest_at": "https://example.org/m.c2pa",
    }
    assert (found["ai"], found["c2pa"]) == (None, None)


@pytest.mark.parametrize(
    "packet",
    [
        b"<not xml",
        b"\xff\xfe\x00",
        b"<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><x>&a;</x>",
        b"<x>" * 100_000,
    ],
)
def test_hostile_xmp_is_nothing(packet: bytes) -> None:
    found = claims(photo("PNG", pnginfo=_chunk(packet)), "social/p.png")
    assert found["xmp"] is None


def _chunk(packet: bytes) -> Any:
    from PIL.PngImagePlugin import PngInfo

    info = PngInfo()
    info.add_itxt("XML:com.adobe.xmp", packet.decode("latin-1"))
    return info


def test_exif_gives_camera_times_as_claimed_and_only_that_there_is_a_place() -> None:
    exif = Image.Exif()
    exif[0x010F], exif[0x0110], exif[0x0131] = "Lumen\x00", "L-1", "Retouch 2.1\n"
    exif[0x0132] = "2024:05:02 10:00:00"
    exif.get_ifd(0x8769)[0x9003] = "2010:01:01 00:00:00"
    exif.get_ifd(0x8825).update({1: "N", 2: (48.0, 51.0, 24.0), 3: "E", 4: (2.0, 21.0, 3.0)})
    raw = photo("JPEG", exif=exif)
    assert claims(raw)["exif"] == {
        "camera": "Lumen L-1",
        "software": "Retouch 2.1",
        "taken": "2010:01:01 00:00:00",
        "changed": "2024:05:02 10:00:00",
        "gps": True,
    }
    document = parse(raw, Request("social/p.jpg")).documents[0]
    assert document.published_at is None
    assert "48" not in json.dumps(document.pieces[0].payload["provenance"]).replace("2024", "")


def test_a_picture_without_any_of_it_claims_nothing() -> None:
    assert claims(photo()) == {"exif": None, "xmp": None, "c2pa": None, "ai": None}


def test_broken_exif_costs_the_claims_and_not_the_picture() -> None:
    raw = photo(
        "JPEG", exif=b"Exif\x00\x00II*\x00\x08\x00\x00\x00\xff\xff" + b"\x0f\x01\x02\x00\xff\xff\xff\x7f" * 9
    )
    assert claims(raw)["exif"] is None


@pytest.mark.slow
def test_manifests_are_read_inside_the_sandbox(sign: Sign, tmp_path: Path) -> None:
    sandbox = Sandbox(tmp_path, 1)
    arguments = {"request": entry.to_arguments(Request("social/p.jpg"))}
    try:
        with sandbox.call(entry.FILE, {"0": sign("trainedAlgorithmicMedia")}, arguments) as (_, out):
            payload = spool.read(out).documents[0].pieces[0].payload
    finally:
        sandbox.close()
    assert payload["provenance"]["ai"] == {"made": "generated", "by": "c2pa", "intact": True}
