// A name that a person gave and that screens and terminals show: no control characters, since a file that somebody else
// wrote must not move a terminal's cursor or break a line.
import { z } from 'zod';

export const shownNameSchema = z
  .string()
  .min(1)
  .max(80)
  .regex(/^[^\p{Cc}\p{Zl}\p{Zp}]+$/u, 'no control characters');
