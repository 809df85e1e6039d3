#!/usr/bin/env python3
"""Files and disks of pools that fail under the running daemon.

A file removed, moved away or cut short; a disk that fails reads, writes or flushes: hosts get
errors where something is lost and right answers everywhere else, views and events say what it
is, other pools work on, and the documented way back leads back.
"""
import os
import shutil
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import nbd
from checks import Checks, need_block_devices, need_programs, run, scratch
from oracle import content, identify
from sedaiarray import ROOT, LocalArray

MIB = 1 << 20
BLOCKS = 128
# The array looks at its files once a second.
NOTICE_PATIENCE = 15


class Site:
    """An array with two pools; `bv` and `lv` are in the one that fails, `other` is not."""

    def __init__(self, folder):
        self.folder = folder
        self.array = LocalArray(folder + "/array")
        self.array.start()
        run_ = self.array.run
        run_("sedai", "pool", "create", "well", "--file", self.file("well") + ":128MiB")
        run_("sedai", "ld", "create", "other", "32MiB", "--pool", "well", "--type", "LX")
        run_("sedai", "ldset", "create", "hosts", "--type", "LX")
        run_("sedai", "ldset", "assign", "hosts", "other")

    def file(self, pool):
        return "%s/%s.data" % (self.folder, pool)

    def make(self, *members):
        """The pool that is going to fail, with a snapshot of `bv`, linked."""
        run_ = self.array.run
        run_("sedai", "pool", "create", "frail", *members)
        self.build()

    def build(self):
        run_ = self.array.run
        run_("sedai", "sra", "create", "frail", "16MiB")
        run_("sedai", "ld", "create", "bv", "16MiB", "--pool", "frail", "--type", "LX")
        run_("sedai", "generation", "build", "bv", "--count", 3, "--name", "sv")
        run_("sedai", "lv", "create", "lv", "--base", "bv")
        run_("sedai", "ldset", "assign", "hosts", "bv")
        run_("sedai", "ldset", "assign", "hosts", "lv")
        self.write("bv", 1)
        run_("iSMsc_create", "-bv", "bv", "-bvflg", "ld", "-cyclic")
        self.write("bv", 2)
        run_("iSMsc_link", "-lv", "lv", "-lvflg", "ld", "-sv", "bv.-1", "-svflg", "ld.relgen")

    def tear_down(self):
        """The manual's order after the loss of a base volume (2.3.1(3)), then the pool."""
        run_ = self.array.run
        run_("iSMsc_unlink", "-lv", "lv", "-lvflg", "ld")
        for volume in ("lv", "bv"):
            run_("sedai", "ldset", "unassign", "hosts", volume)
        run_("iSMcfg", "lvunbind", "-ldname", "LX:lv")
        for generation in self.array.json("sedai", "generation", "list", "bv")["items"]:
            if generation["state"] in ("active", "fault"):
                run_("iSMsc_delete", "-bv", "bv", "-bvflg", "ld", "-sv", generation["name"],
                     "-svflg", "ld")
        run_("iSMcfg", "generationdel", "-bvname", "LX:bv", "-count", 3)
        run_("iSMcfg", "ldunbind", "-ldname", "LX:bv")
        end = time.monotonic() + NOTICE_PATIENCE
        while True:
            status, output, errors = self.array.execute(["sedai", "sra", "delete", "frail"])
            if status == 0:
                break
            assert time.monotonic() < end, output + errors
            time.sleep(0.2)
        run_("sedai", "pool", "delete", "frail")

    def client(self, volume):
        return nbd.Client(self.array.socket("hosts"), volume)

    def write(self, volume, generation, blocks=range(BLOCKS)):
        client = self.client(volume)
        for block in blocks:
            client.write(block * 4096, content(block, generation))
        client.flush()
        client.close()

    def expect(self, volume, generation):
        client = self.client(volume)
        for block in range(BLOCKS):
            found = identify(block, client.read(block * 4096, 4096))
            assert found == generation, "block %d of %s shows %s" % (block, volume, found)
        client.close()

    def refuses(self, volume, request):
        client = self.client(volume)
        try:
            request(client)
        except nbd.Refused:
            client.close()
            return
        raise AssertionError("%s was served" % volume)

    def state(self):
        return self.array.json("sedai", "pool", "show", "frail")["state"]

    def wait_for_state(self, wanted):
        end = time.monotonic() + NOTICE_PATIENCE
        while self.state() != wanted:
            assert time.monotonic() < end, "the pool is %s, not %s" % (self.state(), wanted)
            time.sleep(0.1)

    def told(self, words):
        events = self.array.json("sedai", "event", "list")["items"]
        assert any(words in event["text"] for event in events), [e["text"] for e in events[-6:]]

    def others_work(self, generation):
        self.write("other", generation)
        self.expect("other", generation)

    def restart(self):
        assert self.array.stop() == 0, self.array.last_words()
        self.array.start()


def a_removed_file(site):
    site.make("--file", site.file("frail") + ":64MiB")
    kept = site.folder + "/kept"
    os.link(site.file("frail"), kept)
    os.unlink(site.file("frail"))
    end = time.monotonic() + NOTICE_PATIENCE
    while "was moved away" not in str(site.array.json("sedai", "event", "list")):
        assert time.monotonic() < end
        time.sleep(0.1)
    # A second name is left, so nothing is lost yet.
    assert site.state() == "ready"
    site.write("bv", 3)
    os.unlink(kept)
    site.wait_for_state("poisoned")
    site.told("was removed while in use")
    site.refuses("bv", lambda client: client.write(0, content(0, 4)))
    site.expect("bv", 3)
    site.expect("lv", 1)
    site.others_work(1)
    assert "attn" in site.array.run("iSMview", "-d")
    site.restart()
    assert site.state() == "missing"
    query = site.array.run("iSMsc_query", "-bv", "bv", "-bvflg", "ld")
    assert "snap/fault" in query, query
    site.refuses("bv", lambda client: client.read(0, 4096))
    site.others_work(2)
    number = site.array.json("sedai", "ld", "show", "lv")["number"]
    site.tear_down()
    site.make("--file", site.file("frail") + ":64MiB")
    assert site.array.json("sedai", "ld", "show", "lv")["number"] == number
    site.expect("bv", 2)
    site.expect("lv", 1)
    site.tear_down()
    os.unlink(site.file("frail"))


def a_truncated_file(site):
    site.make("--file", site.file("frail") + ":64MiB")
    site.restart()
    whole = site.folder + "/whole"
    shutil.copyfile(site.file("frail"), whole)
    os.truncate(site.file("frail"), 1 * MIB)
    site.wait_for_state("poisoned")
    site.told("was cut short while in use")
    site.refuses("bv", lambda client: client.write(0, content(0, 9)))
    site.others_work(3)
    site.restart()
    assert site.state() == "missing"
    assert site.array.stop() == 0
    shutil.copyfile(whole, site.file("frail"))
    site.array.start()
    assert site.state() == "ready"
    site.expect("bv", 2)
    site.expect("lv", 1)
    site.write("bv", 5)
    site.expect("bv", 5)
    site.tear_down()


class FrailDisk:
    """A block device whose reads, writes and flushes fail while a file says so."""

    def __init__(self, folder, size):
        self.folder = folder + "/disk"
        os.makedirs(self.folder)
        with open(self.folder + "/disk", "wb") as file:
            file.truncate(size)
        socket = self.folder + "/socket"
        fail = "if test -e %s/fail-%%s; then echo EIO broken >&2; exit 1; fi; " % self.folder
        self.server = subprocess.Popen(
            ["nbdkit", "--foreground", "--unix", socket, "eval",
             "get_size=echo %d" % size, "can_write=exit 0", "can_flush=exit 0",
             "pread=" + fail % "reads" + "dd if=%s/disk skip=$4 count=$3 "
             "iflag=count_bytes,skip_bytes status=none" % self.folder,
             "pwrite=" + fail % "writes" + "dd of=%s/disk seek=$4 oflag=seek_bytes "
             "conv=notrunc status=none" % self.folder,
             "flush=" + fail % "flushes" + "exit 0"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        end = time.monotonic() + NOTICE_PATIENCE
        while not os.path.exists(socket):
            assert time.monotonic() < end and self.server.poll() is None
            time.sleep(0.05)
        self.environment = dict(os.environ, SEDAI_ATTACH_STATE=self.folder + "/attached")
        self.path = run(ROOT + "/scripts/attach", "nbd+unix:///?socket=" + socket,
                        env=self.environment).strip()

    def fail(self, what, fails=True):
        name = "%s/fail-%s" % (self.folder, what)
        if fails:
            open(name, "w").close()
        else:
            os.unlink(name)

    def remove(self):
        subprocess.run([ROOT + "/scripts/attach", "--detach-all"], env=self.environment)
        self.server.terminate()
        self.server.wait()


def a_failing_disk(site):
    need_block_devices()
    need_programs("nbdkit")
    disk = FrailDisk(site.folder, 64 * MIB)
    try:
        site.make("--device", disk.path)
        site.restart()
        run("blockdev", "--flushbufs", disk.path)
        disk.fail("reads")
        site.refuses("bv", lambda client: client.read(64 * 4096, 4096))
        site.wait_for_state("failing")
        site.told("Accesses to")
        disk.fail("reads", False)
        site.expect("bv", 2)
        site.expect("lv", 1)
        # The kernel takes writes and meets the broken disk when they are flushed.
        disk.fail("writes")
        site.refuses("bv", lambda client: (client.write(0, content(0, 8)), client.flush()))
        site.wait_for_state("poisoned")
        site.told("Pool frail is poisoned")
        disk.fail("writes", False)
        site.refuses("bv", lambda client: client.write(4096, content(1, 8)))
        site.others_work(4)
        site.restart()
        assert site.state() == "ready"
        client = site.client("bv")
        found = identify(0, client.read(0, 4096))
        assert found in (2, 8), "block 0 shows %s" % found
        client.close()
        site.expect("lv", 1)
        site.write("bv", 6)
        disk.fail("flushes")
        site.refuses("bv", lambda client: (client.write(0, content(0, 7)), client.flush()))
        site.wait_for_state("poisoned")
        disk.fail("flushes", False)
        site.restart()
        assert site.state() == "ready"
        site.write("bv", 7)
        site.expect("bv", 7)
        site.expect("lv", 1)
        site.tear_down()
    finally:
        site.array.stop()
        disk.remove()


def main():
    check = Checks()
    with scratch("failures") as folder:
        site = Site(folder)
        try:
            check("a pool whose file is removed, and the way back", a_removed_file, site)
            check("a pool whose file is cut short, and the way back", a_truncated_file, site)
            check("a disk that fails reads, writes and flushes", a_failing_disk, site)
            if not site.array.alive():
                site.array.start()
            assert site.array.stop() == 0
            check("sedai-check finds all sound afterwards", lambda: check_sound(site))
        finally:
            site.array.remove()
    check.end()


def check_sound(site):
    clean, words = site.array.check()
    assert clean, words


main()
