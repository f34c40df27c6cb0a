// Ce que le dernier écran dit du PC, en français (fr.ts has its place).
import type { enTrace } from './en-trace';

export const frTrace: typeof enTrace = {
  disks: 'Les disques de ce PC sont restés intacts',
  noneSeen: 'Ce système n’a pas de pilote pour eux',
  seen: 'Tous sont en lecture seule et rien n’a été écrit',
  written: 'Quelque chose a été écrit sur un autre disque',
  writtenBody: '{{size}} sont allés sur un disque qui n’est pas la clé',
  memory: 'La mémoire de ce PC est effacée à l’arrêt',
  memoryBody: 'Rien de votre bureau n’y reste',
  memoryKept: 'La mémoire de ce PC n’est pas effacée',
  memoryKeptBody: 'Laissez-le éteint cinq minutes',
  network: 'Personne n’a pu joindre ce PC par le réseau',
  networkBody: 'Aucun programme n’attendait d’appel',
  listening: 'Ce PC peut être joint par le réseau',
  listeningBody: 'Un programme d’ici attend des appels',
};
