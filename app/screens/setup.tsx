// The first run: language, passphrase, guest, recovery key, building. Main says which step it is; what a step asks beside
// that (which words, which groups) is its own. One question a screen, at most three choices, a default that works, and
// the same three things always in the same place: the way above the title, the one button, Back.
import { BuildingStep } from './setup/building-step';
import { GuestStep } from './setup/guest-step';
import { LanguageStep } from './setup/language-step';
import { MomentsStep } from './setup/moments-step';
import { PassphraseStep } from './setup/passphrase-step';
import { RecoveryStep } from './setup/recovery-step';
import type { StepParts } from './setup/step';
import { WhereStep } from './setup/where-step';

export function SetupScreen({ view, story }: StepParts) {
  switch (story.step) {
    case 'language':
      return <LanguageStep view={view} story={story} />;
    case 'where':
      return <WhereStep view={view} story={story} />;
    case 'moments':
      return <MomentsStep view={view} story={story} />;
    case 'passphrase':
      return <PassphraseStep view={view} story={story} />;
    case 'guest':
      return <GuestStep view={view} story={story} />;
    case 'recovery':
      return <RecoveryStep view={view} story={story} />;
    case 'building':
      return <BuildingStep view={view} story={story} />;
  }
}
