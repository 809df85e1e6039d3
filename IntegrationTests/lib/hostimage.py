"""Kernel and root file system of virtual hosts, made of Debian packages, kept in a cache.

Nothing is installed on this machine: the packages are fetched and unpacked into one image that
all virtual hosts share read-only. $SEDAI_CACHE (default ~/.cache/sedai-tests) keeps it, and makes
it anew when the packages or the files of `guest/` have changed.
"""
import fcntl
import glob
import hashlib
import lzma
import os
import re
import shutil
import struct
import subprocess
import tempfile

KERNEL = "linux-image-amd64"
PACKAGES = """base-passwd bash busybox-static coreutils dash diffutils findutils gawk grep gzip
    hostname iproute2 kmod libstdc++6 mount procps psmisc python3-minimal sed socat tar udev
    util-linux e2fsprogs xfsprogs btrfs-progs dosfstools fdisk parted
    open-iscsi nbd-client multipath-tools kpartx dmsetup sg3-utils lsscsi fio""".split()
# What the first stage loads to reach the root file system; modules that are built in have no file.
FIRST_MODULES = "virtio_pci virtio_blk ext4 crc32c_generic overlay".split()
# Drivers that a virtual host can have a use for; the others are left out of the image.
DRIVERS = "block char input md nbd net/virtio_net net/net_failover nvme scsi virtio".split()
LEFT_OUT = "usr/share/doc usr/share/man usr/share/locale usr/share/info usr/lib/udev/hwdb.d".split()
GUEST = os.path.join(os.path.dirname(os.path.abspath(__file__)), "guest")
PROGRAMS = "qemu-system-x86_64 dpkg-deb apt-get apt-cache mkfs.ext4 tar cpio".split()


class ImageError(Exception):
    """The image cannot be made; the message says why."""


class Image:
    """`kernel`, `initramfs` and `root` are paths."""

    def __init__(self, folder):
        self.folder = folder
        self.kernel, self.initramfs, self.root = (
            folder + "/" + name for name in ("kernel", "initramfs", "root"))


def lacking():
    """Why there can be no virtual host on this machine, or None."""
    for program in PROGRAMS:
        if not shutil.which(program):
            return "no " + program
    return None


def image():
    """The image, made if it is not there yet (about a minute, most of it downloading)."""
    cache = os.environ.get("SEDAI_CACHE") or os.path.expanduser("~/.cache/sedai-tests")
    os.makedirs(cache, exist_ok=True)
    with open(cache + "/lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        folder = cache + "/host-" + fingerprint()
        if not os.path.exists(folder):
            for old in glob.glob(cache + "/host-*"):
                shutil.rmtree(old)
            packages = fetch(cache)
            with tempfile.TemporaryDirectory(prefix="making-", dir=cache) as made:
                make(made, packages)
                os.rename(made + "/image", folder)
            shutil.rmtree(cache + "/packages")
        return Image(folder)


def fingerprint():
    """Changes with everything that the image is made of, new package versions excepted."""
    text = repr((KERNEL, PACKAGES, FIRST_MODULES, DRIVERS, LEFT_OUT))
    for path in sorted(glob.glob(GUEST + "/*") + [os.path.abspath(__file__)]):
        with open(path) as file:
            text += file.read()
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def fetch(cache):
    """Paths of the packages with all they depend on, as if nothing were installed here."""
    archives = cache + "/packages"
    os.makedirs(archives + "/partial", exist_ok=True)
    status = cache + "/packages/status"
    open(status, "w").close()
    command = [
        "apt-get", "install", "--download-only", "-q", "-y", "--no-install-recommends",
        "-o", "Dir::State::status=" + status, "-o", "Dir::Cache=" + cache + "/packages",
        "-o", "Dir::Cache::archives=" + archives, "-o", "Debug::NoLocking=1",
        "-o", "APT::Sandbox::User=root", *PACKAGES, KERNEL]
    for attempt in ("as the lists are", "with new lists"):
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True)
        if done.returncode == 0:
            return sorted(glob.glob(archives + "/*.deb"))
        if attempt == "as the lists are":
            subprocess.run(["apt-get", "update", "-q"], stdin=subprocess.DEVNULL,
                           capture_output=True)
    raise ImageError("apt-get cannot fetch the packages of a virtual host: "
                     + (done.stdout + done.stderr)[-800:])


def make(folder, packages):
    root, ready = folder + "/root", folder + "/image"
    os.makedirs(ready)
    for name in ("bin", "sbin", "lib", "lib64"):
        os.makedirs("%s/usr/%s" % (root, name))
        os.symlink("usr/" + name, "%s/%s" % (root, name))
    for package in packages:
        subprocess.run(
            "dpkg-deb --fsys-tarfile '%s' | tar -x -C '%s' --no-same-owner --keep-directory-symlink"
            % (package, root), shell=True, check=True)
    for path in LEFT_OUT:
        shutil.rmtree("%s/%s" % (root, path), ignore_errors=True)
    version = keep_kernel(root, ready)
    furnish(root)
    make_initramfs(root, version, folder + "/first", ready + "/initramfs")
    size = int(subprocess.run(["du", "-sm", root], check=True, capture_output=True,
                              text=True).stdout.split()[0])
    with open(ready + "/root", "wb") as file:
        file.truncate(size * 5 // 4 + 64 << 20)
    subprocess.run(["mkfs.ext4", "-q", "-F", "-O", "^has_journal", "-d", root, ready + "/root"],
                   check=True)


def keep_kernel(root, ready):
    """Puts the kernel into `ready`, leaves the useful modules in `root`: the kernel's version."""
    path = glob.glob(root + "/boot/vmlinuz-*")[0]
    version = path.split("vmlinuz-")[1]
    with open(path, "rb") as packed, open(ready + "/kernel", "wb") as file:
        file.write(unpacked(packed.read()))
    shutil.rmtree(root + "/boot")
    modules = "%s/usr/lib/modules/%s" % (root, version)
    drivers = modules + "/kernel/drivers/"
    for path in glob.glob(drivers + "**/*.ko", recursive=True):
        if not path[len(drivers):].startswith(tuple(DRIVERS)):
            os.unlink(path)
    libraries = root + "/usr/lib/x86_64-linux-gnu"
    # The image's own program with its own libraries: this machine need not have it.
    subprocess.run([root + "/usr/lib64/ld-linux-x86-64.so.2", "--argv0", "depmod",
                    "--library-path", libraries, root + "/usr/bin/kmod", "-b", root, version],
                   check=True)
    return version


def unpacked(boot_image):
    """The ELF image inside, where it is packed with xz: an emulated CPU unpacks it slowly."""
    setup_sectors = boot_image[0x1F1] or 4
    offset, length = struct.unpack_from("<II", boot_image, 0x248)
    begin = (setup_sectors + 1) * 512 + offset
    try:
        elf = lzma.LZMADecompressor().decompress(boot_image[begin:begin + length])
    except lzma.LZMAError:
        return boot_image
    return elf if elf.startswith(b"\x7fELF") else boot_image


def furnish(root):
    """What packages do when they are installed, as far as it matters here."""
    for name in "dev proc sys run tmp mnt data root etc/iscsi var/lib/iscsi".split():
        os.makedirs("%s/%s" % (root, name), exist_ok=True)
    for name in ("passwd", "group"):
        shutil.copy("%s/usr/share/base-passwd/%s.master" % (root, name), "%s/etc/%s" % (root, name))
    for name in ("init", "agent", "power-off"):
        shutil.copy(GUEST + "/" + name, root + "/usr/sbin/host-" + name)
        os.chmod(root + "/usr/sbin/host-" + name, 0o755)
    os.symlink("gawk", root + "/usr/bin/awk")
    shutil.copy(GUEST + "/multipath.conf", root + "/etc/multipath.conf")
    path = root + "/etc/iscsi/iscsid.conf"
    with open(path) as file:
        text = file.read()
    # No service starts it here; iscsiadm does at its first use.
    text = re.sub(r"^iscsid\.startup.*", "iscsid.startup = /usr/sbin/iscsid", text, flags=re.M)
    with open(path, "w") as file:
        file.write(text)


def make_initramfs(root, version, stage, path):
    """The first stage: busybox and the modules that reach the root file system."""
    for name in ("bin", "proc", "sys", "dev", "lower", "memory", "root"):
        os.makedirs("%s/%s" % (stage, name))
    shutil.copy(root + "/usr/bin/busybox", stage + "/bin/busybox")
    modules = "/lib/modules/" + version
    with open("%s/usr%s/modules.dep" % (root, modules)) as file:
        needs = dict(line.rstrip("\n").split(":", 1) for line in file)
    order = []
    for name in FIRST_MODULES:
        for module, others in needs.items():
            if os.path.basename(module) == name + ".ko":
                order += [each for each in others.split()[::-1] + [module] if each not in order]
    for module in order:
        shutil.copy("%s/usr%s/%s" % (root, modules, module), stage + "/")
    with open(stage + "/modules", "w") as file:
        file.writelines(os.path.basename(module) + "\n" for module in order)
    shutil.copy(GUEST + "/first", stage + "/init")
    os.chmod(stage + "/init", 0o755)
    subprocess.run("find . | cpio -o -H newc --quiet >'%s'" % path, shell=True, cwd=stage,
                   check=True)
