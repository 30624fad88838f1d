"""Does every server of this checkout run and serve, and where?"""

from __future__ import annotations

from tests.stack import held, network, place
from tests.stack.servers import servers


def status() -> int:
    """Print one line per server; 0 when all are ready, else 1."""
    here = place.remembered()
    if here is None or held.supervisor_pid(here) is None:
        print("the stack is not up (python -m tests.stack up)")
        return 1
    supervisor = held.Supervisor(here)
    running = supervisor.ask("servers")
    pids = held.pids_on_this_machine(here)
    tokens = {}
    for line in (here.run / "tokens.csv").read_text().splitlines():
        token, _, user = line.split(",")[:3]
        tokens[user] = token
    all_ready = True
    print(f"{'SERVER':24} {'PID':>7} {'STATE':10} {'ADDRESS':52} LOG")
    for server in servers(here, place.CHECKOUT, tokens, network.mtu()):
        if server.name not in running:
            print(f"{server.name:24} {'-':>7} {'elsewhere':10} named by the environment")
            continue
        ended = running[server.name]["ended"]
        state = f"ended {ended}" if ended is not None else "ready" if server.is_ready() else "not ready"
        all_ready &= state == "ready"
        pid = pids.get(running[server.name]["pid"], "-")
        print(f"{server.name:24} {pid:>7} {state:10} {server.address:52} {here.logs / server.name}.log")
    return 0 if all_ready else 1
