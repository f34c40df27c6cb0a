// The sentences of the unlock screen's ways to type, see and hear, in French. Translated by machine.
import type { enUnlock } from './en-unlock';

export const frUnlock: typeof enUnlock = {
  wrongKeys: 'Essayé : {{names}}. Branchez une autre clé USB, ou tapez votre phrase de passe.',
  strip: {
    layout: 'Clavier\u00a0: {{name}}',
    unknown: 'Clavier',
    test: 'Tester mes touches',
    screen: 'Clavier à l’écran',
  },
  layouts: {
    title: 'Quel clavier avez-vous\u202f?',
    search: 'Cherchez une langue ou un nom',
    found: 'Claviers',
    none: 'Aucun clavier ne porte ce nom ici.',
    more: 'Il y en a d’autres. Écrivez une partie du nom pour les trouver.',
    failed: 'Ce clavier ne peut pas servir ici. Celui d’avant reste en place.',
  },
  test: {
    title: 'Qu’écrivent vos touches\u202f?',
    body: 'Écrivez ici pour le voir. Ce champ n’est pas secret\u00a0: n’y tapez pas votre phrase de passe.',
    label: 'Essayez vos touches ici',
    other: 'Un autre clavier',
  },
  keys: {
    label: 'Clavier à l’écran',
    delete: 'Effacer',
    capitals: 'Majuscules',
    signs: 'Autres signes',
    space: 'Espace',
    close: 'Fermer',
    none: 'Les touches de ce clavier ne peuvent pas être montrées ici.',
  },
  /** Several vaults in one place. A mark is the start of a vault's number. */
  vaults: {
    title: 'Quel coffre voulez-vous ouvrir\u00a0?',
    own: { stick: 'Le coffre de cette clé', desk: 'Votre premier coffre' },
    mark: 'Marque {{mark}}',
    choose: 'Continuer',
    twin: 'Un autre coffre porte ici la même marque. L’un des deux est une copie, aucun n’est donc ouvert. Retirez-en un, puis cherchez encore.',
    sameName:
      'Des coffres portent ici le même nom. Comparez leurs marques avant de taper une phrase secrète.',
    which: 'Coffre\u00a0: {{name}}',
    whichMarked: 'Coffre\u00a0: {{name}}, marque {{mark}}',
    other: 'Un autre coffre',
  },
  remember: {
    label: 'Retenir la langue, l’aspect, le clavier et le dernier coffre',
    note: {
      stick: 'Ils sont gardés en clair sur la clé, hors de votre coffre. Rien d’autre ne l’est.',
      desk: 'Ils sont gardés en clair sur ce PC, hors de votre coffre. Rien d’autre ne l’est.',
    },
    failed: 'Ils ne peuvent pas être gardés ici.',
  },
  aloud: {
    on: 'Lire',
    off: 'Se taire',
    shown: 'Seulement à l’écran, jamais lu à voix haute',
    body: 'Une voix vous lit l’écran. Ce que vous tapez dans le champ de la phrase de passe n’est jamais lu.',
  },
};
