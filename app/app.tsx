// Chooses the screen for the story's state, and gives the page its language, direction, theme and size.
import { type ReactNode, useLayoutEffect, useState, useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import type { Look, View } from '../preload/contract/view';
import { AfterCrashScreen } from './screens/after-crash';
import { Bar } from './screens/bar';
import { Choosing } from './screens/choosing';
import { FaultScreen } from './screens/fault';
import { IdleLockedScreen } from './screens/idle-locked';
import { Live } from './screens/live';
import { Looking } from './screens/looking';
import { OpeningWithKey } from './screens/opening-with-key';
import { PoweringOff } from './screens/powering-off';
import { PrintedSheet } from './screens/printed-sheet';
import { Resuming } from './screens/resuming';
import { SafeScreen } from './screens/safe';
import { SetupScreen } from './screens/setup';
import { Starting } from './screens/starting';
import { SticksScreen } from './screens/sticks';
import { SuspendingScreen } from './screens/suspending';
import { TimelineScreen } from './screens/timeline';
import { UnfitScreen } from './screens/unfit';
import { Unlocking } from './screens/unlocking';
import { VaultsScreen } from './screens/vaults';
import { WaysScreen } from './screens/ways';
import { useView } from './view';

/** `sheet`: the recovery sheet, printed and thrown away. */
export type PageName = 'main' | 'bar' | 'sheet';

/** Draws nothing before the first View: main answers at once, and a picture without state could only lie. */
export function App({ page }: { page: PageName }) {
  const view = useView((state) => state.view);
  return view === null ? null : <Shown page={page} view={view} />;
}

const drawn: Readonly<Record<PageName, (view: View) => ReactNode>> = {
  main: (view) => <Screen view={view} />,
  bar: (view) => <Bar view={view} />,
  sheet: (view) => <PrintedSheet view={view} />,
};

/** One View, drawn. */
export function Shown({ page, view }: { page: PageName; view: View }) {
  return <Looked view={view}>{drawn[page](view)}</Looked>;
}

const darkQuery = '(prefers-color-scheme: dark)';

const contrastQuery = '(prefers-contrast: more)';

function useMedia(media: string): boolean {
  return useSyncExternalStore(
    (changed) => {
      const query = matchMedia(media);
      query.addEventListener('change', changed);
      return () => query.removeEventListener('change', changed);
    },
    () => matchMedia(media).matches,
    () => false,
  );
}

const zoomClass: Record<Look['zoom'], string> = { 1: '', 1.25: 'z125', 1.5: 'z150' };

function Looked({ view, children }: { view: View; children: ReactNode }) {
  const { i18n } = useTranslation();
  const { language, theme, zoom, motion } = view.look;
  const systemDark = useMedia(darkQuery);
  const systemContrast = useMedia(contrastQuery);
  // For the tests' eyes: which state the page draws.
  useLayoutEffect(() => {
    document.documentElement.dataset.story = view.story.state;
  }, [view.story.state]);
  const colours = theme !== 'system' ? theme : systemContrast ? 'contrast' : systemDark ? 'dark' : 'light';
  useLayoutEffect(() => {
    const root = document.documentElement;
    root.lang = language;
    root.dir = language === 'ar' ? 'rtl' : 'ltr';
    root.className = `${colours} ${zoomClass[zoom]} ${motion === 'still' ? 'no-motion' : ''}`;
    if (i18n.language !== language) void i18n.changeLanguage(language);
  }, [language, colours, zoom, motion, i18n]);
  return children;
}

function Screen({ view }: { view: View }) {
  const { story } = view;
  // What was tried last, so that a wrong key is not called a wrong passphrase. Forgotten once the story goes on.
  const [tried, setTried] = useState<'passphrase' | 'keyUsb'>('passphrase');
  const trying = story.state === 'opening' ? story.by : story.state === 'locked' ? tried : 'passphrase';
  if (trying !== tried) setTried(trying);
  switch (story.state) {
    case 'starting':
      return <Starting view={view} />;
    case 'looking':
      return <Looking view={view} />;
    case 'setup':
      return <SetupScreen view={view} story={story} />;
    case 'vaults':
      return <VaultsScreen view={view} story={story} />;
    case 'locked':
      return <Unlocking view={view} story={story} by={trying} />;
    case 'opening':
      return story.by === 'keyUsb' ? (
        <OpeningWithKey view={view} story={story} />
      ) : (
        <Unlocking view={view} story={story} by={trying} />
      );
    case 'choosing':
      return <Choosing view={view} story={story} />;
    case 'checking':
    case 'resuming':
      return <Resuming view={view} story={story} />;
    case 'live':
      return <Live view={view} story={story} />;
    case 'ways':
      return <WaysScreen view={view} story={story} />;
    case 'sticks':
      return <SticksScreen view={view} story={story} />;
    case 'idleLocked':
      return <IdleLockedScreen view={view} story={story} />;
    case 'suspending':
      return <SuspendingScreen view={view} story={story} />;
    case 'safe':
      return <SafeScreen view={view} story={story} />;
    case 'poweringOff':
      return <PoweringOff view={view} />;
    case 'timeline':
      return <TimelineScreen view={view} story={story} />;
    case 'unfit':
      return <UnfitScreen view={view} story={story} />;
    case 'afterCrash':
      return <AfterCrashScreen view={view} story={story} />;
    case 'fault':
      return <FaultScreen view={view} story={story} />;
  }
}
