"""The servers that are compared: each serves one volume of SIZE bytes, filled with random data."""
import os
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, ROOT + "/IntegrationTests/lib")
from sedaiarray import LocalArray  # noqa: E402  (the path is set above)

SIZE = 1 << 30
MIB = 1 << 20


def must(*words):
    done = subprocess.run([str(w) for w in words], stdin=subprocess.DEVNULL, capture_output=True,
                          text=True)
    if done.returncode:
        raise RuntimeError("%s: %s" % (" ".join(map(str, words)), done.stderr + done.stdout))
    return done.stdout


def same_priority(process):
    """Gives the server's scheduling group, which it has as the leader of a session, the niceness
    of this program: without it `nice make bench` favours servers of this session."""
    try:
        with open("/proc/%d/autogroup" % process.pid, "w") as file:
            file.write("%d" % os.nice(0))
    except OSError:
        pass  # The kernel schedules without groups, or the niceness may not be lowered.


class Server:
    """`name`, `uri`; start and stop keep the data."""

    process = None

    def __init__(self, folder):
        self.folder = folder + "/" + self.name.replace(" ", "-")
        os.makedirs(self.folder)
        self.prepare()

    def prepare(self):
        pass

    @property
    def uri(self):
        return "nbd+unix:///?socket=%s/nbd.sock" % self.folder

    def start(self):
        socket = self.folder + "/nbd.sock"
        if os.path.exists(socket):
            os.unlink(socket)
        self.process = subprocess.Popen(
            self.command(socket), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            start_new_session=True)
        same_priority(self.process)
        end = time.monotonic() + 20
        while subprocess.run(["nbdinfo", "--size", self.uri], capture_output=True).returncode:
            if time.monotonic() > end:
                raise RuntimeError(self.name + " did not start")
            time.sleep(0.02)

    def stop(self):
        if self.process:
            self.process.terminate()
            self.process.wait()
            self.process = None

    def fill(self):
        must("fio", "--name=fill", "--ioengine=nbd", "--uri=" + self.uri, "--rw=write", "--bs=1m",
             "--iodepth=8", "--size=%d" % SIZE, "--refill_buffers", "--end_fsync=1")


class Nbdkit(Server):
    name = "nbdkit file"

    def prepare(self):
        with open(self.folder + "/disk", "wb") as disk:
            os.posix_fallocate(disk.fileno(), 0, SIZE)

    def command(self, socket):
        return ["nbdkit", "-f", "-U", socket, "file", self.folder + "/disk"]


class QemuRaw(Nbdkit):
    name = "qemu-nbd raw"

    def command(self, socket):
        return ["qemu-nbd", "-k", socket, "-f", "raw", "-t", "-e", "16", "--cache=writeback",
                "--aio=threads", self.folder + "/disk"]


class Qcow2(Server):
    """qcow2 with internal snapshots, which are taken while nobody serves the file."""

    name = "qemu-nbd qcow2"

    def prepare(self):
        must("qemu-img", "create", "-q", "-f", "qcow2", self.folder + "/disk", SIZE)

    def command(self, socket):
        return ["qemu-nbd", "-k", socket, "-f", "qcow2", "-t", "-e", "16", "--cache=writeback",
                "--aio=threads", self.folder + "/disk"]

    def snapshot(self):
        self.stop()
        listing = must("qemu-img", "snapshot", "-l", self.folder + "/disk").splitlines()[2:]
        if len(listing) >= 3:
            must("qemu-img", "snapshot", "-d", listing[0].split()[1], self.folder + "/disk")
        must("qemu-img", "snapshot", "-c", "s%d" % time.monotonic_ns(), self.folder + "/disk")
        self.start()


class Sedai(Server):
    name = "sedai"
    volume = "bench"

    def prepare(self):
        self.array = LocalArray(self.folder + "/array")
        self.start()
        # Room for three generations that are overwritten in full.
        self.array.make({self.volume: SIZE}, 3, 3 * SIZE + 256 * MIB)

    @property
    def uri(self):
        return "nbd+unix:///%s?socket=%s" % (self.volume, self.array.socket(self.volume))

    def start(self):
        if not self.array.alive():
            self.array.start()
            same_priority(self.array.process)

    def stop(self):
        self.array.stop()

    def snapshot(self):
        self.array.run("iSMsc_create", "-bv", self.volume, "-bvflg", "ld", "-cyclic")
