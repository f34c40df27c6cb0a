// The system's list of keyboard layouts (xkeyboard-config's evdev.xml): names, English words, languages. Read as a row of
// tags, not as XML: a fixed file of the system with a DTD of its own, of which five tags matter. Bounded; a list that
// cannot be read is no layouts, and then the screen offers none.
import { type Layout, layoutSchema } from '../../preload/contract/keyboard';

export const rulesFile = '/usr/share/X11/xkb/rules/evdev.xml';
/** The real one has 250 kB. */
export const mostRulesBytes = 4 << 20;
const mostLayouts = 2000;

const pieces =
  /<(\/?)(layoutList|layout|variant|configItem|name|description|iso639Id)>|<!--[\s\S]*?-->|([^<]+)/g;

interface Item {
  name: string;
  description: string;
  languages: string[];
}

/** In the list's own order: each layout, then its variants. One that does not fit the contract is left out. */
export function parseRules(xml: string): readonly Layout[] {
  const layouts: Layout[] = [];
  let inside = false;
  let layout: Item | null = null;
  let item: Item = { name: '', description: '', languages: [] };
  let isVariant = false;
  let reading: 'name' | 'description' | 'iso639Id' | null = null;
  for (const [, closing = '', tag = '', text = ''] of xml.slice(0, mostRulesBytes).matchAll(pieces)) {
    if (layouts.length >= mostLayouts) break;
    if (tag === '') {
      if (reading === 'name') item.name = text;
      if (reading === 'description') item.description = text;
      if (reading === 'iso639Id') item.languages.push(text);
      continue;
    }
    const opens = closing === '';
    if (tag === 'layoutList') inside = opens;
    if (!inside) continue;
    if (tag === 'variant') isVariant = opens;
    if (tag === 'name' || tag === 'description' || tag === 'iso639Id') reading = opens ? tag : null;
    if (tag === 'configItem' && opens) item = { name: '', description: '', languages: [] };
    if (tag === 'configItem' && !opens) {
      if (!isVariant) layout = item;
      const own = layout === null ? null : layoutOf({ layout, item, isVariant });
      if (own !== null) layouts.push(own);
    }
  }
  return layouts;
}

/** A variant without languages of its own writes those of its layout. */
function layoutOf(about: { layout: Item; item: Item; isVariant: boolean }): Layout | null {
  const { layout, item, isVariant } = about;
  const read = layoutSchema.safeParse({
    layout: layout.name,
    variant: isVariant ? item.name : '',
    description: plain(item.description),
    languages: (item.languages.length > 0 ? item.languages : layout.languages).slice(0, 16),
    isVariant,
  });
  return read.success ? read.data : null;
}

function plain(text: string): string {
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&');
}
