// The types of a verb map: one typed contract that client and server of a socket both import.
import type { z } from 'zod';

export type VerbMap = Readonly<Record<string, { readonly request: z.ZodType; readonly reply: z.ZodType }>>;
export type PushMap = Readonly<Record<string, z.ZodType>>;

export type RequestOf<V extends VerbMap, K extends keyof V> = z.infer<V[K]['request']>;
export type ReplyOf<V extends VerbMap, K extends keyof V> = z.infer<V[K]['reply']>;
