"""One hue from light to dark, in even steps of lightness, and the ink that reads on each."""

from __future__ import annotations

import numpy as np

__all__ = ["contrast", "ink_on", "shade"]

# OKLab lightness and chroma of the two ends and of the fullest colour between; the hue is that of the house's blue
_LIGHTNESS = (0.955, 0.34)
_CHROMA, _HUE = 0.105, np.radians(245)
_TO_LMS = np.array(
    [[1, 0.3963377774, 0.2158037573], [1, -0.1055613458, -0.0638541728], [1, -0.0894841775, -1.2914855480]]
)
_TO_RGB = np.array(
    [
        [4.0767416621, -3.3077115913, 0.2309699292],
        [-1.2684380046, 2.6097574011, -0.3413193965],
        [-0.0041960863, -0.7034186147, 1.7076147010],
    ]
)


def shade(share: float) -> str:
    """Return the colour of `share`, from light (0) to dark (1).

    References
    ----------
    Ottosson (2020), A perceptual color space for image processing, for OKLab.

    Examples
    --------
    >>> shade(0), shade(1)
    ('#e5f2fe', '#133b59')
    """
    share = min(max(float(share), 0.0), 1.0)
    lightness = _LIGHTNESS[0] + share * (_LIGHTNESS[1] - _LIGHTNESS[0])
    chroma = _CHROMA * (1 - (1.7 * (share - 0.58)) ** 2) + 0.018
    lms = _TO_LMS @ np.array([lightness, chroma * np.cos(_HUE), chroma * np.sin(_HUE)])
    linear = np.clip(_TO_RGB @ lms**3, 0, 1)
    channels = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    return "#" + "".join(f"{round(255 * c):02x}" for c in channels.tolist())


def ink_on(colour: str) -> str:
    """Return black or white, whichever reads better on `colour`.

    Examples
    --------
    >>> ink_on(shade(0)), ink_on(shade(1))
    ('#000000', '#ffffff')
    """
    return max(("#000000", "#ffffff"), key=lambda ink: contrast(ink, colour))


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, 1 to 21.

    References
    ----------
    W3C (2018), Web Content Accessibility Guidelines 2.1, contrast ratio.

    Examples
    --------
    >>> round(contrast("#000000", "#ffffff"), 1)
    21.0
    """
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    channels = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])
