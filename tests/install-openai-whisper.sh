#!/bin/sh
# Installs the reference engine beside the locked requirements, where that is possible. $1: the environment's Python.
# torch is not locked: which build fits depends on the machine. triton, which only a GPU needs, is left out.
"$1" -m pip --disable-pip-version-check --quiet install 'torch==2.13.0' &&
    "$1" -m pip --disable-pip-version-check --quiet install --no-deps openai-whisper &&
    "$1" -m pip --disable-pip-version-check --quiet install tiktoken numba more-itertools tqdm ||
    echo "could not install openai-whisper: its tests will be skipped"
exit 0
