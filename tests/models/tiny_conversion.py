"""The tiny Whisper in CTranslate2's format, from its checkpoint, with the tokenizer that faster-whisper wants beside it."""

from __future__ import annotations

import gzip
import io
import tempfile
import zipfile
from itertools import pairwise
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


def convert() -> None:
    """Writes the checkpoint in CTranslate2's format, in 16 bits, as a ZIP file."""
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
    # As openai-whisper has it for a model that does not say: all heads of the upper half.
    layers, heads = dims["n_text_layer"], dims["n_text_head"]
    spec.config.alignment_heads = [
        (layer, head) for layer in range(layers // 2, layers) for head in range(heads)
    ]
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
