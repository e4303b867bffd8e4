"""A private SLURM of some virtual nodes on this machine: on loopback, no systemd, ended by recorded process ids."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

DAEMONS = ("munged", "slurmctld", "slurmd", "sbatch", "squeue")
SYSTEM_CONF = Path("/etc/slurm/slurm.conf")
"""Where `srun` inside a job looks: the executor's job step drops every variable named SLURM_*."""

PATIENCE = 60
"""Seconds after which a daemon counts as dead; it says nothing about speed."""

_CONF = """\
ClusterName=modularfaces
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={port}
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket={folder}/run/munge.sock
CredType=cred/munge
MpiDefault=none
ReturnToService=2
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU_Memory
SchedulerType=sched/backfill
SchedulerParameters=sched_interval=5,bf_interval=5,batch_sched_delay=1,sched_min_interval=100000
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherFrequency=task=1
JobAcctGatherParams=OverMemoryKill
JobRequeue=1
MinJobAge=300
KillWait=5
SlurmctldTimeout=10
SlurmdTimeout=15
BatchStartTimeout=30
CompleteWait=0
DefMemPerCPU=500
StateSaveLocation={folder}/state
SlurmctldPidFile={folder}/run/slurmctld.pid
SlurmdPidFile={folder}/run/slurmd.%n.pid
SlurmdSpoolDir={folder}/spool/%n
SlurmctldLogFile={folder}/log/slurmctld.log
SlurmdLogFile={folder}/log/slurmd.%n.log
CommunicationParameters=NoCtldInAddrAny,NoInAddrAny
"""


def why_not() -> str:
    """Say why no cluster can be started here; empty when one can."""
    missing = [name for name in DAEMONS if shutil.which(name, path=_PATH) is None]
    if missing:
        return f"{', '.join(missing)} not installed (apt-get install slurmctld slurmd slurm-client munge)"
    if os.geteuid() != 0:
        return "only root can start a cluster of its own"
    if SYSTEM_CONF.exists() and not SYSTEM_CONF.is_symlink():
        return f"{SYSTEM_CONF} belongs to a cluster of this machine"
    if SYSTEM_CONF.is_symlink():
        controller = SYSTEM_CONF.readlink().parent / "run" / "slurmctld.pid"
        if controller.exists() and Path("/proc", controller.read_text().strip()).exists():
            return f"another test runs a cluster ({controller.parents[1]})"
    return ""


_PATH = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/sbin"])


@dataclass(frozen=True)
class Cluster:
    """A running cluster.

    Attributes
    ----------
    folder : Path
        Of its configuration, state and logs.
    nodes : tuple of str
    """

    folder: Path
    nodes: tuple[str, ...]

    @property
    def environment(self) -> dict[str, str]:
        """Variables by which SLURM's commands find it."""
        return {"SLURM_CONF": str(self.folder / "slurm.conf"), "PATH": _PATH}

    def ask(self, *command: str) -> str:
        """Run one of SLURM's commands, which must succeed, and give what it said."""
        done = subprocess.run(
            command,
            env=os.environ | self.environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        assert done.returncode == 0, f"{command}: {done.stderr}"
        return done.stdout

    def jobs(self, columns: str = "%i|%T|%k|%m|%l", *options: str) -> list[list[str]]:
        """Fields of all jobs, ended ones too: number, state, comment, memory and time asked for."""
        lines = self.ask("squeue", "--noheader", "--states=all", f"--format={columns}", *options)
        return [line.split("|") for line in lines.splitlines()]

    def state_of(self, job: str) -> str:
        """State of a job by its number."""
        return self.by("%i", "%T")[job]

    def by(self, key: str, value: str, *options: str) -> dict[str, str]:
        """One field of all jobs by another; of jobs with the same key the last one counts."""
        jobs = self.jobs(f"{key}|{value}", "--sort=i", *options)
        return {one[0]: one[1] for one in jobs}

    def pid_file(self, daemon: str) -> Path:
        """Where a daemon (`slurmctld`, `munged`, `slurmd.node1`) left its process id."""
        return self.folder / "run" / f"{daemon}.pid"

    def start_controller(self) -> None:
        """Start the controller, with the state it left."""
        self._start("slurmctld", "-f", str(self.folder / "slurm.conf"))

    def start_node(self, node: str) -> None:
        """Start the daemon of a node."""
        self._start("slurmd", "-N", node, "-f", str(self.folder / "slurm.conf"))

    def stop_daemon(self, daemon: str, number: signal.Signals = signal.SIGTERM) -> None:
        """End a daemon by its recorded process id."""
        file = self.pid_file(daemon)
        with suppress(OSError, ValueError):
            pid = int(file.read_text())
            os.kill(pid, number)
            wait_until(lambda: not Path(f"/proc/{pid}").exists(), f"{daemon} did not end")
        file.unlink(missing_ok=True)

    def wait_for_nodes(self, states: Sequence[str] = ("idle", "mix", "alloc")) -> None:
        """Wait until every node is up."""
        wait_until(
            lambda: all(state in states for state in self.node_states().values()),
            "the nodes did not come up",
        )

    def node_states(self) -> dict[str, str]:
        """State of each node, without the marks that SLURM puts behind it."""
        lines = self.ask("sinfo", "--noheader", "--Node", "--format=%N %t").splitlines()
        return {name: state.rstrip("*~#$@+-!%") for name, state in map(str.split, lines)}

    def stop(self) -> None:
        """End all jobs and daemons, and take back the link that made SLURM's commands find them."""
        with suppress(AssertionError, subprocess.TimeoutExpired):
            self.ask("scancel", "--user=root")
            wait_until(lambda: not self.ask("squeue", "--noheader"), "jobs did not end")
        for daemon in ("slurmctld", *(f"slurmd.{node}" for node in self.nodes), "munged"):
            self.stop_daemon(daemon)
        if SYSTEM_CONF.is_symlink() and SYSTEM_CONF.readlink() == self.folder / "slurm.conf":
            SYSTEM_CONF.unlink()

    def _start(self, *command: str) -> None:
        subprocess.run(
            command,
            env=os.environ | self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=PATIENCE,
            check=True,
        )


def start_cluster(folder: Path, *, n_nodes: int, cpus: int, memory: int) -> Cluster:
    """Start a cluster.

    Parameters
    ----------
    folder : Path
        New folder for all its files.
    n_nodes, cpus : int
        Virtual nodes, and processors of each.
    memory : int
        Megabytes of each node.

    Returns
    -------
    Cluster
        With all nodes idle.
    """
    for name in ("spool", "state", "log", "run", "munge"):
        (folder / name).mkdir(parents=True)
    for path in (folder, folder / "run"):
        path.chmod(0o755)
    cluster = Cluster(folder, tuple(f"node{k}" for k in range(1, n_nodes + 1)))
    host = socket.gethostname().partition(".")[0]
    port, *ports = _free_ports(n_nodes + 1)
    nodes = [
        f"NodeName={node} NodeHostname={host} NodeAddr=127.0.0.1 Port={of_node} "
        f"CPUs={cpus} RealMemory={memory} State=UNKNOWN\n"
        for node, of_node in zip(cluster.nodes, ports, strict=True)
    ]
    conf = _CONF.format(host=host, port=port, folder=folder)
    partition = "PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP\n"
    (folder / "slurm.conf").write_text(conf + "".join(nodes) + partition)
    SYSTEM_CONF.parent.mkdir(exist_ok=True)
    SYSTEM_CONF.unlink(missing_ok=True)
    SYSTEM_CONF.symlink_to(folder / "slurm.conf")
    _start_munge(cluster)
    for node in cluster.nodes:
        (folder / "spool" / node).mkdir()
    cluster.start_controller()
    for node in cluster.nodes:
        cluster.start_node(node)
    cluster.wait_for_nodes(["idle"])
    return cluster


def _free_ports(number: int) -> list[int]:
    with ExitStack() as sockets:
        bound = [sockets.enter_context(socket.socket()) for _ in range(number)]
        for one in bound:
            one.bind(("127.0.0.1", 0))
        return [int(one.getsockname()[1]) for one in bound]


def _start_munge(cluster: Cluster) -> None:
    folder = cluster.folder
    key = folder / "munge" / "munge.key"
    key.write_bytes(secrets.token_bytes(1024))
    key.chmod(0o400)
    key.parent.chmod(0o700)
    places = {
        "key-file": key,
        "socket": folder / "run" / "munge.sock",
        "pid-file": cluster.pid_file("munged"),
        "log-file": folder / "log" / "munged.log",
        "seed-file": folder / "munge" / "seed",
    }
    cluster._start("munged", "--force", *(f"--{name}={path}" for name, path in places.items()))


def wait_until(condition: Callable[[], bool], problem: str, seconds: float = PATIENCE) -> None:
    """Wait until a condition holds; fail with the problem when it never does."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, problem
        time.sleep(0.1)
