#!/usr/bin/env python3
"""A base volume in one pool, its generations in another.

What the volume overwrites moves to the generations' pool; a restore across pools is usable at once
and over when everything is copied back; and the generations' pool may be lost, under the running
daemon and over restarts: the volume reads as it was written, to the last block.
"""
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import nbd
from checks import Checks, scratch
from oracle import content, identify
from sedaiarray import LocalArray

# The volume's size in blocks; its staging area takes a quarter of it.
BLOCKS = 1024
PATIENCE = 60


class Site:
    def __init__(self, folder):
        self.cheap = folder + "/cheap.data"
        with open(folder + "/sedaid.toml", "w") as settings:
            settings.write('staging = "1MiB"\n')
        self.array = LocalArray(folder + "/array", ["--config", folder + "/sedaid.toml"])
        self.array.start()
        run_ = self.array.run
        run_("sedai", "pool", "create", "fast", "--file", folder + "/fast.data:64MiB")
        run_("sedai", "pool", "create", "cheap", "--file", self.cheap + ":64MiB")
        run_("sedai", "sra", "create", "cheap", "24MiB")
        run_("sedai", "ld", "create", "bv", "4MiB", "--pool", "fast", "--type", "LX")
        run_("sedai", "generation", "build", "bv", "--count", 3, "--name", "sv",
             "--pool", "cheap")
        run_("sedai", "lv", "create", "lv", "--base", "bv")
        run_("sedai", "ldset", "create", "hosts", "--type", "LX")
        run_("sedai", "ldset", "assign", "hosts", "bv")
        run_("sedai", "ldset", "assign", "hosts", "lv")

    def client(self, volume):
        return nbd.Client(self.array.socket("hosts"), volume)

    def write(self, generation, blocks=range(BLOCKS)):
        client = self.client("bv")
        for block in blocks:
            client.write(block * 4096, content(block, generation))
        client.flush()
        client.close()

    def expect(self, volume, generation, blocks=range(BLOCKS)):
        client = self.client(volume)
        for block in blocks:
            found = identify(block, client.read(block * 4096, 4096))
            assert found == generation, "block %d of %s shows %s" % (block, volume, found)
        client.close()

    def pool(self, name):
        return self.array.json("sedai", "pool", "show", name)

    def held(self, name):
        pool = self.pool(name)
        return pool["allocatedBytes"] - pool["awaitingReuseBytes"]

    def query(self):
        return self.array.run("iSMsc_query", "-bv", "bv", "-bvflg", "ld")

    def wait(self, what, is_true):
        end = time.monotonic() + PATIENCE
        while not is_true():
            assert time.monotonic() < end, "%s: %s %s" % (
                what, self.pool("fast"), self.pool("cheap"))
            time.sleep(0.1)

    def wait_until_moved(self):
        self.wait("moved", lambda: self.held("fast") == BLOCKS * 4096)

    def restart(self):
        assert self.array.stop() == 0, self.array.last_words()
        self.array.start()


def moves(site):
    site.write(1)
    site.array.run("iSMsc_create", "-bv", "bv", "-bvflg", "ld", "-cyclic")
    site.write(2)
    site.wait_until_moved()
    assert site.held("cheap") == BLOCKS * 4096
    site.array.run("iSMsc_link", "-lv", "lv", "-lvflg", "ld", "-sv", "bv.-1", "-svflg", "ld.relgen")
    site.expect("lv", 1)
    site.expect("bv", 2)
    site.array.run("iSMsc_unlink", "-lv", "lv", "-lvflg", "ld")


def restores(site):
    site.array.run("iSMsc_restore", "-bv", "bv", "-bvflg", "ld", "-sv", "bv.-1", "-svflg",
                   "ld.relgen", "-derivsv", "keep")
    site.expect("bv", 1)
    site.wait("copied back", lambda: "rst/exec" not in site.query())
    site.expect("bv", 1)
    site.wait_until_moved()


def loses_its_pool(site):
    site.array.run("iSMsc_create", "-bv", "bv", "-bvflg", "ld", "-cyclic")
    site.write(3, range(0, BLOCKS, 2))
    os.unlink(site.cheap)
    site.wait("noticed", lambda: site.pool("cheap")["state"] == "poisoned")
    # Far more than the staging area has room for.
    for generation in (4, 5):
        site.write(generation)
        site.expect("bv", generation)
    site.restart()
    assert site.pool("cheap")["state"] == "missing"
    site.expect("bv", 5)
    site.write(6)
    site.expect("bv", 6)
    site.array.kill()
    site.array.start()
    site.expect("bv", 6)


def main():
    check = Checks()
    with scratch("apart") as folder:
        site = Site(folder)
        try:
            check("what a volume overwrites moves to its generations' pool", moves, site)
            check("a restore across pools is usable at once and comes home", restores, site)
            check("the generations' pool is lost, the volume is not", loses_its_pool, site)
        finally:
            site.array.remove()
    check.end()


main()
