// Las frases de recuperar una memoria perdida desde su copia de seguridad. Machine-made; shape as in en-restore.ts.
import type { Sentences } from './sentences';

export const esRestore: Sentences<'one' | 'many' | 'other'>['restore'] = {
  begin: 'Recuperar una copia de seguridad',
  safe: 'La copia solo se lee. Si esto se detiene ahora, no se pierde nada de ella.',
  where: {
    title: '¿Dónde está tu copia de seguridad?',
    folder: 'Elegir el disco o la carpeta',
    address: 'O la dirección de un servidor',
    example: 'Por ejemplo {{address}}',
    next: 'Seguir',
    waits: 'Elige una carpeta o escribe una dirección',
    picking: 'Esperando la carpeta',
    wrong: 'Esa no es la dirección de una copia.',
    wrongAdvice:
      'Empieza por sftp://, rest:https:// o s3:https://. Quien te ayude puede decirte la dirección completa.',
    what: 'Si pierdes tu memoria USB, la copia hace de una nueva otra vez la tuya. Necesitas dos cosas: el disco o servidor con la copia, y tu hoja de recuperación en papel.',
  },
  key: {
    title: 'Escribe la clave de recuperación de tu papel',
    place: 'La copia está en {{place}}.',
    label: '8 grupos de 6 cifras',
    open: 'Abrir la copia',
    reading: 'Abriendo la copia',
    stop: 'Detener',
    mistyped: 'La clave de recuperación tiene una cifra cambiada.',
    mistypedAdvice: 'Compárala con tu papel, cifra por cifra.',
    what: 'El papel que abría tu antigua bóveda abre también la copia. Abrirá también la nueva: guárdalo. No se envía nada a nadie.',
  },
  hostKey: {
    title: '¿Es este tu servidor?',
    body: 'Muestra esta huella. Pídesela a quien lleva el servidor y compárala. Todavía no se ha enviado nada.',
    label: 'Huella del servidor',
    same: 'Es la misma',
  },
  admission: {
    title: 'El servidor aún no conoce esta memoria',
    body: 'Quien lleva el servidor añade esta línea al archivo authorized_keys. Después sigue.',
    label: 'Línea para el servidor',
    again: 'Ya está añadida, seguir',
  },
  moments: {
    title: '¿Qué momento debe volver?',
    whole: 'Toda la memoria',
    wholeNote_one: '{{n}} escritorio, tal como quedó',
    wholeNote_many: '{{n}} escritorios, cada uno como quedó',
    wholeNote_other: '{{n}} escritorios, cada uno como quedó',
    newest: 'el último',
    of: '{{guest}} · {{size}}',
    tooSmall: 'Necesita {{need}} y este disco tiene {{have}} libres. Usa uno más grande.',
    wholeTooSmall:
      'Juntos necesitan {{need}} y este disco tiene {{have}} libres. Quizá quepa uno: elígelo abajo.',
    take: 'Recuperar este',
    takeWhole: 'Recuperar todo',
    cannot: 'Aquí no cabe',
    older_one: '{{n}} anterior',
    older_many: '{{n}} anteriores',
    older_other: '{{n}} anteriores',
    more: 'En la copia hay {{n}} aún más antiguos. Quien te ayude los recupera con: soulpad backup restore.',
    what: 'Cada línea es un momento en que se suspendió tu escritorio. Lo que elijas vuelve exactamente como estaba. Los demás siguen en la copia.',
  },
  building: {
    title: 'Recuperando tu escritorio',
    what: 'Hacemos una bóveda nueva, copiamos en ella la copia de seguridad y comparamos cada archivo con lo que se guardó. No hace falta que esperes aquí: sigue solo.',
    cancel: 'Detener',
    askTitle: '¿Dejar de recuperarlo?',
    askBody:
      'Lo copiado hasta ahora se borra. La copia de seguridad queda como está y puedes elegir otra vez.',
    askLeaveTitle: '¿Salir mientras se recupera?',
    askLeaveBody:
      'Lo copiado hasta ahora se borra. La copia de seguridad queda como está. La próxima vez puedes recuperarla de nuevo.',
    stop: 'Detener y borrarlo',
    leave: 'Salir y borrarlo',
    goOn: 'Seguir recuperando',
  },
};
