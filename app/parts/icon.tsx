// Lucide icons (ISC), inlined at build. Always beside a word, so always hidden from a screen reader. The files are ours
// to trust (a pinned package); their shapes become React elements, so that no HTML is ever set from a string.
/// <reference path="../assets.d.ts" />

import backup from 'lucide-static/icons/archive.svg';
import capsLock from 'lucide-static/icons/arrow-big-up.svg';
import arrowRight from 'lucide-static/icons/arrow-right.svg';
import check from 'lucide-static/icons/check.svg';
import down from 'lucide-static/icons/chevron-up.svg';
import help from 'lucide-static/icons/circle-question-mark.svg';
import dots from 'lucide-static/icons/ellipsis.svg';
import eye from 'lucide-static/icons/eye.svg';
import eyeOff from 'lucide-static/icons/eye-off.svg';
import info from 'lucide-static/icons/info.svg';
import key from 'lucide-static/icons/key-round.svg';
import keyboard from 'lucide-static/icons/keyboard.svg';
import languages from 'lucide-static/icons/languages.svg';
import display from 'lucide-static/icons/monitor.svg';
import moon from 'lucide-static/icons/moon.svg';
import pin from 'lucide-static/icons/pin.svg';
import unpin from 'lucide-static/icons/pin-off.svg';
import more from 'lucide-static/icons/plus.svg';
import power from 'lucide-static/icons/power.svg';
import again from 'lucide-static/icons/refresh-cw.svg';
import safe from 'lucide-static/icons/shield-check.svg';
import tune from 'lucide-static/icons/sliders-horizontal.svg';
import warn from 'lucide-static/icons/triangle-alert.svg';
import letter from 'lucide-static/icons/type.svg';
import undo from 'lucide-static/icons/undo-2.svg';
import aloud from 'lucide-static/icons/volume-2.svg';
import silent from 'lucide-static/icons/volume-x.svg';
import close from 'lucide-static/icons/x.svg';
import { createElement } from 'react';

const drawings = {
  again,
  aloud,
  arrowRight,
  backup,
  capsLock,
  check,
  close,
  display,
  dots,
  down,
  eye,
  eyeOff,
  help,
  info,
  key,
  keyboard,
  languages,
  letter,
  moon,
  more,
  pin,
  power,
  safe,
  silent,
  tune,
  undo,
  unpin,
  warn,
};

export type IconName = keyof typeof drawings;

/** Arrows and "back" follow the reading direction; clocks, ticks, keys and power do not. */
const flipped: readonly IconName[] = ['arrowRight', 'undo'];

type Shape = readonly [tag: string, attributes: Record<string, string>];

const shapes = Object.fromEntries(
  Object.entries(drawings).map(([name, svg]) => [
    name,
    [...svg.matchAll(/<(path|circle|rect|line|polyline|polygon|ellipse)\s([^>]*?)\/>/g)].map(
      ([, tag = '', attributes = '']): Shape => [
        tag,
        Object.fromEntries(
          [...attributes.matchAll(/([a-z0-9]+)="([^"]*)"/g)].map(([, k = '', v = '']) => [k, v]),
        ),
      ],
    ),
  ]),
);

export function Icon({ name }: { name: IconName }) {
  return (
    <svg className={flipped.includes(name) ? 'i flip' : 'i'} viewBox="0 0 24 24" aria-hidden="true">
      {(shapes[name] ?? []).map(([tag, attributes]) =>
        createElement(tag, { ...attributes, key: JSON.stringify(attributes) }),
      )}
    </svg>
  );
}
