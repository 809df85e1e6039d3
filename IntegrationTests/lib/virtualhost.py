#!/usr/bin/env python3
"""Virtual hosts with Debian's kernel and tools, for tests: they boot in seconds, share nothing but
the servers of this machine, and their power can be cut.

    host = VirtualHost("business", share="/some/folder")     # boots; others may boot meanwhile
    host.run("mkfs.ext4 -q /dev/sda && mount /dev/sda /mnt")  # raises unless the status is 0
    done = host.run("cat /mnt/file", check=False)             # done.status, .output, .errors
    host.run("fio ... >/tmp/log 2>&1 &")                      # goes on in the background
    host.unplug("link0"); host.plug("link0"); host.cut(); host.stop()

127.0.0.0/8 inside is the loopback of this machine, every address of it: through the host's link0,
127.0.0.2 through link1. There is no way to anywhere else. As a program it boots one host, runs
the commands given (or those typed, line by line), and ends with the status of the last.
"""
import argparse
import collections
import ctypes
import json
import os
import queue
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

import hostimage
from checks import free_port

MEMORY = 512            # MiB
TRANSLATION = 192       # MiB for translated code of an emulated host; QEMU would take up to 1024
PORTS = 6               # commands that can run at once in a host
BOOT_PATIENCE = 120     # seconds; some ten are usual
COMMAND_PATIENCE = 120
NETWORKS = ("10.0.2", "10.0.3")     # of link0 and link1
PROBE_PATIENCE = 5

Done = collections.namedtuple("Done", "status output errors")


class HostError(ConnectionError):
    """The virtual host did something unexpected; the message says what."""


def acceleration():
    """The options that choose between the machine's own virtualisation and emulation.

    Where virtualisation is nested, Debian kernels may hang before their first word: one boot of
    the kernel alone, to that word, tells; what it told is kept while this machine runs.
    """
    emulated = ["-accel", "tcg,thread=multi,tb-size=%d" % TRANSLATION, "-cpu", "max"]
    virtual = ["-accel", "kvm", "-cpu", "host"]
    chosen = os.environ.get("SEDAI_ACCELERATION")
    if chosen or not os.access("/dev/kvm", os.R_OK | os.W_OK):
        return virtual if chosen == "kvm" else emulated
    with open("/proc/sys/kernel/random/boot_id") as file:
        known = "%s/acceleration-%s" % (hostimage.image().folder, file.read().strip())
    if not os.path.exists(known):
        probe = subprocess.Popen(
            ["qemu-system-x86_64", *virtual, "-m", "256", "-nodefaults", "-display", "none",
             "-kernel", hostimage.image().kernel, "-append", "console=ttyS0 earlyprintk=ttyS0",
             "-serial", "stdio"],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        timer = threading.Timer(PROBE_PATIENCE, probe.kill)
        timer.start()
        speaks = any(b"Linux version" in line for line in probe.stdout)
        timer.cancel()
        probe.kill()
        probe.wait()
        with open(known, "w") as file:
            file.write("kvm" if speaks else "tcg")
    with open(known) as file:
        return virtual if file.read() == "kvm" else emulated


def dies_with_its_parent():
    """Runs in the new process before QEMU: a test that is killed leaves no virtual host."""
    set_parent_death_signal = 1
    ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGKILL)


class Port:
    """One command port: a virtual serial line, `guest/agent` at its other end."""

    def __init__(self, host, path):
        self.host, self.path = host, path
        self.line, self.buffer = socket.socket(socket.AF_UNIX), b""
        self.command = "its start"

    def connect(self):
        self.line.connect(self.path)

    def read(self, count, deadline):
        """`count` bytes, or a line without its end where count is None."""
        while True:
            end = self.buffer.find(b"\n") + 1 if count is None else count
            if (end or count == 0) and len(self.buffer) >= end:
                taken, self.buffer = self.buffer[:end], self.buffer[end:]
                return taken[:-1] if count is None else taken
            left = deadline - time.monotonic()
            if left <= 0:
                raise HostError("%s: no answer in time to %s; %s" % (
                    self.host.name, self.command[:300], self.host.last_words()))
            self.line.settimeout(left)
            try:
                part = self.line.recv(1 << 16)
            except socket.timeout:
                continue
            except OSError:
                part = b""
            if not part:
                raise HostError("%s went down: %s" % (self.host.name, self.host.last_words()))
            self.buffer += part

    def run(self, command, input, patience):
        self.command, text = command, command.encode()
        self.line.settimeout(patience)
        self.line.sendall(b"%d %d\n" % (len(text), len(input)) + text + input)
        deadline = time.monotonic() + patience
        status, output, errors = map(int, self.read(None, deadline).split())
        return Done(status, *(self.read(count, deadline).decode(errors="replace")
                              for count in (output, errors)))


class VirtualHost:
    """One boot of a host, from power on to power off or power cut. Any thread may use it, but the
    one that made it must live as long."""

    def __init__(self, name, share=None, disks=(), memory=MEMORY, links=2, forwards=(),
                 initiator=None):
        """`share`: a folder of this machine, read-only at /share. `disks`: raw files, /dev/vdb and
        so on. `forwards`: TCP ports of the host; `self.ports[port]` is the one of this machine
        that leads there. `initiator`: its iSCSI name, iqn.2026-11.test:NAME unless told."""
        self.name, self.initiator = name, initiator or "iqn.2026-11.test:" + name
        self.place = tempfile.TemporaryDirectory(prefix="sedai-host-")
        self.console = self.place.name + "/console"
        self.ports = {port: free_port() for port in forwards}
        image = hostimage.image()
        boot = "console=ttyS0 quiet panic=-1 mitigations=off random.trust_cpu=on " \
            "host.name=%s host.initiator=%s%s" % (
                name, self.initiator, " host.share=1" if share else "")
        words = ["qemu-system-x86_64", *acceleration(), "-m", str(memory), "-smp", "1",
                 "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot",
                 "-kernel", image.kernel, "-initrd", image.initramfs, "-append", boot,
                 "-serial", "file:" + self.console,
                 "-qmp", "unix:%s/control,server=on,wait=off" % self.place.name,
                 "-device", "virtio-rng-pci", "-device", "virtio-serial-pci",
                 "-drive", "file=%s,if=virtio,format=raw,readonly=on" % image.root]
        for disk in disks:
            # The guest's flushes reach this machine's page cache: a killed QEMU loses none of it.
            words += ["-drive", "file=%s,if=virtio,format=raw,cache=writeback" % disk]
        for number in range(PORTS):
            path = "%s/port%d" % (self.place.name, number)
            words += ["-chardev", "socket,id=p%d,path=%s,server=on,wait=off" % (number, path),
                      "-device", "virtserialport,chardev=p%d" % number]
        for number, network in enumerate(NETWORKS[:links]):
            options = "".join(
                ",hostfwd=tcp:127.0.0.1:%d-%s.15:%d" % (here, network, there)
                for there, here in self.ports.items()) if number == 0 else ""
            words += ["-netdev", "user,id=n%d,net=%s.0/24,ipv6=off%s" % (number, network, options),
                      "-device", "virtio-net-pci,netdev=n%d,id=link%d,romfile=,"
                      "mac=52:54:00:00:00:%02d" % (number, number, number)]
        if share:
            words += ["-virtfs", "local,mount_tag=share,security_model=none,readonly=on,path="
                      + os.path.abspath(share)]
        self.log = open(self.place.name + "/qemu.log", "wb")
        self.process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=self.log,
                                        stderr=self.log, preexec_fn=dies_with_its_parent)
        self.free, self.lock, self.up = queue.LifoQueue(), threading.Lock(), False

    def wait_until_up(self):
        """Waits for the boot; `run` does so itself."""
        with self.lock:
            if self.up:
                return
            deadline = time.monotonic() + BOOT_PATIENCE
            for number in range(PORTS):
                port = Port(self, "%s/port%d" % (self.place.name, number))
                while True:
                    try:
                        port.connect()
                        break
                    except OSError:
                        if self.process.poll() is not None or time.monotonic() > deadline:
                            raise HostError("%s did not start: %s" % (
                                self.name, self.last_words())) from None
                        time.sleep(0.02)
                port.read(None, deadline)
                self.free.put(port)
            self.up = True

    def run(self, command, patience=COMMAND_PATIENCE, check=True, input=b""):
        """Runs a shell command as root; several threads may, PORTS at once.

        After a HostError for want of patience the command may still run, and its port is given up.
        """
        self.wait_until_up()
        port = self.free.get(timeout=patience)
        done = port.run(command, input, patience)
        self.free.put(port)
        if check and done.status:
            raise HostError("%s: %s\nended with %d: %s" % (
                self.name, command, done.status, (done.output + done.errors)[-2000:]))
        return done

    def wait(self, condition, patience=COMMAND_PATIENCE):
        """Until the shell command succeeds; what it printed."""
        done = self.run(
            "end=$((SECONDS + %d)); until out=$(%s); do [ $SECONDS -lt $end ] || exit 1; sleep 0.2; "
            "done; printf '%%s\\n' \"$out\"" % (patience, condition), patience + 10, check=False)
        if done.status:
            raise HostError("%s: not within %d s: %s" % (self.name, patience, condition))
        return done.output

    def put(self, path, content, mode="644"):
        """Makes a file in the host."""
        self.run("mkdir -p \"$(dirname '%s')\" && cat >'%s' && chmod %s '%s'" % (
            path, path, mode, path), input=content if isinstance(content, bytes)
            else content.encode())

    def control(self, command, **arguments):
        """Tells QEMU something: `set_link`, `stop`, `cont` and the like."""
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(20)
            line.connect(self.place.name + "/control")
            stream = line.makefile("rw")
            stream.readline()
            for words in ({"execute": "qmp_capabilities"},
                          {"execute": command, "arguments": arguments}):
                stream.write(json.dumps(words) + "\n")
                stream.flush()
                answer = {}
                while not answer.keys() & {"return", "error"}:
                    answer = json.loads(stream.readline() or '{"error": "no answer"}')
                if "error" in answer:
                    raise HostError("%s: %s: %s" % (self.name, command, answer["error"]))

    def unplug(self, link):
        """Pulls a cable: `link0` or `link1`."""
        self.control("set_link", name=link, up=False)

    def plug(self, link):
        self.control("set_link", name=link, up=True)

    def freeze(self):
        """The host stands still, its connections stay open."""
        self.control("stop")

    def thaw(self):
        self.control("cont")

    def last_words(self):
        words = ""
        for path in (self.console, self.place.name + "/qemu.log"):
            if os.path.exists(path):
                with open(path, errors="replace") as file:
                    words += file.read()[-1500:]
        return words

    def stop(self, patience=60):
        """An orderly end: file systems unmounted, sessions logged out."""
        self.run("setsid host-power-off >/dev/ttyS0 2>&1 </dev/null &")
        try:
            self.process.wait(patience)
        except subprocess.TimeoutExpired:
            self.cut()
            raise HostError("%s did not power off" % self.name) from None
        self.cut()

    def cut(self):
        """The power goes, now; also tidies up after a host that is down."""
        self.process.kill()
        self.process.wait()
        while not self.free.empty():
            self.free.get().line.close()
        self.log.close()
        self.place.cleanup()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.cut()


def main():
    options = argparse.ArgumentParser(description="boots one virtual host and runs commands in it")
    options.add_argument("--share", help="a folder to be seen at /share")
    options.add_argument("commands", nargs="*", help="each a shell command; none: standard input")
    chosen = options.parse_args()
    status = 0
    with VirtualHost("host", share=chosen.share) as host:
        for command in chosen.commands or sys.stdin:
            status, output, errors = host.run(command, check=False)
            sys.stdout.write(output)
            sys.stderr.write(errors)
            sys.stdout.flush()
    sys.exit(status)


if __name__ == "__main__":
    main()
