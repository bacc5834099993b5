"""Makes the tiny Whisper of the tests: the real architecture in the real formats, taught thirteen sentences
by heart.

    python tests/models/make_tiny_whisper.py speak      # sentences.flac and sentences.json: the audio, and when each word is said
    python tests/models/make_tiny_whisper.py train      # tiny-whisper.pt.gz, a checkpoint as openai-whisper writes them
    python tests/models/make_tiny_whisper.py convert    # tiny-whisper-ct2.zip, the same for CTranslate2

Nothing is fetched. `speak` needs flite and espeak-ng, `train` and `convert` need openai-whisper. The
vocabulary is the multilingual one, so that the language of a window can be told; all rows of its embedding
but those in use are zero, which is why 22 MB of weights pack into two. The sentences are from the Universal
Declaration of Human Rights.
"""

from __future__ import annotations

import argparse

from tiny_conversion import convert
from tiny_speech import speak
from tiny_training import train

if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", choices=["speak", "train", "convert"])
    {"speak": speak, "train": train, "convert": convert}[parser.parse_args().what]()
