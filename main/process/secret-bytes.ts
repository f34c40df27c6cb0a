// Memory for secrets that can be wiped for certain. V8 keeps typed arrays of up to 64 bytes (TYPED_ARRAY_MAX_SIZE_IN_HEAP)
// on its own heap, and its collector moves them: what is wiped afterwards is the new place, and the old one keeps the
// secret until something else lies there. Memory of an ArrayBuffer of one's own is never moved.

/** Zeros, outside of V8's heap. The caller wipes it. */
export function secretBytes(length: number): Buffer<ArrayBuffer> {
  return Buffer.from(new ArrayBuffer(length));
}

/** A copy outside of V8's heap. The caller wipes both. */
export function copyOfSecret(secret: Uint8Array): Buffer<ArrayBuffer> {
  const copy = secretBytes(secret.length);
  copy.set(secret);
  return copy;
}
