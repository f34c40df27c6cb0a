// Les phrases de la barre et de ses pages en français, faites par une machine. The same rules as en-controls.ts.
import type { enControls } from './en-controls';
import type { Worded } from './sentences';

export const frControls: Worded<typeof enControls> = {
  sections: {
    desktop: 'Mon bureau',
    display: 'Écran',
    keys: 'Touches',
    pc: 'Son',
    backup: 'Copie',
    help: 'Aide',
  },
  label: 'Parties de cette page',
  pin: 'Fixer',
  unpin: 'Libérer',
  hide: 'Cacher',
  more: 'Plus',
  hint: 'Appuyez sur {{key}}, ou laissez le pointeur ici en haut, pour voir cette barre.',
  trial: {
    ask: 'Garder cet affichage ? Il revient en arrière dans {{seconds}}.',
    title: 'Garder cet affichage ?',
    body: 'Il revient en arrière tout seul dans {{seconds}}.',
    keep: 'Le garder',
    back: 'Revenir',
  },
  display: {
    now: 'Cet écran a {{width}} × {{height}} points.',
    on: 'Montrer mon bureau sur',
    plug: "l'écran branché sur {{plug}}",
    how: "Comment votre bureau remplit l'écran",
    ways: {
      guestFollows: "Remplir l'écran",
      larger: 'Tout plus grand',
      screenFollows: "Changer l'écran",
      scaled: 'Ajuster',
      oneToOne: 'Point pour point',
    },
    curtain: 'Pendant le réveil, montrer sa dernière image',
    curtains: { plain: 'telle quelle', blurred: 'floue, pour que personne ne la lise' },
  },
  keys: {
    what: 'Certaines touches sont à ce PC. Appuyez ici et elles vont à votre bureau.',
    print: "Imprimer l'écran",
    functions: "Pour un autre écran d'un bureau Linux",
  },
  pc: {
    volume: 'Le volume de ce PC',
    percent: 'volume {{percent}}',
    muted: 'sans son',
    louder: 'Plus fort',
    quieter: 'Moins fort',
    mute: 'Couper le son',
    unmute: 'Remettre le son',
    none: "Ce PC n'a pas de son que nous puissions régler.",
    battery: 'Batterie : {{percent}}',
    charging: 'Batterie : {{percent}}, en charge',
    noBattery: "Ce PC n'a pas de batterie.",
    network: {
      cable: 'Réseau : par câble',
      wireless: 'Réseau : sans fil',
      none: 'Réseau : aucun. Votre bureau continue sans lui.',
    },
  },
  backup: {
    none: "Aucune copie n'est encore prévue.",
    noneBody:
      "Si ce disque est perdu, le contenu de votre coffre est perdu. Quelqu'un peut ajouter un second disque ou un serveur : soulpad backup init.",
    idle: 'Dernière bonne copie : {{when}}',
    running: 'Une copie est en cours.',
    failed: "La dernière copie n'est pas allée au bout.",
    works: 'Votre copie marche. Nous l’avons essayée.',
    worksBody:
      'Le moment le plus récent a été réveillé depuis {{name}}, {{when}}, sans réseau, et il était comme vous l’aviez laissé.',
    good: 'Tout est copié.',
    goodBody:
      'Vers {{name}}, {{when}}. Elle n’a pas encore été essayée : essayez-la une fois et vous saurez qu’elle marche.',
    never: 'Il n’y a encore rien dans {{name}}.',
    nearby: 'Votre disque de copies {{name}} est là.',
    nearbyBody: 'La copie commence seule dans un instant.',
    place: '{{name}} : {{place}}',
    moved: '{{size}} en {{time}}',
    next: 'La prochaine commence seule, {{when}}.',
    speed: '{{size}} par seconde',
    paused: {
      asked: 'En pause, jusqu’à ce que vous continuiez.',
      battery: 'Elle attend que ce PC soit branché.',
      metered: 'Elle attend un réseau qui ne coûte rien.',
    },
    acts: {
      now: 'Copier maintenant',
      pause: 'Pause',
      goOn: 'Continuer',
      cancel: 'Arrêter',
      drill: 'Essayer la copie',
    },
    skip: 'Passer la copie',
  },
  help: {
    keys: "Appuyez sur {{key}}, ou laissez le pointeur au bord d'en haut, pour revenir ici.",
    hotKey: 'Les touches qui amènent cette page',
  },
};
