// Les phrases pour retrouver, depuis sa sauvegarde, une clé perdue. Machine-made; shape as in en-restore.ts.
import type { Sentences } from './sentences';

export const frRestore: Sentences<'one' | 'many' | 'other'>['restore'] = {
  begin: 'Reprendre une sauvegarde',
  safe: 'La sauvegarde est seulement lue. Si cela s’arrête maintenant, rien n’en est perdu.',
  where: {
    title: 'Où est votre sauvegarde ?',
    folder: 'Choisir le disque ou le dossier',
    address: 'Ou l’adresse d’un serveur',
    example: 'Par exemple {{address}}',
    next: 'Continuer',
    waits: 'Choisissez un dossier ou tapez une adresse',
    picking: 'En attente du dossier',
    wrong: 'Ce n’est pas l’adresse d’une sauvegarde.',
    wrongAdvice:
      'Elle commence par sftp://, rest:https:// ou s3:https://. Une personne qui vous aide peut vous la donner en entier.',
    what: 'Si votre clé est perdue, votre sauvegarde en fait une nouvelle qui est de nouveau la vôtre. Il faut deux choses : le disque ou le serveur de la sauvegarde, et votre feuille de secours en papier.',
  },
  key: {
    title: 'Tapez la clé de secours de votre papier',
    place: 'La sauvegarde est à {{place}}.',
    label: '8 groupes de 6 chiffres',
    open: 'Ouvrir la sauvegarde',
    reading: 'Ouverture de la sauvegarde',
    stop: 'Arrêter',
    mistyped: 'Il y a une faute de frappe dans la clé de secours.',
    mistypedAdvice: 'Comparez-la avec votre papier, chiffre par chiffre.',
    what: 'Le papier qui ouvrait votre ancien coffre ouvre aussi sa sauvegarde. Il ouvrira aussi le nouveau coffre : gardez-le. Rien n’est envoyé à personne.',
  },
  hostKey: {
    title: 'Est-ce votre serveur ?',
    body: 'Il montre cette empreinte. Demandez-la à la personne qui tient le serveur et comparez. Rien n’a encore été envoyé.',
    label: 'Empreinte du serveur',
    same: 'C’est la même',
  },
  admission: {
    title: 'Le serveur ne connaît pas encore cette clé',
    body: 'La personne qui tient le serveur y ajoute cette ligne au fichier authorized_keys. Puis continuez.',
    label: 'Ligne pour le serveur',
    again: 'Elle est ajoutée, continuer',
  },
  moments: {
    title: 'Quel moment doit revenir ?',
    whole: 'Toute la clé',
    wholeNote_one: '{{n}} bureau, comme il était en dernier',
    wholeNote_many: '{{n}} bureaux, chacun comme il était en dernier',
    wholeNote_other: '{{n}} bureaux, chacun comme il était en dernier',
    newest: 'le dernier',
    of: '{{guest}} · {{size}}',
    tooSmall: 'Il faut {{need}}, et ce disque a {{have}} libres. Prenez-en un plus grand.',
    wholeTooSmall:
      'Ensemble, il faut {{need}}, et ce disque a {{have}} libres. L’un d’eux tient peut-être : choisissez-le ci-dessous.',
    take: 'Reprendre celui-ci',
    takeWhole: 'Tout reprendre',
    cannot: 'Pas de place ici',
    older_one: '{{n}} moment plus ancien',
    older_many: '{{n}} moments plus anciens',
    older_other: '{{n}} moments plus anciens',
    more: 'La sauvegarde en contient {{n}} encore plus anciens. Une personne qui vous aide les reprend avec : soulpad backup restore.',
    what: 'Chaque ligne est un moment où votre bureau a été suspendu. Ce que vous choisissez revient exactement comme il était. Les autres restent dans la sauvegarde.',
  },
  building: {
    title: 'Votre bureau revient',
    what: 'Nous faisons un nouveau coffre, y copions la sauvegarde et comparons chaque fichier avec ce qui fut enregistré. Vous n’avez pas à rester : cela continue tout seul.',
    cancel: 'Arrêter',
    askTitle: 'Arrêter la reprise ?',
    askBody:
      'Ce qui a été copié est retiré. La sauvegarde reste comme elle est, et vous pouvez choisir de nouveau.',
    askLeaveTitle: 'Partir pendant la reprise ?',
    askLeaveBody:
      'Ce qui a été copié est retiré. La sauvegarde reste comme elle est. La prochaine fois, vous pourrez la reprendre.',
    stop: 'Arrêter et retirer',
    leave: 'Partir et retirer',
    goOn: 'Continuer la reprise',
  },
};
