#!/usr/bin/env python3
"""Host commands on a virtual host: disks by the kernel's iSCSI and by the kernel's NBD over TLS,
operated from backup to restore with no folder in common with the array."""
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import hostimage
from checks import Checks, LeftOut, need_programs, run, scratch
from sedaiarray import LocalArray, programs_for_hosts
from virtualhost import VirtualHost, free_port

MIB = 1 << 20
VOLUMES = {"bv001": 128 * MIB}


def certificates(folder):
    """An authority, and certificates for localhost and for the client `business`."""
    os.mkdir(folder)
    run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
        "/CN=authority", "-keyout", folder + "/ca-key.pem", "-out", folder + "/ca-cert.pem")
    for name, subject in (("server", "localhost"), ("client", "business")):
        run("openssl", "req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=" + subject,
            "-addext", "subjectAltName=DNS:%s,IP:127.0.0.1" % subject, "-keyout",
            "%s/%s-key.pem" % (folder, name), "-out", "%s/%s.csr" % (folder, name))
        run("openssl", "x509", "-req", "-days", "2", "-copy_extensions", "copy", "-in",
            "%s/%s.csr" % (folder, name), "-CA", folder + "/ca-cert.pem", "-CAkey",
            folder + "/ca-key.pem", "-CAcreateserial", "-out", "%s/%s-cert.pem" % (folder, name))


class Site:
    def __init__(self, folder):
        self.host = VirtualHost("business", share=folder + "/share")
        os.mkdir(folder + "/share")
        programs_for_hosts(folder + "/share/programs")
        certificates(folder + "/share/tls")
        management, iscsi, nbd = free_port(), free_port(), free_port()
        self.array = LocalArray(folder + "/array", ["--config", folder + "/sedaid.toml"])
        token = run(self.array.programs + "/sedaid", "token", "host", "--file", folder + "/tokens")
        with open(folder + "/share/token", "w") as file:
            file.write(token)
        with open(folder + "/sedaid.toml", "w") as file:
            file.write("""
[management]
host = "127.0.0.1"
port = %d
tokens = "%s/tokens"
[nbd]
host = "127.0.0.1"
port = %d
certificate = "%s/share/tls/server-cert.pem"
key = "%s/share/tls/server-key.pem"
client-authorities = "%s/share/tls/ca-cert.pem"
[iscsi]
host = "127.0.0.1"
port = %d
""" % (management, folder, nbd, folder, folder, folder, iscsi))
        self.array.start()
        self.array.make(VOLUMES, 3, 128 * MIB)
        array = self.array.run
        array("iSMcfg", "setiscsiport", "-port", "00-00", "-ipaddress", "127.0.0.1",
              "-tcpport", iscsi)
        array("iSMcfg", "addldsetinitiator", "-ldset", "LX:bv001", "-initiatorname",
              self.host.initiator)
        array("iSMcfg", "addldsetld", "-ldset", "LX:bv001", "-ldname", "LX:lv_bv001")
        array("sedai", "ldset", "allow", "bv001", "business")
        self.host.run("mkdir -p /etc/sedai")
        self.host.put("/etc/sedai/host.conf", "[host]\nld_set = bv001\ntls_directory = /share/tls\n"
                      "[drives]\nG = /srv/g\nH = /srv/h\n")
        self.host.put("/etc/sedai/client.toml", 'url = "http://127.0.0.1:%d"\n'
                      'token_file = "/share/token"\n' % management)

    def run(self, command, check=True):
        return self.host.run("export PATH=/share/programs:$PATH; "
                             + command, check=check)


def backup_and_restore(site, transport):
    """The volume of one kernel client through a backup cycle and a restore."""
    device = site.run("sedai attach bv001 --by %s" % transport).output
    site.run("sedai attach lv_bv001 --by %s && iSMvollist -cr" % transport)
    listed = site.run("iSMvollist -l").output
    assert "bv001" in listed and ("/dev/sd" if transport == "iscsi" else "/dev/nbd") in listed, listed
    path = next(word for line in listed.splitlines() if " bv001 " in line
                for word in line.split() if word.startswith("/dev/"))
    assert path in device, (path, device)
    site.run("mkfs.ext4 -q -F %s && iSMvollist -cr" % path)
    site.run("iSMrc_mount -vol bv001 -volflg ld -drv G: && echo first >/srv/g/file")
    site.run("iSMrc_flush -drv G: && iSMrc_umount -drv G:")
    site.run("iSMsc_create -bv bv001 -bvflg ld -cyclic && iSMrc_mount -drv G:")
    site.run("echo second >/srv/g/file; iSMrc_flush -drv G:")
    site.run("iSMsc_link -lv lv_bv001 -lvflg ld -sv bv001.-1 -svflg ld.relgen && iSMrc_scan "
             "&& iSMvollist -cr")
    site.run("iSMrc_mount -vol lv_bv001 -volflg ld -drv H: -o ro")
    assert site.run("cat /srv/h/file").output == "first\n"
    link = next(line for line in site.run("iSMvollist -l").output.splitlines() if "lv_bv001" in line)
    site.run("iSMrc_umount -drv H:")
    lost = site.run("head -c 512 %s" % next(w for w in link.split() if w.startswith("/dev/")),
                    check=False)
    assert lost.status != 0 or not lost.output, "the link volume is still readable"
    assert "iSM13610" in site.run("iSMrc_flush -vol lv_bv001 -volflg ld", check=False).errors
    site.run("iSMsc_unlink -lv lv_bv001 -lvflg ld")
    holder = "cd /srv/g; exec sleep 100"
    site.run("sh -c '%s' >/dev/null 2>&1 & echo $! >/run/holder; sleep 0.5" % holder)
    pid = site.run("cat /run/holder").output.strip()
    restore = "iSMsc_restore -bv bv001 -bvflg ld -sv .-1 -svflg relgen"
    refused = site.run(restore, check=False)
    assert refused.status == 1 and pid + " sleep" in refused.errors, refused
    site.run("kill %s; sleep 0.2" % pid)
    site.run(restore)
    assert site.run("cat /srv/g/file").output == "first\n"
    site.run("iSMrc_umount -drv G: -offline")
    assert "iSM13610" in site.run("iSMrc_flush -vol bv001 -volflg ld", check=False).errors
    site.run("iSMrc_mount -vol bv001 -volflg ld -drv G:")
    assert site.run("cat /srv/g/file").output == "first\n"
    site.run("iSMrc_umount -drv G: && sedai detach bv001 && sedai detach lv_bv001")
    assert site.run("iSMvollist -r && iSMvollist -l").output.count("bv001") == 0


def main():
    check = Checks()
    if reason := hostimage.lacking():
        check("host commands on a virtual host", unavailable, reason)
        check.end()
    with scratch("attach") as folder:
        site = Site(folder)
        try:
            check("backup and restore by the kernel's iSCSI", backup_and_restore, site, "iscsi")
            check("backup and restore by the kernel's NBD over TLS", backup_and_restore, site, "nbd")
        finally:
            site.host.cut()
            site.array.remove()
    check.end()


def unavailable(reason):
    raise LeftOut(reason)


if __name__ == "__main__":
    main()
