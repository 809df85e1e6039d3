"""See Benchmarks/run."""
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

from iscsi import measure_iscsi
from latency import measure_latencies, measure_reclaim, measure_restart
from load import RUNTIME, fio
from servers import Nbdkit, Qcow2, QemuRaw, Sedai, must

ROUNDS = int(os.environ.get("ROUNDS", "3"))
PARTS = os.environ.get("PARTS", "throughput snapshot iscsi latency reclaim restart").split()
PLACES = os.environ.get("PLACES", "memory disk").split()
WARM_ROUNDS = 4         # whole overwrites with snapshots, so that all space was used once
CHURN_ROUNDS = 100      # snapshots with overwrites in between, before the last measurement
CHURN_WRITES = 1024     # 4 KiB overwrites after each of them

WORKLOADS = {
    "4 KiB random read, depth 1": ("randread", "4k", 1),
    "4 KiB random read, depth 32": ("randread", "4k", 32),
    "4 KiB random write, depth 1": ("randwrite", "4k", 1),
    "4 KiB random write, depth 32": ("randwrite", "4k", 32),
    "256 KiB sequential read": ("read", "256k", 8),
    "256 KiB sequential write": ("write", "256k", 8),
}
COLD = "4 KiB random read, depth 32, cold cache"
BEFORE, AFTER = "before", "right after a snapshot"
PRISTINE, CHURNED = "a volume without snapshots", "one after 100 snapshots with churn"


def say(text):
    print(text, flush=True)


def drop_caches():
    os.sync()
    with open("/proc/sys/vm/drop_caches", "w") as file:
        file.write("3")


def throughput(folder, place):
    """{workload: {server: [operations per second]}}"""
    servers = [kind(folder) for kind in (Sedai, Nbdkit, QemuRaw)]
    results = {}
    try:
        for server in servers:
            server.start()
            server.fill()
        for number in range(ROUNDS):
            for workload, arguments in WORKLOADS.items():
                for server in servers:
                    value = fio(server, *arguments)
                    results.setdefault(workload, {}).setdefault(server.name, []).append(value)
            say("  round %d of %d" % (number + 1, ROUNDS))
        if place == "disk" and os.getuid() == 0:
            for _ in range(ROUNDS):
                for server in servers:
                    server.stop()
                    drop_caches()
                    server.start()
                    value = fio(server, "randread", "4k", 32)
                    results.setdefault(COLD, {}).setdefault(server.name, []).append(value)
    finally:
        for server in servers:
            server.stop()
            shutil.rmtree(server.folder, ignore_errors=True)
    return results


def snapshot_cost(folder):
    """{moment: {server: [operations per second]}} of 4 KiB random overwrites at depth 32."""
    results = {}
    for kind in (Sedai, Qcow2):
        cost_of(kind, folder, results)
    return results


def cost_of(kind, folder, results):
    """One kind of server: before and after a snapshot in turn, then a volume that had many
    snapshots in turn with one that never had any."""
    servers = []

    def begin(place):
        os.makedirs(folder + place, exist_ok=True)
        server = kind(folder + place)
        servers.append(server)
        server.start()
        return server

    def note(moment, server):
        results.setdefault(moment, {}).setdefault(server.name, []).append(
            fio(server, "randwrite", "4k", 32))

    try:
        server = begin("/churned")
        # The first touch of memory or of a disk's blocks costs more than any snapshot.
        for _ in range(WARM_ROUNDS):
            server.fill()
            server.snapshot()
        for _ in range(ROUNDS):
            # The whole volume is overwritten, so that it is its own again: then a snapshot.
            server.fill()
            note(BEFORE, server)
            server.snapshot()
            note(AFTER, server)
        for _ in range(CHURN_ROUNDS):
            server.snapshot()
            fio(server, "randwrite", "4k", 32, writes=CHURN_WRITES)
        pristine = begin("/pristine")
        pristine.fill()
        for _ in range(ROUNDS):
            note(PRISTINE, pristine)
            note(CHURNED, server)
    finally:
        for server in servers:
            server.stop()
            shutil.rmtree(server.folder, ignore_errors=True)


def medians(results):
    return {w: {s: statistics.median(v) for s, v in by.items()} for w, by in results.items()}


def print_throughput(place, middle):
    say("\n%-44s %12s %12s %12s   %s" % (
        "on " + place, "sedai", "nbdkit file", "qemu-nbd raw", "sedai / nbdkit"))
    for workload, by in middle.items():
        say("%-44s %12.0f %12.0f %12.0f   %.2f" % (
            workload, by[Sedai.name], by[Nbdkit.name], by[QemuRaw.name],
            by[Sedai.name] / by[Nbdkit.name]))


def print_snapshot(place, middle):
    say("\n%-44s %12s %16s" % ("4 KiB random overwrite, on " + place, "sedai", "qemu-nbd qcow2"))
    for first, then in ((BEFORE, AFTER), (PRISTINE, CHURNED)):
        for moment in (first, then):
            by = middle[moment]
            say("%-44s %12.0f %16.0f" % (moment, by[Sedai.name], by[Qcow2.name]))
        say("%-44s %12.2f %16.2f" % ("  ratio", *(
            middle[then][name] / middle[first][name] for name in (Sedai.name, Qcow2.name))))


def print_iscsi(place, middle):
    say("\n%-44s %12s %12s %12s   %s" % (
        "on " + place, "sedai iSCSI", "tgt", "sedai NBD", "sedai / tgt, / NBD"))
    for workload, by in middle.items():
        own, nbd = by["sedai"], by.get("sedai NBD")
        say("%-44s %12.0f %12.0f %12s   %.2f  %s" % (
            workload, own, by["tgt"], "%.0f" % nbd if nbd else "-", own / by["tgt"],
            "%.2f" % (own / nbd) if nbd else ""))


def print_latency(place, figures):
    say("\n%-44s %10s %10s" % ("milliseconds, on " + place, "median", "p99"))
    for name, values in figures.items():
        say("%-44s %10.2f %10.2f" % (name, values["median"], values["p99"]))


def main():
    outcome = {
        "machine": {"cpus": os.cpu_count(), "kernel": os.uname().release,
                    "memory": os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")},
        "versions": {"fio": must("fio", "--version").strip(),
                     "nbdkit": must("nbdkit", "--version").strip(),
                     "qemu": must("qemu-nbd", "--version").splitlines()[0],
                     "tgt": must("tgtd", "--version").strip()},
        "rounds": ROUNDS, "seconds": RUNTIME,
    }
    places = {"memory": "/dev/shm", "disk": os.environ.get("SEDAI_SCRATCH", "/var/tmp")}
    for place in PLACES:
        part = outcome[place] = {}
        for name in PARTS:
            with tempfile.TemporaryDirectory(prefix="sedai-bench-", dir=places[place]) as folder:
                say("== %s, %s (%s)" % (name, place, places[place]))
                if name == "throughput":
                    part[name] = throughput(folder, place)
                    print_throughput(place, medians(part[name]))
                elif name == "snapshot":
                    part[name] = snapshot_cost(folder)
                    print_snapshot(place, medians(part[name]))
                elif name == "iscsi":
                    part[name] = measure_iscsi(folder, ROUNDS)
                    print_iscsi(place, medians(part[name]))
                elif name == "latency":
                    part[name] = measure_latencies(folder)
                    print_latency(place, part[name])
                else:
                    measure = measure_reclaim if name == "reclaim" else measure_restart
                    part[name] = measure(folder)
                    for key, value in part[name].items():
                        say("%-60s %s" % (key, value))
    os.makedirs("bench-results", exist_ok=True)
    path = "bench-results/bench-%s.json" % time.strftime("%Y%m%d-%H%M%S")
    with open(path, "w") as file:
        json.dump(outcome, file, indent=1)
    say("\nall figures: " + path)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
    except subprocess.TimeoutExpired as late:
        sys.exit(str(late))
