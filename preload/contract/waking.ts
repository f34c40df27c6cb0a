// What a guest is woken from: asked for by kiosk and CLI, decided in main/timeline/waking.ts. Pure types; they never
// cross a process, so there is no parser.

/** `asLeft`: CURRENT, unless there is something to choose first. */
export type WakeFrom =
  | { readonly is: 'asLeft' }
  | { readonly is: 'exact' }
  | { readonly is: 'savedFiles' }
  | { readonly is: 'afresh' }
  | { readonly is: 'older'; readonly number: number };

/** A generation to go back to. `createdAt`: RFC 3339 UTC. */
export interface Older {
  readonly number: number;
  readonly createdAt: string;
}
