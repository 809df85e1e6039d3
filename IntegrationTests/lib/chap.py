"""An iSCSI login that proves itself by CHAP with SHA-256, which libiscsi's programs do not."""
import hashlib
import socket
import struct

SHA_256 = 7
PATIENCE = 30


def pdu(stage, next_stage, keys):
    data = b"".join(key.encode() + b"\0" for key in keys)
    flags = stage << 2 | (0x80 | next_stage if next_stage is not None else 0)
    header = struct.pack(">BBBBI6sHIHHIIQQ", 0x43, flags, 0, 0, len(data),
                         bytes.fromhex("400000000007"), 0, 7, 0, 0, 1, 0, 0, 0)
    return header + data + bytes(-len(data) % 4)


def exchange(connection, stage, next_stage, keys):
    """Sends one request; returns the answer's status and its keys."""
    connection.sendall(pdu(stage, next_stage, keys))
    header = receive(connection, 48)
    length = int.from_bytes(header[5:8], "big")
    data = receive(connection, length + -length % 4)[:length]
    pairs = dict(item.decode().split("=", 1) for item in data.split(b"\0") if item)
    return int.from_bytes(header[36:38], "big"), pairs


def receive(connection, count):
    data = b""
    while len(data) < count:
        piece = connection.recv(count - len(data))
        if not piece:
            raise EOFError("closed after %d of %d bytes" % (len(data), count))
        data += piece
    return data


def login(port, initiator, target, user, secret):
    """The status that the login ends with; 0 is success."""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as connection:
        status, keys = exchange(connection, 0, 1, [
            "InitiatorName=" + initiator, "SessionType=Normal", "TargetName=" + target,
            "AuthMethod=CHAP"])
        if status:
            return status
        assert keys["AuthMethod"] == "CHAP", keys
        status, keys = exchange(connection, 0, None, ["CHAP_A=%d" % SHA_256])
        if status:
            return status
        challenge = bytes.fromhex(keys["CHAP_C"][2:])
        assert keys["CHAP_A"] == str(SHA_256) and len(challenge) >= 16, keys
        response = hashlib.sha256(bytes([int(keys["CHAP_I"])]) + secret.encode() + challenge)
        status, keys = exchange(connection, 0, 1, [
            "CHAP_N=" + user, "CHAP_R=0x" + response.hexdigest()])
        if status:
            return status
        return exchange(connection, 1, 3, [])[0]
