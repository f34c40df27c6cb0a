// The layout in effect, in words for a button or a sentence.
import type { View } from '../../../preload/contract/view';
import { isolate } from '../../text/figures';
import { nameOf } from '../../text/layout-names';
import type { Words } from '../use-words';

export function layoutWords({ keyboard }: View, { t, language }: Words): string {
  if (keyboard === null) return t('unlock.strip.unknown');
  return t('unlock.strip.layout', { name: isolate(nameOf(keyboard).own, language) });
}
