"""Photograph a drawn plate badly, the way gates, phones and patrol cars do.

The order is that of the light: paint and weather on the plate, the scene's light, lens, sensor,
the camera's own processing, the file. `severity` 0 is a good photo, 1 is what people still read.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from lpr_core.synthesis.ornaments import fill_rounded_rectangle

_TIGHT, _LOOSE = 0.05, 0.15


@dataclass(frozen=True)
class _Shot:
    """One exposure: its random generator and how bad it may get."""

    rng: np.random.Generator
    severity: float

    def chance(self, gentle: float, harsh: float) -> bool:
        """Toss a coin whose probability goes from `gentle` to `harsh` with the severity."""
        return bool(self.rng.random() < gentle + (harsh - gentle) * self.severity)

    def amount(self, gentle: float, harsh: float) -> float:
        """Draw from 0 to a limit that goes from `gentle` to `harsh` with the severity."""
        return float(self.rng.uniform(0, gentle + (harsh - gentle) * self.severity))


def photograph(
    picture: np.ndarray,
    rng: np.random.Generator,
    severity: float = 1.0,
    size: tuple[int, int] | None = None,
) -> np.ndarray:
    """Return a photo `(h, w, 3) uint8` RGB of a drawn plate `(H, W, 3) uint8`.

    Args:
        picture: The plate from the front with nothing around it; it is not changed.
        rng: All randomness comes from here.
        severity: How bad the photo may be, 0 (good) to 1 (barely legible).
        size: Height and width of the result; None draws a width of 45 to 320 px, as in crops of
            real photos, and keeps the crop's proportions.

    Raises:
        ValueError: `severity` is outside 0 to 1.
    """
    if not 0 <= severity <= 1:
        raise ValueError(f"`severity` must lie between 0 and 1. Received: {severity}.")
    shot = _Shot(rng, severity)
    width = size[1] if size else round(rng.uniform(140 - 90 * severity, 320))
    # The scene needs no more pixels than the photo will have.
    plate_width = min(width, picture.shape[1])
    plate_height = round(picture.shape[0] * plate_width / picture.shape[1])
    plate = cv2.resize(picture, (plate_width, plate_height), interpolation=cv2.INTER_AREA)
    scene = _frame(_soil(plate.astype(np.float32), shot), shot)
    scene = _colour(_light(scene, shot), shot)
    height = size[0] if size else max(12, round(width * scene.shape[0] / scene.shape[1]))
    return _compress(_expose(scene, shot, (height, width)), shot)


def rephotograph(
    crop: np.ndarray, rng: np.random.Generator, severity: float, size: tuple[int, int]
) -> np.ndarray:
    """Return another photo `size` of a crop of a real photo `(H, W, 3) uint8`, RGB.

    The crop is cut anew, by up to 5 % tighter or 15 % looser at each side, as a finder's boxes
    differ, turned and tilted; what lies outside repeats its edge. Light, colours, blur, noise and
    file are those of `photograph` at two thirds of the severity, for the crop has its own.

    Args:
        crop: With some margin around the symbols; it is not changed.
        rng: All randomness comes from here.
        severity: 0 (as it is, cut anew) to 1.
        size: Height and width of the result.
    """
    shot = _Shot(rng, severity * 2 / 3)
    height, width = size
    scale = min(1.0, 2 * width / crop.shape[1])
    if scale < 1:
        crop = cv2.resize(crop, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    extent = np.array([crop.shape[1], crop.shape[0]], np.float32)
    low, high = rng.uniform(-_LOOSE, _TIGHT, 2), 1 - rng.uniform(-_LOOSE, _TIGHT, 2)
    corners = np.array([low, [high[0], low[1]], high, [low[0], high[1]]]) * extent
    angle = np.deg2rad(rng.normal(0, 1 + 4 * severity))
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    corners = (corners - extent / 2) @ turn.T + extent / 2
    corners += rng.normal(0, 0.005 + 0.02 * severity, (4, 2)) * extent[1]
    target = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    matrix = cv2.getPerspectiveTransform(corners.astype(np.float32), target)
    scene = cv2.warpPerspective(
        crop, matrix, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    scene = _colour(_light(scene.astype(np.float32), shot), shot)
    return _compress(_expose(scene, shot, size), shot)


def _soil(plate: np.ndarray, shot: _Shot) -> np.ndarray:
    """Dirt in patches and specks, and scratches."""
    rng = shot.rng
    height, width = plate.shape[:2]
    if shot.chance(0.1, 0.45):
        rough = rng.random((int(rng.integers(3, 9)), int(rng.integers(5, 24)))).astype(np.float32)
        patches = cv2.resize(rough, (width, height), interpolation=cv2.INTER_CUBIC)
        veil = np.clip((patches - 0.45) * rng.uniform(0.5, 2), 0, 1) * shot.amount(0.2, 0.7)
        mud = rng.uniform(40, 170) * np.array([1.0, 0.95, 0.88], np.float32)
        plate = plate + veil[..., None] * (mud - plate)
    if shot.chance(0.05, 0.25):
        plate = plate.copy()
        for _ in range(int(rng.integers(2, 14))):
            spot = (int(rng.integers(width)), int(rng.integers(height)))
            shade = float(rng.uniform(20, 220))
            cv2.circle(plate, spot, int(rng.integers(1, 4)), (shade,) * 3, -1, cv2.LINE_AA)
    return plate


def _frame(plate: np.ndarray, shot: _Shot) -> np.ndarray:
    """Put the plate on a car in perspective and crop it loosely, or a little too tightly."""
    rng = shot.rng
    height, width = plate.shape[:2]
    tilt = np.deg2rad(rng.normal(0, 1.2 + 3.3 * shot.severity))
    shear = rng.normal(0, 0.02 + 0.08 * shot.severity)
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    centred = corners - [width / 2, height / 2]
    turn = np.array([[np.cos(tilt), -np.sin(tilt)], [np.sin(tilt), np.cos(tilt)]])
    leaning = centred @ turn.T + np.c_[centred[:, 1] * shear, centred[:, 0] * shear * 0.3]
    leaning += rng.normal(0, 0.004 + 0.012 * shot.severity, (4, 2)) * [width, height * 2]
    low, high = leaning.min(axis=0), leaning.max(axis=0)
    extent = high - low
    # Negative margins cut into the plate's rim, where small print and frames are.
    loose = 0.35 if shot.chance(0.02, 0.1) else 0.03 + 0.06 * shot.severity
    before = rng.uniform(-0.015, loose, 2) * extent
    after = rng.uniform(-0.015, loose, 2) * extent
    if shot.chance(0.1, 0.3):
        before[1], after[1] = rng.uniform(0, 0.2, 2) * height
    if shot.chance(0.15, 0.3):
        before[1] = rng.uniform(-0.16, 0.0) * height if height * 3.4 > width else before[1]
    if shot.chance(0.1, 0.25):
        after[1] += rng.uniform(0, 0.35) * height
    box = np.maximum(np.round(extent + before + after), 16).astype(int)
    target = (leaning - low + before).astype(np.float32)
    matrix = cv2.getPerspectiveTransform(corners, target)
    mask = fill_rounded_rectangle((height, width), 0, max(1, round(height * rng.uniform(0, 0.12))))
    shape = (int(box[0]), int(box[1]))
    warped = cv2.warpPerspective(plate, matrix, shape, flags=cv2.INTER_LINEAR)
    cover = cv2.warpPerspective(mask, matrix, shape, flags=cv2.INTER_LINEAR)[..., None]
    return _draw_car(shape, shot) * (1 - cover) + warped * cover


def _draw_car(shape: tuple[int, int], shot: _Shot) -> np.ndarray:
    """Return bodywork `(H, W, 3)`: a smooth colour with bars, edges and reflections."""
    rng = shot.rng
    width, height = shape
    base = (
        rng.uniform(5, 110, 3)
        if rng.random() < 0.65
        else rng.uniform(60, 235) + rng.normal(0, 12, 3)
    )
    car = np.empty((height, width, 3), np.float32)
    car[:] = np.clip(base, 0, 255)
    rough = rng.normal(0, 22, (3, 5, 1)).astype(np.float32)
    car += cv2.resize(rough, (width, height), interpolation=cv2.INTER_CUBIC)[..., None]
    for _ in range(int(rng.integers(0, 4))):
        y = int(rng.integers(-2, height + 2))
        shade = float(rng.uniform(0, 220))
        thickness = int(rng.integers(1, max(2, height // 7)))
        slope = int(rng.normal(0, height * 0.05))
        cv2.line(car, (0, y), (width, y + slope), (shade,) * 3, thickness, cv2.LINE_AA)
    if rng.random() < 0.15:
        # A dealer's frame with lettering below or above the plate.
        car += rng.normal(0, 25, (height, width, 1)).astype(np.float32)
    return car


def _light(scene: np.ndarray, shot: _Shot) -> np.ndarray:
    """Uneven light: a ramp, a shadow with a soft edge, a glaring spot or bar."""
    rng = shot.rng
    height, width = scene.shape[:2]
    ys, xs = np.mgrid[0 : 1 : 1j * height, 0 : 1 : 1j * width].astype(np.float32)
    angle = rng.uniform(0, 2 * np.pi)
    along = np.cos(angle) * (xs - 0.5) + np.sin(angle) * (ys - 0.5)
    light = 1 + along * shot.amount(0.2, 0.9)
    if shot.chance(0.06, 0.28):
        edge = (along - rng.uniform(-0.4, 0.4)) / rng.uniform(0.01, 0.15)
        light = light * (1 - rng.uniform(0.2, 0.65) / (1 + np.exp(-np.clip(edge, -30, 30))))
    scene = scene * light[..., None]
    if shot.chance(0.05, 0.22):
        x, y = rng.uniform(-0.1, 1.1, 2)
        spread = rng.uniform(0.05, 0.35, 2)
        if rng.random() < 0.4:
            y, spread = rng.choice([-0.05, 1.0]), np.array([3.0, rng.uniform(0.1, 0.35)])
        spot = np.exp(-(((xs - x) / spread[0]) ** 2) - ((ys - y) / spread[1]) ** 2)
        scene = scene + spot[..., None] * rng.uniform(60, 220)
    return scene


def _colour(scene: np.ndarray, shot: _Shot) -> np.ndarray:
    """White balance, grey and infrared cameras, inverted contrast, haze, dark and bright shots."""
    rng = shot.rng
    scene = np.clip(scene, 0, 255)
    mode = rng.random()
    if mode < 0.2:
        weights = rng.dirichlet([3, 4, 2]) if rng.random() < 0.5 else [0.299, 0.587, 0.114]
        scene = np.repeat((scene @ np.asarray(weights, np.float32))[..., None], 3, axis=2)
        if rng.random() < 0.12:
            scene = 255 - scene
        if rng.random() < 0.3:
            scene = scene * rng.uniform(0.75, 1.2, 3).astype(np.float32)
    elif mode < 0.3:
        # One colour filter over everything, as under sodium or green infrared light.
        grey = scene.mean(axis=2, keepdims=True)
        tint = rng.uniform(0.25, 1.1, 3).astype(np.float32)
        scene = (grey + rng.uniform(0, 0.5) * (scene - grey)) * tint
    else:
        cast = 0.04 + 0.08 * shot.severity
        scene = scene * rng.normal(1, cast, 3).clip(0.4, 1.6).astype(np.float32)
        grey = scene.mean(axis=2, keepdims=True)
        scene = grey + rng.uniform(0.3, 1.5) * (scene - grey)
    scene = np.clip(scene, 0, 255) / 255
    scene = scene ** np.exp(rng.normal(0, 0.12 + 0.3 * shot.severity))
    contrast = 1 - (shot.amount(0.15, 0.8) if shot.chance(0.3, 0.65) else 0)
    floor = rng.uniform(0, 1 - contrast)
    return ((floor + contrast * scene) * 255).astype(np.float32)


def _expose(scene: np.ndarray, shot: _Shot, size: tuple[int, int]) -> np.ndarray:
    """Lens blur, motion, few pixels, sensor noise and sharpening; returns `(h, w, 3) uint8`."""
    rng = shot.rng
    height, width = size
    # What the sensor resolves is often far less than the pixels of the file.
    detail = rng.uniform(1.0 - 0.62 * shot.severity, 1.15) * 150
    columns = max(24, round(min(detail, width)))
    rows = max(10, round(columns * scene.shape[0] / scene.shape[1]))
    sensed = cv2.resize(scene, (columns, rows), interpolation=cv2.INTER_AREA)
    if shot.chance(0.3, 0.65):
        sensed = cv2.GaussianBlur(sensed, (0, 0), 0.2 + shot.amount(0.5, 1.6) * columns / 150)
    if shot.chance(0.05, 0.25):
        sensed = _move(sensed, shot)
    # Noise is heard against the signal: a faint plate in strong noise has no reading.
    noise = (1 + sensed.std()) * shot.amount(0.08, 0.3)
    sensed = sensed + rng.normal(0, noise, (*sensed.shape[:2], 1)).astype(np.float32)
    if rng.random() < 0.5:
        sensed = sensed + rng.normal(0, noise * 0.6, sensed.shape).astype(np.float32)
    if shot.chance(0.0, 0.06):
        # The two fields of interlaced video, taken at different moments.
        sensed[::2] = np.roll(sensed[::2], int(rng.integers(1, 4)), axis=1)
    upward = cv2.INTER_CUBIC if rng.random() < 0.6 else cv2.INTER_LINEAR
    shrinks = width < columns
    photo = cv2.resize(sensed, (width, height), interpolation=cv2.INTER_AREA if shrinks else upward)
    if shot.chance(0.15, 0.4):
        soft = cv2.GaussianBlur(photo, (0, 0), rng.uniform(0.8, 2.2) * width / 192)
        photo = photo + rng.uniform(0.4, 2.0) * (photo - soft)
    return np.clip(photo, 0, 255).astype(np.uint8)


def _move(sensed: np.ndarray, shot: _Shot) -> np.ndarray:
    """Blur along a line: the car, or the hand, moved."""
    length = max(2, round(sensed.shape[1] / 150 * (2 + shot.amount(1, 5))))
    angle = shot.rng.normal(0, 0.35) + (np.pi / 2 if shot.rng.random() < 0.2 else 0)
    kernel = np.zeros((2 * length + 1,) * 2, np.float32)
    reach = np.array([np.cos(angle), np.sin(angle)]) * length / 2
    start, end = np.round(length - reach).astype(int), np.round(length + reach).astype(int)
    cv2.line(kernel, start.tolist(), end.tolist(), 1.0, 1)
    return cv2.filter2D(sensed, -1, kernel / kernel.sum(), borderType=cv2.BORDER_REPLICATE)


def _compress(photo: np.ndarray, shot: _Shot) -> np.ndarray:
    """Write and read the photo as JPEG, on most shots."""
    if not shot.chance(0.5, 0.8):
        return photo
    quality = int(shot.rng.integers(round(75 - 50 * shot.severity), 97))
    parameters = [cv2.IMWRITE_JPEG_QUALITY, quality]
    _, encoded = cv2.imencode(".jpg", cv2.cvtColor(photo, cv2.COLOR_RGB2BGR), parameters)
    decoded = cv2.imdecode(encoded, cv2.IMREAD_COLOR)
    assert decoded is not None, "OpenCV reads what it wrote"
    return cv2.cvtColor(decoded, cv2.COLOR_BGR2RGB)
