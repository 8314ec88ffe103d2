"""Generated sounds and pictures, so that the demo world needs no files of anybody's. Pure."""

from __future__ import annotations

import io
import math
import struct
import wave
import zlib

RATE = 8_000


def recording(seconds: float, *, pitch: float = 440.0) -> bytes:
    """A WAV of two voices taking turns: soft tones, 8 kHz, 8 bits, mono."""
    samples = bytearray()
    for number in range(int(seconds * RATE)):
        at = number / RATE
        voice = pitch if int(at / 1.2) % 2 == 0 else pitch * 0.67
        swell = 0.5 + 0.5 * math.sin(2 * math.pi * 2.1 * at)
        samples.append(int(128 + 40 * swell * math.sin(2 * math.pi * voice * at)))
    out = io.BytesIO()
    with wave.open(out, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(1)
        sound.setframerate(RATE)
        sound.writeframes(bytes(samples))
    return out.getvalue()


def picture(*, width: int = 320, height: int = 240, hue: int = 0) -> bytes:
    """A PNG of two wheels on a plain ground: something to look at in the inbox."""
    colours = ((38, 70, 83), (231, 111, 81), (42, 157, 143), (233, 196, 106))
    back, front = colours[hue % 4], colours[(hue + 1) % 4]
    wheels = ((width * 0.3, height * 0.6), (width * 0.7, height * 0.6))
    rows = bytearray()
    for y in range(height):
        rows.append(0)
        for x in range(width):
            on_rim = any(abs(math.hypot(x - cx, y - cy) - height * 0.22) < 5 for cx, cy in wheels)
            rows += bytes(front if on_rim else back)
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = (("IHDR", head), ("IDAT", zlib.compress(bytes(rows), 9)), ("IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name.encode(), body) for name, body in chunks)


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
