"""Image to look: EfficientNet-Lite0 features, one vector a picture, whatever it is run with.

Architecture: Tan & Le 2019, https://arxiv.org/abs/1905.11946; the Lite variant drops squeeze-and-excitation
and uses ReLU6, https://github.com/tensorflow/tpu/tree/master/models/official/efficientnet/lite.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from safetensors.torch import load_file
from torch import Tensor
from torch.nn.functional import conv2d, normalize, pad, relu6

from smalti.platform.errors import Malformed
from smalti.platform.weights import Resolved, resolve

__all__ = ["ImageEncoder"]

_SIDE = 224  # pixels, the size Lite0 was trained at
_EPS = 1e-3  # batch normalisation's, as in the published model
# Blocks in each of the seven stages, and the first one's stride; widths and kernels follow from the weights.
_STAGES = ((1, 1), (2, 2), (2, 2), (3, 2), (3, 1), (4, 2), (1, 1))


class ImageEncoder:
    """Vectors of pictures: 1280 float32, length 1.

    Args:
        weights: resolved `efficientnet-lite0`; found in the usual places when not given.
        device: as torch names it.

    Attributes:
        width: numbers in a vector.
        model_version: the key under which vectors may be cached.

    Raises:
        WeightsError: the weights are not there or not as pinned.
    """

    width = 1280

    def __init__(self, weights: Resolved | None = None, device: str = "cpu") -> None:
        weights = weights or resolve("efficientnet-lite0")
        self.model_version = f"{weights.name}:{weights.sha256[:12]}:float32"
        self._device = device
        self._net = _Lite0(load_file(weights.path / "model.safetensors", device))

    def encode(self, pictures: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
        """One row a picture, shape (pictures, 1280), each of length 1 and independent of the others.

        Args:
            pictures: RGB arrays of shape (height, width, 3), any size.

        Raises:
            Malformed: an array of another shape or type.
        """
        # One at a time: on a CPU a batch is no faster, and its convolutions may sum in another order.
        rows = [self._net(_pixels(picture).to(self._device)).cpu().numpy() for picture in pictures]
        return np.array(rows, dtype=np.float32).reshape(len(rows), self.width)


def _pixels(picture: NDArray[np.uint8]) -> Tensor:
    """The whole picture, squeezed to the model's square: charts and posts have their point anywhere in it."""
    if picture.dtype != np.uint8 or picture.ndim != 3 or picture.shape[2] != 3 or 0 in picture.shape:
        raise Malformed(
            f"not an RGB picture: {picture.dtype} {picture.shape}", mend="uint8 (height, width, 3)"
        )
    small = Image.fromarray(picture).resize((_SIDE, _SIDE), Image.Resampling.BICUBIC)
    scaled = (np.asarray(small, dtype=np.float32) - 127.0) / 128.0
    return torch.from_numpy(scaled).permute(2, 0, 1)[None]


class _Conv:
    """A convolution with its batch normalisation folded in; padded as TensorFlow's `SAME`."""

    def __init__(self, state: Mapping[str, Tensor], conv: str, norm: str, stride: int = 1) -> None:
        scale = state[f"{norm}.weight"] / torch.sqrt(state[f"{norm}.running_var"] + _EPS)
        self._weight = state[f"{conv}.weight"] * scale[:, None, None, None]
        self._bias = state[f"{norm}.bias"] - state[f"{norm}.running_mean"] * scale
        self._stride = stride
        # A depthwise kernel has one input channel, and a group for each output channel.
        self._groups = len(scale) if self._weight.shape[1] == 1 else 1

    def __call__(self, x: Tensor) -> Tensor:
        kernel = self._weight.shape[-1]
        need = max((-(-x.shape[-1] // self._stride) - 1) * self._stride + kernel - x.shape[-1], 0)
        before, after = need // 2, need - need // 2
        padded = pad(x, (before, after, before, after))
        return conv2d(padded, self._weight, self._bias, self._stride, groups=self._groups)


class _Block:
    """Widen, look around, narrow; added to the input where shapes allow (MobileNetV2's inverted residual)."""

    def __init__(self, state: Mapping[str, Tensor], prefix: str, stride: int) -> None:
        wide = f"{prefix}._expand_conv"
        self._widen = _Conv(state, wide, f"{prefix}._bn0") if f"{wide}.weight" in state else None
        self._look = _Conv(state, f"{prefix}._depthwise_conv", f"{prefix}._bn1", stride)
        self._narrow = _Conv(state, f"{prefix}._project_conv", f"{prefix}._bn2")

    def __call__(self, x: Tensor) -> Tensor:
        wide = relu6(self._widen(x)) if self._widen else x
        narrow = self._narrow(relu6(self._look(wide)))
        return x + narrow if narrow.shape == x.shape else narrow


class _Lite0:
    """The network without its classifier: (1, 3, 224, 224) to (1280,) of length 1."""

    def __init__(self, state: Mapping[str, Tensor]) -> None:
        strides = [first if i == 0 else 1 for blocks, first in _STAGES for i in range(blocks)]
        self._stem = _Conv(state, "_conv_stem", "_bn0", stride=2)
        self._blocks = [_Block(state, f"_blocks.{i}", stride) for i, stride in enumerate(strides)]
        self._head = _Conv(state, "_conv_head", "_bn1")

    @torch.inference_mode()
    def __call__(self, x: Tensor) -> Tensor:
        x = relu6(self._stem(x))
        for block in self._blocks:
            x = block(x)
        return normalize(relu6(self._head(x)).mean((2, 3)), dim=1)[0]
