"""Where does the app answer?"""

from collections.abc import Iterable

from kubeship.model.objects import Object


def addresses(objects: Iterable[Object]) -> tuple[str, ...]:
    """Where the Ingresses among the objects answer: `https://shop.example.com`."""
    found: list[str] = []
    for ingress in (item["spec"] for item in objects if item["kind"] == "Ingress"):
        secure = {host for tls in ingress.get("tls", ()) for host in tls.get("hosts", ())}
        hosts = [rule["host"] for rule in ingress.get("rules", ()) if "host" in rule]
        found += (f"{'https' if host in secure else 'http'}://{host}" for host in hosts)
    return tuple(dict.fromkeys(found))
