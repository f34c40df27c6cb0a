// The secret of a keyslot that needs passphrase and key USB together: the passphrase, one NUL byte, the key file. A
// passphrase holds no NUL and a key file has a fixed length, so it is read back in one way only. Stock cryptsetup takes
// the same bytes from a file or pipe: (printf '%s\0' PASSPHRASE; cat soulpad.key) | cryptsetup open --key-file - ...
import { keyFileBytes } from './key-usb/key-file';

/** A new buffer; both parts stay the caller's to wipe. `passphrase`: normalized. */
export function joinBoth(passphrase: Uint8Array, keyFile: Uint8Array): Buffer {
  return Buffer.concat([passphrase, Buffer.of(0), keyFile]);
}

/** Views into `bytes`; null when it is no such secret. */
export function splitBoth(bytes: Uint8Array): { passphrase: Uint8Array; keyFile: Uint8Array } | null {
  const end = bytes.length - keyFileBytes - 1;
  if (end < 1 || bytes[end] !== 0) return null;
  return { passphrase: bytes.subarray(0, end), keyFile: bytes.subarray(end + 1) };
}
