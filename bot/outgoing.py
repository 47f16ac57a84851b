"""The one door for requests that leave this machine for a system that the configuration names.

A client made here goes to one configured address and nowhere else: https (plain http only to loopback), no
redirects, no proxy of the environment, and only to addresses of the public internet, checked after the name
was resolved. The connection goes to the very address that was checked, so that a name that resolves otherwise
a moment later changes nothing. It must never open a socket for anything that it refuses.
"""

import re
import socket
from collections.abc import Callable, Mapping, Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Final

import httpx

from bot.loopback import is_loopback_name
from bot.pool import step_aside

SECONDS: Final = 10.0
"""How long one request may take to connect, and to send or receive the next piece."""

PORTS: Final = {"https": 443, "http": 80}

HOST: Final = re.compile(rb"[A-Za-z0-9._-]+|[0-9A-Fa-f:.]+")
LAST_PORT: Final = 65_535
MISSED: Final = ip_network("192.0.0.0/24")
"""Kept for protocols, and yet public to the library of Python 3.11."""

Resolve = Callable[[str, int], Sequence[str]]
"""The addresses behind a name. Raises OSError where there are none."""


class AddressRefusedError(Exception):
    """This address may not be asked, and why, in words for people. No connection was opened."""


def client(
    address: str,
    *,
    headers: Mapping[str, str] | None = None,
    seconds: float = SECONDS,
    resolve: Resolve | None = None,
) -> httpx.Client:
    """A client for the system at this configured address, which must be closed after use.

    It takes paths under the address, and raises AddressRefusedError for what it may not ask, else what httpx
    raises. An answer with a redirect is an answer like others. Raises AddressRefusedError here already for
    an address that no request may ever go to.
    """
    configured = configured_address(address)
    return httpx.Client(
        base_url=configured,
        transport=_Door(configured, resolve or _resolved),
        headers=headers,
        timeout=seconds,
        follow_redirects=False,
        trust_env=False,
    )


class _Door(httpx.BaseTransport):
    """Lets a request through to the configured system, at an address that was checked."""

    def __init__(self, configured: httpx.URL, resolve: Resolve) -> None:
        self._origin, self._host, self._resolve = _origin(configured), configured.host, resolve
        self._way = httpx.HTTPTransport(trust_env=False)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Check the request and the addresses behind its name, and make it."""
        if _origin(request.url) != self._origin or request.url.userinfo:
            raise AddressRefusedError(f"Only {self._host} is configured here, so nothing else is asked.")
        step_aside()
        failed: httpx.TransportError | None = None
        for address in self._addresses(request):
            try:
                return self._way.handle_request(_pinned(request, address))
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                failed = error
        raise failed or httpx.ConnectError(f"{self._host} has no address.", request=request)

    def close(self) -> None:
        """Let go of the connections."""
        self._way.close()

    def _addresses(self, request: httpx.Request) -> list[str]:
        """Every address of the name; one that is not allowed among them speaks against all of them."""
        _, host, port = self._origin
        try:
            found = self._resolve(host, port)
        except OSError as error:
            raise httpx.ConnectError(f"{host} cannot be resolved.", request=request) from error
        allowed = _is_loopback if is_loopback_name(host) else _is_public
        if not all(allowed(each) for each in found):
            raise AddressRefusedError(
                f"{host} leads to an address that is not public, so it is not asked. Correct its address, "
                "or the name server's answer."
            )
        return list(dict.fromkeys(found))


def configured_address(address: str) -> httpx.URL:
    """The address of a system as it was configured. Raises AddressRefusedError, and asks nobody."""
    try:
        url = httpx.URL(address)
    except (httpx.InvalidURL, ValueError, TypeError):
        raise AddressRefusedError("An address such as https://registry.example.com is needed.") from None
    named = HOST.fullmatch(url.raw_host) and (url.port or 1) <= LAST_PORT
    if url.scheme not in PORTS or not named or url.userinfo or url.query or url.fragment:
        raise AddressRefusedError(
            "The address of a system is https:// and a host, with a path if need be, and no user, query or "
            "fragment. Give secrets through the environment."
        )
    if url.scheme == "http" and not is_loopback_name(url.host):
        raise AddressRefusedError(f"{url.host} is reached over https only. Write https:// before it.")
    return url


def _origin(url: httpx.URL) -> tuple[str, str, int]:
    return url.scheme, url.host, url.port or PORTS.get(url.scheme, 0)


def _pinned(request: httpx.Request, address: str) -> httpx.Request:
    """The same request to an address in the place of the name, which the certificate must still carry."""
    return httpx.Request(
        request.method,
        request.url.copy_with(host=address),
        headers=request.headers,
        stream=request.stream,
        extensions={**request.extensions, "sni_hostname": request.url.host},
    )


def _resolved(host: str, port: int) -> list[str]:
    found = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
    return [str(each[4][0]) for each in found]


def _is_loopback(address: str) -> bool:
    return _parsed(address).is_loopback


def _is_public(address: str) -> bool:
    """Whether this is an address of the public internet; each condition on its own line."""
    found = _parsed(address)
    if not found.is_global or found.is_multicast or found.is_reserved:
        return False
    if isinstance(found, IPv4Address):
        return found not in MISSED
    # Some IPv6 addresses carry another one inside, and lead there.
    return not (found.is_site_local or found.ipv4_mapped or found.sixtofour or found.teredo)


def _parsed(address: str) -> IPv4Address | IPv6Address:
    return ip_address(address.partition("%")[0])
