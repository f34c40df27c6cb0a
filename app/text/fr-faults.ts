// Les pannes en français, traduction automatique. Machine-made; shape and voice as in en-faults.ts.
import type { FaultWords } from './faults';

export const frFaults: FaultWords = {
  usage: {
    title: 'Cette demande n’a pas été comprise.',
    happened: 'Une commande ou une option n’est pas connue de SoulPad.',
    advice: 'Les détails donnent le mot.',
  },
  pathTooLong: {
    title: 'Un nom de dossier de ce PC est trop long.',
    happened:
      'SoulPad range ses fichiers de travail dans un dossier dont le chemin est trop long pour ce PC.',
    advice: 'Les détails nomment le dossier. Un assistant peut en choisir un plus court.',
  },
  secretTooShort: {
    title: 'Cette phrase de passe est trop courte.',
    happened: 'Une phrase de passe a au moins 20 caractères.',
    advice: 'Ajoutez des mots. Quatre ou cinq se retiennent bien.',
  },
  secretUnfit: {
    title: 'Un caractère de la phrase ne peut pas être gardé.',
    happened:
      'Certains caractères ne se tapent pas partout, ou sont écrits autrement par d’autres programmes.',
    advice: 'Prenez des lettres, des chiffres, des signes et des espaces.',
  },
  damagedKeyslots: {
    title: 'La serrure du coffre est abîmée.',
    happened: 'Le fichier qui contient la serrure n’a pas passé son contrôle.',
    advice: 'Un assistant peut remettre une copie de keyslots.json.',
  },
  damagedHeader: {
    title: 'La serrure du coffre est abîmée.',
    happened:
      'L’en-tête, où sont gardées les serrures du disque chiffré, n’a pas passé son contrôle. Il n’a pas été modifié.',
    advice: 'Un assistant peut remettre une copie de l’en-tête, s’il en existe une.',
  },
  ambiguousVault: {
    title: 'Deux coffres disent être le même.',
    happened: 'Deux disques portent le même numéro de coffre. L’un est une copie, et rien n’a été ouvert.',
    advice: 'Retirez le disque que vous ne voulez pas ouvrir, puis essayez encore.',
  },
  missingDisk: {
    title: 'Le disque qui porte le coffre n’est pas là.',
    happened: 'Ce PC ne voit pas le disque où se trouve le coffre.',
    advice: 'Branchez-le, ou branchez-le sur une autre prise.',
  },
  missingKeyslot: {
    title: 'Cette serrure n’est pas là.',
    happened: 'Elle a peut-être été retirée entre-temps.',
    advice: 'Regardez la liste encore une fois.',
  },
  noMemory: {
    title: 'Ce PC a trop peu de mémoire pour la serrure.',
    happened: 'La serrure a été faite sur un PC plus grand et demande plus de mémoire qu’il n’en reste ici.',
    advice: 'Fermez ce qui tourne, ou prenez un autre PC.',
  },
  lastKeyslot: {
    title: 'C’est la dernière entrée.',
    happened: 'Sans elle, seule la clé de secours, ou rien, ouvrirait le coffre. Elle n’a pas été retirée.',
    advice: 'Ajoutez d’abord une autre phrase de passe ou une clé.',
  },
  otherSecretNeeded: {
    title: 'Montrez qu’une autre entrée fonctionne.',
    happened:
      'Une serrure se retire seulement avec le secret d’une autre, pour que personne ne s’enferme dehors. Rien n’a été retiré.',
    advice: 'Donnez une phrase de passe ou une clé qui ouvre une autre serrure.',
  },
  damagedGuest: {
    title: 'Votre bureau ne peut pas être assemblé.',
    happened: 'Le fichier qui dit comment votre bureau est construit n’a pas passé son contrôle.',
    advice: 'Un assistant peut remettre une copie de guest.json.',
  },
  unusableFile: {
    title: 'Ce fichier ne peut pas devenir un bureau.',
    happened: 'Il est abîmé, il est autre chose que ce que dit son nom, ou il lui manque un second fichier.',
    advice: 'Choisissez un autre fichier. Celui-ci reste comme il est.',
  },
  refusedDisk: {
    title: 'On n’écrit pas sur ce disque.',
    happened: 'SoulPad n’écrit que sur un disque amovible dont personne ne se sert.',
    advice: 'Les détails disent ce qui s’y oppose. Rien n’y a changé.',
  },
  damagedCurrent: {
    title: 'Le moment le plus récent ne peut pas être nommé.',
    happened: 'Le fichier qui nomme le moment le plus récent n’a pas passé son contrôle.',
    advice: 'Un assistant peut lire les détails.',
  },
  damagedManifest: {
    title: 'Le dernier moment ne peut être réveillé.',
    happened: 'La liste de ses parties n’a pas passé son contrôle.',
    advice: 'Un assistant peut lire les détails.',
  },
  damagedState: {
    title: 'Le dernier moment ne peut être réveillé.',
    happened: 'Il n’a pas passé son contrôle. Une partie a changé depuis qu’il a été écrit.',
    advice: 'Un assistant peut lire les détails.',
  },
  damagedKeyFile: {
    title: 'La clé de ce disque USB est abîmée.',
    happened: 'Le fichier de clé n’a pas la bonne taille ou la bonne forme.',
    advice: 'Prenez une autre copie de la clé, ou votre phrase de passe.',
  },
  missingVault: {
    title: 'Il n’y a pas de coffre ici.',
    happened: 'Nous avons regardé là où le coffre devrait être, et n’en avons trouvé aucun.',
    advice: 'Branchez la clé SoulPad, ou choisissez un autre lieu pour les coffres.',
  },
  missingGuest: {
    title: 'Il n’y a pas de bureau dans ce coffre.',
    happened: 'Le coffre s’est ouvert, mais aucun bureau n’y habite.',
    advice: 'Un assistant peut en ajouter un avec\u00a0: soulpad guest add.',
  },
  missingGeneration: {
    title: 'Il n’y a pas de moment à réveiller.',
    happened: 'Le moment demandé n’est pas dans le coffre.',
    advice: 'Un assistant peut voir ce qu’il y a avec\u00a0: soulpad timeline list.',
  },
  missingFile: {
    title: 'Un fichier nécessaire n’est pas là.',
    happened: 'Nous avons cherché un fichier sans le trouver.',
    advice: 'Les détails nomment le fichier.',
  },
  missingKey: {
    title: 'Aucune clé USB d’ouverture n’a été trouvée.',
    happened: 'Aucun disque de ce PC ne porte une clé pour ce coffre.',
    advice: 'Branchez la clé d’ouverture et essayez encore, ou tapez votre phrase de passe.',
  },
  toolMissing: {
    title: 'Il manque à ce PC un programme nécessaire.',
    happened: 'Un programme avec lequel SoulPad travaille n’est pas installé.',
    advice: 'Un assistant peut voir lequel avec\u00a0: soulpad doctor.',
  },
  toolTooOld: {
    title: 'Un programme de ce PC est trop ancien.',
    happened: 'Un programme avec lequel SoulPad travaille doit être plus récent.',
    advice: 'Un assistant peut voir lequel avec\u00a0: soulpad doctor.',
  },
  kernelLacks: {
    title: 'Il manque à ce Linux une chose nécessaire.',
    happened: 'Le système de ce PC ne peut pas faire ce qui lui était demandé.',
    advice: 'Un assistant peut voir quoi avec\u00a0: soulpad doctor.',
  },
  unfit: {
    title: 'Ce PC ne peut pas réveiller votre bureau.',
    happened: 'Il lui manque une chose avec laquelle votre bureau a été gardé. Rien n’a été changé.',
    advice: 'Un autre PC peut le réveiller. Les détails disent ce qui manque ici.',
  },
  displayLacks: {
    title: 'Cet écran ne peut pas montrer votre bureau.',
    happened: 'L’affichage de ce PC ne peut pas faire ce qui lui était demandé.',
    advice: 'Essayez un autre écran, ou un autre PC.',
  },
  bug: {
    title: 'SoulPad s’est trompé.',
    happened: 'Il s’est passé une chose que nous n’attendions pas.',
    advice: 'Les détails nous aident à la corriger.',
  },
  protocol: {
    title: 'Deux parties de SoulPad ne se sont pas comprises.',
    happened: 'L’une a envoyé des mots que l’autre ne connaît pas.',
    advice: 'Fermez SoulPad et démarrez-le à nouveau.',
  },
  alreadyThere: {
    title: 'Il y a déjà quelque chose là.',
    happened: 'Nous n’écrivons pas par-dessus ce qui existe.',
    advice: 'Choisissez un autre lieu ou un autre nom.',
  },
  full: {
    title: 'Il n’y a plus de place pour écrire.',
    happened: 'Le disque qui porte votre coffre est plein.',
    advice: 'Faites de la place sur ce disque, puis essayez encore.',
  },
  io: {
    title: 'La lecture ou l’écriture n’a pas marché.',
    happened: 'Un disque, ou une liaison entre programmes, a donné une réponse inattendue.',
    advice: 'Si cela se répète, essayez une autre prise USB.',
  },
  guestDied: {
    title: 'Votre bureau s’est arrêté tout seul.',
    happened: 'La machine dans laquelle tournait votre bureau a pris fin.',
    advice: 'Ce qui n’a pas été endormi n’est pas dans le moment gardé.',
  },
  viewerDied: {
    title: 'La fenêtre de votre bureau s’est fermée.',
    happened: 'Le programme qui montre votre bureau a pris fin.',
    advice: 'Vous pouvez l’ouvrir à nouveau.',
  },
  timeout: {
    title: 'La réponse n’est pas venue à temps.',
    happened: 'Une partie de SoulPad n’a pas répondu pendant trop longtemps.',
    advice: 'Un disque lent peut en être la cause. Essayez encore.',
  },
  cancelled: {
    title: 'Cela a été arrêté.',
    happened: 'Vous ou un autre programme avez demandé l’arrêt, alors nous avons arrêté.',
    advice: 'Recommencez quand vous voulez.',
  },
  busy: {
    title: 'Un autre programme utilise votre coffre.',
    happened: 'Un coffre sert à un seul programme à la fois.',
    advice: 'Fermez l’autre programme. Les détails le nomment.',
  },
  secretForgotten: {
    title: 'Votre phrase a été oubliée, par sûreté.',
    happened:
      'L’installation est restée immobile une demi-heure, et ce que vous aviez tapé a été effacé. Rien n’était encore fait.',
    advice: 'Choisissez à nouveau votre phrase de passe.',
  },
  wrongSecret: {
    title: 'Cette phrase de passe ne convient pas.',
    happened: 'Le coffre ne s’est pas ouvert avec elle.',
    advice: 'Regardez Verr. Maj. et le clavier, puis essayez encore.',
  },
  mistypedKey: {
    title: 'Il y a une faute de frappe dans la clé de secours.',
    happened: 'Elle a la bonne longueur, mais un groupe de chiffres ne peut pas être juste.',
    advice: 'Comparez-la avec votre papier. Les détails nomment le groupe.',
  },
  denied: {
    title: 'SoulPad n’a pas eu le droit de le faire.',
    happened: 'Ce PC a refusé l’accès qu’il fallait.',
    advice: 'Un assistant peut voir dans les détails ce qui manque.',
  },
  damagedBackup: {
    title: 'Cette sauvegarde est abîmée.',
    happened: 'Une partie de ce qui se trouve dans le dépôt n’est pas ce qui y avait été mis.',
    advice: 'Votre bureau ici est intact. Sauvegardez à un deuxième endroit et faites regarder celui-ci.',
  },
  drillFailed: {
    title: 'La sauvegarde a été essayée et ne s’est pas réveillée.',
    happened:
      'Un moment enregistré a été restauré à l’essai, et ce qui s’est réveillé n’était pas ce que vous aviez enregistré.',
    advice: 'Votre bureau ici est intact. Sauvegardez de nouveau, ou ailleurs, puis réessayez.',
  },
  missingRepository: {
    title: 'La sauvegarde est hors d’atteinte.',
    happened: 'Son disque n’est pas branché, ou son serveur ne répond pas.',
    advice: 'Branchez le disque ou le réseau, puis réessayez.',
  },
  readOnlyRepository: {
    title: 'On ne peut rien écrire dans cette sauvegarde.',
    happened: 'Son disque ou son dossier est en lecture seule, ou appartient à quelqu’un d’autre.',
    advice: 'Cherchez un verrou sur le disque, ou demandez à la personne qui gère le serveur.',
  },
  lockedRepository: {
    title: 'Quelqu’un d’autre travaille sur cette sauvegarde.',
    happened: 'Un autre programme ou un autre PC l’a verrouillée.',
    advice: 'Attendez qu’il ait fini. Un verrou que personne ne tient part seul au bout d’une demi-heure.',
  },
  clockWrong: {
    title: 'L’horloge de ce PC n’est pas juste.',
    happened: 'Les dates de la sauvegarde et celles de ce PC ne vont pas ensemble.',
    advice: 'Réglez l’horloge, puis réessayez. Rien n’a été retiré.',
  },
  wrongBackupKey: {
    title: 'Cette clé n’ouvre pas la sauvegarde.',
    happened: 'Le dépôt a une autre clé de secours, ou sa serrure a été changée.',
    advice: 'Comparez la feuille de secours, chiffre par chiffre.',
  },
  wrongHostKey: {
    title: 'Le serveur n’est pas celui que vous connaissez.',
    happened: 'Il montre une clé que personne n’a confirmée. C’est peut-être un autre ordinateur.',
    advice: 'Demandez l’empreinte à la personne qui gère le serveur et comparez. Rien n’a été envoyé.',
  },
};
