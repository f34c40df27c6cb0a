// The one polite live region. Screens say a sentence through it; the region itself never unmounts, or a screen reader
// would miss what appears in it.
import { createContext, type ReactNode, useContext, useState } from 'react';

const Say = createContext<(sentence: string) => void>(() => undefined);

export function Speaker({ children }: { children: ReactNode }) {
  const [sentence, setSentence] = useState('');
  return (
    <Say.Provider value={setSentence}>
      {children}
      <p className="spoken" role="status" aria-live="polite">
        {sentence}
      </p>
    </Say.Provider>
  );
}

export function useSay(): (sentence: string) => void {
  return useContext(Say);
}
