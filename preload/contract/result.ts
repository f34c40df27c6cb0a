// The one shape of an outcome: expected failures are values, throwing is for bugs.
import type { Fault } from './fault';

export type Result<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly fault: Fault };

export function ok<T>(value: T): Result<T> {
  return { ok: true, value };
}

export function fail(fault: Fault): Result<never> {
  return { ok: false, fault };
}
