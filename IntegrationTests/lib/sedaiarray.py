"""A Sedai array under test: the real daemon on this machine, or inside a virtual host."""
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PROGRAMS = os.environ.get("SEDAI_PROGRAMS") or ROOT + "/.build/programs"
START_PATIENCE = 60


class CommandFailed(Exception):
    """A command ended with another status than 0; args: command, status, output."""

    def __init__(self, command, status, output):
        super().__init__("%s ended with %d: %s" % (command, status, output.strip()))
        self.status, self.output = status, output


def programs_for_hosts(folder):
    """A folder with small copies of all programs, to be shared with virtual hosts."""
    os.mkdir(folder)
    for name in os.listdir(PROGRAMS):
        real = os.path.basename(os.path.realpath(PROGRAMS + "/" + name))
        if real != name:
            os.symlink(real, folder + "/" + name)
        else:
            shutil.copy(PROGRAMS + "/" + name, folder + "/" + name)
            subprocess.run(["strip", "--strip-all", folder + "/" + name], check=True)


class CommandSet:
    """What one can ask an array, given `execute(words) -> (status, stdout, stderr)`."""

    def run(self, *words):
        status, output, errors = self.execute([str(word) for word in words])
        if status:
            raise CommandFailed(" ".join(map(str, words)), status, output + errors)
        return output

    def json(self, *words):
        return json.loads(self.run(*words, "--json"))

    def wait_until_ready(self):
        end = time.monotonic() + START_PATIENCE
        while True:
            status, output, errors = self.execute(["sedai", "status"])
            if status == 0:
                return
            if not self.alive() or time.monotonic() > end:
                raise CommandFailed("sedaid", status, self.last_words() + output + errors)
            time.sleep(0.05)

    def make(self, volumes, generations, reserve, sparse=False):
        """One pool, one reserve, base volumes (name: bytes) with an LV and an LD set each.

        The LD set of a volume is named as the volume, its link volume `lv_NAME` is in `LVS`.
        """
        total = sum(volumes.values()) + reserve + (256 << 20)
        self.run("sedai", "pool", "create", "pool0", "--file",
                 "%s/pool0.data:%dMiB" % (self.folder, total >> 20),
                 *(["--sparse"] if sparse else []))
        self.run("sedai", "sra", "create", "pool0", "%dMiB" % (reserve >> 20))
        for name, size in volumes.items():
            self.run("sedai", "ld", "create", name, "%dMiB" % (size >> 20),
                     "--pool", "pool0", "--type", "LX")
            self.run("sedai", "ldset", "create", name, "--type", "LX")
            self.run("sedai", "ldset", "assign", name, name)
            if generations:
                self.run("sedai", "generation", "build", name, "--count", generations,
                         "--name", "sv_" + name)
                self.run("sedai", "lv", "create", "lv_" + name, "--base", name)
                self.run("sedai", "ldset", "create", "lv_" + name, "--type", "LX")
                self.run("sedai", "ldset", "assign", "lv_" + name, "lv_" + name)

    def socket(self, ld_set):
        return "%s/nbd/%s.sock" % (self.folder, ld_set)

    def check(self):
        """sedai-check of the stopped array: (clean, what it said)."""
        status, output, errors = self.execute(["sedai-check", self.folder])
        # A check that says nothing has checked nothing.
        return status == 0 and output.strip() != "", output + errors

    def snapshots(self, volume):
        """The generations that hold a snapshot, newest first, by their SV names."""
        text = self.run("iSMsc_query", "-bv", volume, "-bvflg", "ld")
        return re.findall(r"^\s*\S+:(\S+)\s+\(\s*-\d+\)\s+(?:snap/active|rst/exec)\b", text, re.M)


class LocalArray(CommandSet):
    """A daemon of this machine."""

    def __init__(self, folder, options=(), programs=PROGRAMS, path=os.environ["PATH"]):
        self.folder, self.options = folder, list(options)
        self.programs, self.path = programs, path
        self.process = None
        os.makedirs(folder, exist_ok=True)

    def environment(self):
        return dict(os.environ, SEDAI_URL="unix://%s/sedaid.sock" % self.folder,
                    PATH=self.programs + ":" + self.path)

    def execute(self, words):
        done = subprocess.run(words, env=self.environment(), stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=300)
        return done.returncode, done.stdout, done.stderr

    def start(self, wait=True):
        log = open(self.folder + ".log", "ab")
        self.process = subprocess.Popen(
            [self.programs + "/sedaid", "--data", self.folder, "--no-pool"] + self.options,
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            env=self.environment())
        log.close()
        if wait:
            self.wait_until_ready()

    def alive(self):
        return self.process is not None and self.process.poll() is None

    def last_words(self):
        with open(self.folder + ".log", errors="replace") as log:
            return log.read()[-2000:]

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self, patience=60):
        """SIGTERM; returns the exit status."""
        if not self.alive():
            return None
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=patience)

    def remove(self):
        if self.alive():
            self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)
        if os.path.exists(self.folder + ".log"):
            os.unlink(self.folder + ".log")


class GuestArray(CommandSet):
    """The daemon inside a virtual host; its folder is on the host's own disk."""

    folder = "/data/array"

    def __init__(self):
        self.host = None

    def execute(self, words):
        return self.host.run("SEDAI_URL=unix://%s/sedaid.sock PATH=/share:$PATH %s" % (
            self.folder, " ".join(map(shlex.quote, words))), check=False)

    def start(self):
        self.host.run("/share/sedaid --data %s --no-pool >/data/sedaid.log 2>&1 & "
                      "echo $! >/run/sedaid.pid" % self.folder)
        self.wait_until_ready()

    def alive(self):
        return self.host.run("kill -0 $(cat /run/sedaid.pid)", check=False).status == 0

    def last_words(self):
        return self.host.run("tail -n 20 /data/sedaid.log", check=False).output

    def relay(self, port, ld_set):
        """Carries a TCP port of the guest to the socket of an LD set, byte by byte."""
        self.host.run("socat TCP-LISTEN:%d,fork,reuseaddr UNIX-CONNECT:%s >/dev/null 2>&1 &"
                      % (port, self.socket(ld_set)))
        # A connection that comes before socat listens would be closed at once.
        self.host.wait("ss -ltn | grep ':%d '" % port)
