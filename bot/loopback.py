"""Which hosts can only be this machine, where a request needs no encryption because nobody is in between.

It judges names as they were written, and must never resolve one: what resolves here today may not tomorrow.
"""

from ipaddress import ip_address


def is_loopback_name(host: str) -> bool:
    """Whether a host, as it stands in the configuration, is this machine: localhost, 127.0.0.0/8 or ::1."""
    if host.lower() == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
