"""Makes ``spoken_digits.npz``: spectrograms of English digits that eSpeak NG spoke.

``python -m nn.corpora.make_spoken_digits FOLDER`` has the program ``espeak-ng`` say "zero" to
"nine" in 48 voices, five times each, at random speeds and pitches; shifts each in time, adds a
little noise, and keeps the energy in 16 bands over 30 frames, in steps of half a decibel.
``spoken_digits.txt`` beside it says how, and with which version. All chance is from one seed.
"""

from __future__ import annotations

import io
import pathlib
import subprocess
import sys
import wave
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]

DIGITS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
ACCENTS = ["en-us", "en-gb", "en-gb-scotland", "en-gb-x-rp", "en-029", "en-us-nyc"]
ACCENTS += ["en-gb-x-gbclan"]
VARIANTS = ["m1", "m2", "m3", "m4", "m5", "m6", "m7", "m8", "f1", "f2", "f3", "f4", "f5"]
VARIANTS += ["klatt", "klatt2", "klatt3", "klatt4", "Andy", "Annie", "Alicia", "Denis", "Gene"]
VARIANTS += ["Hugo", "Jacky", "Lee", "Marco", "Mario", "Michael", "Mike", "adam", "aunty"]
VARIANTS += ["belinda", "boris", "caleb", "ed", "grandma", "john", "linda", "paul", "steph"]
VARIANTS += ["anika", "gustave", "grandpa", "iven", "iven2", "edward", "quincy", "Storm"]
TAKES = 5
FRAMES, BANDS = 30, 16
SECONDS, WINDOW = 1.0, 2.0  # of a clip; and in hops
LOWEST, HIGHEST, FLOOR = 100.0, 8000.0, -60.0  # Hz, Hz, dB

ABOUT = """\
spoken_digits.npz: {count} spectrograms of the English digits zero to nine, made by
nn/corpora/make_spoken_digits.py with {version}

eSpeak NG is free software under the GNU General Public License, version 3 or later
(https://github.com/espeak-ng/espeak-ng). The sounds that it makes are its output, which the
licence of the program does not cover; nothing of the program is in this file.

Voices: {voices} variants, each with one of the accents
{accents};
{takes} takes of each digit, at {speed} words a minute and pitch {pitch} (of 0 to 99).
Each take is cut to where it is louder than 2 % of its peak, put up to 0.2 s after the beginning
of a clip of 1 s, with white noise of 20 to 40 dB below its mean power. Energies of {bands}
triangular bands, evenly spaced in mel from 100 to 8000 Hz, over {frames} frames (Hann windows of
1/15 s every 1/30 s); decibels below the loudest, cut at -60, times 2, as int8.

Arrays: spectrograms (clip, frame, band), digits, voices (an index into names), names.
"""
SPEEDS, PITCHES = (130, 200), (30, 70)


def main(folder: pathlib.Path) -> None:
    """Write both files."""
    rng = np.random.default_rng(0)
    names = [f"{ACCENTS[i % len(ACCENTS)]}+{name}" for i, name in enumerate(VARIANTS)]
    spectrograms, digits, voices = [], [], []
    for voice, name in enumerate(names):
        for digit, word in enumerate(DIGITS):
            for _ in range(TAKES):
                speed, pitch = rng.integers(*SPEEDS), rng.integers(*PITCHES)
                sound, rate = spoken(word, name, int(speed), int(pitch))
                spectrograms.append(spectrogram(placed(sound, rate, rng), rate))
                digits.append(digit)
                voices.append(voice)
    np.savez_compressed(
        folder / "spoken_digits.npz",
        spectrograms=np.array(spectrograms),
        digits=np.array(digits, np.int8),
        voices=np.array(voices, np.int8),
        names=np.array(names),
    )
    version = subprocess.run(["espeak-ng", "--version"], capture_output=True, text=True, check=True)
    text = ABOUT.format(
        count=len(digits),
        version=version.stdout.split("  Data")[0].strip(),
        voices=len(VARIANTS),
        accents=", ".join(ACCENTS),
        takes=TAKES,
        speed=f"{SPEEDS[0]} to {SPEEDS[1] - 1}",
        pitch=f"{PITCHES[0]} to {PITCHES[1] - 1}",
        frames=FRAMES,
        bands=BANDS,
    )
    (folder / "spoken_digits.txt").write_text(text, encoding="utf-8")


def spoken(word: str, voice: str, speed: int, pitch: int) -> tuple[Array, int]:
    """The samples of a word, in [−1, 1], and how many there are in a second."""
    command = ["espeak-ng", "--stdout", "-v", voice, "-s", str(speed), "-p", str(pitch), word]
    sound = subprocess.run(command, capture_output=True, check=True).stdout
    with wave.open(io.BytesIO(sound)) as file:
        rate = file.getframerate()
    return np.frombuffer(sound[44:], "<i2") / 32768.0, rate


def placed(sound: Array, rate: int, rng: np.random.Generator) -> Array:
    """The word without silence around it, somewhere in a clip, with a little noise."""
    loud = np.flatnonzero(np.abs(sound) > 0.02 * np.abs(sound).max())
    word = sound[loud[0] : loud[-1] + 1][: int(SECONDS * rate)]
    clip = np.zeros(int(SECONDS * rate))
    at = int(min(rng.uniform(0.0, 0.2) * rate, len(clip) - len(word)))
    clip[at : at + len(word)] = word
    noise = np.sqrt(np.mean(word**2)) * 10 ** (-rng.uniform(20, 40) / 20)
    noisy: Array = clip + noise * rng.standard_normal(len(clip))
    return noisy


def spectrogram(clip: Array, rate: int) -> Array:
    """Half decibels below the loudest, (FRAMES, BANDS), as int8."""
    hop = len(clip) / FRAMES
    width = int(WINDOW * hop)
    starts = ((np.arange(FRAMES) + 0.5) * hop).astype(int)  # the middles, in what is padded
    padded = np.pad(clip, width // 2)
    windows = np.stack([padded[start : start + width] for start in starts])
    power = np.abs(np.fft.rfft(windows * np.hanning(width), axis=1)) ** 2
    energy = power @ bands(width, rate).T
    decibels = 10 * np.log10(np.maximum(energy / energy.max(), 1e-12))
    halves: Array = np.round(2 * np.maximum(decibels, FLOOR)).astype(np.int8)
    return halves


def bands(width: int, rate: int) -> Array:
    """Triangles that are evenly spaced in mel, 2595·log₁₀(1 + f/700), a row each.

    >>> bands(1470, 22050).shape, bool((bands(1470, 22050).sum(axis=1) > 0).all())
    ((16, 736), True)
    """
    ends = 2595 * np.log10(1 + np.array([LOWEST, HIGHEST]) / 700)
    corners = 700 * (10 ** (np.linspace(ends[0], ends[1], BANDS + 2) / 2595) - 1)
    frequencies = np.fft.rfftfreq(width, 1 / rate)
    rising = (frequencies - corners[:-2, None]) / np.diff(corners)[:-1, None]
    falling = (corners[2:, None] - frequencies) / np.diff(corners)[1:, None]
    triangles: Array = np.maximum(np.minimum(rising, falling), 0.0)
    return triangles


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
