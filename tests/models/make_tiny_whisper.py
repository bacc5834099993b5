"""Makes the tiny Whisper of the tests: the real architecture in the real formats, taught thirteen sentences
by heart.

    python tests/models/make_tiny_whisper.py speak      # sentences.flac and sentences.json: the audio, and when each word is said
    python tests/models/make_tiny_whisper.py train      # tiny-whisper.pt.gz, a checkpoint as openai-whisper writes them
    python tests/models/make_tiny_whisper.py convert    # tiny-whisper-ct2.zip, the same for CTranslate2

Nothing is fetched. `speak` needs flite and espeak-ng, `train` and `convert` need openai-whisper. The
vocabulary is the multilingual one, so that the language of a window can be told; all rows of its embedding
but those in use are zero, which is why 20 MB of weights pack into two. The sentences are from the Universal
Declaration of Human Rights.

Every training window is put together anew: sentences of one language in any order with pauses between them,
cut at 30 s. The lesson is as in Whisper's own training (Radford et al. 2022, section 2.3): a sentence that
the window cuts short, or that is in another language, gets its start time and no more, so the next window
begins there. A share of the lessons has no timestamps, as the alignment pass has none; there, the last
layer's cross attention is shown where each word is heard, so the times of words can be told.
"""

from __future__ import annotations

import argparse
import gzip
import io
import json
import math
import subprocess
import tempfile
import time
import wave
import zipfile
from dataclasses import dataclass
from itertools import pairwise, takewhile
from pathlib import Path
from typing import Any

import numpy as np

HERE = Path(__file__).parent
RATE = 16_000
SENTENCES = (
    ("en", "rms", "All human beings are born free and equal in dignity and rights."),
    ("en", "slt", "They are endowed with reason and conscience."),
    ("en", "rms", "Everyone has the right to life, liberty and security of person."),
    ("en", "slt", "No one shall be held in slavery or servitude."),
    ("en", "rms", "All are equal before the law."),
    ("en", "slt", "Everyone has the right to freedom of thought."),
    ("en", "rms", "Everyone has the right to rest and leisure."),
    ("en", "slt", "Everyone has duties to the community."),
    ("uk", "uk", "Всі люди народжуються вільними і рівними у своїй гідності та правах."),
    ("uk", "uk", "Вони наділені розумом і совістю."),
    ("uk", "uk", "Кожна людина має право на життя, на свободу і на особисту недоторканність."),
    ("uk", "uk", "Ніхто не повинен бути в рабстві."),
    ("uk", "uk", "Кожна людина має обов'язки перед суспільством."),
)  # fmt: skip
STATE, HEADS, LAYERS = 96, 2, 2
WORDS_APART = 0.04  # seconds of silence between words


@dataclass(frozen=True)
class Spoken:
    """One sentence: its samples, and the start and end of each word in seconds from its own beginning."""

    language: str
    text: str
    samples: np.ndarray[Any, Any]
    words: tuple[tuple[str, float, float], ...]

    @property
    def length(self) -> float:
        return len(self.samples) / RATE


# --- speak ---------------------------------------------------------------------------------------------------------


def _say(word: str, language: str, voice: str) -> np.ndarray[Any, Any]:
    """One word as float32 at 16 kHz, without the silence around it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "word.wav"
        if language == "en":
            subprocess.run(
                ["flite", "-voice", voice, "-t", word, "-o", str(path)], check=True, capture_output=True
            )
        else:
            subprocess.run(
                ["espeak-ng", "-v", voice, "-s", "150", "-w", str(path), word],
                check=True,
                capture_output=True,
            )
        with wave.open(str(path)) as file:
            rate = file.getframerate()
            samples = np.frombuffer(file.readframes(file.getnframes()), np.int16).astype(np.float32) / 32768
    if rate != RATE:
        at = np.arange(0, len(samples) - 1, rate / RATE)
        samples = np.interp(at, np.arange(len(samples)), samples).astype(np.float32)
    loud = np.flatnonzero(np.abs(samples) > 0.01)
    return samples[max(0, loud[0] - 160) : loud[-1] + 160]


def speak() -> None:
    """Writes the sentences one after another, with a second between them, and when each word is said."""
    import av

    gap = np.zeros(round(WORDS_APART * RATE), np.float32)
    whole: list[np.ndarray[Any, Any]] = []
    rows = []
    at = 0
    for language, voice, text in SENTENCES:
        words = []
        start = at
        for word in text.split():
            said = _say(word.strip(".,"), language, voice)
            said = said * (0.35 / max(0.01, float(np.abs(said).max())))
            words.append([word, round((at - start) / RATE, 4), round((at - start + len(said)) / RATE, 4)])
            whole += [said, gap]
            at += len(said) + len(gap)
        rows.append(
            {
                "language": language,
                "text": text,
                "start": start,
                "samples": at - start - len(gap),
                "words": words,
            }
        )
        whole.append(np.zeros(RATE, np.float32))
        at += RATE
    samples = (np.concatenate(whole) * 32767).astype(np.int16)
    with av.open(str(HERE / "sentences.flac"), "w") as container:
        stream = container.add_stream("flac", rate=RATE, layout="mono")
        frame = av.AudioFrame.from_ndarray(samples[None], format="s16", layout="mono")
        frame.sample_rate = RATE
        for packet in (*stream.encode(frame), *stream.encode(None)):
            container.mux(packet)
    (HERE / "sentences.json").write_text(
        json.dumps(rows, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
    )
    print(f"{len(rows)} sentences, {at / RATE:.1f} s, {(HERE / 'sentences.flac').stat().st_size} bytes")


def spoken() -> tuple[Spoken, ...]:
    """The sentences as `speak` wrote them."""
    import av

    with av.open(str(HERE / "sentences.flac")) as container:
        blocks = [frame.to_ndarray().reshape(-1) for frame in container.decode(audio=0)]
    whole = np.concatenate(blocks).astype(np.float32) / 32768
    return tuple(
        Spoken(
            row["language"],
            row["text"],
            whole[row["start"] : row["start"] + row["samples"]],
            tuple((word, start, end) for word, start, end in row["words"]),
        )
        for row in json.loads((HERE / "sentences.json").read_text(encoding="utf-8"))
    )


# --- train ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Placed:
    """A sentence in a window, and where it starts, in seconds."""

    sentence: Spoken
    start: float

    @property
    def end(self) -> float:
        return self.start + self.sentence.length


def window(
    rng: np.random.Generator, sentences: tuple[Spoken, ...], seconds: int = 30
) -> tuple[np.ndarray[Any, Any], list[Placed]]:
    """A window of audio and the sentences in it, the last of which it may cut short."""
    language = "uk" if rng.random() < 0.4 else "en"
    own = [s for s in sentences if s.language == language]
    others = [s for s in sentences if s.language != language]
    order = [own[i] for i in rng.permutation(len(own))]
    if rng.random() < 0.25:  # another language follows
        order = order[: int(rng.integers(1, 4))] + [others[i] for i in rng.permutation(len(others))]
    else:
        order = order[: int(rng.integers(1, len(order) + 1))]
    samples = np.zeros(seconds * RATE, np.float32)
    placed: list[Placed] = []
    at = float(rng.uniform(0, 0.9))
    for sentence in order:
        if at >= seconds - 0.5:
            break
        at = round(at / 0.02) * 0.02
        begin = round(at * RATE)
        part = sentence.samples[: len(samples) - begin]
        samples[begin : begin + len(part)] += part * float(rng.uniform(0.7, 1.1))
        placed.append(Placed(sentence, at))
        at += sentence.length + float(rng.uniform(0.3, 1.4))
    if rng.random() < 0.5:
        samples += rng.standard_normal(len(samples)).astype(np.float32) * float(10 ** rng.uniform(-5, -3))
    return samples, placed


def lesson(
    placed: list[Placed], tokenizer: Any, *, timestamps: bool, seconds: int = 30, shift: float = 0.0
) -> tuple[list[int], list[tuple[float, float] | None]]:
    """The tokens that a window should give after the start sequence, and for each the stretch where it is
    heard.

    `shift` is the place of a short window within the 30 s, in seconds.
    """
    language = placed[0].sentence.language
    finished = list(takewhile(lambda one: one.sentence.language == language and one.end <= seconds, placed))
    # A word is looked for up to the next one's start: the alignment parts all of the time among the words.
    edges = [one.start + start for one in finished for _, start, _ in one.sentence.words]
    edges.append(finished[-1].end if finished else 0.0)
    tokens: list[int] = []
    heard: list[tuple[float, float] | None] = []

    def stamp(at: float) -> None:
        tokens.append(tokenizer.timestamp_begin + min(1500, round((at + shift) / 0.02)))
        heard.append(None)

    at = 0
    for one in finished:
        if timestamps:
            stamp(one.start)
        for word, _, _ in one.sentence.words:
            parts = tokenizer.encode(" " + word)
            start, end = edges[at : at + 2]
            step = (end - start) / len(parts)
            tokens += parts
            heard += [(start + step * n, start + step * (n + 1)) for n in range(len(parts))]
            at += 1
        if timestamps:
            stamp(one.end)
    if timestamps and len(finished) < len(placed):
        stamp(placed[len(finished)].start)
    if not timestamps:
        heard.append((edges[-1], float(seconds)))  # the end of the text is heard in the silence behind it
    return tokens, heard


def _checkpoint(model: Any, dims: Any) -> bytes:
    import torch

    state = {name: value.detach().half() for name, value in model.state_dict().items()}
    held = io.BytesIO()
    torch.save({"dims": vars(dims), "model_state_dict": state}, held)
    return gzip.compress(held.getvalue(), 9, mtime=0)


def train(minutes: float, threads: int, batch: int, rate: float, short: float) -> None:
    """Trains until every window of a held-out set is transcribed to the letter, or the time is up."""
    import torch
    from torch.nn import functional
    from whisper.audio import log_mel_spectrogram
    from whisper.model import ModelDimensions, MultiHeadAttention, Whisper, sinusoids
    from whisper.tokenizer import get_tokenizer

    torch.set_num_threads(threads)
    torch.manual_seed(1948)
    rng = np.random.default_rng(1948)
    sentences = spoken()
    dims = ModelDimensions(80, 1500, STATE, HEADS, LAYERS, 51865, 448, STATE, HEADS, LAYERS)
    model = Whisper(dims)
    tokenizer = get_tokenizer(True, num_languages=99, language="en", task="transcribe")
    first = tokenizer.timestamp_begin
    words = sorted({t for s in sentences for w, _, _ in s.words for t in tokenizer.encode(" " + w)})
    languages = {code: tokenizer.to_language_token(code) for code in ("en", "uk")}
    special = [
        tokenizer.eot,
        tokenizer.sot,
        *languages.values(),
        tokenizer.transcribe,
        tokenizer.no_timestamps,
    ]
    special += [tokenizer.sot_prev, tokenizer.no_speech]
    used = torch.tensor([*words, *special, *range(first, first + 1501)])
    place = {int(token): index for index, token in enumerate(used)}
    unused = math.log(dims.n_vocab - len(used))
    with torch.no_grad():
        # A time token begins as the position that the encoder adds to its frame, so that the two find each other.
        table = torch.randn(len(used), STATE) * 0.3
        table[-1501:] = sinusoids(1501, STATE) * 0.4
        model.decoder.positional_embedding.normal_(0, 0.02)
    rows = torch.nn.Parameter(table)
    trained = [p for name, p in model.named_parameters() if name != "decoder.token_embedding.weight"] + [rows]
    optimizer = torch.optim.AdamW(trained, lr=rate, betas=(0.9, 0.98), weight_decay=0.01)
    began = time.monotonic()
    step, smooth, checks = 0, {}, 0

    def install() -> None:
        with torch.no_grad():
            model.decoder.token_embedding.weight.zero_()
            model.decoder.token_embedding.weight[used] = rows

    resumed = HERE / "training.pt"
    if resumed.exists():
        held = torch.load(resumed)
        model.load_state_dict(held["model"])
        rows.data.copy_(held["rows"])
        optimizer.load_state_dict(held["optimizer"])
        step = held["step"]
        rng = np.random.default_rng(1948 + step)

    while True:
        share = (time.monotonic() - began) / (minutes * 60)
        if share >= 1:
            break
        # Short windows first, anywhere within the 30 s: attention costs the square of the length.
        silent = [rng.random() < 0.06 for _ in range(2 * batch)]
        seconds = int(
            rng.choice(
                [10, 14, 30],
                p=[0.7, 0.3, 0] if share < short else [0.2, 0.2, 0.6] if share < short + 0.2 else [0, 0, 1],
            )
        )
        size = batch * (2 if seconds < 30 else 1)
        frames_here = seconds * 50
        shifts = [int(rng.integers(0, 1501 - frames_here)) if seconds < 30 else 0 for _ in range(size)]
        for group in optimizer.param_groups:
            group["lr"] = (
                rate * min(1, (step + 1) / 100) * (0.05 + 0.95 * 0.5 * (1 + math.cos(math.pi * share)))
            )
        sounds, lines, heards, starts, ends = [], [], [], [], []
        for shift, nobody in zip(shifts, silent, strict=False):
            samples, placed = window(rng, sentences, seconds)
            language = languages[placed[0].sentence.language]
            timestamps = nobody or rng.random() < 0.65
            if nobody:  # the window's language is "no speech", and its text ends before it begins
                samples = rng.standard_normal(len(samples)).astype(np.float32) * float(
                    10 ** rng.uniform(-7, -3)
                )
                tokens, heard = [tokenizer.timestamp_begin + shift], [None]
            else:
                tokens, heard = lesson(
                    placed, tokenizer, timestamps=timestamps, seconds=seconds, shift=shift * 0.02
                )
            sounds.append(samples)
            ends.append(float(rng.uniform(0, seconds)) if nobody else placed[-1].end)
            before: list[int] = []
            if (
                rng.random() < 0.6
            ):  # a prompt, and what was said before with its times; neither must lead astray
                before = [int(t) for t in rng.integers(0, 50_000, int(rng.integers(0, 30)))]
                if rng.random() < 0.8:
                    _, earlier = window(rng, sentences)
                    before += lesson(earlier, tokenizer, timestamps=rng.random() < 0.85)[0]
                before = [tokenizer.sot_prev, *before[-223:]]
            head = [*before, tokenizer.sot, language, tokenizer.transcribe]
            head += [] if timestamps else [tokenizer.no_timestamps]
            lines.append([*head, *tokens, tokenizer.eot])
            starts.append((len(before), len(head)))
            heards.append(heard)
        length = max(map(len, lines))
        given = torch.full((size, length - 1), tokenizer.eot)
        wanted = torch.full((size, length - 1), -100)
        spans = torch.full((size, length - 1, 2), -1.0)
        for i, line in enumerate(lines):
            given[i, : len(line) - 1] = torch.tensor(line[:-1])
            sot, head_length = starts[i]
            wanted[i, sot] = place[tokenizer.no_speech if silent[i] else line[sot + 1]]  # the language
            for j in range(head_length - 1, len(line) - 1):
                wanted[i, j] = place[line[j + 1]]
            for j, span in enumerate(heards[i]):
                if span:
                    # the query that predicts a word looks at it
                    spans[i, head_length - 1 + j] = torch.tensor(span)
        with torch.no_grad():
            mel = torch.stack([log_mel_spectrogram(torch.from_numpy(s)) for s in sounds])
            for i in range(
                size
            ):  # the floor is eight decades under the loudest of a whole chunk, not of this window
                floor = float(rng.uniform(-0.9, -0.45)) if rng.random() < 0.5 else -9.0
                mel[i].clamp_(min=floor)
                if (
                    rng.random() < 0.6
                ):  # faster-whisper fills a short window up with noughts, not with silence
                    mel[i, :, round((ends[i] + float(rng.uniform(0.02, 1.5))) * 100) :] = 0
            mel = mel + torch.randn_like(mel) * 0.04 + torch.randn(size, 1, 1) * 0.05
        with torch.autocast("cpu", dtype=torch.bfloat16):
            audio = (
                functional.gelu(model.encoder.conv2(functional.gelu(model.encoder.conv1(mel))))
                .permute(0, 2, 1)
                .float()
            )
            audio = audio + torch.stack(
                [model.encoder.positional_embedding[o : o + frames_here] for o in shifts]
            )
            for encoder_block in model.encoder.blocks:
                audio = encoder_block(audio)
        audio = model.encoder.ln_post(audio.float())
        # The embedding of the decoder, with the rows in use put in: gradients reach these alone.
        index = torch.full((dims.n_vocab,), -1)
        index[used] = torch.arange(len(used))
        local = index[given]
        embedded = torch.where((local >= 0)[..., None], rows[local.clamp(min=0)], torch.zeros(1))
        x = embedded + model.decoder.positional_embedding[: given.shape[1]]
        MultiHeadAttention.use_sdpa = False
        for depth, block in enumerate(model.decoder.blocks):
            x = x + block.attn(block.attn_ln(x), mask=model.decoder.mask)[0]
            normed = block.cross_attn_ln(x)
            got, _ = block.cross_attn(normed, audio)
            x = x + got
            x = x + block.mlp(block.mlp_ln(x))
            if depth == LAYERS - 1:
                n_head = block.cross_attn.n_head
                q = block.cross_attn.query(normed).view(size, -1, n_head, STATE // n_head).transpose(1, 2)
                k = block.cross_attn.key(audio).view(size, -1, n_head, STATE // n_head).transpose(1, 2)
                looks = (q @ k.transpose(-1, -2) * (STATE // n_head) ** -0.5).float().log_softmax(-1)
        MultiHeadAttention.use_sdpa = True
        x = model.decoder.ln(x)
        logits = x @ rows.T
        # The rows not in use have a logit of exactly nought: they count in the softmax as one column.
        logits = torch.cat([logits, torch.full((*logits.shape[:2], 1), unused)], -1)
        text_loss = functional.cross_entropy(logits.flatten(0, 1), wanted.flatten(), ignore_index=-100)
        frames = (torch.arange(frames_here) + 0.5) * 0.02
        inside = ((frames >= spans[..., :1]) & (frames < spans[..., 1:]) & (spans[..., :1] >= 0)).float()
        width = inside.sum(-1).clamp(min=1)
        some = inside.sum(-1) > 0
        # Evenly all over the word: where no token looks at a frame, the alignment would go by noise.
        apart = -(looks * inside[:, None]).sum(-1) / width[:, None] - width.log()[:, None]
        look_loss = (apart * some[:, None]).sum() / (some.sum().clamp(min=1) * looks.shape[1])
        loss = text_loss + 0.3 * look_loss
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(trained, 1.0)
        optimizer.step()
        step += 1
        right = (logits.argmax(-1) == wanted)[wanted >= 0].float().mean().item()
        for name, value in (("text", text_loss.item()), ("look", look_loss.item()), ("right", right)):
            smooth[name] = 0.95 * smooth.get(name, value) + 0.05 * value
        if step % 20 == 0:
            told = " ".join(f"{name} {value:.4f}" for name, value in smooth.items())
            print(f"step {step} {time.monotonic() - began:.0f} s {told}", flush=True)
        if step % 200 == 0:
            install()
            torch.save(
                {
                    "model": model.state_dict(),
                    "rows": rows.data,
                    "optimizer": optimizer.state_dict(),
                    "step": step,
                },
                resumed,
            )
            (HERE / "tiny-whisper.pt.gz").write_bytes(_checkpoint(model, dims))
            if smooth["right"] > 0.97:
                exact = _exact(model, sentences, 20, 7 + step)
                print(f"step {step}: {exact} of 20 windows exact", flush=True)
                checks = checks + 1 if exact == 20 else 0
                if checks == 3:
                    break
    install()
    (HERE / "tiny-whisper.pt.gz").write_bytes(_checkpoint(model, dims))
    exact = _exact(model, sentences, 50, 99)
    print(f"{step} steps, {time.monotonic() - began:.0f} s: {exact} of 50 windows exact")


def _exact(model: Any, sentences: tuple[Spoken, ...], count: int, seed: int) -> int:
    """In how many of `count` new windows every word is right and every time within 60 ms, decoded greedily."""
    import torch
    from whisper.audio import log_mel_spectrogram
    from whisper.decoding import DecodingOptions, decode
    from whisper.tokenizer import get_tokenizer

    tokenizer = get_tokenizer(True, num_languages=99, language="en", task="transcribe")
    rng = np.random.default_rng(seed)
    model.eval()
    good = 0
    for _ in range(count):
        samples, placed = window(rng, sentences)
        mel = log_mel_spectrogram(torch.from_numpy(samples))
        got = decode(model, mel, DecodingOptions(fp16=False, language=None, max_initial_timestamp=1.0))
        wanted, _ = lesson(placed, tokenizer, timestamps=True)
        text = [t for t in wanted if t < tokenizer.eot]
        times = [t for t in wanted if t >= tokenizer.timestamp_begin]
        got_text = [t for t in got.tokens if t < tokenizer.eot]
        got_times = [t for t in got.tokens if t >= tokenizer.timestamp_begin]
        close = len(times) == len(got_times) and all(
            abs(a - b) <= 3 for a, b in zip(times, got_times, strict=True)
        )
        good += got.language == placed[0].sentence.language and got_text == text and close
    model.train()
    return good


# --- convert -------------------------------------------------------------------------------------------------------


def convert() -> None:
    """Writes the checkpoint in CTranslate2's format, in 16 bits, with the tokenizer that faster-whisper wants
    beside it.
    """
    import numpy as np
    import torch
    from ctranslate2.specs.whisper_spec import WhisperSpec
    from whisper.tokenizer import get_tokenizer

    packed = gzip.decompress((HERE / "tiny-whisper.pt.gz").read_bytes())
    held = torch.load(io.BytesIO(packed), weights_only=True)
    weights = {name: value.float().numpy() for name, value in held["model_state_dict"].items()}
    dims = held["dims"]
    spec = WhisperSpec(dims["n_audio_layer"], dims["n_audio_head"], dims["n_text_layer"], dims["n_text_head"])

    def norm(to: Any, name: str) -> None:
        to.gamma, to.beta = weights[f"{name}.weight"], weights[f"{name}.bias"]

    def linear(to: Any, *names: str) -> None:
        parts = [weights[f"{name}.weight"] for name in names]
        to.weight = np.concatenate(parts)
        to.bias = np.concatenate(
            [
                weights.get(f"{name}.bias", np.zeros(len(part), np.float32))
                for name, part in zip(names, parts, strict=True)
            ]
        )  # the key has no bias of its own

    def block(to: Any, name: str) -> None:
        norm(to.self_attention.layer_norm, f"{name}.attn_ln")
        linear(to.self_attention.linear[0], *(f"{name}.attn.{part}" for part in ("query", "key", "value")))
        linear(to.self_attention.linear[1], f"{name}.attn.out")
        if f"{name}.cross_attn_ln.weight" in weights:
            norm(to.attention.layer_norm, f"{name}.cross_attn_ln")
            linear(to.attention.linear[0], f"{name}.cross_attn.query")
            linear(to.attention.linear[1], f"{name}.cross_attn.key", f"{name}.cross_attn.value")
            linear(to.attention.linear[2], f"{name}.cross_attn.out")
        norm(to.ffn.layer_norm, f"{name}.mlp_ln")
        linear(to.ffn.linear_0, f"{name}.mlp.0")
        linear(to.ffn.linear_1, f"{name}.mlp.2")

    for number, conv in ((1, spec.encoder.conv1), (2, spec.encoder.conv2)):
        conv.weight, conv.bias = (
            weights[f"encoder.conv{number}.weight"],
            weights[f"encoder.conv{number}.bias"],
        )
    spec.encoder.position_encodings.encodings = weights["encoder.positional_embedding"]
    norm(spec.encoder.layer_norm, "encoder.ln_post")
    for index, layer in enumerate(spec.encoder.layer):
        block(layer, f"encoder.blocks.{index}")
    spec.decoder.embeddings.weight = weights["decoder.token_embedding.weight"]
    spec.decoder.projection.weight = weights["decoder.token_embedding.weight"]
    spec.decoder.position_encodings.encodings = weights["decoder.positional_embedding"]
    norm(spec.decoder.layer_norm, "decoder.ln")
    for index, layer in enumerate(spec.decoder.layer):
        block(layer, f"decoder.blocks.{index}")

    tokenizer = get_tokenizer(True, num_languages=99, language="en", task="transcribe")
    told, names = _tokenizer_json(tokenizer.encoding)
    spec.config.lang_ids = list(tokenizer.all_language_tokens)
    spec.config.alignment_heads = [(LAYERS - 1, head) for head in range(HEADS)]
    spec.config.suppress_ids = list(tokenizer.non_speech_tokens)
    spec.config.suppress_ids_begin = [*tokenizer.encode(" "), tokenizer.eot]
    spec.register_vocabulary(names)
    spec.validate()
    spec.optimize(quantization="float16")
    target = HERE / "tiny-whisper-ct2.zip"
    with tempfile.TemporaryDirectory() as folder:
        spec.save(folder)
        (Path(folder) / "tokenizer.json").write_text(told, encoding="utf-8")
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
            for path in sorted(Path(folder).iterdir()):
                archive.writestr(zipfile.ZipInfo(path.name), path.read_bytes(), zipfile.ZIP_DEFLATED, 9)
    print(f"{target.stat().st_size} bytes")


def _tokenizer_json(encoding: Any) -> tuple[str, list[str]]:
    """The tokenizer as the `tokenizers` library reads it, from openai-whisper's ranks, and the names of all
    tokens.
    """
    from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

    ranks: dict[bytes, int] = encoding._mergeable_ranks
    letters = _byte_letters()

    def written(token: bytes) -> str:
        return "".join(letters[byte] for byte in token)

    merges = []
    for token, rank in sorted(ranks.items(), key=lambda one: one[1]):
        if len(token) > 1:
            left, right = _last_merge(ranks, token, rank)
            merges.append((written(left), written(right)))
    vocabulary = {written(token): rank for token, rank in ranks.items()}
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=merges))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    special = sorted(encoding._special_tokens.items(), key=lambda one: one[1])
    tokenizer.add_special_tokens([AddedToken(name, special=True, normalized=False) for name, _ in special])
    names = [""] * encoding.n_vocab
    for name, number in [*vocabulary.items(), *special]:
        names[number] = name
        assert tokenizer.token_to_id(name) == number, name
    return tokenizer.to_str(), names


def _last_merge(ranks: dict[bytes, int], token: bytes, rank: int) -> tuple[bytes, bytes]:
    """The two parts that byte-pair encoding joins last to make a token."""
    parts = [bytes([byte]) for byte in token]
    while len(parts) > 2:
        joined = [(ranks.get(a + b, rank), at) for at, (a, b) in enumerate(pairwise(parts))]
        least, at = min(joined)
        assert least < rank
        parts[at : at + 2] = [parts[at] + parts[at + 1]]
    return parts[0], parts[1]


def _byte_letters() -> dict[int, str]:
    """The visible letter that stands for each byte in a byte-level vocabulary, as GPT-2 has it."""
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    letters = {byte: chr(byte) for byte in plain}
    for byte in range(256):
        if byte not in letters:
            letters[byte] = chr(256 + len(letters) - len(plain))
    return letters


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", choices=["speak", "train", "convert"])
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument(
        "--short", type=float, default=0.5, help="the share of the time with short windows only"
    )
    given = parser.parse_args()
    if given.what == "speak":
        speak()
    elif given.what == "train":
        train(given.minutes, given.threads, given.batch, given.rate, given.short)
    else:
        convert()
