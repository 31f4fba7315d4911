"""The shipped CTranslate2 Whisper weights as a transformers model: both sides of a bench run the same."""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import torch
from transformers import (
    GenerationConfig,
    WhisperConfig,
    WhisperFeatureExtractor,
    WhisperForConditionalGeneration,
    WhisperTokenizer,
)

TYPES: dict[int, Any] = {0: np.float32, 1: np.int8, 2: np.int16, 3: np.int32, 4: np.float16}
END, START, TRANSLATE, TRANSCRIBE, PREVIOUS, NO_TIMESTAMPS = 50257, 50258, 50358, 50359, 50361, 50363


def convert(source: Path, target: Path) -> Path:
    """Write `source` (`model.bin`, `config.json`, `tokenizer.json`) as a transformers folder; returns it."""
    raw = read_variables(source / "model.bin")
    config = WhisperConfig(
        vocab_size=51865,
        d_model=512,
        encoder_layers=6,
        decoder_layers=6,
        encoder_attention_heads=8,
        decoder_attention_heads=8,
        encoder_ffn_dim=2048,
        decoder_ffn_dim=2048,
        decoder_start_token_id=START,
        eos_token_id=END,
        bos_token_id=END,
        pad_token_id=END,
    )
    model = WhisperForConditionalGeneration(config)
    missing, unexpected = model.load_state_dict(_State(raw), strict=False)
    if set(missing) - {"proj_out.weight"} or unexpected:  # the output projection is tied to the embeddings
        raise ValueError(f"weights do not fit: missing {missing}, unexpected {unexpected}")
    model.tie_weights()
    tokenizer = WhisperTokenizer(tokenizer_file=str(source / "tokenizer.json"))
    model.generation_config = _generation(json.loads((source / "config.json").read_text()), tokenizer)
    model.save_pretrained(target)
    tokenizer.save_pretrained(target)
    features: Any = WhisperFeatureExtractor
    features(feature_size=80).save_pretrained(target)
    return target


def read_variables(path: Path) -> dict[str, np.ndarray[Any, Any]]:
    """Name to array of a CTranslate2 `model.bin` (format version 6)."""
    with path.open("rb") as file:
        (version,) = _take(file, "I")
        if version != 6:
            raise ValueError(f"{path}: format version {version}, not 6")
        _text(file)
        _, count = _take(file, "II")
        found = {}
        for _ in range(count):
            name = _text(file)
            (rank,) = _take(file, "B")
            shape = _take(file, f"{rank}I")
            kind, size = _take(file, "BI")
            found[name] = np.frombuffer(file.read(size), dtype=TYPES[kind]).reshape(shape)
        return found


def _take(file: BinaryIO, fields: str) -> tuple[int, ...]:
    return struct.unpack(f"<{fields}", file.read(struct.calcsize(f"<{fields}")))


def _text(file: BinaryIO) -> str:
    return file.read(_take(file, "H")[0]).rstrip(b"\0").decode()


class _State(dict[str, torch.Tensor]):
    """Parameters under their names in transformers, filled from CTranslate2's."""

    def __init__(self, raw: dict[str, np.ndarray[Any, Any]]) -> None:
        super().__init__()
        self.raw = raw
        for conv in ("conv1", "conv2"):
            self.linear(f"encoder.{conv}", f"encoder/{conv}")
        self.put("decoder.embed_tokens.weight", raw["decoder/embeddings/weight"])
        for side in ("encoder", "decoder"):
            self.put(f"{side}.embed_positions.weight", raw[f"{side}/position_encodings/encodings"])
            self.norm(f"{side}.layer_norm", f"{side}/layer_norm")
            for i in range(6):
                self.layer(f"{side}.layers.{i}", f"{side}/layer_{i}")

    def layer(self, here: str, there: str) -> None:
        self.norm(f"{here}.self_attn_layer_norm", f"{there}/self_attention/layer_norm")
        own, cross = f"{here}.self_attn", f"{here}.encoder_attn"
        self.stacked(f"{there}/self_attention/linear_0", [f"{own}.{x}_proj" for x in "qkv"])
        self.linear(f"{own}.out_proj", f"{there}/self_attention/linear_1")
        self.norm(f"{here}.final_layer_norm", f"{there}/ffn/layer_norm")
        self.linear(f"{here}.fc1", f"{there}/ffn/linear_0")
        self.linear(f"{here}.fc2", f"{there}/ffn/linear_1")
        if here.startswith("decoder"):
            self.norm(f"{cross}_layer_norm", f"{there}/attention/layer_norm")
            self.linear(f"{cross}.q_proj", f"{there}/attention/linear_0")
            self.stacked(f"{there}/attention/linear_1", [f"{cross}.{x}_proj" for x in "kv"])
            self.linear(f"{cross}.out_proj", f"{there}/attention/linear_2")

    def put(self, name: str, array: np.ndarray[Any, Any]) -> None:
        self[f"model.{name}"] = torch.from_numpy(array.astype(np.float32))

    def linear(self, name: str, source: str) -> None:
        self.put(f"{name}.weight", self.raw[f"{source}/weight"])
        self.put(f"{name}.bias", self.raw[f"{source}/bias"])

    def norm(self, name: str, source: str) -> None:
        self.put(f"{name}.weight", self.raw[f"{source}/gamma"])
        self.put(f"{name}.bias", self.raw[f"{source}/beta"])

    def stacked(self, source: str, names: list[str]) -> None:
        """Query, key and value lie stacked in one matrix; keys have no bias in Whisper."""
        weights = np.split(self.raw[f"{source}/weight"], len(names))
        biases = np.split(self.raw[f"{source}/bias"], len(names))
        for name, weight, bias in zip(names, weights, biases, strict=True):
            self.put(f"{name}.weight", weight)
            if not name.endswith("k_proj"):
                self.put(f"{name}.bias", bias)


def _generation(config: dict[str, Any], tokenizer: Any) -> GenerationConfig:
    languages = {tokenizer.convert_ids_to_tokens(i): i for i in config["lang_ids"]}
    build: Any = GenerationConfig
    return build(  # type: ignore[no-any-return]
        decoder_start_token_id=START,
        eos_token_id=END,
        bos_token_id=END,
        pad_token_id=END,
        max_length=448,
        suppress_tokens=config["suppress_ids"],
        begin_suppress_tokens=config["suppress_ids_begin"],
        is_multilingual=True,
        lang_to_id=languages,
        task_to_id={"translate": TRANSLATE, "transcribe": TRANSCRIBE},
        no_timestamps_token_id=NO_TIMESTAMPS,
        prev_sot_token_id=PREVIOUS,
        max_initial_timestamp_index=50,
        return_timestamps=False,
        alignment_heads=config["alignment_heads"],
    )
