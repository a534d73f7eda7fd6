"""The addresses behind the name of a signed link, checked while the connection to one of them is made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import anyio

from sixtyfour_async._client.secret import Secret
from sixtyfour_async._wire.addresses import host_problem
from sixtyfour_async.errors import LinkRefusedError


class AddressCheck:
    """Follows the steps of httpcore and refuses an address before a byte of the request is sent to it.

    The name is resolved and judged before anything connects. A name server may answer differently the next time, so the
    address that was connected to is judged as well. Through a proxy, it is the proxy that resolves the name.

    Args:
        host: The host of the link.
        api_host: The host of the API.
    """

    def __init__(self, host: str, api_host: str) -> None:
        self._host = host
        self._api_host = api_host
        self._is_direct = False

    async def __call__(self, event: str, info: Mapping[str, Any]) -> None:
        """Take note of a step.

        Raises:
            LinkRefusedError: The address is none that a link may lead to.
        """
        if event == "connection.connect_tcp.started":
            self._is_direct = info["host"] == self._host
            for address in await self._resolved(info["port"]) if self._is_direct else ():
                self._judge(address)
        elif event == "connection.connect_tcp.complete" and self._is_direct:
            await self._judge_connection(info["return_value"])

    async def _judge_connection(self, stream: Any) -> None:
        try:
            self._judge(str(stream.get_extra_info("server_addr")[0]))
        except LinkRefusedError:
            await stream.aclose()
            raise

    async def _resolved(self, port: int) -> list[str]:
        try:
            return [str(found[4][0]) for found in await anyio.getaddrinfo(self._host, port)]
        except OSError:
            return []  # connecting fails in the same way, and says so

    def _judge(self, address: str) -> None:
        problem = host_problem(address, api_host=self._api_host)
        if problem is not None:
            raise LinkRefusedError(f"the link is not followed: its host {problem}", operation="download")


def query_of(link: Secret) -> list[Secret]:
    """Return what a link's signature is in, as it may be quoted by itself."""
    query = Secret(link.reveal().partition("?")[2], link.mark)
    return [query] if query.reveal() else []
