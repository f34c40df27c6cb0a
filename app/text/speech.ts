// The i18n instance: all languages are bundled, nothing is fetched. No React here; app/main.tsx hands it to the screens.
import i18next from 'i18next';
import type { Language } from '../../preload/contract/view';
import { ar } from './ar';
import { en } from './en';
import { es } from './es';
import { fr } from './fr';

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'translation';
    resources: { translation: typeof en };
  }
}

/** Every sentence by language; the list of languages reads its own names from here. */
export const catalogues = { en, es, fr, ar } as const satisfies Record<
  Language,
  { name: string; madeBy: string }
>;

/** A ready instance (init is synchronous without a backend). React escapes what it draws, so i18next must not. */
export function makeSpeech(language: Language) {
  const speech = i18next.createInstance();
  void speech.init({
    lng: language,
    fallbackLng: false,
    initAsync: false,
    resources: {
      en: { translation: catalogues.en },
      es: { translation: catalogues.es },
      fr: { translation: catalogues.fr },
      ar: { translation: catalogues.ar },
    },
    interpolation: { escapeValue: false },
    returnNull: false,
  });
  return speech;
}
