"""An array that management software reaches over a real OpenSSH server, on loopback.

Users, groups and settings of the system are changed by the program under test, so everything runs
in a mount namespace of its own, in which /etc is a copy.
"""
import os
import shutil
import socket
import subprocess
import sys
import time

from checks import LeftOut, need_programs, run
from sedaiarray import PROGRAMS, ROOT, LocalArray

INSIDE = "SEDAI_PRIVATE_ETC"
PATIENCE = 30


def enter_namespace():
    """Runs this program again where it may change /etc; returns there."""
    if os.environ.get(INSIDE):
        return
    if os.getuid() != 0:
        raise LeftOut("needs root")
    need_programs("unshare", "mount", "useradd", "groupadd", "ssh", "ssh-keygen", "setpriv")
    if not os.path.exists("/usr/sbin/sshd"):
        raise LeftOut("no sshd")
    if subprocess.run(["unshare", "-m", "true"], capture_output=True).returncode:
        raise LeftOut("no mount namespace")
    os.environ[INSIDE] = "1"
    os.execvp("unshare", ["unshare", "-m", "--propagation", "private", sys.executable, *sys.argv])


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class SharedArray(LocalArray):
    """An array whose management socket is open to the members of group sedai."""

    def __init__(self, folder, programs, settings=""):
        self.socket_path = folder + "-run/sedaid.sock"
        os.makedirs(os.path.dirname(self.socket_path))
        os.chmod(os.path.dirname(self.socket_path), 0o755)
        file = folder + ".toml"
        with open(file, "w") as out:
            out.write('[management]\nsocket = "%s"\ngroup = "sedai"\n%s' % (
                self.socket_path, settings))
        super().__init__(folder, ["--config", file], programs=programs)

    def environment(self):
        return dict(super().environment(), SEDAI_URL="unix://" + self.socket_path)


class Site:
    """The array, installed; the OpenSSH server; and its user, made as the guide says."""

    user = "orchestrator"

    def __init__(self, folder, settings=""):
        self.folder, self.server, self.array = folder, None, None
        try:
            self.make(settings)
        except BaseException:
            self.end()
            raise

    def make(self, settings):
        folder = self.folder
        os.chmod(folder, 0o755)
        shutil.copytree("/etc", folder + "/etc", symlinks=True)
        run("mount", "--bind", folder + "/etc", "/etc")
        self.prefix = folder + "/installed"
        run(ROOT + "/scripts/install", self.prefix, patience=600,
            env=dict(os.environ, SEDAI_PROGRAMS=PROGRAMS))
        run("groupadd", "--system", "sedai")
        self.array = SharedArray(folder + "/array", self.prefix + "/bin", settings)
        self.array.start()
        os.makedirs("/etc/sedai", exist_ok=True)
        with open("/etc/sedai/client.toml", "w") as out:
            out.write('url = "unix://%s"\n' % self.array.socket_path)
        # Its unit makes this where it is run by systemd.
        os.makedirs("/run/sshd", exist_ok=True)
        self.key = folder + "/key"
        # Cinder reads keys of this kind only.
        run("ssh-keygen", "-q", "-t", "rsa", "-b", "3072", "-N", "", "-f", self.key)
        run(self.prefix + "/bin/sedai-ssh-operator", self.user, self.key + ".pub",
            env=self.array.environment())
        self.start_server()

    def start_server(self):
        host_key = self.folder + "/host-key"
        run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", host_key)
        self.port = free_port()
        self.log = open(self.folder + "/sshd.log", "wb")
        self.server = subprocess.Popen(
            ["/usr/sbin/sshd", "-D", "-e", "-p", str(self.port), "-h", host_key,
             "-o", "ListenAddress=127.0.0.1", "-o", "UsePAM=no", "-o", "PidFile=none"],
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)
        self.known = self.folder + "/known_hosts"
        with open(self.known, "w") as out:
            out.write("[127.0.0.1]:%d %s" % (self.port, open(host_key + ".pub").read()))
        end = time.monotonic() + PATIENCE
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                if self.server.poll() is not None or time.monotonic() > end:
                    raise AssertionError("sshd: " + self.words()) from None
                time.sleep(0.05)

    def words(self):
        with open(self.folder + "/sshd.log", errors="replace") as log:
            return log.read()[-2000:]

    def options(self):
        return ["-F", "none", "-i", self.key, "-o", "IdentitiesOnly=yes", "-o", "BatchMode=yes",
                "-o", "UserKnownHostsFile=" + self.known, "-o", "StrictHostKeyChecking=yes"]

    def ssh(self, line, *options, patience=60):
        """One session, as an orchestrator opens it; (status, stdout, stderr)."""
        done = subprocess.run(
            ["ssh", "-p", str(self.port), *self.options(), *options,
             self.user + "@127.0.0.1", *([line] if line is not None else [])],
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=patience)
        return done.returncode, done.stdout, done.stderr

    def order(self, line):
        """One session that must succeed; returns what it printed."""
        status, output, errors = self.ssh(line)
        assert status == 0, "%s ended with %d: %s%s" % (line, status, output, errors)
        return output

    def end(self):
        if self.server:
            self.server.terminate()
            self.server.wait()
            self.log.close()
        if self.array:
            self.array.remove()
        # What is mounted over /etc goes with the namespace.
        run("umount", "--lazy", "/etc")
