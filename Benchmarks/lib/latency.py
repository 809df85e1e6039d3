"""How long the operations on generations take, what a delete costs others, and a restart with
very many generations.

Measured at the array's management socket over one connection that stays open, so that the figures
are the array's own and not those of starting a program.
"""
import http.client
import json
import os
import random
import socket
import statistics
import threading
import time

from load import RUNTIME, fio
from servers import MIB, LocalArray
import nbd  # noqa: E402  (servers sets the path)

GIB = 1 << 30
TIB = 1 << 40
REPEATS = 200           # operations a figure is taken from
QUEUE = 16              # writes under way at once
MEMBER_LIMIT = 4 * TIB  # one pool file; file systems have limits of their own
RESERVE = 64 * GIB
RECLAIM_GENERATIONS = 80    # deleted at once, to see what that costs the writes beside it
RECLAIM_WRITES = 8192       # 4 KiB writes in each of them
DISK_ALONE = "the disk alone, one block"


class Connection(http.client.HTTPConnection):
    """HTTP over a Unix socket."""

    def __init__(self, path):
        super().__init__("localhost", timeout=120)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)

    def call(self, method, path, body=None):
        """The answer as a dictionary, and the milliseconds it took."""
        text = json.dumps(body) if body is not None else None
        began = time.perf_counter()
        self.request(method, "/api/v1" + path, text, {"Content-Type": "application/json"})
        answer = self.getresponse()
        data = answer.read()
        took = (time.perf_counter() - began) * 1000
        if answer.status >= 300:
            raise RuntimeError("%s %s: %d %s" % (method, path, answer.status, data[:300]))
        return (json.loads(data) if data else {}), took


def summary(values):
    ordered = sorted(values)
    return {"median": statistics.median(ordered), "p99": ordered[int(len(ordered) * 0.99)],
            "count": len(ordered)}


class Volume:
    """A sparse volume in a pool of sparse files, with generations and a link volume."""

    def __init__(self, array, name, size, generations, spare):
        self.array, self.name = array, name
        files = []
        left = size + RESERVE + GIB
        while left > 0:
            files += ["--file", "%s/%s-%d.data:%dMiB" % (
                array.folder, name, len(files), min(left, MEMBER_LIMIT) // MIB)]
            left -= MEMBER_LIMIT
        array.run("sedai", "pool", "create", "p_" + name, *files, "--sparse")
        array.run("sedai", "sra", "create", "p_" + name, "%dMiB" % (RESERVE // MIB))
        array.run("sedai", "ld", "create", name, "%dMiB" % (size // MIB), "--pool", "p_" + name)
        array.run("sedai", "generation", "build", name, "--count", generations + spare,
                  "--name", "g_" + name)
        array.run("sedai", "lv", "create", "lv_" + name, "--base", name)
        array.run("sedai", "ldset", "create", name)
        array.run("sedai", "ldset", "assign", name, name)
        self.connection = Connection(array.folder + "/sedaid.sock")

    @property
    def uri(self):
        return "nbd+unix:///%s?socket=%s" % (self.name, self.array.socket(self.name))

    def write(self, count):
        """Random 4 KiB writes, so that every generation differs from the one before."""
        client = nbd.Client(self.array.socket(self.name), self.name)
        block = random.randbytes(4096)
        sent = 0
        for answered in range(count):
            while sent < min(count, answered + QUEUE):
                client.submit(nbd.WRITE, random.randrange(GIB // 4096) * 4096, 4096, block)
                sent += 1
            _, error, _ = client.complete()
            if error:
                raise RuntimeError("write: error %d" % error)
        client.close()

    def create(self):
        return self.connection.call(
            "POST", "/generations/actions/create", {"members": [{"baseVolume": self.name}]})[1]

    def delete(self, reference):
        return self.connection.call(
            "POST", "/generations/actions/delete",
            {"members": [{"baseVolume": self.name, "generation": reference}]})[1]

    def restore(self, reference):
        return self.connection.call(
            "POST", "/generations/actions/restore",
            {"members": [{"baseVolume": self.name, "generation": reference}],
             "newerGenerations": "keep", "keepsUndo": False})[1]

    def link(self, reference):
        return self.connection.call(
            "PUT", "/link-volumes/lv_%s/link" % self.name,
            {"source": reference, "access": "rw"})[1]

    def used(self):
        """Bytes of the reserve in use."""
        return self.connection.call("GET", "/reserves/p_%s" % self.name)[0]["usedBytes"]

    def jobs(self, connection):
        """{number: state} of the jobs that give space back."""
        return {job["id"]: job["state"] for job in connection.call("GET", "/jobs")[0]["items"]
                if job["kind"] == "reclaim"}

    def await_reclaim(self, earlier, ended):
        """Puts the time into `ended` once a job that is not among `earlier` has ended."""
        connection = Connection(self.connection.path)
        while not any(state == "ended" for job, state in self.jobs(connection).items()
                      if job not in earlier):
            time.sleep(0.01)
        ended.append(time.monotonic())

    def unlink(self):
        return self.connection.call("DELETE", "/link-volumes/lv_%s/link" % self.name)[1]


def measure_reclaim(folder):
    """Writes a second before, and while the space of deleted generations is reclaimed."""
    array = LocalArray(folder + "/array")
    try:
        array.start()
        volume = Volume(array, "v", GIB, RECLAIM_GENERATIONS, REPEATS)
        charged = volume.used()
        for _ in range(RECLAIM_GENERATIONS):
            volume.create()
            volume.write(RECLAIM_WRITES)
        charged = volume.used() - charged
        # What follows finds every block the volume's own, or makes it so.
        fio(volume, "randwrite", "4k", 32)
        before = fio(volume, "randwrite", "4k", 32)
        members = [{"baseVolume": "v", "generation": "v.-%d" % (number + 1)}
                   for number in range(RECLAIM_GENERATIONS)]
        earlier = volume.jobs(volume.connection)
        acknowledged = volume.connection.call(
            "POST", "/generations/actions/delete", {"members": members})[1]
        ended = []
        asking = threading.Thread(target=volume.await_reclaim, args=(earlier, ended))
        began = time.monotonic()
        asking.start()
        during = fio(volume, "randwrite", "4k", 32)
        asking.join()
        changed = RECLAIM_GENERATIONS * RECLAIM_WRITES * 4096
        return {"writes/s before a delete of %d generations" % RECLAIM_GENERATIONS: round(before),
                "writes/s in the %g s after it" % RUNTIME: round(during),
                "  ratio": round(during / before, 2),
                "delete acknowledged, ms": round(acknowledged, 2),
                "space reclaimed after, s": round(ended[0] - began, 2),
                "SRA bytes per byte changed, random 4 KiB": round(charged / changed, 2)}
    finally:
        array.remove()


class Disk:
    """A file that was written in full, beside the array: what the disk alone takes to keep one
    block. An operation of the array is at least one such write."""

    def __init__(self, path):
        self.file = os.open(path, os.O_RDWR | os.O_CREAT)
        os.pwrite(self.file, bytes(4096 * REPEATS), 0)
        os.fsync(self.file)
        self.block = 0

    def force(self):
        """Milliseconds to overwrite one block of it and force it to the disk."""
        self.block = (self.block + 1) % REPEATS
        data = random.randbytes(4096)
        began = time.perf_counter()
        os.pwrite(self.file, data, self.block * 4096)
        os.fdatasync(self.file)
        return (time.perf_counter() - began) * 1000


def measure_latencies(folder):
    figures, disk = {}, Disk(folder + "/beside")
    for label, size in (("1 GiB", GIB), ("16 TiB", 16 * TIB)):
        for held in (1, 1000):
            array = LocalArray(folder + "/array")
            try:
                array.start()
                volume = Volume(array, "v", size, held, REPEATS)
                for _ in range(held):
                    volume.write(16)
                    volume.create()
                key = "%s, %d generations: " % (label, held)
                taken = {DISK_ALONE: [], "create": [], "restore": [], "link": [], "delete": []}
                for _ in range(REPEATS):
                    volume.write(64)
                    taken[DISK_ALONE].append(disk.force())
                    volume.write(64)
                    taken["create"].append(volume.create())
                    volume.write(64)
                    taken["restore"].append(volume.restore("v.-2"))
                    taken["link"].append(volume.link("v.-1"))
                    volume.unlink()
                    taken["delete"].append(volume.delete("v.-1"))
                figures.update({key + name: summary(values) for name, values in taken.items()})
            finally:
                array.remove()
    return figures


def measure_restart(folder):
    """A kill of an array with a volume of 16 TiB and 1,000 generations under load."""
    array = LocalArray(folder + "/array")
    try:
        array.start()
        volume = Volume(array, "v", 16 * TIB, 1000, 0)
        for _ in range(1000):
            volume.write(64)
            volume.create()
        volume.write(20000)
        memory_before = status_field(array, "VmHWM")
        array.kill()
        began = time.perf_counter()
        array.start()
        ready = time.perf_counter() - began
        volume.write(16)
        return {"restart after a kill, 16 TiB with 1,000 generations, s": round(ready, 3),
                "memory after the restart, MiB": status_field(array, "VmRSS") // 1024,
                "memory before the kill, at its peak, MiB": memory_before // 1024}
    finally:
        array.remove()


def status_field(array, name):
    """A figure of /proc/PID/status in KiB."""
    with open("/proc/%d/status" % array.process.pid) as status:
        for line in status:
            if line.startswith(name + ":"):
                return int(line.split()[1])
    raise RuntimeError("no " + name)
