#!/usr/bin/env python3
"""I/O limits of logical disks, measured with fio through NBD.

An upper limit is held within 5 % over 10 s; a lower limit is kept to 90 % beside a neighbour that
takes all it can; and hosts are told nothing of either but how long their requests take.
"""
import json
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
from checks import Checks, need_programs, run, scratch
from sedaiarray import LocalArray

MIB = 1 << 20
SECONDS = 10
ROUNDS = 4


class Load:
    """fio under way on one disk."""

    def __init__(self, array, folder, name, depth, seconds, mode="randread", block="4k"):
        self.process = subprocess.Popen(
            ["fio", "--name=" + name, "--ioengine=nbd", "--rw=" + mode, "--bs=" + block,
             "--uri=nbd+unix:///%s?socket=%s" % (name, array.socket(name)),
             "--iodepth=%d" % depth, "--size=60m", "--time_based", "--runtime=%d" % seconds,
             "--output-format=json"],
            cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
        self.kind = "write" if "write" in mode else "read"

    def rate(self):
        """Requests a second, when it has ended."""
        output = self.process.communicate(timeout=300)[0]
        job = json.loads(output[output.index("{"):])["jobs"][0]
        assert self.process.returncode == 0 and job["error"] == 0, output[-1000:]
        return job[self.kind]["total_ios"] * 1000 / job[self.kind]["runtime"]


def limit(array, name, *options):
    array.run("iSMioc", "setlimit", "-ldname", "LX:" + name, *options)


def upper_limit_is_held(array, folder):
    for upper, depth, mode, block in ((1000, 1, "randwrite", "4k"), (1000, 32, "randread", "4k"),
                                      (200, 4, "read", "256k")):
        limit(array, "one", "-upperlimit", upper)
        rate = Load(array, folder, "one", depth, SECONDS, mode, block).rate()
        print("  limit %d, depth %d, %s of %s: %.0f requests/s"
              % (upper, depth, mode, block, rate))
        assert abs(rate - upper) <= upper * 0.05, rate
    limit(array, "one", "-upperlimit", 0)


def upper_limit_changes_under_load(array, folder):
    limit(array, "one", "-upperlimit", 200)
    slow = Load(array, folder, "one", 8, 4)
    limit(array, "one", "-upperlimit", 0)
    assert slow.rate() > 1000
    limit(array, "one", "-upperlimit", 200, "-upperreport", "on")
    slow = Load(array, folder, "one", 8, 3)
    assert slow.rate() <= 250
    events = array.json("sedai", "event", "list")["items"]
    assert sum("reached its upper limit" in event["text"] for event in events) == 1, events[-5:]
    limit(array, "one", "-upperlimit", 0, "-upperreport", "off")


def crowd(array, folder, seconds):
    return [Load(array, folder, name, 64, seconds) for name in ("two", "three")]


def lower_limit_is_kept(array, folder):
    """What a disk can have alone is measured, so a machine that others use as well may need
    more than one round to stay the same for as long as a round takes."""
    for _ in range(ROUNDS):
        limit(array, "one", "-lowerlimit", 0)
        alone = Load(array, folder, "one", 2, 3).rate()
        others = crowd(array, folder, 5)
        crowded = Load(array, folder, "one", 2, 3).rate()
        for load in others:
            load.rate()
        wanted = int(alone * 0.5)
        limit(array, "one", "-lowerlimit", wanted)
        others = crowd(array, folder, SECONDS + 8)
        Load(array, folder, "one", 2, 4).rate()
        kept = Load(array, folder, "one", 2, SECONDS).rate()
        print("  alone %.0f, crowded %.0f, promised %d: %.0f requests/s (the others %.0f)"
              % (alone, crowded, wanted, kept, sum(load.rate() for load in others)))
        if crowded < wanted and kept >= 0.9 * wanted:
            return limit(array, "one", "-lowerlimit", 0)
    raise AssertionError("the promise was not kept in %d rounds" % ROUNDS)


def main():
    check = Checks()
    with scratch("limits") as folder:
        array = LocalArray(folder + "/array")
        array.start()
        try:
            array.make({name: 64 * MIB for name in ("one", "two", "three")}, 0, 64 * MIB)
            need_programs("fio")
            for name in ("one", "two", "three"):
                run("fio", "--name=fill", "--ioengine=nbd", "--rw=write", "--bs=1m", "--size=64m",
                    "--uri=nbd+unix:///%s?socket=%s" % (name, array.socket(name)), cwd=folder)
            check("an upper I/O limit is held within 5 % over 10 s", upper_limit_is_held, array,
                  folder)
            check("an I/O limit changes under load, and is told", upper_limit_changes_under_load,
                  array, folder)
            check("a lower I/O limit is kept to 90 % beside a crowd", lower_limit_is_kept, array,
                  folder)
        finally:
            array.remove()
    check.end()


main()
