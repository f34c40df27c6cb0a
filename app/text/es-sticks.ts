// Las frases de la página que escribe una memoria USB. Machine-made; shape as in en-sticks.ts.
import type { Sentences } from './sentences';

export const esSticks: Sentences<'one' | 'many' | 'other'>['sticks'] = {
  open: 'Escribir una memoria',
  openBody:
    'Una memoria arranca cualquier PC con SoulPad y nada más. Se puede escribir aquí, en un disco USB.',
  onStick: 'Otra memoria la escribe SoulPad en un PC tuyo. Una memoria no escribe memorias.',
  looking: 'Buscando discos',
  title: '¿Qué disco será una memoria SoulPad?',
  noDisk: 'No hay ningún disco conectado. Conecta uno y aparecerá aquí solo.',
  need: 'Necesita al menos {{size}}. Todo lo que hay en él se perderá.',
  serial: 'número de serie {{serial}}',
  refused: {
    notRemovable: 'Es parte de este PC y no se puede llevar.',
    system: 'Este PC funciona desde él.',
    mounted: 'Sus archivos están abiertos. Expúlsalo primero.',
    inUse: 'Otro programa lo usa.',
    readOnly: 'Está protegido contra escritura.',
    tooSmall: 'Es demasiado pequeño.',
  },
  choose: 'Tomar este disco',
  others_one: '{{n}} disco más',
  others_many: '{{n}} de discos más',
  others_other: '{{n}} discos más',
  back: 'Atrás',
  none: {
    title: 'Aquí aún no hay imagen de una memoria',
    body: 'Un ayudante la hace en una copia del código de SoulPad, en minutos. Después esta página sigue sola.',
    how: 'En la carpeta de esa copia',
  },
  name: {
    title: 'Todo lo que hay en este disco se perderá',
    label: 'Para seguir, escribe su nombre: {{name}}',
    do: 'Borrarlo y escribir la memoria',
    waits: 'Escribe primero su nombre',
    other: 'Ese es otro nombre. No se escribió nada.',
  },
  writing: {
    title: 'Escribiendo la memoria',
    disk: 'En {{name}}, {{size}}',
    speed: '{{speed}} por segundo',
    stop: 'Parar',
    stopCost: 'el disco queda vacío',
    stopping: 'Parando',
  },
  safe: {
    nothing: 'No se escribe nada en un disco antes de que escribas su nombre.',
    empty: 'El disco está ahora vacío. Todo lo demás sigue como estaba.',
    before: 'Aún no hay nada escrito. Si el disco sale ahora, está como antes.',
    writing: 'Deja el disco puesto. Si sale ahora, queda vacío y no arranca ningún PC: escríbelo otra vez.',
    done: 'Está escrito y comprobado. El disco puede salir.',
  },
  done: {
    title: 'La memoria está lista',
    receipt: 'Lo que se hizo',
    written: 'Escrito en {{name}} y leído de nuevo',
    writtenBody: '{{size}}',
    writtenSpeed: '{{size}}, {{speed}} por segundo',
    vault: 'Sitio para tu bóveda',
    vaultBody: '{{size}}, y al lado {{swap}} para lo que no cabe en la memoria RAM',
    next: 'Después: arranca un PC con ella',
    nextBody: 'Sácala, ponla en un PC apagado y arranca ese PC desde USB.',
    end: 'Listo',
    another: 'Escribir otra',
  },
  faults: {
    stopped: { title: 'Parado.', body: 'No se escribió nada: el disco está como estaba.' },
    stoppedEmpty: {
      title: 'Parado.',
      body: 'El disco está ahora vacío y no arranca ningún PC. Puedes escribirlo otra vez.',
    },
    denied: {
      title: 'En este PC no puedes escribir en discos.',
      body: 'Un ayudante te añade al grupo disk. Después entra de nuevo. No se escribió nada.',
    },
    changed: {
      title: 'No es el disco que era, o ahora está en uso.',
      body: 'No se escribió nada. Mira otra vez la lista y elige.',
    },
    gone: {
      title: 'El disco ya no está.',
      body: 'No se escribió nada. Conéctalo otra vez o elige otro.',
    },
    image: {
      title: 'La imagen de la memoria no se puede leer.',
      body: 'Ya no está, o es otra cosa que lo que dice su nombre. Un ayudante la hace de nuevo.',
    },
    tool: {
      title: 'A este PC le falta un programa necesario.',
      body: 'Un ayudante ve cuál con: soulpad doctor. No se escribió nada.',
    },
    cut: {
      title: 'La escritura no llegó a su fin.',
      body: 'El disco salió, o no guarda lo que se escribe. Ahora está vacío: prueba otra vez, y después con otro disco.',
    },
    looking: {
      title: 'No podemos ver los discos de este PC.',
      body: 'No se escribió nada. Seguimos probando, y la lista aparece aquí sola.',
    },
    failed: {
      title: 'El disco dio una respuesta inesperada.',
      body: 'No se escribió nada. Conéctalo a otro puerto USB y prueba otra vez.',
    },
  },
};
