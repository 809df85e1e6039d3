#!/usr/bin/env python3
"""Pairs with real NBD clients: copies within a pool and into another one, the daemon killed
while it copies."""
import hashlib
import os
import random
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import nbd
from checks import Checks, need_programs, run, scratch
from sedaiarray import CommandFailed, LocalArray

MIB = 1 << 20
SIZE = 256 * MIB


class Site:
    """An array with a master and a copy in one pool, and a copy in another."""

    def __init__(self, folder):
        self.folder = folder
        self.array = LocalArray(folder + "/array")
        self.array.start()
        self.array.make({"mv": SIZE, "near": SIZE}, 0, 512 * MIB)
        for words in (
                "pool create pool1 --file %s/pool1.data:1024MiB" % self.array.folder,
                "sra create pool1 256MiB", "ld create far %dMiB --pool pool1 --type LX" %
                (SIZE // MIB), "ldset create far --type LX", "ldset assign far far"):
            self.array.run("sedai", *words.split())

    def uri(self, volume):
        return "nbd+unix:///%s?socket=%s" % (volume, self.array.socket(volume))

    def pair(self, verb, copy, *options):
        return self.array.run("iSMrc_" + verb, "-mv", "mv", "-mvflg", "ld", "-rv", copy,
                              "-rvflg", "ld", *options)

    def state(self, copy):
        lines = self.array.run("iSMrc_query", "-rv", copy, "-rvflg", "ld").splitlines()
        return next(line.split()[-1] for line in lines if "Sync State" in line)

    def restart(self):
        self.array.kill()
        self.array.start()

    def fill(self, volume, seed):
        """New contents all over a volume; returns their digest."""
        source = self.folder + "/source"
        with open(source, "wb") as file:
            file.write(made(seed))
        run("nbdcopy", "--flush", source, self.uri(volume))
        return digest(source)

    def contents(self, volume):
        back = self.folder + "/back"
        run("nbdcopy", self.uri(volume), back)
        return digest(back)


def made(seed):
    source = random.Random(seed)
    return b"".join(source.randbytes(MIB) for _ in range(SIZE // MIB))


def digest(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def within_a_pool(site):
    before = site.fill("mv", 1)
    site.pair("pair", "near", "-pair")
    site.pair("replicate", "near", "-nowait")
    site.pair("separate", "near", "-nowait")
    assert site.state("near") == "separated"
    after = site.fill("mv", 2)
    site.restart()
    assert site.contents("near") == before and site.contents("mv") == after


def a_restore_brings_the_master_back(site):
    copy = site.contents("near")
    site.pair("restore", "near", "-mode", "protect")
    assert site.state("near") == "separated" and site.contents("mv") == copy


def into_another_pool_over_kills(site):
    before = site.fill("mv", 3)
    site.pair("pair", "far", "-pair")
    site.pair("replicate", "far", "-nowait", "-cprange", "full")
    site.pair("separate", "far", "-nowait", "-rvuse", "complete")
    site.fill("mv", 4)
    for _ in range(3):
        assert site.state("far") in ("sep/exec", "separated")
        site.restart()
    site.pair("wait", "far", "-cond", "sep", "-time", "300")
    assert site.contents("far") == before


def only_differences_the_next_time(site):
    client = nbd.Client(site.array.socket("mv"), "mv")
    client.write(5 * MIB, b"m" * 65536)
    client.flush()
    client.close()
    client = nbd.Client(site.array.socket("far"), "far")
    client.write(9 * MIB, b"r" * 65536)
    client.flush()
    client.close()
    site.pair("replicate", "far")
    site.pair("separate", "far")
    assert site.contents("far") == site.contents("mv")


def used_at_once_over_kills(site):
    before = site.fill("mv", 6)
    site.pair("replicate", "far", "-nowait", "-cprange", "full")
    site.pair("separate", "far", "-nowait", "-rvuse", "immediate")
    client = nbd.Client(site.array.socket("far"), "far")
    client.write(200 * MIB, b"x" * 4096)
    client.flush()
    client.close()
    site.fill("mv", 7)
    site.restart()
    client = nbd.Client(site.array.socket("far"), "far")
    assert client.read(200 * MIB, 4096) == b"x" * 4096
    client.write(200 * MIB, made(6)[200 * MIB:200 * MIB + 4096])
    client.close()
    assert site.contents("far") == before
    site.pair("wait", "far", "-cond", "sep", "-time", "300")
    site.restart()
    assert site.contents("far") == before


def either_side_goes_without_the_other(site):
    for copy in ("near", "far"):
        site.array.run("sedai", "ldset", "unassign", copy, copy)
        try:
            site.array.run("iSMcfg", "ldunbind", "-ldname", "LX:" + copy)
            raise AssertionError("a volume of a pair was unbound")
        except CommandFailed as refusal:
            assert "iSM31160" in refusal.output, refusal
        site.array.run("sedai", "ldset", "assign", copy, copy)
    kept = {name: site.contents(name) for name in ("near", "far")}
    for copy in ("near", "far"):
        site.pair("pair", copy, "-unpair")
    site.array.run("sedai", "ldset", "unassign", "mv", "mv")
    site.array.run("iSMcfg", "ldunbind", "-ldname", "LX:mv")
    site.array.run("sedai", "job", "watch")
    assert {name: site.contents(name) for name in kept} == kept
    assert site.array.stop() == 0
    clean, text = site.array.check()
    assert clean, text


def main():
    check = Checks()
    with scratch("pairs") as folder:
        site = Site(folder)
        try:
            need_programs("nbdcopy")
            check("a copy within a pool is its master at the separation", within_a_pool, site)
            check("a restore brings the master back", a_restore_brings_the_master_back, site)
            check("a copy into another pool goes on after kills", into_another_pool_over_kills, site)
            check("only differences are copied again", only_differences_the_next_time, site)
            check("a copy is used before it is complete, over kills", used_at_once_over_kills, site)
            check("either side goes without the other", either_side_goes_without_the_other, site)
        finally:
            site.array.remove()
    check.end()


main()
