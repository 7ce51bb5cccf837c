"""A local authority that vouches for a fake PayPal's certificates, and what they sign."""

from __future__ import annotations

import zlib
from base64 import b64encode
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path

from attrs import frozen
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ec import generate_private_key as ec_key
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key as rsa_key
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

SINCE, UNTIL = datetime(2020, 1, 1, tzinfo=UTC), datetime(2040, 1, 1, tzinfo=UTC)
PAYPAL = "messageverificationcerts.sandbox.paypal.com"


@frozen
class Pen:
    """A certificate with all that vouches for it but the root, and its key."""

    chain: bytes
    key: RSAPrivateKey

    def headers(
        self, body: bytes, *, at: datetime, webhook_id: str, cert_url: str, number: int = 1
    ) -> dict[str, str]:
        """What PayPal sends with a webhook that it signs then."""
        sent, name = at.strftime("%Y-%m-%dT%H:%M:%SZ"), f"69cd13f0-d67a-11e5-baa3-{number:012d}"
        message = f"{name}|{sent}|{webhook_id}|{zlib.crc32(body)}".encode()
        return {
            "paypal-transmission-id": name,
            "paypal-transmission-time": sent,
            "paypal-transmission-sig": b64encode(
                self.key.sign(message, PKCS1v15(), SHA256())
            ).decode(),
            "paypal-cert-url": cert_url,
            "paypal-auth-algo": "SHA256withRSA",
        }

    def written(self, folder: Path) -> tuple[Path, Path]:
        """The certificate and its key as files, for a server."""
        chain, key = folder / "chain.pem", folder / "key.pem"
        chain.write_bytes(self.chain)
        key.write_bytes(self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        return chain, key


class Authority:
    """A root, and one authority below it that signs."""

    def __init__(self) -> None:
        self._root_key, self._between_key = ec_key(SECP256R1()), ec_key(SECP256R1())
        self._root_name = _named("Local Root")
        builder = _builder(self._root_name, self._root_name, self._root_key.public_key())
        self.root = _authority(builder, self._root_key, self._root_key)
        builder = _builder(
            _named("Local Authority"), self._root_name, self._between_key.public_key()
        )
        self._between = _authority(builder, self._between_key, self._root_key)

    @property
    def pem(self) -> str:
        """The root, as a text."""
        return self.root.public_bytes(Encoding.PEM).decode()

    def pen(self, name: str = PAYPAL, *, since: datetime = SINCE, until: datetime = UNTIL) -> Pen:
        """A certificate for that name or address."""
        key = rsa_key(public_exponent=65_537, key_size=2048)
        builder = _builder(
            _named(name), self._between.subject, key.public_key(), since=since, until=until
        )
        spoken = _general(name)
        builder = builder.add_extension(x509.SubjectAlternativeName([spoken]), critical=False)
        builder = builder.add_extension(
            x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False
        )
        builder = builder.add_extension(_signed_by(self._between_key), critical=False)
        leaf = builder.sign(self._between_key, SHA256())
        pem = (each.public_bytes(Encoding.PEM) for each in (leaf, self._between))
        return Pen(b"".join(pem), key)


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: CertificatePublicKeyTypes,
    *,
    since: datetime = SINCE,
    until: datetime = UNTIL,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(since)
        .not_valid_after(until)
    )


def _authority(
    builder: x509.CertificateBuilder,
    key: EllipticCurvePrivateKey,
    signer: EllipticCurvePrivateKey,
) -> x509.Certificate:
    usage = x509.KeyUsage(
        key_cert_sign=True,
        crl_sign=True,
        digital_signature=False,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
    identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    builder = builder.add_extension(usage, critical=True)
    builder = builder.add_extension(identifier, critical=False)
    builder = builder.add_extension(_signed_by(signer), critical=False)
    return builder.sign(signer, SHA256())


def _signed_by(signer: EllipticCurvePrivateKey) -> x509.AuthorityKeyIdentifier:
    return x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key())
