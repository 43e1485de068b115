"""Why the set-up failed, from the output of venv and pip, and what to do."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ..translation import tr


@dataclass(frozen=True)
class Failure:
    """kind: one word, for the diagnostics. mend: what the user can do."""

    kind: str
    mend: str


# In this order: a wrong proxy also looks like no network, and no network like a package that is not there.
_SIGNS = (
    ("disk", r"No space left on device|not enough space on the disk|Disk quota exceeded|Errno 28\b|WinError 112\b"),
    ("proxy", r"ProxyError|Tunnel connection failed|407 Proxy|Cannot connect to proxy|Missing dependencies for SOCKS"),
    (
        "certificate",
        r"CERTIFICATE_VERIFY_FAILED|certificate verify failed|SSLError|SSLCertVerificationError|CA certificate",
    ),
    (
        "network",
        r"NewConnectionError|NameResolutionError|Temporary failure in name resolution|getaddrinfo failed"
        r"|Name or service not known|Network is unreachable|No route to host|Connection refused|ConnectTimeout"
        r"|Read timed out|ReadTimeout|Connection reset|RemoteDisconnected|IncompleteRead|Connection broken"
        r"|error sending request|dns error|failed to lookup address",
    ),
    ("changed", r"DO NOT MATCH THE HASHES|[Hh]ash mismatch"),
    ("index", r"\b(401|403) Client Error|\b(401|403) Error|Unauthorized|HTTP error 40[13]"),
    ("path", r"WinError 206\b|File ?name too long|path too long|Errno 36\b|enable.{0,20}long path"),
    ("antivirus", r"WinError (5|32|225|1260)\b|Access is denied|being used by another process|contains a virus"),
    ("permission", r"Permission denied|Read-only file system|Operation not permitted|Errno (13|30)\b"),
    ("python", r"requires a different Python|Requires-Python|Package '.*' requires a different"),
    ("venv", r"ensurepip is not available|No module named '?(ensurepip|venv|pip)\b"),
    (
        "package",
        r"No matching distribution found|Could not find a version|ResolutionImpossible|conflicting dependencies",
    ),
    ("library", r"DLL load failed|cannot open shared object file|Library not loaded|GLIBC_"),
)


def explain(lines: Sequence[str], proxies: Sequence[str] = ()) -> Failure:
    """The failure that these lines of output show; `unknown` if they show no known sign.

    proxies: the hosts of the proxies in use. A newer pip names the host that it could not reach, but not that it is a
    proxy.
    """
    text = "\n".join(lines)
    for kind, sign in _SIGNS:
        if re.search(sign, text, re.I):
            if kind == "network" and any(f"host='{host}'" in text for host in proxies):
                kind = "proxy"
            return Failure(kind, _mend(kind))
    return Failure("unknown", _mend("unknown"))


def _mend(kind: str) -> str:
    return {
        "disk": tr("The disk is full. Free 2 GB and press the button again. Finished downloads are kept."),
        "proxy": tr(
            "The proxy did not work. Check it in Settings ▸ Options ▸ Network or ask your network"
            " administrator. Then press the button again."
        ),
        "certificate": tr(
            "This computer does not trust the certificate of the connection. Either its clock is wrong,"
            " or your network inspects encrypted connections. Check the clock. Ask your network"
            " administrator for the certificate as a .pem file, set the environment variable PIP_CERT to"
            " that file, restart QGIS and press the button again."
        ),
        "network": tr(
            "The package index could not be reached. Check the internet connection. If you use a proxy,"
            " check Settings ▸ Options ▸ Network. Then press the button again. Finished downloads are"
            " kept."
        ),
        "index": tr(
            "The package index refused the request. If your organisation has its own index, check the"
            " address and the password in pip's configuration (pip.ini or pip.conf)."
        ),
        "changed": tr(
            "A file that was fetched is not the one that was expected, so nothing of it was used. Try again, or on"
            " another network."
        ),
        "path": tr(
            "The path of the QGIS profile is too long for this system. Allow long paths in Windows"
            " (LongPathsEnabled), or make an environment in a folder with a short path and choose it"
            " below."
        ),
        "antivirus": tr(
            "A file could not be read or written, because an antivirus program or another program uses"
            " it. Close other QGIS windows, exclude the folder below from the antivirus program, and"
            " press the button again."
        ),
        "permission": tr("You may not write to the folder below. Check its permissions and press the button again."),
        "python": tr("This Python is too old for the detector. Install Python 3.12 and choose it below."),
        "venv": tr(
            "This Python cannot make environments. On Debian and Ubuntu, run “sudo apt install"
            " python3-venv”. On other systems, install Python from python.org and choose it below."
        ),
        "package": tr(
            "The package index has no package for this system and this Python. The detector needs 64-bit"
            " Windows, macOS or Linux, and Python 3.11 to 3.14. Choose such a Python below. If your"
            " organisation has its own index, ask for the missing package there."
        ),
        "library": tr(
            "A system library is missing. On Windows, install the Visual C++ Redistributable (x64) from"
            " Microsoft. On Linux, use a distribution from the last five years."
        ),
        "unknown": tr("Press “Copy diagnostics” and send the copied text to the person who helps you."),
    }[kind]
