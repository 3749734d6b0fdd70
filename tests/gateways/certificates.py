"""A private authority, as an institute may have one, and a certificate of it for this machine."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


def make_certificates(
    directory: Path, lasts: timedelta = timedelta(days=1)
) -> tuple[Path, Path, Path]:
    """Make a private authority, and a certificate of it for this machine: CA, chain, key.

    Parameters
    ----------
    directory : Path
    lasts : timedelta
        From now, for the certificate; the authority lasts for a day.
    """
    now = datetime.now(UTC)

    def name(text: str) -> x509.Name:
        return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])

    authority, own = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))

    def sign(subject: str, public: ec.EllipticCurvePublicKey, is_ca: bool) -> bytes:
        ends = now + (timedelta(days=1) if is_ca else lasts)
        builder = (
            x509.CertificateBuilder()
            .subject_name(name(subject))
            .issuer_name(name("an authority of the institute"))
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=2))
            .not_valid_after(ends)
            .add_extension(x509.BasicConstraints(ca=is_ca, path_length=None), critical=True)
            .add_extension(
                x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]),
                critical=False,
            )
        )
        return builder.sign(authority, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)

    files = tuple(directory / each for each in ("ca.pem", "cert.pem", "key.pem"))
    files[0].write_bytes(sign("an authority of the institute", authority.public_key(), True))
    files[1].write_bytes(sign("127.0.0.1", own.public_key(), False))
    files[2].write_bytes(
        own.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return files[0], files[1], files[2]
