"""QGIS's proxy, as pip understands it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from urllib.parse import quote, urlsplit

from qgis.core import QgsNetworkAccessManager
from qgis.PyQt.QtNetwork import QNetworkProxy


def proxy_environment() -> dict[str, str]:
    """QGIS's proxy as environment variables for pip; empty if QGIS has none or the user's environment names one."""
    if any(name.lower() in ("http_proxy", "https_proxy", "all_proxy", "pip_proxy") for name in os.environ):
        return {}
    proxy = QgsNetworkAccessManager.instance().fallbackProxy()
    if (
        proxy.type() not in (QNetworkProxy.ProxyType.HttpProxy, QNetworkProxy.ProxyType.HttpCachingProxy)
        or not proxy.hostName()
    ):
        return {}
    user = f"{quote(proxy.user(), safe='')}:{quote(proxy.password(), safe='')}@" if proxy.user() else ""
    address = f"http://{user}{proxy.hostName()}:{proxy.port() or 8080}"
    return {"HTTP_PROXY": address, "HTTPS_PROXY": address}


def proxy_hosts(extra: Mapping[str, str]) -> list[str]:
    """The hosts of the proxies in this process's environment and in `extra`."""
    named = {name.lower(): value for name, value in {**os.environ, **extra}.items()}
    addresses = (named.get(name, "") for name in ("http_proxy", "https_proxy", "all_proxy", "pip_proxy"))
    return [host for address in addresses if (host := urlsplit(address).hostname)]
