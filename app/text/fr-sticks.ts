// Les phrases de la page qui écrit une clé SoulPad. Machine-made; shape as in en-sticks.ts.
import type { Sentences } from './sentences';

export const frSticks: Sentences<'one' | 'many' | 'other'>['sticks'] = {
  open: 'Écrire une clé SoulPad',
  openBody:
    'Une clé SoulPad démarre n’importe quel PC, avec SoulPad et rien d’autre. On peut l’écrire ici, sur un disque USB.',
  onStick: 'Une autre clé est écrite par SoulPad sur un PC à vous. Une clé n’écrit pas de clés.',
  looking: 'Nous cherchons les disques',
  title: 'Quel disque doit devenir une clé SoulPad\u202f?',
  noDisk: 'Aucun disque n’est branché. Branchez-en un, il apparaît ici tout seul.',
  need: 'Il faut au moins {{size}}. Tout ce qui est dessus sera perdu.',
  serial: 'numéro de série {{serial}}',
  refused: {
    notRemovable: 'Il fait partie de ce PC et ne s’emporte pas.',
    system: 'Ce PC marche à partir de lui.',
    mounted: 'Ses fichiers sont ouverts. Éjectez-le d’abord.',
    inUse: 'Un autre programme s’en sert.',
    readOnly: 'Il est protégé contre l’écriture.',
    tooSmall: 'Il est trop petit.',
  },
  choose: 'Prendre ce disque',
  others_one: '{{n}} autre disque',
  others_many: '{{n}} d’autres disques',
  others_other: '{{n}} autres disques',
  back: 'Retour',
  none: {
    title: 'Il n’y a pas encore d’image de clé ici',
    body: 'Une personne qui aide en fait une dans une copie du code de SoulPad, en quelques minutes. Cette page continue alors toute seule.',
    how: 'Dans le dossier de cette copie',
  },
  name: {
    title: 'Tout ce qui est sur ce disque sera perdu',
    label: 'Pour continuer, tapez son nom\u00a0: {{name}}',
    do: 'L’effacer et écrire la clé',
    waits: 'Tapez d’abord son nom',
    other: 'C’est un autre nom. Rien n’a été écrit.',
  },
  writing: {
    title: 'Nous écrivons la clé',
    disk: 'Sur {{name}}, {{size}}',
    speed: '{{speed}} par seconde',
    stop: 'Arrêter',
    stopCost: 'le disque est alors vide',
    stopping: 'Nous arrêtons',
  },
  safe: {
    nothing: 'Rien n’est écrit sur un disque avant que vous ayez tapé son nom.',
    empty: 'Le disque est vide maintenant. Tout le reste est comme avant.',
    before: 'Rien n’est encore écrit. Si le disque sort maintenant, il est comme avant.',
    writing:
      'Laissez le disque en place. S’il sort maintenant, il est vide et ne démarre aucun PC\u00a0: écrivez-le encore une fois.',
    done: 'Elle est écrite et contrôlée. Le disque peut sortir.',
  },
  done: {
    title: 'La clé est prête',
    receipt: 'Ce qui a été fait',
    written: 'Écrit sur {{name}} et relu',
    writtenBody: '{{size}}',
    writtenSpeed: '{{size}}, {{speed}} par seconde',
    vault: 'De la place pour votre coffre',
    vaultBody: '{{size}}, et à côté {{swap}} pour la mémoire qui déborde',
    next: 'Ensuite\u00a0: démarrez un PC avec elle',
    nextBody: 'Sortez-la, mettez-la dans un PC éteint et démarrez ce PC depuis l’USB.',
    end: 'Terminé',
    another: 'En écrire une autre',
  },
  faults: {
    stopped: { title: 'Arrêté.', body: 'Rien n’a été écrit\u00a0: le disque est comme avant.' },
    stoppedEmpty: {
      title: 'Arrêté.',
      body: 'Le disque est vide maintenant et ne démarre aucun PC. Vous pouvez l’écrire encore une fois.',
    },
    denied: {
      title: 'Sur ce PC, vous ne pouvez pas écrire de disque.',
      body: 'Une personne qui aide vous ajoute au groupe disk. Reconnectez-vous ensuite. Rien n’a été écrit.',
    },
    changed: {
      title: 'Ce n’est plus le même disque, ou il est utilisé.',
      body: 'Rien n’a été écrit. Regardez à nouveau la liste et choisissez.',
    },
    gone: {
      title: 'Le disque n’est plus là.',
      body: 'Rien n’a été écrit. Rebranchez-le, ou choisissez-en un autre.',
    },
    image: {
      title: 'L’image de la clé ne peut pas être lue.',
      body: 'Elle n’est plus là, ou c’est autre chose que ce que dit son nom. Une personne qui aide la refait.',
    },
    tool: {
      title: 'Il manque à ce PC un programme nécessaire.',
      body: 'Une personne qui aide voit lequel avec\u00a0: soulpad doctor. Rien n’a été écrit.',
    },
    cut: {
      title: 'L’écriture n’est pas allée à son terme.',
      body: 'Le disque est sorti, ou il ne garde pas ce qu’on y écrit. Il est vide maintenant\u00a0: réessayez, puis avec un autre disque.',
    },
    looking: {
      title: 'Impossible de lister les disques de ce PC.',
      body: 'Rien n’a été écrit. Nous continuons d’essayer, et la liste apparaît ici toute seule.',
    },
    failed: {
      title: 'Le disque a donné une réponse inattendue.',
      body: 'Rien n’a été écrit. Branchez-le sur un autre port USB et réessayez.',
    },
  },
};
