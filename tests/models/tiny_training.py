"""Teaches the tiny Whisper its sentences, from nothing, and checks what it knows by openai-whisper's own `transcribe`.

The run is the same each time: every step has its own seed, and the plan goes by steps, not by time. Three things
make it learn fast. The encoder is shown, through a layer that is thrown away, which word is said in each frame. The
cross attention of the layers that the alignment reads is shown where each word is heard. And a time token is no
vector of its own, but made from the sinusoid of its frame, so that all times are learned together.

There are two rounds: the second has a smaller rate and more of the longest prompts. The weights that are kept are
the mean of those at the end of each round, which are means over about the last 500 steps themselves. On one core of
2026 it takes about 45 minutes.
"""

from __future__ import annotations

import gzip
import io
import math
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from tiny_lessons import PROMPT, Sounds, Token, Window, lesson, prompt, window
from tiny_speech import RATE, Spoken, spoken

HERE = Path(__file__).parent
STATE, AUDIO_HEADS, AUDIO_LAYERS, TEXT_HEADS, TEXT_LAYERS = 96, 2, 2, 4, 3
SEED = 1948
# The plan, in steps. Each of these is a turn that the lessons take.
PROMPTS_FROM = 312  # windows have prompts
EVEN_FROM = 600  # the prompts of a step are of about one length, which costs less
PLAIN_FROM = 800  # attention is reckoned in a way that is faster on a processor
LONG_FROM, LONGER_FROM = 900, 1300  # half, then three quarters of the windows are of 30 s
FALL_FROM = 1300  # the rate of learning falls, to the end of the first round
CHANGES_FROM = 1900  # every other window has a second language
STEPS = 2300  # the end of the first round
POLISHED = 2460  # the end of a second round, at a smaller rate, with more of long prompts
RATE_OF_LEARNING = 2e-3
LOOKS = 24  # tokens of a line whose attention is shown, in each step


@dataclass(frozen=True)
class Line:
    """One lesson: a spectrogram, the tokens given and wanted, and which word is said in each frame (-100: never mind)."""

    sound: Any
    given: list[int]
    wanted: list[tuple[int, int, float]]  # place in `given`, token, how far towards the next token
    heard: list[tuple[int, float, float]]  # place in `given`, start, end
    frames: Any
    shift: int


class Lessons:
    """Lines made anew for each step."""

    def __init__(self, sentences: tuple[Spoken, ...], tokenizer: Any) -> None:
        self.sentences, self.tokenizer = sentences, tokenizer
        self.sounds = Sounds(sentences)
        self.words = sorted({t for s in sentences for w, _, _ in s.words for t in tokenizer.encode(" " + w)})
        self._first = np.cumsum([1, *(len(s.words) for s in sentences)]).tolist()
        self.classes = self._first[-1]

    def lines(self, step: int, rng: np.random.Generator) -> tuple[list[Line], int]:
        """The lessons of a step, and how many of them, one after another, are of the same sound."""
        # Short windows first, anywhere within the 30 s: attention costs the square of the length.
        long = 0.0 if step < LONG_FROM else 0.5 if step < LONGER_FROM else 0.75
        seconds = 30 if rng.random() < long else int(rng.choice([8, 12]))
        room = 0 if step < PROMPTS_FROM else PROMPT
        if step >= EVEN_FROM:  # one long prompt makes all lines of its step as long
            shares = [0.35, 0.2, 0.2, 0.25] if step < STEPS else [0.2, 0.1, 0.2, 0.5]
            room = int(rng.choice([0, 32, 96, PROMPT], p=shares))
        changes = 0.25 if step < CHANGES_FROM else 0.5
        full = 0.2 if step < STEPS else 0.6
        if seconds == 30:
            pairs = [self.lines_of(rng, seconds, room, changes, full, 2) for _ in range(5)]
            return [line for pair in pairs for line in pair], 2
        return [line for _ in range(16) for line in self.lines_of(rng, seconds, room, changes, full, 1)], 1

    def lines_of(
        self,
        rng: np.random.Generator,
        seconds: int,
        room: int,
        changes: float,
        full: float,
        count: int,
    ) -> list[Line]:
        """Lessons of one window of so many seconds, with prompts of at most `room` tokens."""
        tokens = self.tokenizer
        shift = int(rng.integers(0, 1501 - seconds * 50)) if seconds < 30 else 0
        silent = rng.random() < 0.05
        said = window(rng, self.sentences, seconds, changes)
        timestamps = silent or rng.random() < 0.68
        frames = np.zeros(seconds * 50, np.int64) if silent else self._frames(said)
        sound = self.sounds.silence(rng, seconds) if silent else self.sounds.spectrogram(rng, said)
        sound = sound + rng.standard_normal(sound.shape, np.float32) * 0.03 + np.float32(rng.normal(0, 0.04))
        lines = []
        for _ in range(count):
            before: list[int] = []
            if rng.random() < (0 if not room else 0.6 if timestamps else 0.08):
                before = prompt(rng, self.sentences, tokens, self.words, full)
                before = [tokens.sot_prev, *before[1:][-room:]]
            written = [Token(tokens.timestamp_begin + shift)]
            if not silent:
                written = lesson(said, tokens, timestamps=timestamps, shift=shift * 0.02)
            lines.append(self._line(rng, said, before, written, silent, timestamps, sound, frames, shift))
            if count > 1:
                timestamps = silent or not timestamps or rng.random() < 0.4
        return lines

    def _line(
        self, rng: np.random.Generator, said: Window, before: list[int], written: list[Token],
        silent: bool, timestamps: bool, sound: Any, frames: Any, shift: int,
    ) -> Line:  # fmt: skip
        """One line: a silent window's language is "no speech", and its text ends before it begins."""
        tokens = self.tokenizer
        language = tokens.to_language_token(said.language)
        head = [
            *before,
            tokens.sot,
            language,
            tokens.transcribe,
            *([] if timestamps else [tokens.no_timestamps]),
        ]
        given = list(head)
        for one in written:
            number = one.number
            if number >= tokens.timestamp_begin:  # a time that it wrote itself is not always right
                number += round(one.towards) + (int(rng.integers(-1, 2)) if rng.random() < 0.3 else 0)
                number = min(tokens.timestamp_begin + 1500, max(tokens.timestamp_begin, number))
            given.append(number)
        wanted = [(len(before), tokens.no_speech if silent else language, 0.0)]
        wanted += [(len(head) - 1 + n, one.number, one.towards) for n, one in enumerate(written)]
        wanted.append((len(given) - 1, tokens.eot, 0.0))
        heard = [(len(head) - 1 + n, *one.heard) for n, one in enumerate(written) if one.heard]
        if not timestamps:  # the end of the text is heard in the silence behind it
            done = said.finished[-1].end if said.finished else 0.0
            heard.append((len(given) - 1, done, max(done + 0.1, said.content)))
        return Line(sound, given, wanted, heard, frames, shift)

    def _frames(self, said: Window) -> Any:
        """Which word of which sentence is said in each frame of 20 ms: 0 for none."""
        frames = np.zeros(said.seconds * 50, np.int64)
        for one in said.placed:
            first = self._first[self.sentences.index(one.sentence)]
            for number, (_, start, end) in enumerate(one.sentence.words):
                begin = max(0, round((one.start + start) * 50))
                frames[begin : max(0, round((one.start + end) * 50))] = first + number
        if said.left:
            frames[: round(said.left[1] * 50) + 1] = -100
        return frames


class Pupil:
    """The model, its few trained rows of the vocabulary, and the layer that reads its frames."""

    def __init__(self, lessons: Lessons) -> None:
        import torch
        from whisper.model import ModelDimensions, Whisper, sinusoids

        tokens = lessons.tokenizer
        self.dims = ModelDimensions(
            80, 1500, STATE, AUDIO_HEADS, AUDIO_LAYERS, 51865, 448, STATE, TEXT_HEADS, TEXT_LAYERS
        )
        self.model = Whisper(self.dims)
        special = [
            tokens.eot,
            tokens.sot,
            tokens.transcribe,
            tokens.no_timestamps,
            tokens.sot_prev,
            tokens.no_speech,
        ]
        special += [tokens.to_language_token(code) for code in ("en", "uk")]
        plain = [*lessons.words, *special]
        self.used = torch.tensor([*plain, *range(tokens.timestamp_begin, tokens.timestamp_begin + 1501)])
        self.local = torch.full((self.dims.n_vocab,), -1)
        self.local[self.used] = torch.arange(len(self.used))
        self.waves = sinusoids(1501, STATE)
        turned, _ = torch.linalg.qr(torch.randn(STATE, STATE))
        self.rows = torch.nn.Parameter(torch.randn(len(plain), STATE) * 0.3)
        self.times = torch.nn.Parameter(turned * 0.4)
        self.base = torch.nn.Parameter(torch.zeros(STATE))
        self.reader = torch.nn.Linear(STATE, lessons.classes)
        with torch.no_grad():
            self.model.decoder.positional_embedding.copy_(sinusoids(448, STATE) * 0.2)
        self.trained = {
            name: value
            for name, value in self.model.named_parameters()
            if name != "decoder.token_embedding.weight"
        }
        self.trained |= {"rows": self.rows, "times": self.times, "base": self.base}
        self.trained |= {f"reader.{name}": value for name, value in self.reader.named_parameters()}

    def table(self) -> Any:
        """The rows of the embedding that are in use: words, then times."""
        import torch

        return torch.cat([self.rows, self.waves @ self.times + self.base])

    def losses(
        self, lines: list[Line], times: int, rng: np.random.Generator, *, plain: bool
    ) -> tuple[Any, Any, Any, float]:
        """How far the text, the looks and the frames of some lines are off, and the share of tokens that are right."""
        from whisper.model import MultiHeadAttention

        attend = MultiHeadAttention.qkv_attention
        if plain:
            MultiHeadAttention.qkv_attention = _attention
        try:
            return self._losses(lines, times, rng)
        finally:
            MultiHeadAttention.qkv_attention = attend

    def _losses(self, lines: list[Line], times: int, rng: np.random.Generator) -> tuple[Any, Any, Any, float]:
        import torch
        from torch.nn import functional

        encoder, decoder = self.model.encoder, self.model.decoder
        table = self.table()
        size, length = len(lines), max(len(line.given) for line in lines)
        frames_here = lines[0].frames.shape[0]
        given = torch.full((size, length), int(self.used[0]))
        for i, line in enumerate(lines):
            given[i, : len(line.given)] = torch.tensor(line.given)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            sound = torch.from_numpy(np.stack([line.sound for line in lines[::times]]))
            audio = (
                functional.gelu(encoder.conv2(functional.gelu(encoder.conv1(sound)))).permute(0, 2, 1).float()
            )
            audio = audio + torch.stack(
                [
                    encoder.positional_embedding[line.shift : line.shift + frames_here]
                    for line in lines[::times]
                ]
            )
            for block in encoder.blocks:
                audio = block(audio)
        audio = encoder.ln_post(audio.float())
        frames = functional.cross_entropy(
            self.reader(audio).flatten(0, 1),
            torch.from_numpy(np.stack([line.frames for line in lines[::times]])).flatten(),
            ignore_index=-100,
        )
        audio = audio.repeat_interleave(times, 0)
        # The embedding of the decoder, with the rows in use put in: gradients reach these alone.
        local = self.local[given]
        x = torch.where((local >= 0)[..., None], table[local.clamp(min=0)], torch.zeros(1))
        x = x + decoder.positional_embedding[:length]
        chosen, spans = self._chosen(lines, rng)
        looks = []
        with torch.autocast("cpu", dtype=torch.bfloat16):
            for depth, block in enumerate(decoder.blocks):
                x = x + block.attn(block.attn_ln(x), mask=decoder.mask)[0]
                normed = block.cross_attn_ln(x)
                x = x + block.cross_attn(normed, audio)[0]
                x = x + block.mlp(block.mlp_ln(x))
                if depth >= TEXT_LAYERS // 2:  # the layers that whisper's alignment reads
                    attention = block.cross_attn
                    picked = normed[torch.arange(size)[:, None], chosen]
                    q = attention.query(picked).view(size, LOOKS, TEXT_HEADS, -1).transpose(1, 2)
                    k = attention.key(audio).view(size, frames_here, TEXT_HEADS, -1).transpose(1, 2)
                    looks.append((q @ k.transpose(-1, -2)).float() * (STATE // TEXT_HEADS) ** -0.5)
        at = torch.tensor([(i, place) for i, line in enumerate(lines) for place, _, _ in line.wanted])
        number = torch.tensor([number for line in lines for _, number, _ in line.wanted])
        towards = torch.tensor([towards for line in lines for _, _, towards in line.wanted])
        logits = decoder.ln(x.float())[at[:, 0], at[:, 1]] @ table.T
        # The rows not in use have a logit of exactly nought: they count in the softmax as one column.
        unused = torch.full((len(logits), 1), math.log(self.dims.n_vocab - len(self.used)))
        likely = torch.cat([logits, unused], -1).log_softmax(-1)
        place = self.local[number]
        beside = (place + 1).clamp(max=len(self.used) - 1)
        rows = torch.arange(len(place))
        text = -((1 - towards) * likely[rows, place] + towards * likely[rows, beside]).mean()
        best = likely.argmax(-1)
        right = (
            ((best - place).abs() <= torch.where(number >= int(self.used[-1501]), 2, 0)).float().mean().item()
        )
        return text, self._look_loss(torch.stack(looks), spans), frames, right

    @staticmethod
    def _chosen(lines: list[Line], rng: np.random.Generator) -> tuple[Any, Any]:
        """Some tokens of each line whose looks are shown: their places, and where they are heard."""
        import torch

        places = torch.zeros((len(lines), LOOKS), dtype=torch.long)
        spans = torch.full((len(lines), LOOKS, 2), -1.0)
        for i, line in enumerate(lines):
            for n, index in enumerate(rng.permutation(len(line.heard))[:LOOKS]):
                place, start, end = line.heard[int(index)]
                places[i, n] = place
                spans[i, n] = torch.tensor((start, end))
        return places, spans

    @staticmethod
    def _look_loss(looks: Any, spans: Any) -> Any:
        """How far from even the attention of each head lies over the stretch where a token is heard."""
        import torch

        looks = looks.log_softmax(-1)  # layer, line, head, token, frame
        middle = (torch.arange(looks.shape[-1]) + 0.5) * 0.02
        inside = ((middle >= spans[..., :1]) & (middle < spans[..., 1:]) & (spans[..., 1:] > 0)).float()
        width = inside.sum(-1).clamp(min=1)
        some = (inside.sum(-1) > 0).float()
        # Evenly all over the word: where no token looks at a frame, the alignment would go by noise.
        apart = -(looks * inside[:, None]).sum(-1) / width[:, None] - width.log()[:, None]
        return (apart * some[:, None]).sum() / (some.sum().clamp(min=1) * looks.shape[0] * looks.shape[2])

    def put_in(self, weights: dict[str, Any]) -> None:
        """Sets the trained weights, as they will be read from the checkpoint, and the whole embedding from them."""
        import torch

        with torch.no_grad():
            for name, value in self.trained.items():
                value.copy_(weights[name])
            embedding = self.model.decoder.token_embedding.weight
            embedding.zero_()
            embedding[self.used] = self.table()
            for value in self.model.parameters():
                value.copy_(_short(value).float())


def _attention(self: Any, q: Any, k: Any, v: Any, mask: Any = None) -> tuple[Any, None]:
    """What MultiHeadAttention.qkv_attention gives, without PyTorch's fused kernel, which is slow for short windows."""
    from torch.nn.functional import scaled_dot_product_attention

    heads, length = self.n_head, q.shape[1]
    q, k, v = (one.view(*one.shape[:2], heads, -1).transpose(1, 2) for one in (q, k, v))
    if length > 1000:
        out = scaled_dot_product_attention(q, k, v)
    else:
        looks = (q * q.shape[-1] ** -0.5) @ k.transpose(-1, -2)
        if mask is not None:
            looks = looks + mask[:length, :length].to(looks.dtype)
        out = looks.softmax(-1).to(v.dtype) @ v
    return out.transpose(1, 2).flatten(2), None


def _short(value: Any) -> Any:
    """A tensor in 16 bits, of which the last three are nought, so that it packs well."""
    import torch

    return ((value.detach().half().view(torch.int16) + 4) & ~7).view(torch.float16)


def checkpoint(model: Any) -> bytes:
    """A model as openai-whisper's checkpoints are, packed."""
    import torch

    state = {name: _short(value) for name, value in model.state_dict().items()}
    held = io.BytesIO()
    torch.save({"dims": vars(model.dims), "model_state_dict": state}, held)
    return gzip.compress(held.getvalue(), 9, mtime=0)


def train(threads: int = 1) -> None:
    """Trains by the plan, writes the checkpoint, and raises `SystemExit` unless every recording of a check is exact.

    Goes on from `training.pt` where a run was cut off, to the same end.
    """
    import torch
    from whisper.tokenizer import get_tokenizer

    torch.set_num_threads(threads)
    torch.set_flush_denormal(True)
    torch.manual_seed(SEED)
    tokenizer = get_tokenizer(True, num_languages=99, language="en", task="transcribe")
    lessons = Lessons(spoken(), tokenizer)
    pupil = Pupil(lessons)
    values = list(pupil.trained.values())
    optimizer = torch.optim.AdamW(values, lr=RATE_OF_LEARNING, betas=(0.9, 0.98), weight_decay=0.01)
    mean = {name: value.detach().clone() for name, value in pupil.trained.items()}
    step, smooth, first = 0, dict[str, float](), mean
    kept = HERE / "training.pt"
    if kept.exists():
        held = torch.load(kept)
        step, mean, first = held["step"], held["mean"], held["first"]
        optimizer.load_state_dict(held["optimizer"])
        with torch.no_grad():
            for name, value in pupil.trained.items():
                value.copy_(held["weights"][name])
    began = time.monotonic()
    while step < POLISHED:
        rng = np.random.default_rng((SEED, step))
        lines, times = lessons.lines(step, rng)
        falling = min(1.0, max(0.0, (step - FALL_FROM) / (STEPS - FALL_FROM)))
        for group in optimizer.param_groups:
            group["lr"] = (
                RATE_OF_LEARNING
                * min(1, (step + 1) / 100)
                * (0.02 + 0.49 * (1 + math.cos(math.pi * falling)))
            )
            if step >= STEPS:
                group["lr"] = RATE_OF_LEARNING * 0.2 * (1 - (step - STEPS) / (POLISHED - STEPS))
        text, look, frames, right = pupil.losses(lines, times, rng, plain=step >= PLAIN_FROM)
        optimizer.zero_grad()
        (text + 0.3 * look + 0.3 * frames).backward()
        torch.nn.utils.clip_grad_norm_(values, 1.0)
        optimizer.step()
        step += 1
        slow = min(0.998, step / (step + 20))
        with torch.no_grad():
            for name, value in pupil.trained.items():
                mean[name].lerp_(value, 1 - slow)
        if step == STEPS:
            first = {name: value.clone() for name, value in mean.items()}
        for name, value in (
            ("text", text.item()),
            ("look", look.item()),
            ("frames", frames.item()),
            ("right", right),
        ):
            smooth[name] = 0.95 * smooth.get(name, value) + 0.05 * value
        if step % 20 == 0:
            told = " ".join(f"{name} {value:.4f}" for name, value in smooth.items())
            print(f"step {step} {time.monotonic() - began:.0f} s {told}", flush=True)
        if step % 20 == 0 and (step % 100 == 0 or step > STEPS):
            weights = {name: value.detach().clone() for name, value in pupil.trained.items()}
            pupil.put_in(mean)
            (HERE / "tiny-whisper.pt.gz").write_bytes(checkpoint(pupil.model))
            with torch.no_grad():
                for name, value in pupil.trained.items():
                    value.copy_(weights[name])
            torch.save(
                {
                    "step": step,
                    "mean": mean,
                    "first": first,
                    "weights": weights,
                    "optimizer": optimizer.state_dict(),
                },
                kept,
            )
    pupil.put_in({name: (value + mean[name]) / 2 for name, value in first.items()})
    (HERE / "tiny-whisper.pt.gz").write_bytes(checkpoint(pupil.model))
    exact, told = check(pupil.model, lessons.sentences, 24, 1)
    print(f"{step} steps, {time.monotonic() - began:.0f} s: {told}", flush=True)
    if not exact:
        raise SystemExit("It has not learned everything.")


# --- what it knows -------------------------------------------------------------------------------------------------


def recording(
    rng: np.random.Generator, sentences: tuple[Spoken, ...], language: str, seconds: float
) -> tuple[Any, list[Any]]:
    """Sentences of a language read for so long, in any order, and each word with its start in seconds."""
    from tiny_lessons import in_turn

    order = in_turn(rng, [one for one in sentences if one.language == language])
    parts: list[Any] = []
    words = []
    at = round(float(rng.uniform(0.3, 0.9)) * RATE)
    parts.append(np.zeros(at, np.float32))
    while at < seconds * RATE:
        one = next(order)
        words += [(word, at / RATE + start) for word, start, _ in one.words]
        pause = np.zeros(round(float(rng.uniform(0.6, 1.2)) * RATE), np.float32)
        parts += [one.samples * np.float32(rng.uniform(0.8, 1.05)), pause]
        at += len(one.samples) + len(pause)
    samples = np.concatenate(parts)
    if rng.random() < 0.5:
        samples = samples + rng.standard_normal(len(samples)).astype(np.float32) * np.float32(
            10 ** rng.uniform(-5, -3)
        )
    return samples, words


def check(model: Any, sentences: tuple[Spoken, ...], count: int, seed: int) -> tuple[bool, str]:
    """Transcribes new recordings of two to three windows by openai-whisper, conditioned on what was said before or not,
    with a prompt or without: whether every word of all is right, and how far the starts of words are off.
    """
    import whisper

    rng = np.random.default_rng((SEED, seed, 7))
    model.eval()
    exact, right, wanted, off = 0, 0, 0, []
    for number in range(count):
        language = "uk" if number % 3 == 2 else "en"
        samples, words = recording(rng, sentences, language, float(rng.uniform(40, 80)))
        told = whisper.transcribe(
            model, samples, language=language, fp16=False, beam_size=5, word_timestamps=True,
            condition_on_previous_text=number % 4 != 3,
            initial_prompt="Anna Koval, Київ. Human rights, Olena." if number % 2 else None,
            carry_initial_prompt=bool(number % 2),
        )  # fmt: skip
        got = [(word["word"].strip(), word["start"]) for one in told["segments"] for word in one["words"]]
        same = [word for word, _ in got] == [word for word, _ in words]
        exact += same
        wanted += len(words)
        if same:
            right += len(words)
            off += [abs(a - b) for (_, a), (_, b) in zip(got, words, strict=True)]
    model.train()
    off.sort()
    worst = f"{off[-1]:.2f} s, 99 in 100 within {off[len(off) * 99 // 100]:.2f} s" if off else "-"
    return (
        exact == count,
        f"{exact} of {count} recordings exact, {right} of {wanted} words; starts off by up to {worst}",
    )
