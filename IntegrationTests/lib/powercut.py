"""See powercut.sh."""
import os
import random
import subprocess
import sys
import tempfile
import threading
import time

import hostimage
import nbd
from sedaiarray import GuestArray, programs_for_hosts
from crash import LINK, VOLUME, Rounds
from oracle import BLOCK
from virtualhost import VirtualHost

BLOCKS = 4096
DISK = 1536 << 20
MEMORY = 2048           # MiB
LONGEST_LOAD = 10.0     # seconds before the cut
PORTS = {VOLUME: 10810, LINK: 10811}


def boot(folder, array):
    array.host = VirtualHost("array", share=folder + "/programs", disks=[folder + "/disk"],
                             memory=MEMORY, links=1, forwards=PORTS.values())
    array.host.run("mount -o data=ordered /dev/vdb /data")


def start(array):
    array.start()
    for ld_set, port in PORTS.items():
        array.relay(port, ld_set)


def one_round(folder, array, rounds, chance):
    """Load, cut, boot, check, verify: what was wrong."""
    problems = []

    def load():
        try:
            rounds.load(LONGEST_LOAD)
        except Exception as problem:  # a thread of its own: the round reports it
            problems.append("the load: %s" % problem)

    rounds.crashed.clear()
    worker = threading.Thread(target=load)
    worker.start()
    time.sleep(chance.uniform(0.5, LONGEST_LOAD))
    rounds.crashed.set()
    array.host.cut()
    worker.join()
    boot(folder, array)
    clean, text = array.check()
    if not clean:
        problems.append("sedai-check after the power cut: " + text[-800:])
    start(array)
    return problems + rounds.verify()


def main():
    count = int(sys.argv[1])
    seed = sys.argv[2] or "%d" % (time.time_ns() % 1_000_000_007)
    reason = hostimage.lacking()
    if reason:
        print("left out: power cuts of a virtual host (%s)" % reason)
        return
    print("power cuts, %d rounds, seed %s" % (count, seed), flush=True)
    scratch = os.environ.get("SEDAI_SCRATCH", "/var/tmp")
    failures = 0
    with tempfile.TemporaryDirectory(prefix="sedai-powercut-", dir=scratch) as folder:
        programs_for_hosts(folder + "/programs")
        with open(folder + "/disk", "wb") as disk:
            disk.truncate(DISK)
        subprocess.run(["mkfs.ext4", "-q", "-F", folder + "/disk"], check=True)
        array = GuestArray()
        try:
            boot(folder, array)
            array.start()
            array.make({VOLUME: BLOCKS * BLOCK}, 3, 256 << 20)
            for ld_set, port in PORTS.items():
                array.relay(port, ld_set)

            def connect(ld_set, volume):
                return nbd.Client(("127.0.0.1", array.host.ports[PORTS[ld_set]]), volume, 30)

            rounds = Rounds(array, connect, BLOCKS, seed, power_cut=True)
            chance = random.Random(seed)
            for number in range(count):
                problems = one_round(folder, array, rounds, chance)
                print("%s: power cut round %d" % ("FAILED" if problems else "passed", number + 1),
                      flush=True)
                for problem in problems[:8]:
                    print("  " + problem, flush=True)
                failures += bool(problems)
            print("  in all: " + ", ".join("%d %s" % (n, k) for k, n in rounds.counts.items()))
        finally:
            if array.host:
                array.host.cut()
    sys.exit(failures != 0)


main()
