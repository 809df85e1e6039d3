// Files and devices of Linux.
