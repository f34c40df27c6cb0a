// How a picture of one size is laid into a place of another: pure arithmetic on whole pixels.
import type { Box, Size } from './outputs';

/** An integer factor is sharp; it is worth at most so much less of the place than the largest that fits. */
const sharpIsWorth = 0.85;

export function isSame(one: Size, other: Size): boolean {
  return one.width === other.width && one.height === other.height;
}

export function isWithin(inner: Size, outer: Size): boolean {
  return inner.width <= outer.width && inner.height <= outer.height;
}

/** The largest whole factor that fits; 0 where not even one does. */
export function wholeFactor(size: Size, place: Size): number {
  return Math.floor(Math.min(place.width / size.width, place.height / size.height));
}

export function centred(size: Size, place: Box): Box {
  return {
    x: place.x + Math.floor((place.width - size.width) / 2),
    y: place.y + Math.floor((place.height - size.height) / 2),
    ...size,
  };
}

/** The largest box with the picture's aspect, in whole pixels. */
export function fitted(size: Size, place: Box): Box {
  const factor = Math.min(place.width / size.width, place.height / size.height);
  const whole = { width: Math.round(size.width * factor), height: Math.round(size.height * factor) };
  return centred(
    { width: Math.min(whole.width, place.width), height: Math.min(whole.height, place.height) },
    place,
  );
}

/** An integer factor where that is sharp and nearly as large, else the largest that fits. */
export function scaled(size: Size, place: Box): Box {
  const factor = wholeFactor(size, place);
  const sharp = { width: size.width * factor, height: size.height * factor };
  const largest = fitted(size, place);
  return factor >= 1 && sharp.width >= largest.width * sharpIsWorth ? centred(sharp, place) : largest;
}

/** How different two aspects are: 0 the same, 0.1 about a tenth. */
export function aspectDistance(one: Size, other: Size): number {
  return Math.abs(Math.log((one.width / one.height) * (other.height / other.width)));
}
