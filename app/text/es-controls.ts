// Las frases de la barra y de sus páginas en español, hechas por máquina. The same rules as en-controls.ts.
import type { enControls } from './en-controls';
import type { Worded } from './sentences';

export const esControls: Worded<typeof enControls> = {
  sections: {
    desktop: 'Mi escritorio',
    display: 'Pantalla',
    keys: 'Teclas',
    pc: 'Sonido',
    backup: 'Copia',
    help: 'Ayuda',
  },
  label: 'Partes de esta página',
  pin: 'Fijar',
  unpin: 'Soltar',
  hide: 'Ocultar',
  more: 'Más',
  hint: 'Pulsa {{key}}, o deja el puntero aquí arriba, para ver esta barra.',
  trial: {
    ask: '¿Dejar la pantalla así? Vuelve atrás en {{seconds}}.',
    title: '¿Dejar la pantalla así?',
    body: 'Vuelve atrás sola en {{seconds}}.',
    keep: 'Dejarla así',
    back: 'Volver atrás',
  },
  display: {
    now: 'Esta pantalla tiene {{width}} × {{height}} puntos.',
    on: 'Mostrar mi escritorio en',
    plug: 'la pantalla de {{plug}}',
    how: 'Cómo la llena tu escritorio',
    ways: {
      guestFollows: 'Llenar la pantalla',
      larger: 'Todo más grande',
      screenFollows: 'Cambiar la pantalla',
      scaled: 'Ajustar',
      oneToOne: 'Punto por punto',
    },
    curtain: 'Mientras despierta, mostrar su última imagen',
    curtains: { plain: 'como era', blurred: 'borrosa, para que nadie la lea' },
  },
  keys: {
    what: 'Algunas teclas son de este PC. Pulsa una aquí y llega a tu escritorio.',
    print: 'Imprimir pantalla',
    functions: 'Para otra pantalla de un escritorio Linux',
  },
  pc: {
    volume: 'Cómo de alto suena este PC',
    percent: 'al {{percent}}',
    muted: 'sin sonido',
    louder: 'Más alto',
    quieter: 'Más bajo',
    mute: 'Quitar el sonido',
    unmute: 'Poner el sonido',
    none: 'Este PC no tiene sonido que podamos ajustar.',
    battery: 'Batería: {{percent}}',
    charging: 'Batería: {{percent}}, cargando',
    noBattery: 'Este PC no tiene batería.',
    network: {
      cable: 'Red: por cable',
      wireless: 'Red: por el aire',
      none: 'Red: ninguna. Tu escritorio sigue sin ella.',
    },
  },
  backup: {
    none: 'Aún no hay ninguna copia preparada.',
    noneBody: 'Si se pierde este disco, se pierde lo que hay en tu bóveda.',
    idle: 'Última copia: {{when}}',
    running: 'Se está haciendo una copia.',
    failed: 'La última copia no terminó.',
  },
  help: {
    keys: 'Pulsa {{key}}, o deja el puntero en el borde de arriba, para volver aquí.',
    hotKey: 'Las teclas que traen esta página',
  },
};
