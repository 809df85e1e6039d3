#!/usr/bin/env python3
"""OpenStack's Cinder driver, written for the original array and unmodified, over real SSH."""
import json
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
from checks import Checks, LeftOut, need_programs, scratch
from sedaiarray import ROOT
from ssharray import Site, enter_namespace, free_port

RELEASE = "cinder==29.0.0"
PACKAGES = ROOT + "/.build/clients/" + RELEASE
INSTALL_PATIENCE = 600
PATIENCE = 900


def install():
    """The driver with what it needs, once, beside what else is built."""
    if os.path.exists(PACKAGES + "/installed"):
        return
    need_programs("python3")
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
               "--no-input", "--target", PACKAGES, RELEASE]
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=INSTALL_PATIENCE)
    except subprocess.TimeoutExpired:
        raise LeftOut("%s did not come within %d s" % (RELEASE, INSTALL_PATIENCE)) from None
    if done.returncode:
        said = (done.stderr.strip() or "nothing").splitlines()[-1]
        raise LeftOut("%s cannot be had: %s" % (RELEASE, said))
    with open(PACKAGES + "/installed", "w"):
        pass


def prepare(site, portal):
    """What an operator prepares: a pool with a reserve, ports, and one LD set."""
    array = site.array
    array.run("sedai", "pool", "create", "pool0", "--file", array.folder + "/pool0.data:64GiB",
              "--sparse")
    array.run("sedai", "sra", "create", "pool0", "4GiB")
    array.run("iSMcfg", "setiscsiport", "-port", "00-01", "-ipaddress", "127.0.0.1",
              "-tcpport", str(portal))
    array.run("iSMcfg", "addldset", "-ldset", "LX:first", "-type", "iscsi")


def drive(folder):
    portal = free_port()
    site = Site(folder, '[iscsi]\nhost = "127.0.0.1"\nport = %d\n' % portal)
    try:
        prepare(site, portal)
        settings = folder + "/cinder.json"
        work = folder + "/cinder"
        os.makedirs(work + "/view")
        with open(settings, "w") as out:
            json.dump({"folder": work, "port": site.port, "user": site.user, "key": site.key,
                       "commands": os.listdir(site.prefix + "/bin")}, out)
        return subprocess.run(
            [sys.executable, os.path.join(ROOT, "IntegrationTests/lib/cinderclient.py"), settings],
            stdin=subprocess.DEVNULL, timeout=PATIENCE,
            env=dict(os.environ, PYTHONPATH=PACKAGES, PYTHONWARNINGS="ignore")).returncode
    finally:
        site.end()


def main():
    try:
        enter_namespace()
        need_programs("iscsi-readcapacity16")
        install()
    except LeftOut as reason:
        print("left out: OpenStack's Cinder driver (%s)" % reason)
        return 0
    with scratch("openstack") as folder:
        return drive(folder)


if __name__ == "__main__":
    sys.exit(main())
