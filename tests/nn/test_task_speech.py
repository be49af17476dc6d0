"""The spoken digits: how a clip becomes a spectrogram, and what is done to it in training."""

import numpy as np

from nn import load_spoken_digits
from nn.corpora.make_spoken_digits import BANDS, FRAMES, HIGHEST, LOWEST, placed, spectrogram
from nn.tasks.speech import evened, varied

RATE = 22050


def test_a_tone_is_loud_in_its_band_while_it_sounds():
    time = np.arange(RATE) / RATE
    mels = np.linspace(*(2595 * np.log10(1 + np.array([LOWEST, HIGHEST]) / 700)), BANDS + 2)
    for band in (2, 9, 14):
        tone = np.sin(2 * np.pi * 700 * (10 ** (mels[band + 1] / 2595) - 1) * time)
        seen = spectrogram(np.where((time > 0.3) & (time < 0.6), tone, 0.0), RATE)
        assert seen.shape == (FRAMES, BANDS) and seen.dtype == np.int8
        assert (seen[10:17].argmax(axis=1) == band).all() and seen.max() == 0
        assert (seen[:7] == -120).all() and (seen[20:] == -120).all()


def test_a_word_is_put_whole_into_the_first_fifth_of_a_clip():
    word = np.concatenate([np.zeros(5000), np.ones(4000), np.zeros(3000)])
    for seed in range(5):
        clip = placed(word, RATE, np.random.default_rng(seed))
        loud = np.flatnonzero(clip > 0.5)
        assert len(clip) == RATE and len(loud) == 4000 and loud[0] <= 0.2 * RATE
        assert 0.005 < clip[:100].std() + clip[-100:].std() < 0.3  # the noise


def test_every_voice_says_every_digit_five_times():
    spectrograms, digits, voices = load_spoken_digits()
    numbers = np.array(spectrograms)
    assert numbers.min() == 0.0 and (numbers.max(axis=(1, 2)) == 1.0).all()
    counts = {}
    for pair in zip(voices, digits, strict=True):
        counts[pair] = counts.get(pair, 0) + 1
    assert len(counts) == 480 and set(counts.values()) == {5}


def test_clips_differ_from_voice_to_voice_and_from_take_to_take():
    spectrograms, _, _ = load_spoken_digits()
    assert len({str(clip) for clip in spectrograms}) == len(spectrograms)


def test_evened_clips_do_not_tell_how_loud_a_band_is():
    rng = np.random.default_rng(0)
    clips = rng.random((4, FRAMES, BANDS))
    coloured = clips + rng.normal(size=(4, 1, BANDS))
    np.testing.assert_allclose(evened(coloured), evened(clips))
    assert abs(evened(clips).mean(axis=1)).max() < 1e-12


def test_varied_clips_are_near_their_originals_and_leave_them_alone():
    clips = np.zeros((30, FRAMES, BANDS))
    clips[:, 15, 8] = 10.0
    changed = varied(clips, np.random.default_rng(0))
    frames, bands = np.unravel_index(changed.reshape(30, -1).argmax(axis=1), (FRAMES, BANDS))
    assert set(frames) == set(range(12, 19)) and set(bands) == {7, 8, 9}
    assert clips.sum() == 300.0
