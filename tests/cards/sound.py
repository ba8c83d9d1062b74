#!/usr/bin/env python3
"""sound.py make FILE RATE BITS SECONDS    a WAV file: a thousand frames of silence, and then noise, on two channels; of 24
                                        bits at most, as a float has
sound.py find RECORDING FORMAT FILE     prints "all" if FILE's noise is in the recording (WAV, or raw in an ALSA format), bit for bit and in
                                        one piece
sound.py usb out|in|SECONDS …           pulls QEMU's USB card out, plugs it in, or waits between; in the machine, over QEMU's own port"""

import json
import os
import random
import struct
import sys
import time
import wave

SILENCE = 1000  # frames, before the noise
# Where a format has its bytes, from the highest to the lowest, and how many it has.
FORMATS = {"S16_LE": ((1, 0), 2), "S16_BE": ((0, 1), 2), "S24_3LE": ((2, 1, 0), 3), "S24_LE": ((2, 1, 0), 4),
           "S32_LE": ((3, 2, 1, 0), 4), "S32_BE": ((0, 1, 2, 3), 4)}
OF_WAV = {16: "S16_LE", 24: "S24_3LE", 32: "S32_LE"}


def read_wav(name):
    """Returns: the format and the samples. A file that is not finished (pulled card, killed program) is read to its end."""
    data = open(name, "rb").read()
    place, bits = 12, 0
    while place + 8 <= len(data):
        kind, size = data[place:place + 4], struct.unpack("<I", data[place + 4:place + 8])[0]
        if kind == b"fmt ":
            bits = struct.unpack("<H", data[place + 22:place + 24])[0]
        if kind == b"data":
            return OF_WAV[bits], data[place + 8:place + 8 + size] if size else data[place + 8:]
        place += 8 + size + size % 2
    return OF_WAV[bits], b""


def high_bytes(samples, form, keep):
    """Returns: of each sample the highest `keep` bytes."""
    order, size = FORMATS[form]
    count = len(samples) // size
    kept = bytearray(count * keep)
    for place, byte in enumerate(order[:keep]):
        kept[place::keep] = samples[byte:count * size:size]
    return bytes(kept)


def find(recording, form, name):
    wanted_form, wanted = read_wav(name)
    if recording.endswith(".wav"):
        form, got = read_wav(recording)
    else:
        got = open(recording, "rb").read()
    keep = min(len(FORMATS[form][0]), len(FORMATS[wanted_form][0]))
    wanted = high_bytes(wanted, wanted_form, keep)[SILENCE * 2 * keep:]
    got = high_bytes(got, form, keep)
    print("all" if wanted in got else "not all")


def make(name, rate, bits, seconds):
    rate, size, frames = int(rate), int(bits) // 8, int(int(rate) * float(seconds))
    with wave.open(name, "wb") as file:
        file.setparams((2, size, rate, 0, "NONE", ""))
        noise = bytearray(random.Random(rate + size).randbytes((frames - SILENCE) * 2 * size))
        if size == 4:
            noise[::4] = bytes(len(noise) // 4)
        file.writeframes(bytes(SILENCE * 2 * size) + noise)


def usb(*acts):
    port = os.open("/dev/virtio-ports/qmp", os.O_RDWR)

    def ask(command, **arguments):
        os.write(port, json.dumps({"execute": command, "arguments": arguments}).encode() + b"\n")
        said = b""
        while not (said.endswith(b"\n") and any("return" in json.loads(line) or "error" in json.loads(line) for line in said.splitlines())):
            said += os.read(port, 4096)

    ask("qmp_capabilities")
    for act in acts:
        if act == "out":
            ask("device_del", id="usb0")
        elif act == "in":
            ask("device_add", driver="usb-audio", id="usb0", audiodev="usb", bus="xhci.0")
        else:
            time.sleep(float(act))


{"make": make, "find": find, "usb": usb}[sys.argv[1]](*sys.argv[2:])
