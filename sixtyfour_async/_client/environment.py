"""The environment of the process: proxies and certificates, read in one place and refused in one line each.

httpx reads the same variables and raises whatever its parts raise: a ValueError for a scheme, an ImportError for a
missing package, a FileNotFoundError that names no file. So they are read here, and httpx is handed the result.
Source: the names and forms that httpx (environment variables page) and curl (CURLOPT_NOPROXY) document.
"""

from __future__ import annotations

import ipaddress
import os
import ssl
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.request import getproxies

from sixtyfour_async.errors import ConfigurationError


@dataclass(frozen=True, slots=True)
class ProxyRule:
    """Which proxy requests to some hosts take.

    Attributes:
        variable: Where it comes from, for error messages.
        pattern: The hosts, as httpx writes them: ``https://``, ``all://*.example.com``.
        proxy: The proxy's URL, which may hold a password; None for a direct connection.
        entry: The part of ``NO_PROXY`` that it stands for; "" for a proxy.
    """

    variable: str
    pattern: str
    proxy: str | None = field(default=None, repr=False)
    entry: str = ""


def proxy_rules() -> list[ProxyRule]:
    """Return the proxies that the environment, or else the system's settings, name."""
    found = getproxies()
    excluded = [entry.strip() for entry in found.get("no", "").split(",") if entry.strip()]
    if "*" in excluded:
        return []
    proxies = [
        ProxyRule(_variable(f"{scheme}_proxy"), f"{scheme}://", _with_scheme(found[scheme]))
        for scheme in ("http", "https", "all")
        if found.get(scheme)
    ]
    variable = _variable("no_proxy")
    return proxies + [ProxyRule(variable, _pattern(entry), entry=entry) for entry in excluded]


def proxy_problem(rule: ProxyRule, error: Exception) -> ConfigurationError:
    """Return the error for a rule that httpx does not accept. It quotes no proxy, since that may hold a password."""
    if rule.proxy is None:
        return ConfigurationError(
            f"{rule.variable}: {rule.entry!r} cannot be read: list host names, domains and single addresses, "
            "such as NO_PROXY=localhost,.example.com,10.0.0.1"
        )
    if isinstance(error, ImportError):
        return ConfigurationError(
            f"{rule.variable} names a SOCKS proxy, which needs a package: pip install 'httpx[socks]', or unset it"
        )
    return ConfigurationError(
        f"{rule.variable} is not the URL of a proxy: use http://HOST:PORT, https://HOST:PORT or socks5://HOST:PORT, "
        "or unset it"
    )


def is_host(host: str) -> bool:
    """Return whether a host can be connected to; httpx accepts ``http://[`` and encodes the bracket."""
    return bool(host) and not set(host) & set("[]%")


def tls_context() -> ssl.SSLContext | None:
    """Return a context with the certificates that the environment names; None when it names none.

    Raises:
        ConfigurationError: They cannot be read; the message names the variable and the path.
    """
    for path in _set_to("SSL_CERT_FILE"):
        return _context("SSL_CERT_FILE", path, cafile=path)
    for path in _set_to("SSL_CERT_DIR"):
        return _context("SSL_CERT_DIR", path, capath=path)
    for path in _set_to("SSLKEYLOGFILE"):
        _check_key_log(path)
    return None


def _context(variable: str, path: str, *, cafile: str | None = None, capath: str | None = None) -> ssl.SSLContext:
    for log in _set_to("SSLKEYLOGFILE"):
        _check_key_log(log)
    if capath is not None and not Path(capath).is_dir():
        raise ConfigurationError(f"{variable} names {path!r}, which is no folder: correct or unset it")
    try:
        return ssl.create_default_context(cafile=cafile, capath=capath)
    except ssl.SSLError:
        raise ConfigurationError(
            f"{variable} names {path!r}, which holds no certificates in PEM form: correct or unset it"
        ) from None
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise ConfigurationError(
            f"{variable} names {path!r}, which cannot be read ({why}): correct or unset it"
        ) from None


def _check_key_log(path: str) -> None:
    """Raise unless Python can append to the file in which it logs the keys of TLS sessions."""
    try:
        Path(path).open("a").close()
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise ConfigurationError(
            f"SSLKEYLOGFILE names {path!r}, which cannot be written ({why}): correct or unset it"
        ) from None


def _set_to(variable: str) -> Iterator[str]:
    """Yield the value of a variable, if it is set and not empty."""
    if value := os.environ.get(variable):
        yield value


def _variable(name: str) -> str:
    """Return the name of the variable that getproxies has read: the lower-case one wins."""
    for variable in (name, name.upper()):
        if os.environ.get(variable):
            return variable
    return "the system's proxy setting"


def _with_scheme(proxy: str) -> str:
    return proxy if "://" in proxy else f"http://{proxy}"


def _pattern(entry: str) -> str:
    """Return httpx's pattern for an entry of ``NO_PROXY``: an address or localhost itself, else a name's domain."""
    if "://" in entry:
        return entry
    address = _address(entry.partition("/")[0])
    if isinstance(address, ipaddress.IPv6Address):
        return f"all://[{entry}]"
    is_exact = address is not None or entry.lower() == "localhost"
    return f"all://{entry}" if is_exact else f"all://*{entry}"


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None
