// The sentences of the unlock screen's ways to type, see and hear, in Spanish. Translated by machine.
import type { enUnlock } from './en-unlock';

export const esUnlock: typeof enUnlock = {
  wrongKeys: 'Probé: {{names}}. Conecta otra llave USB o escribe tu frase de paso.',
  strip: {
    layout: 'Teclado: {{name}}',
    unknown: 'Teclado',
    test: 'Probar mis teclas',
    screen: 'Teclado en pantalla',
  },
  layouts: {
    title: '¿Qué teclado tienes?',
    search: 'Busca un idioma o un nombre',
    found: 'Teclados',
    none: 'Aquí ningún teclado se llama así.',
    more: 'Hay más. Escribe una parte del nombre para encontrarlos.',
    failed: 'Ese teclado no se puede usar aquí. Se queda el de antes.',
  },
  test: {
    title: '¿Qué escriben tus teclas?',
    body: 'Escribe aquí para verlo. Este campo no es secreto, así que no escribas tu frase de paso.',
    label: 'Prueba aquí tus teclas',
    other: 'Otro teclado',
  },
  keys: {
    label: 'Teclado en pantalla',
    delete: 'Borrar',
    capitals: 'Mayúsculas',
    signs: 'Más signos',
    space: 'Espacio',
    close: 'Cerrar',
    none: 'Las teclas de este teclado no se pueden mostrar aquí.',
  },
  /** Several vaults in one place. A mark is the start of a vault's number. */
  vaults: {
    title: '¿Qué bóveda quieres abrir?',
    own: { stick: 'La bóveda de esta memoria USB', desk: 'Tu primera bóveda' },
    mark: 'Marca {{mark}}',
    choose: 'Seguir',
    twin: 'Otra bóveda de aquí tiene la misma marca. Una de las dos es una copia, así que no se abre ninguna. Quita una y busca otra vez.',
    sameName:
      'Algunas bóvedas de aquí tienen el mismo nombre. Compara sus marcas antes de escribir una frase de paso.',
    which: 'Bóveda: {{name}}',
    whichMarked: 'Bóveda: {{name}}, marca {{mark}}',
    other: 'Otra bóveda',
  },
  remember: {
    label: 'Recordar el idioma, el aspecto, el teclado y la última bóveda',
    note: {
      stick: 'Se guardan en la memoria USB sin cifrar, fuera de tu bóveda. Nada más.',
      desk: 'Se guardan en este PC sin cifrar, fuera de tu bóveda. Nada más.',
    },
    failed: 'Aquí no se pueden guardar.',
  },
  aloud: {
    on: 'Leer',
    off: 'Callar',
    shown: 'Solo en la pantalla, no se lee en voz alta',
    body: 'Una voz te lee la pantalla. Lo que escribes en el campo de la frase de paso nunca se lee.',
  },
};
