// What every screen speaks with: sentences, figures in the language's digits, and the place they must be true for.
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { FaultCode } from '../../preload/contract/fault';
import type { Look, View } from '../../preload/contract/view';
import { faultWords } from '../text/faults';
import { figuresFor, isMoment, isSameDay } from '../text/figures';

/** Where a sentence must be true: on a stick, or in a window on somebody's own PC (desk and virtual alike). */
export type At = 'stick' | 'desk';

export function placeOf(view: View): At {
  return view.place === 'stick' ? 'stick' : 'desk';
}

export function useWords(look: Look) {
  const { t } = useTranslation();
  return useMemo(() => {
    const figures = figuresFor(look.language);
    /** "today 14:20", "yesterday 14:20" or "14 October, 14:20"; null where there is no moment. */
    const when = (moment: string | null): string | null => {
      if (!isMoment(moment)) return null;
      const time = figures.time(moment);
      const now = new Date();
      if (isSameDay(moment, now)) return t('when.today', { time });
      now.setDate(now.getDate() - 1);
      if (isSameDay(moment, now)) return t('when.yesterday', { time });
      return t('when.day', { day: figures.day(moment), time });
    };
    const faultOf = (code: FaultCode) => faultWords[look.language][code];
    return { t, figures, when, faultOf, language: look.language };
  }, [t, look.language]);
}

export type Words = ReturnType<typeof useWords>;
