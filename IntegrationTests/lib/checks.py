"""Named checks that print `passed: NAME`, `FAILED: NAME` or `left out: NAME (reason)`."""
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import traceback


class LeftOut(Exception):
    """This machine lacks what the check needs; args[0] says what."""


class Checks:
    def __init__(self):
        self.failed = 0

    def __call__(self, name, body, *arguments):
        try:
            body(*arguments)
            print("passed: " + name, flush=True)
            return True
        except LeftOut as reason:
            print("left out: %s (%s)" % (name, reason), flush=True)
        except Exception:
            self.failed += 1
            print("FAILED: " + name, flush=True)
            print("  " + traceback.format_exc(limit=3).replace("\n", "\n  ").rstrip(), flush=True)
        return False

    def end(self):
        sys.exit(self.failed != 0)


def free_port():
    """A TCP port of 127.0.0.1 that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def scratch(name):
    """A temporary folder on a real disk."""
    return tempfile.TemporaryDirectory(
        prefix="sedai-%s-" % name, dir=os.environ.get("SEDAI_SCRATCH", "/var/tmp"))


def run(*words, patience=120, **options):
    """Runs a program that must succeed; returns what it printed."""
    done = subprocess.run([str(word) for word in words], stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=patience, **options)
    if done.returncode:
        raise AssertionError("%s ended with %d: %s" % (
            " ".join(map(str, words)), done.returncode, (done.stdout + done.stderr)[-1500:]))
    return done.stdout


def refused(*words, patience=120, **options):
    """Runs a program that must fail; returns its status and everything it printed."""
    done = subprocess.run([str(word) for word in words], stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=patience, **options)
    if done.returncode == 0:
        raise AssertionError("%s succeeded: %s" % (" ".join(map(str, words)), done.stdout[-500:]))
    if done.returncode < 0:
        raise AssertionError("%s died of signal %d: %s" % (
            words[0], -done.returncode, done.stderr[-1500:]))
    return done.returncode, done.stdout + done.stderr


def need_programs(*names):
    for name in names:
        if not shutil.which(name):
            raise LeftOut("no " + name)


def need_block_devices():
    need_programs("nbdfuse", "losetup", "fusermount3")
    if os.getuid() != 0:
        raise LeftOut("needs root")
    try:
        os.close(os.open("/dev/fuse", os.O_RDWR))
    except OSError as error:
        raise LeftOut("no /dev/fuse: %s" % error) from error
    if subprocess.run(["losetup", "--find"], capture_output=True).returncode:
        raise LeftOut("no loop device")
