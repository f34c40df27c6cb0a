// The renderer's copy of main's View: the last one and nothing derived from it. Main owns state; this is a mirror with
// one subscription. A secret never comes near it.
import { create } from 'zustand';
import type { View } from '../preload/contract/view';
import { ask, onView } from './ask';

export const useView = create<{ readonly view: View | null }>(() => ({ view: null }));

/** Subscribes first and asks then, so that no View falls between; a push that came meanwhile is newer and wins. */
export async function followView(): Promise<void> {
  let pushed = false;
  onView((view) => {
    pushed = true;
    useView.setState({ view });
  });
  const reply = await ask('getView');
  if (reply.ok && !pushed) useView.setState({ view: reply.value });
}
