"""The certificate with which other devices reach the panel: made here, for the addresses of this machine.

It is signed by an authority that is made for it alone, and whose key is thrown away at once. So a device may be told to
trust that authority: it can never sign anything else. Browsers that are not told warn once, and show the fingerprint.
"""

from __future__ import annotations

import datetime
import hashlib
import ipaddress
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from bridge_server.panel.kept import write_owner_only

VALID_DAYS = 397
"""The longest that browsers take."""

RENEW_DAYS = 30


@dataclass(frozen=True)
class Certificate:
    """chain      the server's certificate and its authority, PEM
    key        of the server's, PEM, for its owner alone
    authority  to be installed on a device, DER
    """

    chain: Path
    key: Path
    authority: Path

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the server's certificate, as browsers show it: 'AB:CD:…'. Raises OSError, ValueError."""
        der = _first(self.chain).public_bytes(serialization.Encoding.DER)
        digest = hashlib.sha256(der).hexdigest().upper()
        return ":".join(digest[at : at + 2] for at in range(0, len(digest), 2))


def certificate_for(folder: Path, names: list[str], addresses: list[str]) -> Certificate:
    """The one that lies in the folder, or a new one where it does not fit these names and addresses. Raises OSError."""
    there = Certificate(folder / "server.pem", folder / "server-key.pem", folder / "authority.der")
    if not _fits(there, names, addresses):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _make(there, names, addresses)
    return there


def _first(chain: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificates(chain.read_bytes())[0]


def _fits(there: Certificate, names: list[str], addresses: list[str]) -> bool:
    try:
        first = _first(there.chain)
        told = first.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (OSError, ValueError, IndexError, x509.ExtensionNotFound):
        return False
    left = first.not_valid_after_utc - datetime.datetime.now(datetime.UTC)
    known = {*told.get_values_for_type(x509.DNSName), *map(str, told.get_values_for_type(x509.IPAddress))}
    is_whole = there.key.is_file() and there.authority.is_file()
    return is_whole and left.days > RENEW_DAYS and known >= {*names, *addresses}


def _make(at: Certificate, names: list[str], addresses: list[str]) -> None:
    key, authority_key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    issuer = _called(f"Dawbridge on {names[0]}")
    authority = (
        _builder(issuer, authority_key.public_key(), issuer, authority_key.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_others=True), critical=True)
        .sign(authority_key, hashes.SHA256())
    )
    alternatives = [*map(x509.DNSName, names), *(x509.IPAddress(ipaddress.ip_address(each)) for each in addresses)]
    server = (
        _builder(_called(names[0]), key.public_key(), issuer, authority_key.public_key())
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_others=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        .sign(authority_key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    write_owner_only(at.key, secret)
    write_owner_only(at.authority, authority.public_bytes(serialization.Encoding.DER))
    write_owner_only(at.chain, server.public_bytes(pem) + authority.public_bytes(pem))


def _called(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name[:64])])


def _builder(
    subject: x509.Name, key: ec.EllipticCurvePublicKey, issuer: x509.Name, issuer_key: ec.EllipticCurvePublicKey
) -> x509.CertificateBuilder:
    now = datetime.datetime.now(datetime.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=VALID_DAYS - 1))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key), critical=False)
    )


def _usage(signs_others: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_others,
        key_cert_sign=signs_others,
        crl_sign=signs_others,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
