"""iSCSI: Sedai against tgt, and against its own NBD server, with the same clients.

iscsi-perf reads only, and its figures stand beside fio's over NBD; qemu-img bench also writes, and
speaks NBD, with at most 16 requests under way. `host` measures through the initiator of a Linux
kernel in a virtual host: where that is emulated, the client is the bottleneck, and a ratio near 1
means no more than that.
"""
import json
import os
import re
import shutil
import subprocess
import time

from load import RUNTIME, fio
from servers import MIB, SIZE, LocalArray, Sedai, must, same_priority
import hostimage  # noqa: E402  (servers sets the path)
from checks import free_port  # noqa: E402
from virtualhost import VirtualHost  # noqa: E402

INITIATOR = "iqn.2026-11.test:bench"
LARGE = 64          # 4 KiB blocks in a large request
# What, depth, 4 KiB blocks in a request, and the client.
WORKLOADS = {
    "4 KiB random read, depth 1 (iscsi-perf)": ("perf", "read", 1, 1),
    "4 KiB random read, depth 32 (iscsi-perf)": ("perf", "read", 32, 1),
    "256 KiB sequential read (iscsi-perf)": ("perf", "read", 8, LARGE),
    "4 KiB random read, depth 32 (qemu-img)": ("qemu", "read", 32, 1),
    "4 KiB random write, depth 32 (qemu-img)": ("qemu", "write", 32, 1),
    "256 KiB sequential read (qemu-img)": ("qemu", "read", 8, LARGE),
    "256 KiB sequential write (qemu-img)": ("qemu", "write", 8, LARGE),
}
HOST_WORKLOADS = {
    "4 KiB random read, depth 32 (host)": ("randread", "4k", 32),
    "4 KiB random write, depth 32 (host)": ("randwrite", "4k", 32),
    "256 KiB sequential read (host)": ("read", "256k", 8),
    "256 KiB sequential write (host)": ("write", "256k", 8),
}
REQUESTS = 20000    # of qemu-img in a measurement with small requests
STRIDE = 7919       # requests from one to the next: what qemu-img can do for random access


class Target:
    """One disk over iSCSI: `portal`, `target`, `lun`."""

    @property
    def url(self):
        return "iscsi://%s/%s/%d" % (self.portal, self.target, self.lun)

    @property
    def image(self):
        return ("driver=raw,file.driver=iscsi,file.transport=tcp,file.portal=%s,file.target=%s,"
                "file.lun=%d,file.initiator-name=%s"
                % (self.portal, self.target, self.lun, INITIATOR))

    def fill(self, source):
        must("qemu-img", "convert", "-n", "-f", "raw", source, "--target-image-opts", self.image)


class SedaiTarget(Sedai, Target):
    name, lun = "sedai", 0

    def prepare(self):
        self.portal = "127.0.0.1:%d" % free_port()
        self.array = LocalArray(self.folder + "/array", ["--iscsi", self.portal])
        self.array.start()
        same_priority(self.array.process)
        self.array.make({self.volume: SIZE}, 0, 64 * MIB)
        self.array.run("sedai", "ldset", "admit", self.volume, INITIATOR)
        self.target = re.search(r"Target:(\S+)", must(
            "iscsi-ls", "-i", INITIATOR, "iscsi://%s/" % self.portal))[1]

    fill = Target.fill

    @property
    def nbd_image(self):
        return "driver=raw,file.driver=nbd,file.path=%s,file.export=%s" % (
            self.array.socket(self.volume), self.volume)


class Tgt(Target):
    """tgt with the same file system below it."""

    name, lun, target = "tgt", 1, "iqn.2026-11.test:tgt"

    def __init__(self, folder):
        self.folder = folder + "/tgt"
        os.makedirs(self.folder)
        port = free_port()
        self.portal, self.control = "127.0.0.1:%d" % port, str(port % 30000)
        with open(self.folder + "/disk", "wb") as disk:
            os.posix_fallocate(disk.fileno(), 0, SIZE)
        self.process = subprocess.Popen(
            ["tgtd", "-f", "-C", self.control, "--iscsi", "portal=" + self.portal],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True)
        same_priority(self.process)
        end = time.monotonic() + 20
        while True:
            try:
                self.tell("--op", "new", "--mode", "target", "-T", self.target)
                break
            except RuntimeError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.05)
        self.tell("--op", "new", "--mode", "logicalunit", "--lun", "1",
                  "-b", self.folder + "/disk")
        self.tell("--op", "bind", "--mode", "target", "-I", "ALL")

    def tell(self, *words):
        must("tgtadm", "-C", self.control, "--lld", "iscsi", "--tid", "1", *words)

    def stop(self):
        self.process.kill()
        self.process.wait()


def measure(image, url, client, direction, depth, blocks):
    """Requests per second."""
    if client == "perf":
        text = must("iscsi-perf", "-i", INITIATOR, "-t", max(1, round(RUNTIME)), "-m", depth,
                    "-b", blocks * 8, *(["-r"] if blocks == 1 else []), url)
        return float(re.findall(r"iops average (\d+)", text)[-1])
    size = blocks * 4096
    requests = REQUESTS if blocks == 1 else REQUESTS // 8
    text = must("qemu-img", "bench", "--image-opts", "-t", "none", "-c", requests, "-d", depth,
                "-s", size, "-S", size * (STRIDE if blocks == 1 else 1),
                *(["-w"] if direction == "write" else []), image)
    return requests / float(re.search(r"in ([\d.]+) seconds", text)[1])


def measure_nbd(server, client, direction, depth, blocks):
    if client == "qemu":
        return measure(server.nbd_image, None, client, direction, depth, blocks)
    return fio(server, "randread" if blocks == 1 else "read", "%dk" % (4 * blocks), depth)


def measure_iscsi(folder, rounds):
    """{workload: {"sedai", "tgt", "sedai NBD": [requests per second]}}"""
    results, servers = {}, []
    try:
        with open(folder + "/source", "wb") as source:
            for _ in range(SIZE // MIB):
                source.write(os.urandom(MIB))
        for kind in (SedaiTarget, Tgt):
            servers.append(kind(folder))
            servers[-1].fill(folder + "/source")
        os.unlink(folder + "/source")
        for _ in range(rounds):
            for workload, arguments in WORKLOADS.items():
                by = results.setdefault(workload, {})
                for server in servers:
                    by.setdefault(server.name, []).append(
                        measure(server.image, server.url, *arguments))
                by.setdefault("sedai NBD", []).append(measure_nbd(servers[0], *arguments))
        if not hostimage.lacking():
            measure_in_host(servers, rounds, results)
    finally:
        for server in servers:
            server.stop()
            shutil.rmtree(server.folder, ignore_errors=True)
    return results


def measure_in_host(servers, rounds, results):
    with VirtualHost("bench", initiator=INITIATOR) as host:
        devices = {}
        for server in servers:
            host.run("iscsiadm -m discovery -t sendtargets -p %s; iscsiadm -m node -T %s -p %s "
                     "--login" % (server.portal, server.target, server.portal))
            path = "/dev/disk/by-path/ip-%s-iscsi-%s-lun-%d" % (
                server.portal, server.target, server.lun)
            # fio takes the colons of that name for separators.
            devices[server.name] = host.wait("test -b %s && readlink -f %s" % (path, path)).strip()
        for _ in range(rounds):
            for workload, (pattern, block, depth) in HOST_WORKLOADS.items():
                for name, device in devices.items():
                    text = host.run(
                        "fio --name=m --ioengine=libaio --direct=1 --filename=%s --rw=%s --bs=%s "
                        "--iodepth=%d --time_based --runtime=%g --norandommap --output-format=json"
                        % (device, pattern, block, depth, RUNTIME)).output
                    job = json.loads(text[text.index("{"):])["jobs"][0]
                    results.setdefault(workload, {}).setdefault(name, []).append(
                        job["read"]["iops"] + job["write"]["iops"])
