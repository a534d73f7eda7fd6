"""A link that leads from plain http to https: certificates are loaded late, and judged as ever."""

from __future__ import annotations

import ssl
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Thread
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from sixtyfour_async import AsyncClient, ConnectError
from tests.client.raw_server import read_head

pytestmark = pytest.mark.anyio

DAY = timedelta(days=1)


@pytest.fixture
def anyio_backend() -> str:
    """A real clock: sockets take real time."""
    return "asyncio"


def write_certificate(path: Path) -> None:
    """Write a key and a certificate for this machine that nobody has signed but itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name, now = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "storage")]), datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now - DAY, now + DAY)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain)
    path.write_bytes(private + made.public_bytes(pem))


@contextmanager
def storage(certificate: Path) -> Generator[str]:
    """Serve a file over https; yield its URL."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)

    class Handler(StreamRequestHandler):
        def handle(self) -> None:
            if read_head(self):
                self.wfile.write(b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\nconnection: close\r\n\r\nx,y\r\n")

    class Server(ThreadingTCPServer):
        daemon_threads = True
        block_on_close = False

        def get_request(self) -> tuple[ssl.SSLSocket, Any]:
            connection, address = super().get_request()
            secured = context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
            return secured, address

        def handle_error(self, request: Any, client_address: Any) -> None:
            """Say nothing: a client that does not trust the certificate ends the handshake."""

    with Server(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        yield f"https://127.0.0.1:{server.server_address[1]}/file.csv"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("is_trusted", [False, True])
async def test_a_link_from_plain_http_to_https_is_followed_to_who_is_trusted(
    is_trusted: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = tmp_path / "storage.pem"
    write_certificate(certificate)
    if is_trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with storage(certificate) as link:
        async with AsyncClient("key", base_url="http://127.0.0.1:9", retries=0) as client:
            if is_trusted:
                assert await client.download(link, tmp_path / "file.csv") == 5
            else:
                with pytest.raises(ConnectError, match="certificate"):
                    await client.download(link, tmp_path / "file.csv")
