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

/** The box of the largest whole factor, where it is nearly as large as the largest that fits; null where it is not. */
export function sharp(size: Size, place: Box): Box | null {
  const factor = wholeFactor(size, place);
  const most = Math.min(place.width / size.width, place.height / size.height);
  if (factor < most * sharpIsWorth) return null;
  return centred({ width: size.width * factor, height: size.height * factor }, place);
}

/** As large as it fits with its aspect kept, in the middle: where a viewer draws it. Whole pixels, rounded down. */
export function largest(size: Size, place: Box): Box {
  const factor = Math.min(place.width / size.width, place.height / size.height);
  const scaled = (side: number): number => Math.max(1, Math.floor(side * factor));
  return centred({ width: scaled(size.width), height: scaled(size.height) }, place);
}

/** How different two aspects are: 0 the same, 0.1 about a tenth. */
export function aspectDistance(one: Size, other: Size): number {
  return Math.abs(Math.log((one.width / one.height) * (other.height / other.width)));
}
