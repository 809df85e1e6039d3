"""How long the operations on generations take, and a restart with very many of them.

Measured at the array's management socket over one connection that stays open, so that the figures
are the array's own and not those of starting a program.
"""
import http.client
import json
import socket
import statistics
import time

from servers import MIB, LocalArray, must

GIB = 1 << 30
TIB = 1 << 40
REPEATS = 60            # operations a figure is taken from
MEMBER_LIMIT = 4 * TIB  # one pool file; file systems have limits of their own
RESERVE = 8 * GIB


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

    def __init__(self, array, name, size, generations):
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
        array.run("sedai", "generation", "build", name, "--count", generations + REPEATS,
                  "--name", "g_" + name)
        array.run("sedai", "lv", "create", "lv_" + name, "--base", name)
        array.run("sedai", "ldset", "create", name)
        array.run("sedai", "ldset", "assign", name, name)
        self.connection = Connection(array.folder + "/sedaid.sock")

    def write(self, count):
        """Some writes, so that every generation differs from the one before."""
        must("fio", "--name=w", "--ioengine=nbd", "--rw=randwrite", "--bs=4k", "--iodepth=16",
             "--uri=nbd+unix:///%s?socket=%s" % (self.name, self.array.socket(self.name)),
             "--size=%d" % GIB, "--io_size=%d" % (count * 4096), "--norandommap",
             "--randseed=%d" % (time.monotonic_ns() % 1_000_000))

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

    def unlink(self):
        return self.connection.call("DELETE", "/link-volumes/lv_%s/link" % self.name)[1]


def measure_latencies(folder):
    figures = {}
    for label, size in (("1 GiB", GIB), ("16 TiB", 16 * TIB)):
        for held in (1, 1000):
            array = LocalArray(folder + "/array")
            try:
                array.start()
                volume = Volume(array, "v", size, held)
                for _ in range(held):
                    volume.write(16) if held == 1 else None
                    volume.create()
                key = "%s, %d generations: " % (label, held)
                taken = {"create": [], "restore": [], "link": [], "delete": []}
                for _ in range(REPEATS):
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
        volume = Volume(array, "v", 16 * TIB, 1000)
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
