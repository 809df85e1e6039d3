"""A virtual host whose power can be cut: Debian's kernel, busybox and the Sedai programs in QEMU.

The host has one disk, formatted ext4 and mounted at /data, where the array lives. Commands are
typed at its second serial port; TCP ports of its own are reached through ports of this machine.
Cutting the power is killing QEMU: what the guest had not flushed to its disk is lost.

Emulated, not virtualised (plain Debian kernels hang where KVM is nested): about 5 s to boot.
"""
import glob
import os
import re
import shutil
import socket
import subprocess
import tempfile
import time

KERNEL = "linux-image-cloud-amd64"
# In the order in which they are loaded; what the kernel has built in is skipped.
MODULES = ("virtio_ring virtio virtio_pci_modern_dev virtio_pci_legacy_dev virtio_pci virtio_blk "
           "failover net_failover virtio_net virtio_rng").split()
MEMORY = 2048
BOOT_PATIENCE = 120
GUEST_ADDRESS = "10.0.2.15"

INIT = r"""#!/bin/busybox sh
/bin/busybox --install -s /bin
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
mount -t tmpfs run /run
mkdir -p /dev/shm /dev/pts
mount -t tmpfs shm /dev/shm
for m in MODULES; do [ ! -e /modules/$m.ko ] || insmod /modules/$m.ko; done 2>/dev/ttyS0
ifconfig lo 127.0.0.1 up
for i in $(seq 50); do [ -e /sys/class/net/eth0 ] && break; sleep 0.1; done
ifconfig eth0 ADDRESS netmask 255.255.255.0 up
for i in $(seq 100); do [ -b /dev/vda ] && break; sleep 0.1; done
mount -t ext4 -o data=ordered /dev/vda /data || echo "mount of /data failed" >/dev/ttyS0
stty -F /dev/ttyS1 raw -echo 2>/dev/null
exec 3<>/dev/ttyS1
echo "host-ready" >&3
while read -r line <&3; do
  sh -c "$line" >/tmp/out 2>&1 </dev/null 3<&-
  status=$?
  cat /tmp/out >&3
  echo "host-done $status" >&3
done
"""


class HostError(ConnectionError):
    """The virtual host did something unexpected; the message says what."""


def available():
    """Why a virtual host cannot be had here, or None."""
    for program in ("qemu-system-x86_64", "busybox", "cpio", "dpkg-deb", "apt-get"):
        if not shutil.which(program):
            return "no " + program
    return None


def fetch_kernel(cache):
    """The kernel package's path; downloaded once. The package lists must be there."""
    found = sorted(glob.glob(cache + "/linux-image-*.deb"))
    if found:
        return found[-1]
    text = subprocess.run(["apt-cache", "depends", KERNEL], capture_output=True, text=True).stdout
    name = re.search(r"Depends: (linux-image-\S+)", text)
    if not name:
        subprocess.run(["apt-get", "update", "-q"], stdin=subprocess.DEVNULL, capture_output=True)
        text = subprocess.run(
            ["apt-cache", "depends", KERNEL], capture_output=True, text=True).stdout
        name = re.search(r"Depends: (linux-image-\S+)", text)
    if not name:
        raise HostError("apt-cache knows no " + KERNEL + "; run apt-get update")
    done = subprocess.run(
        ["apt-get", "download", "-q", name[1]], cwd=cache, capture_output=True, text=True)
    found = sorted(glob.glob(cache + "/linux-image-*.deb"))
    if not found:
        raise HostError("apt-get download " + name[1] + " failed: " + done.stderr[-300:])
    return found[-1]


def libraries(program):
    """The shared libraries a program needs, the loader included."""
    text = subprocess.run(["ldd", program], capture_output=True, text=True).stdout
    return set(re.findall(r"(/\S+) \(0x", text))


def build(folder, cache, programs):
    """Puts kernel and initramfs into the folder."""
    os.makedirs(cache, exist_ok=True)
    package = fetch_kernel(cache)
    kernel = folder + "/kernel"
    subprocess.run(["dpkg-deb", "-x", package, kernel], check=True)
    shutil.move(glob.glob(kernel + "/boot/vmlinuz-*")[0], folder + "/vmlinuz")
    root = folder + "/root"
    for name in "bin dev proc sys run tmp data etc modules lib64".split():
        os.makedirs(os.path.join(root, name))
    for module in MODULES:
        for path in glob.glob(kernel + "/lib/modules/**/" + module + ".ko", recursive=True):
            shutil.copy(path, root + "/modules/")
    shutil.rmtree(kernel)
    shutil.copy(shutil.which("busybox"), root + "/bin/busybox")
    needed = set()
    for program in programs:
        real = os.path.realpath(program)
        target = root + "/bin/" + os.path.basename(program)
        if os.path.islink(program) and os.path.basename(real) != os.path.basename(program):
            os.symlink(os.path.basename(real), target)
            continue
        shutil.copy(real, target)
        subprocess.run(["strip", "--strip-all", target], check=True)
        needed |= libraries(real)
    for path in needed:
        os.makedirs(root + os.path.dirname(path), exist_ok=True)
        shutil.copy(os.path.realpath(path), root + path)
    with open(root + "/init", "w") as init:
        init.write(INIT.replace("MODULES", " ".join(MODULES)).replace("ADDRESS", GUEST_ADDRESS))
    os.chmod(root + "/init", 0o755)
    subprocess.run(
        "find . | cpio -o -H newc --quiet >../initramfs", shell=True, cwd=root, check=True)
    shutil.rmtree(root)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class VirtualHost:
    """One boot of the host, from power on to power cut or power off."""

    def __init__(self, folder, disk, ports):
        """`ports`: guest TCP ports to be reached; `self.ports` says where."""
        self.ports = {port: free_port() for port in ports}
        self.control = tempfile.mktemp(prefix="c", dir=folder)
        self.console = folder + "/console.log"
        forwards = "".join(
            ",hostfwd=tcp:127.0.0.1:%d-%s:%d" % (here, GUEST_ADDRESS, there)
            for there, here in self.ports.items())
        self.process = subprocess.Popen([
            "qemu-system-x86_64", "-accel", "tcg,thread=multi", "-cpu", "max", "-m", str(MEMORY),
            "-smp", "1", "-nodefaults", "-display", "none", "-no-reboot",
            "-kernel", folder + "/vmlinuz", "-initrd", folder + "/initramfs",
            "-append", "console=ttyS0 quiet panic=-1 mitigations=off random.trust_cpu=on",
            "-chardev", "file,id=log,path=" + self.console + ",append=on", "-serial", "chardev:log",
            "-chardev", "socket,id=control,path=" + self.control + ",server=on,wait=off",
            "-serial", "chardev:control",
            # The guest's flushes reach this machine's page cache: a killed QEMU loses none of it.
            "-drive", "file=" + disk + ",if=virtio,format=raw,cache=writeback",
            "-device", "virtio-rng-pci", "-netdev", "user,id=n0,restrict=on" + forwards,
            "-device", "virtio-net-pci,netdev=n0,romfile=",
        ], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        self.buffer = b""
        self.line = None
        try:
            self._connect()
            self._until(b"host-ready\n", BOOT_PATIENCE)
        except Exception:
            self.cut()
            raise

    def _connect(self):
        end = time.monotonic() + BOOT_PATIENCE
        while True:
            self.line = socket.socket(socket.AF_UNIX)
            try:
                self.line.connect(self.control)
                return
            except OSError:
                self.line.close()
                if time.monotonic() > end or self.process.poll() is not None:
                    raise HostError("QEMU did not start") from None
                time.sleep(0.05)

    def _until(self, end, patience):
        deadline = time.monotonic() + patience
        while True:
            match = re.search(end, self.buffer)
            if match:
                text, self.buffer = self.buffer[:match.start()], self.buffer[match.end():]
                return text.decode(errors="replace"), match
            left = deadline - time.monotonic()
            if left <= 0:
                raise HostError("no answer within %d s: %r" % (patience, self.buffer[-300:]))
            self.line.settimeout(left)
            try:
                part = self.line.recv(65536)
            except socket.timeout:
                continue
            if not part:
                raise HostError("the host went down: " + self.last_words())
            self.buffer += part.replace(b"\r", b"")

    def last_words(self):
        with open(self.console, errors="replace") as log:
            return log.read()[-600:]

    def run(self, command, patience=120, check=True):
        """Types a command; returns its output and exit status."""
        assert "\n" not in command
        self.line.sendall(command.encode() + b"\n")
        text, match = self._until(rb"host-done (\d+)\n", patience)
        status = int(match[1])
        if check and status:
            raise HostError("%s ended with %d: %s" % (command, status, text))
        return text, status

    def cut(self):
        """The power goes, now."""
        self.process.kill()
        self.process.wait()
        if self.line:
            self.line.close()
        if os.path.exists(self.control):
            os.unlink(self.control)
